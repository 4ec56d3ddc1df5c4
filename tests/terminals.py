"""A process on a pseudo-terminal: type into it, and read what it shows."""

from __future__ import annotations

import os
import re
import select
import struct
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path
from typing import Self

import pyte
import pytest

_PATIENCE = 30.0
_LINES = 40


class Terminal:
    """Started with the process; `screen` is all that it has written, escape codes included, and must not hold `never`.

    `shown` is what a person would see of that.
    """

    def __init__(
        self, command: list[str], env: dict[str, str], cwd: Path, columns: int = 100, never: str = "\0"
    ) -> None:
        self.screen = ""
        self._never = never
        self._closed = False
        self._columns = columns
        self._master, slave = _pseudo_terminal(columns)
        self.process = subprocess.Popen(
            command,
            env={"TERM": "xterm-256color"} | env,
            cwd=cwd,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_take_the_terminal,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)
        assert self._never not in self.screen

    @property
    def shown(self) -> str:
        """The whole screen as a person sees it, without the blanks at its end; `interrupt` shows one ^C."""
        lines = "\n".join(line.rstrip() for line in self._drawn().display)
        return re.sub(r"(\^C)+", "^C", lines.rstrip("\n"))

    @property
    def coloured(self) -> list[tuple[str, str]]:
        """The text of the screen that is not in its default colour, each piece with its colour."""
        pieces = []
        screen = self._drawn()
        for line in range(_LINES):
            cells = [screen.buffer[line][column] for column in range(self._columns)]
            for (colour, bold), same in groupby(cells, key=lambda cell: (cell.fg, cell.bold)):
                text = "".join(cell.data for cell in same)
                if text.strip() and (bold or colour != "default"):
                    pieces.append((text, f"bold {colour}" if bold else colour))
        return pieces

    @property
    def cursor_is_hidden(self) -> bool:
        """Whether the screen was left without a cursor."""
        return self._drawn().cursor.hidden

    def _drawn(self) -> pyte.Screen:
        screen = pyte.Screen(self._columns, _LINES)
        pyte.Stream(screen).feed(self.screen)
        return screen

    def type(self, keys: str) -> None:
        """Press keys; a lone surrogate is a byte that is no text."""
        os.write(self._master, keys.encode(errors="surrogateescape"))

    def wait_for(self, text: str) -> str:
        """Read until `text` is shown after what was read before; returns all up to there."""
        start = getattr(self, "_seen", 0)
        deadline = time.monotonic() + _PATIENCE
        while text not in self.screen[start:]:
            assert self._read(deadline), f"{text!r} never came; the screen holds:\n{self.screen}"
        self._seen = self.screen.index(text, start) + len(text)
        return self.screen[start : self._seen]

    def wait_for_all(self, *texts: str) -> str:
        """Read until all texts are shown, in any order, after what was read before; returns what is shown."""
        start = getattr(self, "_seen", 0)
        for text in texts:
            self._seen = start
            self.wait_for(text)
        return self.screen[start:]

    def interrupt(self) -> int:
        """Press Ctrl-C until it is heard, since one between two system calls is not, and return the exit code."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline and not self._closed:
            self.type("\x03")
            while self._read(time.monotonic() + 5):
                pass
        return self.finish()

    def finish(self) -> int:
        """Read to the end and return the exit code."""
        deadline = time.monotonic() + _PATIENCE
        while self._read(deadline):
            pass
        return self.process.wait(timeout=_PATIENCE)

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the process closed the terminal
            self._closed = True
            return False
        self.screen += data.decode("utf-8", "replace")
        return bool(data)


def _pseudo_terminal(columns: int) -> tuple[int, int]:
    """Its two ends: the one that a person looks at, and the one that a program writes to."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals that Python can open")
    import fcntl
    import pty
    import termios

    ends = pty.openpty()
    fcntl.ioctl(ends[1], termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, columns, 0, 0))
    return ends


def _take_the_terminal() -> None:
    """Make standard input the terminal that Ctrl-C is typed at."""
    if sys.platform != "win32":
        import fcntl
        import termios

        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
