"""Backups: records of bins, saved on this machine before they are replaced."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.config.atomic import make_folder, write_whole
from jsonbin_cli.failures import BackupFailed, UsageMistake
from jsonbin_cli.records.document import Document, document_of
from jsonbin_cli.records.kept import folder_of

KEPT = 20
"""How many of a bin are kept, unless the profile says otherwise."""
HOW_TO_KEEP = (
    "make room there, or correct its permissions; XDG_STATE_HOME names another folder, and --no-backup keeps none"
)
"""The next step where nothing can be written to the state folder."""
_IN_A_NAME = "%Y-%m-%dT%H-%M-%S.%fZ"
_IN_WORDS = "%Y-%m-%dT%H:%M:%S.%fZ"
# The number is what orders them, since a clock may be wrong. Backups of older versions of jsonbin have none.
_NAME = r"(?:(\d{6,})-)?(\d{4}-\d\d-\d\dT[^/]*)\.json"


class Backup(NamedTuple):
    """One kept record. `number` orders those of a bin; `when` is the time in UTC at which it was saved (ISO 8601).

    `owner` is the user id of who wrote it, 0 on Windows.
    """

    number: int
    when: str
    path: Path
    size: int
    owner: int


def keep(account: Account, target: Target, record: bytes) -> None:
    """Save `record` so that it survives a crash of the machine, and delete the oldest backups beyond the limit.

    Only the owner may read it. A record equal to the newest backup is not saved again: otherwise updates that fail
    repeatedly would push out all other backups. Raises BackupFailed.
    """
    place = folder_of("backups", account, target)
    try:
        make_folder(place)
        found = _found(place)
        if found and _holds(found[0], record):
            return
        number = found[0].number + 1 if found else 1
        path = place / f"{number:06}-{datetime.now(UTC).strftime(_IN_A_NAME)}.json"
        write_whole(path, record)
    except OSError as wrong:
        raise BackupFailed(
            f"the record in the bin could not be kept in {place}: {wrong.strerror}; nothing was sent",
            HOW_TO_KEEP,
            bin=target.id,
        ) from None
    for old in _found(place)[account.backups or KEPT :]:
        if old.path != path:  # another process may have used the same number
            with suppress(OSError):
                old.path.unlink()


def kept(account: Account, target: Target) -> list[Backup]:
    """The backups of a bin that the user made, the newest first."""
    return [backup for backup in _found(folder_of("backups", account, target)) if backup.owner == _user()]


def chosen(account: Account, target: Target, version: int | None, when: str | None) -> Backup | None:
    """The backup to restore: the only one whose time starts with `when`; the newest where that is None.

    None where `version` asks for a version of JSONBin's. Raises UsageMistake.
    """
    if version is not None:
        if when is not None:
            raise UsageMistake("--version and --backup each name an old record", "give one of them")
        return None
    found = kept(account, target)
    name = target.name
    if not found:
        foreign = _found(folder_of("backups", account, target))
        instead = "a version of the service is put back with --version N"
        raise UsageMistake(
            f"the backups of {name} on this machine belong to another user"
            if foreign
            else f"there is no backup of {name} on this machine",
            instead if foreign else f"update keeps one only with --backup; {instead}",
        )
    if when is None:
        return found[0]
    # `when` may be written as `history` shows it, or as in the name of the file.
    start = when.replace(":", "-")
    meant = [backup for backup in found if backup.when.replace(":", "-").startswith(start)]
    if len({backup.when for backup in meant}) != 1:
        raise UsageMistake(
            f'{"more than one backup" if meant else "no backup"} of {name} starts with "{when}"',
            f"jsonbin history {name} lists them",
        )
    return meant[0]


def document(backup: Backup, plan: str | None) -> Document:
    """The record of a backup. Raises InvalidInput, and UsageMistake where the file is gone or now another user's."""
    try:
        with open(backup.path, "rb", opener=_without_links) as file:
            if os.fstat(file.fileno()).st_uid != _user():
                raise UsageMistake(f"{backup.path} belongs to another user, and is not put back")
            data = file.read()
    except OSError as wrong:
        raise UsageMistake(f"{backup.path} cannot be read: {wrong.strerror}") from None
    return document_of(str(backup.path), data, plan)


def _found(place: Path) -> list[Backup]:
    """All backups in a folder, the newest first."""
    found = []
    for path in place.glob("*.json"):
        name = re.fullmatch(_NAME, path.name)
        # Another process may delete it meanwhile; files with other names are no backups.
        with suppress(FileNotFoundError, ValueError):
            status = path.lstat()
            if name and S_ISREG(status.st_mode):
                when = datetime.strptime(name[2], _IN_A_NAME).strftime(_IN_WORDS)
                found.append(Backup(int(name[1] or 0), when, path, status.st_size, status.st_uid))
    return sorted(found, reverse=True)


def _holds(backup: Backup, record: bytes) -> bool:
    return backup.owner == _user() and backup.size == len(record) and backup.path.read_bytes() == record


def _user() -> int:
    """The user id, 0 on Windows, where files have none."""
    if sys.platform == "win32":  # pragma: no cover (the gate measures coverage on Linux)
        return 0
    return os.geteuid()


def _without_links(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))
