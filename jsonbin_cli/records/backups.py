"""Records that were in bins, kept on this machine before they are replaced."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.config.atomic import write_whole
from jsonbin_cli.config.environment import state_folder
from jsonbin_cli.failures import BackupFailed, UsageMistake
from jsonbin_cli.records.document import Document, document_from

KEPT = 20
"""How many of a bin are kept, unless the profile says otherwise."""
_WHEN = "%Y-%m-%dT%H-%M-%S.%fZ"


class Backup(NamedTuple):
    """One kept record. `when` is the instant in UTC at which it was kept, and its name."""

    when: str
    path: Path
    size: int


def keep(account: Account, target: Target, record: bytes) -> None:
    """Write `record` down so that it survives a crash of the machine, and let the oldest of the bin go.

    Only the owner may read it. What the newest backup holds already is not written again: updates that fail, one
    after the other, would let all the others go. Raises BackupFailed.
    """
    when = datetime.now(UTC).strftime(_WHEN)
    place = _place(account, target)
    path = place / f"{when}.json"
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        newest = next(iter(_kept(place)), None)
        if newest and newest.size == len(record) and newest.path.read_bytes() == record:
            return
        write_whole(path, record)
    except OSError as wrong:
        raise BackupFailed(
            f"{path} could not be written, so the record in the bin would have been lost: {wrong.strerror}; "
            "nothing was sent",
            f"make room or give yourself the right to write there: {state_folder()}",
            bin=target.id,
        ) from None
    for old in _kept(place)[account.backups or KEPT :]:
        if old.path != path:  # the newest, whatever the clock says
            with suppress(OSError):
                old.path.unlink()


def kept(account: Account, target: Target) -> list[Backup]:
    """The backups of a bin, the newest first."""
    return _kept(_place(account, target))


def find(account: Account, target: Target, when: str | None) -> Backup:
    """The backup of that instant or of the only one that starts so; None is the newest. Raises UsageMistake."""
    found = kept(account, target)
    name = target.alias or target.id
    if not found:
        raise UsageMistake(
            f"there is no backup of {name} on this machine", "a version of the service is put back with --version N"
        )
    if when is None:
        return found[0]
    meant = [backup for backup in found if backup.when.startswith(when)]
    if len(meant) != 1:
        raise UsageMistake(
            f'{"more than one backup" if meant else "no backup"} of {name} starts with "{when}"',
            f"jsonbin history {name} lists them",
        )
    return meant[0]


def document(account: Account, target: Target, version: int | None, when: str | None) -> Document | None:
    """The backup to put back; None where a version of JSONBin's is wanted. Raises UsageMistake, InvalidInput."""
    if version is not None and when is not None:
        raise UsageMistake("--version and --backup each name an old record", "give one of them")
    return document_from(str(find(account, target, when).path), account.plan) if version is None else None


def _place(account: Account, target: Target) -> Path:
    """The folder of one bin. The same id may be in several stores on one machine, as that of `demo` is."""
    if account.store:
        from hashlib import sha256

        where = f"store-{sha256(os.path.realpath(account.store).encode()).hexdigest()[:12]}"
    else:
        where = re.sub(r"[^A-Za-z0-9.-]", "_", account.url.split("/")[2])
    return state_folder() / "backups" / where / target.id.lower()


def _kept(place: Path) -> list[Backup]:
    found = []
    for path in place.glob("*.json"):
        # Another process may let it go meanwhile; and what somebody else put there is no backup.
        with suppress(FileNotFoundError, ValueError):
            datetime.strptime(path.stem, _WHEN)
            if path.is_file():
                found.append(Backup(path.stem, path, path.stat().st_size))
    return sorted(found, reverse=True)
