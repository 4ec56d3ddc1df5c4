"""Locks: one process at a time for a file, and whether a process that works on a file is still alive."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jsonbin_cli.failures import BadConfig

LOCK_SECONDS = 10
"""How long to wait for another process that writes the same file."""


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Wait until no other process is in such a block for `path`, by a lock on a file beside it.

    Gives False where the file system has no locks, so that another process may be in it too. Raises OSError, and
    BadConfig where another process holds the lock for `LOCK_SECONDS`.
    """
    lock = _lock_of(path)
    make_file(lock)
    descriptor = os.open(lock, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    try:
        locked = _lock(descriptor, lock, path)
        if locked:
            _write_holder(descriptor, str(os.getpid()))
        yield locked
        if locked:
            _write_holder(descriptor, "")
    finally:
        os.close(descriptor)  # this releases the lock


@contextmanager
def held(path: Path) -> Iterator[None]:
    """While the block runs, let `is_held(path)` be true in other processes. `path` is a new file. Raises OSError."""
    lock = _lock_of(path)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with suppress(OSError):  # some network file systems have no locks
            try_to_lock(descriptor)
        yield
    finally:
        os.close(descriptor)
        with suppress(OSError):
            lock.unlink()


def is_held(path: Path) -> bool:
    """Whether a process that is still alive works on `path`."""
    with suppress(FileNotFoundError):
        descriptor = os.open(_lock_of(path), os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        try:
            try_to_lock(descriptor)
        except OSError as wrong:  # some network file systems have no locks
            return isinstance(wrong, BlockingIOError)
        finally:
            os.close(descriptor)
    return False


def make_file(path: Path) -> None:
    """Make an empty file with mode 0600 whatever the umask, unless there is one. Raises OSError."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    os.close(descriptor)
    path.chmod(0o600)


def try_to_lock(descriptor: int) -> None:
    """Lock an open file. Raises BlockingIOError where another has it locked, OSError where that cannot be done."""
    if sys.platform == "win32":  # pragma: no cover (the gate measures coverage on Linux)
        import msvcrt

        try:
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)  # locked bytes cannot be read, so lock one far behind the text
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as wrong:
            raise (BlockingIOError if wrong.errno == errno.EACCES else OSError)() from None
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
    else:
        from fcntl import LOCK_EX, LOCK_NB, flock

        flock(descriptor, LOCK_EX | LOCK_NB)


def _lock_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def _lock(descriptor: int, lock: Path, path: Path) -> bool:
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            try_to_lock(descriptor)
            return True
        except BlockingIOError:
            if time.monotonic() > until:
                holder = os.read(descriptor, 20).decode("ascii", "replace")
                process = f"process {holder}" if holder.isdigit() else "another process"
                raise BadConfig(
                    f"{path} cannot be changed: {process} has held {lock} for {LOCK_SECONDS} s",
                    f"wait for that process, or end it{f': kill {holder}' if holder.isdigit() else ''}",
                ) from None
            time.sleep(0.05)
        except OSError:  # some network file systems have no locks
            return False


def _write_holder(descriptor: int, text: str) -> None:
    """Write into the lock file which process holds it."""
    with suppress(OSError):  # a full disk
        os.ftruncate(descriptor, 0)
        os.write(descriptor, text.encode())
        os.lseek(descriptor, 0, os.SEEK_SET)
