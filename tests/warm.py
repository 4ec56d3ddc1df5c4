"""Runs of the program that are forks of one warm interpreter.

To start Python and import the program, and coverage where that measures, takes longer than what most runs do then. A fork
has all that, and is a process like any other: its streams, environment, folder, signals and exit code are its own.
"""

from __future__ import annotations

import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests import forks

if TYPE_CHECKING:
    from tests.conftest import Runner

assert sys.platform == "linux"

# What an interpreter reads when it starts, and not again.
_READ_AT_START = ("COV", "LANG", "LC_", "PYTHON", "TZ")


class Warm:
    """The interpreter, started with `env`, which lives as long as the `with` block.

    Runs that need an interpreter started with another one are left to `otherwise`.
    """

    def __init__(self, env: Mapping[str, str], otherwise: Runner) -> None:
        self._env = env
        self._otherwise = otherwise
        self._line, other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other_end:
            # Python makes its streams to fit what it starts with: pipes, as in each run.
            self._interpreter = subprocess.Popen(
                [sys.executable, "-P", forks.__file__, str(other_end.fileno())],
                env=env,
                pass_fds=[other_end.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._line.close()
        self._interpreter.communicate(timeout=forks.PATIENCE)

    def run(
        self, arguments: Sequence[str], env: Mapping[str, str], cwd: Path, stdin: bytes
    ) -> tuple[int, bytes, bytes]:
        """The program's exit code and what it wrote to stdout and to stderr. Raises TimeoutError."""
        if _read_at_start(env) != _read_at_start(self._env):
            return self._otherwise(arguments, env, cwd, stdin)
        (its_stdin, ours), *others = [os.pipe() for _ in ("stdin", "stdout", "stderr", "exit code")]
        theirs = [its_stdin, *(write for _, write in others)]
        request = json.dumps({"arguments": arguments, "env": dict(env), "cwd": str(cwd)})
        socket.send_fds(self._line, [request.encode()], theirs)
        for end in theirs:
            os.close(end)
        out, err, code = _exchanged(stdin, ours, [read for read, _ in others])
        assert code, f"the warm interpreter is gone: {self._interpreter.communicate()[0].decode()}"
        if int(code) == -signal.SIGALRM:
            raise TimeoutError(f"no end within {forks.PATIENCE} s: {arguments}")
        return int(code), out, err


def _read_at_start(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(_READ_AT_START)}


def _exchanged(data: bytes, to_write: int, to_read: list[int]) -> list[bytes]:
    """Write `data` to one pipe, and return what was read from each of the others, up to its end. Closes them all."""
    rest = memoryview(data)
    read = {pipe: bytearray() for pipe in to_read}
    with selectors.DefaultSelector() as pipes:
        pipes.register(to_write, selectors.EVENT_WRITE)
        for pipe in to_read:
            pipes.register(pipe, selectors.EVENT_READ)
        while pipes.get_map():
            ready = pipes.select(2 * forks.PATIENCE)
            if not ready:
                raise TimeoutError("what the program started outlives it, and keeps its streams")
            for pipe in (key.fd for key, _ in ready):
                if pipe == to_write:
                    rest = rest[_written(pipe, rest) :]
                    done = not rest
                else:
                    piece = os.read(pipe, 65536)
                    read[pipe] += piece
                    done = not piece
                if done:
                    pipes.unregister(pipe)
                    os.close(pipe)
    return [bytes(read[pipe]) for pipe in to_read]


def _written(pipe: int, data: memoryview) -> int:
    """Write as much of `data` as cannot block, and return how much is done with."""
    try:
        return os.write(pipe, data[: select.PIPE_BUF])
    except BrokenPipeError:  # the program does not want it
        return len(data)
