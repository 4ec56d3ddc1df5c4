"""A pipeline that reads a bin and writes to it again: a part of the record must not replace all of it unnoticed.

`jsonbin get BIN user | jq '.n = 1' | jsonbin update BIN` would leave nothing but the user in the bin, and so would
`jsonbin get BIN --record | jq '.user | .n = 1' | jsonbin update BIN`. So `get` keeps a note on what it last wrote into
a pipe, and the commands that write to the bin look whether that comes out of their input. Only Linux tells what is
behind a pipe; elsewhere nothing may stand between the two.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
import time
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.failures import BadConfig, InvalidInput, profile_option, shortened
from jsonbin_cli.records.document import Document
from jsonbin_cli.records.kept import folder_of
from jsonbin_cli.records.text import JSON, Member

_AS_IS = "--as-is takes it as the whole"
# Of a record with more members or items these are not kept.
_MOST = 1000
# The system numbers its pipes anew each time it starts, so that an old note says nothing.
_OLDEST = 24 * 3600  # seconds


class Read(NamedTuple):
    """What `get` wrote into a pipe: a record, or what is at `path` in it.

    `pipes` are the numbers of that pipe and of those behind it. `at` counts seconds since 1970. `parts` are the objects
    and arrays in the record: the name of each member, with the names in it, None for an array. For a record that is an
    array the one name is that of an item, which is `[]`.
    """

    pipes: list[int]
    at: float
    path: str | None
    names: list[str]
    parts: dict[str, list[str] | None]


def note_read(account: Account, target: Target, record: Member, path: str | None = None) -> None:
    """Keep a note on the record that was written to a pipe, or on the part of it at `path`, where that can be kept."""
    with suppress(OSError, BadConfig):
        pipe = _pipe(os.fstat(1))
        if pipe is None:
            return
        from jsonbin_cli.config.atomic import make_folder
        from jsonbin_cli.config.locks import make_file

        value = record.value
        names = list(value) if isinstance(value, dict) and len(value) <= _MOST else []
        note = Read(_pipes_from(pipe), time.time(), path, names, _parts(value))
        place = _place(account, target)
        make_folder(place.parent)
        make_file(place)
        place.write_text(json.dumps(note))


def check_not_a_part(account: Account, target: Target, file: str | None, document: Document, command: str) -> None:
    """Raise InvalidInput where `document`, read from `file`, is made from a part of the record that is in the bin.

    None and `-` are standard input. A merge patch may be made from a part, as long as it does not look like one.
    """
    read = _read_here(account, target, file)
    if read is None:
        return
    merges = command == "patch"
    name, option = quote(target.name), profile_option(account.name)
    whole = "a merge patch begins at its top" if merges else f"{command} is for the whole"
    if read.path is not None and not merges:
        raise InvalidInput(
            f"{document.name} comes from jsonbin get {name} {shortened(quote(read.path))}, a part of the record, "
            f"and {whole}",
            f"for that part: … | jsonbin set {name} {quote(f'{read.path}:=@-')}{option}; {_AS_IS}",
        )
    value = document.value
    part = None if merges and isinstance(value, list) else _part_like(read, value)
    if part is not None:
        way = ".[0]" if part == "[]" else f".{part}" if re.fullmatch(r"[A-Za-z_]\w{,30}", part) else ".a"
        raise InvalidInput(
            f"{document.name} looks like {'an item' if part == '[]' else shortened(part, 40)} of the record, "
            f"which this pipeline read from the bin, and {whole}",
            f"in jq, '{way}.b = 1' and '{way} |= …' keep the rest of the record, and '{way} | …' does not; {_AS_IS}",
        )


def _parts(record: JSON) -> dict[str, list[str] | None]:
    """The objects and arrays in a record, as `Read` has them."""
    if isinstance(record, list):
        items = [item for item in record[:_MOST] if isinstance(item, dict)]
        return {"[]": list(items[0])[:_MOST]} if items else {}
    found: dict[str, list[str] | None] = {}
    for name, value in record.items() if isinstance(record, dict) and len(record) <= _MOST else ():
        if value and isinstance(value, dict | list):
            found[name] = list(value)[:_MOST] if isinstance(value, dict) else None
    return found


def _part_like(read: Read, value: JSON) -> str | None:
    """The name of the part that `value` looks like, where it has nothing else of the record."""
    if isinstance(value, list):
        return next((name for name, inside in read.parts.items() if inside is None), None)
    names = value.keys() if isinstance(value, dict) else set[str]()
    for name, inside in read.parts.items():
        if inside and name not in names and names >= {*inside} >= names & {*read.names}:
            return name
    return None


def _read_here(account: Account, target: Target, file: str | None) -> Read | None:
    """What `get` read of this bin, where that comes out of `file`."""
    with suppress(OSError, BadConfig, ValueError, TypeError, AttributeError):
        pipe = _pipe(os.fstat(0) if file in (None, "-") else os.stat(file))
        if pipe is not None:
            pipes, at, path, names, parts = json.loads(_place(account, target).read_bytes())
            if pipe in pipes and time.time() - at < _OLDEST:
                inside = {str(name): None if some is None else [*map(str, some)] for name, some in parts.items()}
                return Read(pipes, at, path and str(path), [*map(str, names)], inside)
    return None


def _place(account: Account, target: Target) -> Path:
    return folder_of("read", account, target).with_suffix(".json")


def _pipe(status: os.stat_result) -> int | None:
    """The number of a pipe, None for what is none."""
    return status.st_ino if stat.S_ISFIFO(status.st_mode) and status.st_ino else None


def _pipes_from(pipe: int) -> list[int]:
    """This pipe, and those into which the programs behind it write what they make of it, as far as Linux tells."""
    programs = [pid for pid in os.listdir("/proc") if pid.isdigit()] if sys.platform == "linux" else []
    links = [(_pipe_of(pid, 0), _pipe_of(pid, 1)) for pid in programs]
    found = [pipe]
    for here in found:  # which grows meanwhile
        found += {there for given, there in links if given == here and there is not None} - {*found}
    return found


def _pipe_of(pid: str, stream: int) -> int | None:
    """The number of the pipe that standard input or output of a process is, None where it is none."""
    with suppress(OSError):  # it has ended, or is another user's
        found = re.fullmatch(r"pipe:\[(\d+)\]", os.readlink(f"/proc/{pid}/fd/{stream}"))
        return int(found[1]) if found else None
    return None
