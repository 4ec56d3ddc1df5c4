"""Reads a file, a pipe, or the output of a command, with a limit on the size and on the time to wait."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG
from typing import IO, BinaryIO, NamedTuple

WRITER_SECONDS = 5
"""How many seconds to wait for a program that writes to a named pipe."""
PIPE_SECONDS = 60
"""How many seconds the writer of a pipe may take, for example while somebody types a passphrase."""


class TooLarge(Exception):
    """There are more bytes than the limit."""


class NotAFile(Exception):
    """There is a pipe or a device, which may have no end, or a folder."""


@contextmanager
def opened(path: str | Path) -> Iterator[BinaryIO]:
    """A file to be read piece by piece. Raises NotAFile; OSError."""
    with open(path, "rb", opener=_without_waiting) as file:
        if not S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NotAFile
        yield file


class Content(NamedTuple):
    """The bytes of a file, and the status of that same open file."""

    data: bytes
    status: os.stat_result


def read_at_most(path: Path, most: int, seconds: float = PIPE_SECONDS) -> Content:
    """The whole of `path`, of which there are at most `most` bytes; a pipe is waited for up to `seconds`.

    Raises TooLarge; OSError, which is TimeoutError where a pipe sends nothing in time.
    """
    with open(path, "rb", opener=_without_waiting) as file:
        status = os.fstat(file.fileno())
        if sys.platform == "win32" or S_ISREG(status.st_mode):
            data = file.read(most + 1)
        else:
            data = _pipe(file.fileno(), most + 1, seconds)
    if len(data) > most:
        raise TooLarge
    return Content(data, status)


class Output(NamedTuple):
    """What a command wrote to its standard output, and its exit code."""

    data: bytes
    code: int


def output_of(command: Sequence[str], most: int, seconds: float, env: Mapping[str, str]) -> Output:
    """Run a command without standard input, and collect its output, of which there are at most `most` bytes.

    Raises TooLarge; OSError, which is TimeoutError for a command that takes longer than `seconds`; ValueError where it
    is not a command.
    """
    import subprocess
    from threading import Thread

    pieces: list[bytes] = []

    def collect(pipe: IO[bytes]) -> None:
        left = most + 1
        with suppress(OSError, ValueError):  # the pipe may be closed meanwhile
            while left and (piece := pipe.read(left)):
                pieces.append(piece)
                left -= len(piece)

    process = None
    try:
        with _ctrl_c_held():  # or the command could go on without anybody who knows of it
            # Unbuffered, so that the pipe can be closed while the thread still waits for more.
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, bufsize=0, env=env)
        until = time.monotonic() + seconds
        assert process.stdout
        reader = Thread(target=collect, args=[process.stdout], daemon=True)
        reader.start()
        reader.join(seconds)
        if reader.is_alive():
            raise TimeoutError
        if sum(map(len, pieces)) > most:
            raise TooLarge
        return Output(b"".join(pieces), process.wait(max(0, until - time.monotonic())))
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    finally:
        if process:
            with process:  # closes its pipe, and waits for its end
                process.kill()


@contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """Let a Ctrl-C wait for the end of the block, which the main thread runs."""
    import signal

    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as in what a shell runs in the background
        yield
        return
    pressed: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
    if pressed:
        signal.raise_signal(signal.SIGINT)


def _without_waiting(path: str | Path, flags: int) -> int:
    """Open a file, and a named pipe without waiting for who writes to it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _pipe(descriptor: int, most: int, seconds: float) -> bytes:
    """What comes out of a pipe or a device. Raises TimeoutError."""
    if sys.platform == "win32":  # pragma: no cover (the gate measures coverage on Linux)
        raise TimeoutError  # it has no pipes with a path
    import select

    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    until = time.monotonic() + seconds
    data = b""
    ended = nobody = False
    while len(data) < most:
        try:
            piece = os.read(descriptor, most - len(data))
        except BlockingIOError:  # a writer has it open, and has written nothing more yet
            if not waiting.poll(max(0, until - time.monotonic()) * 1000):
                raise TimeoutError from None
            continue
        data += piece
        if piece:
            continue
        if data or ended:
            break
        if nobody:
            raise TimeoutError
        ended = bool(waiting.poll(min(WRITER_SECONDS, seconds) * 1000))
        nobody = not ended
    return data
