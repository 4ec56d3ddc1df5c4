"""Files that are written whole or not at all, readable by their owner only."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from jsonbin_cli.config.locks import try_to_lock

_YOUNG = 60  # seconds in which another process may still be writing its file
_PREFIX, _SUFFIX = ".jsonbin-", ".part"


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


def write_whole(path: Path, data: bytes | Iterable[bytes], check: Callable[[], None] = lambda: None) -> None:
    """Replace `path` by `data`, mode 0600, so that a crash leaves the old file or the new one. Raises OSError.

    Pieces of `data` are written as they come. `check` is called just before, and may raise to keep the old one. Where
    the system allows it, the data is written to a file without a name, so that a killed process leaves no file behind.
    """
    remove_leftovers(path.parent)
    _write(path, data, check)
    if sys.platform != "win32":  # pragma: no branch (Windows cannot open a folder)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name too
        finally:
            os.close(folder)


def replace(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Replace `path` by `data` with the usual mode, so that a killed process leaves the old file or the new one.

    It does not wait until the data is on the disk: with many files that would take most of the time. Raises OSError.
    """
    _write(path, data, quick=True)


def remove_leftovers(folder: Path) -> None:
    """Remove the files in a folder whose writers were killed."""
    for path in others_writing(folder):
        with suppress(OSError):
            if _is_abandoned(path):
                path.unlink()


def others_writing(folder: Path) -> list[Path]:
    """The unfinished files of other processes in a folder, some of which may have been killed."""
    return list(folder.glob(f"{_PREFIX}*{_SUFFIX}"))


def _write(
    path: Path, data: bytes | Iterable[bytes], check: Callable[[], None] = lambda: None, *, quick: bool = False
) -> None:
    """Replace `path` by `data`; `quick` leaves the mode to the umask, and when it comes onto the disk to the system."""
    mode = 0o666 if quick else 0o600
    temporary = path.with_name(f"{_PREFIX}{os.urandom(8).hex()}{_SUFFIX}")
    unnamed = _unnamed(path.parent, mode)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, mode) if unnamed is None else unnamed
    try:
        with os.fdopen(descriptor, "wb") as file:
            _fill(file, data, quick=quick)
            if unnamed is not None:
                if not path.exists():
                    check()
                    with suppress(FileExistsError):  # another process was faster
                        _give_name(unnamed, path)
                        return
                _give_name(unnamed, temporary)  # without a name it cannot replace another file
            if sys.platform != "win32":  # pragma: no branch (there it has to be closed first)
                check()
                os.replace(temporary, path)
        if sys.platform == "win32":  # pragma: no cover (the gate measures coverage on Linux)
            check()
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _unnamed(folder: Path, mode: int) -> int | None:
    """A new file in `folder` that has no name yet; None where the system has no such files."""
    if sys.platform != "linux":  # pragma: no cover (the gate measures coverage on Linux)
        return None
    try:
        descriptor = os.open(folder, os.O_TMPFILE | os.O_RDWR, mode)
    except OSError:  # some file systems have none; other errors come again with a named file
        return None
    if os.path.exists(_by_descriptor(descriptor)):
        return descriptor
    os.close(descriptor)
    return None


def _by_descriptor(descriptor: int) -> str:
    return f"/proc/self/fd/{descriptor}"


def _give_name(descriptor: int, path: Path) -> None:
    # With a folder's descriptor Python calls linkat, which follows the link in /proc (open(2), O_TMPFILE).
    os.link(_by_descriptor(descriptor), path, src_dir_fd=descriptor, follow_symlinks=True)


def _fill(file: BinaryIO, data: bytes | Iterable[bytes], *, quick: bool) -> None:
    with suppress(OSError):
        try_to_lock(file.fileno())  # the lock shows that its writer is alive
    if not quick and sys.platform != "win32":  # where no mode says who may read a file
        os.fchmod(file.fileno(), 0o600)  # whatever the umask
    file.writelines([data] if isinstance(data, bytes) else data)
    file.flush()
    if not quick:
        os.fsync(file.fileno())


def _is_abandoned(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    try:
        status = os.fstat(descriptor)
        old = time.time() - status.st_mtime > _YOUNG
        if not status.st_size:
            return old  # perhaps its writer was about to lock it
        try_to_lock(descriptor)
        return True
    except BlockingIOError:
        return False
    except OSError:  # there are no locks
        return old
    finally:
        os.close(descriptor)
