"""Who may read or change a file that holds keys, or the config file, which names commands to run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from shlex import quote
from stat import S_ISCHR, S_ISREG, S_ISVTX

from jsonbin_cli.failures import BadConfig

_NAME_ANOTHER = "name another file in JSONBIN_CONFIG"


def refuse_if_readable_by_others(path: Path, status: os.stat_result) -> None:
    """Raise BadConfig, naming the chmod to run, unless only the owner may read or write the key in `path`.

    On Windows a mode says nothing about who may read a file, so none is refused there.
    """
    if sys.platform != "win32" and S_ISREG(status.st_mode) and status.st_mode & 0o077:
        raise BadConfig(
            f"{path} holds a key and others may read it (mode {status.st_mode & 0o777:04o})",
            f"chmod 600 {quote(str(path))}",
        )


def refuse_if_changeable_by_others(path: Path, status: os.stat_result) -> None:
    """Raise BadConfig where somebody other than the user and root may change or replace the config file."""
    if sys.platform == "win32" or S_ISCHR(status.st_mode):  # /dev/null holds nothing
        return
    if status.st_uid not in (os.geteuid(), 0):
        raise BadConfig(
            f"{path} belongs to another user (id {status.st_uid}), and a config file can name commands to run",
            f"if you trust its content: chown {os.geteuid()} {quote(str(path))}; else {_NAME_ANOTHER}",
        )
    if status.st_mode & 0o022:
        raise BadConfig(
            f"others may change {path} (mode {status.st_mode & 0o777:04o}), and a config file can name commands to run",
            f"chmod 600 {quote(str(path))}",
        )
    refuse_shared_folder(path)


def refuse_shared_folder(path: Path) -> None:
    """Raise BadConfig where somebody else may create a file or a link at `path`, or at the target of that link.

    The sticky bit of a folder like /tmp keeps others from replacing a file, but not from creating it first, so such a
    folder is refused too.
    """
    if sys.platform == "win32":  # pragma: no cover (the gate measures coverage on Linux)
        return
    for folder in dict.fromkeys([path.absolute().parent, Path(os.path.realpath(path)).parent]):
        status = folder.stat()
        owned = status.st_uid in (os.geteuid(), 0)
        if not owned or status.st_mode & 0o022:
            why = f"mode {status.st_mode & 0o7777:04o}" if owned else f"it belongs to user id {status.st_uid}"
            closable = owned and not status.st_mode & S_ISVTX
            raise BadConfig(
                f"others may put another config file into {folder} ({why}), and it can name commands to run",
                f"chmod go-w {quote(str(folder))}"
                if closable
                else f"keep the config file in a folder of your own: {_NAME_ANOTHER}",
            )
