"""The command that `jsonbin serve` runs: started, told each signal, and waited for."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Self

from jsonbin_cli.failures import CommandNotStarted

ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""The signals that ask a program to end."""


class Command:
    """A command, to be run once inside `with`, where the signals that this process gets are passed on to it.

    Raises CommandNotStarted where there is no such program.
    """

    def __init__(self, words: Sequence[str]) -> None:
        program = shutil.which(words[0])
        if program is None:
            raise CommandNotStarted(
                f"{words[0]} is not a program that can be run", "the command to run stands after --"
            )
        self._words = [program, *words[1:]]
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []

    def __enter__(self) -> Self:
        # What is ignored, as SIGHUP is by what nohup runs, the command ignores too.
        self._before = {
            number: signal.signal(number, self._pass_on)
            for number in ENDING
            if signal.getsignal(number) != signal.SIG_IGN
        }
        return self

    def __exit__(self, *exc: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def run(self, environment: Mapping[str, str]) -> int:
        """Run it with the streams of this process, and return its exit code: 128 + N where signal N ended it.

        Raises CommandNotStarted.
        """
        try:
            self._process = subprocess.Popen(self._words, env=environment)
        except OSError as wrong:
            raise CommandNotStarted(f"{self._words[0]} cannot be run: {wrong.strerror}") from None
        for number in self._early:
            self._process.send_signal(number)
        code = self._process.wait()
        return code if code >= 0 else 128 - code

    def _pass_on(self, number: int, _: object) -> None:
        if self._process is None:
            self._early.append(number)
        elif number != signal.SIGINT or not _in_the_foreground():
            self._process.send_signal(number)


def _in_the_foreground() -> bool:
    """Whether the keys of a terminal signal this process, and the command as well."""
    if sys.platform == "win32":  # pragma: no cover (the gate measures coverage on Linux)
        return True
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:  # there is none
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    finally:
        os.close(terminal)
