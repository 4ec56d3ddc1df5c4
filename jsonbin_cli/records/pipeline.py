"""A pipeline that reads a bin and writes to it again: a part of the record must not replace all of it unnoticed.

`jsonbin get BIN user | jq '.n = 1' | jsonbin update BIN` would leave nothing but the user in the bin, and so would
`jsonbin get BIN --record | jq '.user | .n = 1' | jsonbin update BIN`. So `get` keeps a note on what it last wrote into
a pipe, and the command that writes to the bin looks whether that was in its own pipeline.
"""

from __future__ import annotations

import json
import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.config.environment import state_folder
from jsonbin_cli.failures import BadConfig, InvalidInput, profile_option, shortened
from jsonbin_cli.records.document import Document
from jsonbin_cli.records.text import Member

_AS_IS = "--as-is takes it as the whole record"
# Of a record with more members the names are not kept.
_MOST_NAMES = 1000


class Read(NamedTuple):
    """What `get` wrote into a pipe: a record, or what is at `path` in it. `names` are those of the record's members.

    `at` is when, by the clock that all processes of a machine share.
    """

    bin: str
    pipeline: int
    at: float
    path: str | None
    names: list[str]


def started() -> float:
    """When this process started, or a little later, by the clock that all processes of a machine share.

    To be asked before it waits for anything: until then it has done nothing but work.
    """
    return time.monotonic() - time.process_time()


def note_read(account: Account, target: Target, record: Member, path: str | None = None) -> None:
    """Keep a note on the record that was written to a pipe, or on the part of it at `path`, where that can be kept."""
    with suppress(OSError, BadConfig):
        if not _is_pipe(1):
            return
        from jsonbin_cli.config.atomic import make_folder
        from jsonbin_cli.config.locks import make_file

        value = record.value
        names = list(value) if isinstance(value, dict) and len(value) <= _MOST_NAMES else []
        note = Read(_name(account, target), _pipeline(), time.monotonic(), path, names)
        place = _place()
        make_folder(place.parent)
        make_file(place)
        place.write_text(json.dumps(note))


def check_not_a_part(account: Account, target: Target, since: float, command: str) -> None:
    """Raise InvalidInput where standard input comes from a part of the record that `command` is to change.

    `since` is when this process `started`: what was read before that was read in another pipeline.
    """
    read = _read_here(account, target, since)
    if read and read.path is not None:
        name, option = quote(target.name), profile_option(account.name)
        raise InvalidInput(
            f"stdin comes from jsonbin get {name} {shortened(quote(read.path))}, a part of the record, "
            f"and {command} is for the whole",
            f"for that part: … | jsonbin set {name} {quote(f'{read.path}:=@-')}{option}; {_AS_IS}",
        )


def check_keeps_something(account: Account, target: Target, since: float, document: Document) -> None:
    """Raise InvalidInput where `document`, from standard input, has no member of the record that it was made from."""
    read = _read_here(account, target, since)
    if not read or not read.names:
        return
    value = document.value
    if not isinstance(value, dict) or value.keys().isdisjoint(read.names):
        names = ", ".join(shortened(name, 30) for name in read.names[:3]) + (", …" if read.names[3:] else "")
        raise InvalidInput(
            f"stdin has none of the members that this pipeline read from the bin ({names}), "
            "and update replaces the whole record",
            f"in jq, '.a.b = 1' and '.a |= …' change a part of it, and '.a | …' leaves only that part; {_AS_IS}",
        )


def _read_here(account: Account, target: Target, since: float) -> Read | None:
    """What `get` read of this bin in this pipeline."""
    with suppress(OSError, BadConfig, ValueError, TypeError):
        if _is_pipe(0):
            bin, pipeline, at, path, names = json.loads(_place().read_bytes())
            read = Read(bin, pipeline, float(at), path and str(path), [*map(str, names)])
            if (read.bin, read.pipeline) == (_name(account, target), _pipeline()) and read.at >= since:
                return read
    return None


def _place() -> Path:
    return state_folder() / "read.json"


def _name(account: Account, target: Target) -> str:
    return f"{account.store or account.url} {target.id}"


def _pipeline() -> int:
    """What the processes of one pipeline share, and those of one script."""
    return os.getpgrp() if hasattr(os, "getpgrp") else os.getppid()


def _is_pipe(stream: int) -> bool:
    """Whether a standard stream is a pipe. Raises OSError where it is closed."""
    return stat.S_ISFIFO(os.fstat(stream).st_mode)
