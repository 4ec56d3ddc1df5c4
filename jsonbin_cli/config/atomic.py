"""A file that is written whole or not at all, for its owner alone, and by one process at a time."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def make_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, with mode 0700 whatever the umask. Raises OSError."""
    if path.is_dir():
        return
    make_folder(path.parent)
    try:
        path.mkdir(0o700)
    except FileExistsError:
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None
    else:
        path.chmod(0o700)


def write_whole(path: Path, data: bytes) -> None:
    """Replace `path` by `data`, mode 0600, so that a crash leaves the old file or the new one. Raises OSError."""
    from tempfile import mkstemp

    # mkstemp makes it 0600. It is closed before it is renamed, which Windows asks for.
    descriptor, temporary = mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            if sys.platform != "win32":  # pragma: no branch (there no mode says who may read a file)
                os.fchmod(file.fileno(), 0o600)  # whatever the umask
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)
    if sys.platform != "win32":  # pragma: no branch (Windows cannot open a folder)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name too
        finally:
            os.close(folder)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until no other process is in such a block for `path`, which a file beside it holds off. Raises OSError."""
    descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with suppress(OSError):  # some network file systems have no locks
            _lock(descriptor)
        yield
    finally:
        os.close(descriptor)  # which gives the lock back


def _lock(descriptor: int) -> None:
    """Wait for the lock on an open file. Raises OSError where its file system has none."""
    if sys.platform == "win32":  # pragma: no cover (the gate measures coverage on Linux)
        import msvcrt

        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # asks for it ten times, once a second
                break
            except OSError as wrong:
                if wrong.errno != errno.EDEADLK:  # anything but "another process still has it"
                    raise
    else:
        from fcntl import LOCK_EX, flock

        flock(descriptor, LOCK_EX)
