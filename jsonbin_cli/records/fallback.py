"""The last good record of a bin in a file, for when JSONBin cannot be asked."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from jsonbin_cli.config.atomic import write_whole
from jsonbin_cli.failures import Failure, InvalidInput, NoAnswer, StoreFailure, Trouble, UsageMistake
from jsonbin_cli.records.document import json_from
from jsonbin_cli.records.text import Member


class Latest(NamedTuple):
    """A record, and sentences where it is not the latest, or could not be kept."""

    record: Member
    notes: tuple[str, ...] = ()


def latest(file: str | None, read: Callable[[], Member]) -> Latest:
    """The record that `read` returns, kept in `file`; where JSONBin gives none or is in trouble, the one kept there.

    Raises what `read` raises: always where `file` is None, and also where it holds no record. Raises UsageMistake.
    """
    if file is None:
        return Latest(read())
    if file == "-":
        raise UsageMistake(
            "--fallback names a file to keep the record in, and - is none", "name one: --fallback flags.json"
        )
    try:
        record = read()
    except (NoAnswer, Trouble, StoreFailure) as failure:
        return _kept(file, failure)
    return Latest(record, _keep(file, record))


def _keep(file: str, record: Member) -> tuple[str, ...]:
    path = Path(file)
    try:
        if path.exists() and not path.is_file():  # a device would be replaced by a file
            return (f"{file} is not a file, so the record is not kept there",)
        write_whole(path.resolve(), record.raw + b"\n")
    except OSError as wrong:
        return (f"{file} could not be written, so the record is not kept there: {wrong.strerror}",)
    return ()


def _kept(file: str, failure: Failure) -> Latest:
    try:
        kept = json_from(file)
        when = datetime.fromtimestamp(os.stat(file).st_mtime, UTC)
    except (InvalidInput, OSError) as wrong:
        failure.message += f"; and there is no record to fall back to: {wrong}"
        raise failure from None
    note = f"{failure.message}; this is the record that {file} has kept since {when:%Y-%m-%dT%H:%M:%SZ}"
    return Latest(Member(kept.raw.strip()), (note,))
