"""Files that are written whole or not at all, readable by their owner only, by one process at a time."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from jsonbin_cli.failures import BadConfig

LOCK_SECONDS = 10
"""How long to wait for another process that writes the same file."""
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


def make_file(path: Path) -> None:
    """Make an empty file with mode 0600 whatever the umask, unless there is one. Raises OSError."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    os.close(descriptor)
    path.chmod(0o600)


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


def replace(path: Path, data: bytes) -> None:
    """Replace `path` by `data` with the usual mode, so that a killed process leaves the old file or the new one.

    It is not made sure that it is on the disk, which would take longer than all else where there are many files.
    Raises OSError.
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
    with suppress(OSError):
        return [
            Path(entry)
            for entry in os.scandir(folder)
            if entry.name.startswith(_PREFIX) and entry.name.endswith(_SUFFIX)
        ]
    return []


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
    """Let `is_held` say for as long as the block runs that somebody works on the new file `path`. Raises OSError."""
    lock = _lock_of(path)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with suppress(OSError):  # some network file systems have no locks
            _try_to_lock(descriptor)
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
            _try_to_lock(descriptor)
        except OSError as wrong:  # some network file systems have no locks
            return isinstance(wrong, BlockingIOError)
        finally:
            os.close(descriptor)
    return False


def _lock_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def _lock(descriptor: int, lock: Path, path: Path) -> bool:
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            _try_to_lock(descriptor)
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


def _try_to_lock(descriptor: int) -> None:
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


def _write_holder(descriptor: int, text: str) -> None:
    """Write into the lock file which process holds it."""
    with suppress(OSError):  # a full disk
        os.ftruncate(descriptor, 0)
        os.write(descriptor, text.encode())
        os.lseek(descriptor, 0, os.SEEK_SET)


def _write(
    path: Path, data: bytes | Iterable[bytes], check: Callable[[], None] = lambda: None, *, quick: bool = False
) -> None:
    """Replace `path` by `data`; `quick` leaves the mode to the umask, and when it comes onto the disk to the system."""
    mode = 0o666 if quick else 0o600
    descriptor = _unnamed(path.parent, mode)
    if descriptor is None:
        _write_named(path, mode, data, check, quick=quick)
    else:
        _write_unnamed(path, descriptor, data, check, quick=quick)


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


def _write_unnamed(
    path: Path, descriptor: int, data: bytes | Iterable[bytes], check: Callable[[], None], *, quick: bool
) -> None:
    with os.fdopen(descriptor, "wb") as file:
        _fill(file, data, quick=quick)
        if not path.exists():
            check()
            with suppress(FileExistsError):  # another process was faster
                _give_name(descriptor, path)
                return
        # A file without a name cannot replace another, so it gets a temporary name first.
        temporary = _temporary(path)
        _give_name(descriptor, temporary)
        try:
            check()
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def _give_name(descriptor: int, path: Path) -> None:
    # With a folder's descriptor Python calls linkat, which follows the link in /proc (open(2), O_TMPFILE).
    os.link(_by_descriptor(descriptor), path, src_dir_fd=descriptor, follow_symlinks=True)


def _temporary(path: Path) -> Path:
    return path.with_name(f"{_PREFIX}{os.urandom(8).hex()}{_SUFFIX}")


def _write_named(
    path: Path, mode: int, data: bytes | Iterable[bytes], check: Callable[[], None], *, quick: bool
) -> None:
    temporary = _temporary(path)
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _fill(file, data, quick=quick)
            if sys.platform != "win32":  # pragma: no branch (there it has to be closed first)
                check()
                os.replace(temporary, path)
        if sys.platform == "win32":  # pragma: no cover (the gate measures coverage on Linux)
            check()
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _fill(file: BinaryIO, data: bytes | Iterable[bytes], *, quick: bool) -> None:
    with suppress(OSError):
        _try_to_lock(file.fileno())  # the lock shows that its writer is alive
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
        _try_to_lock(descriptor)
        return True
    except BlockingIOError:
        return False
    except OSError:  # there are no locks
        return old
    finally:
        os.close(descriptor)
