"""A pipeline that reads a bin and writes to it again: a part of the record must not replace all of it unnoticed.

`jsonbin get BIN user | jq '.n = 1' | jsonbin update BIN` would leave nothing but the user in the bin, and so would
`jsonbin get BIN --record | jq '.user | .n = 1' | jsonbin update BIN`. So `get` keeps a note on what it last wrote into
a pipe, and the command that writes to the bin looks whether that comes out of its standard input. Only Linux tells what
is behind a pipe; elsewhere nothing may stand between the two.
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
from jsonbin_cli.config.environment import state_folder
from jsonbin_cli.failures import BadConfig, InvalidInput, profile_option, shortened
from jsonbin_cli.records.document import Document
from jsonbin_cli.records.text import Member

_AS_IS = "--as-is takes it as the whole record"
# Of a record with more members the names are not kept.
_MOST_NAMES = 1000
# The system numbers its pipes anew each time it starts, so that an old note says nothing.
_OLDEST = 24 * 3600  # seconds


class Read(NamedTuple):
    """What `get` wrote into a pipe: a record, or what is at `path` in it. `names` are those of the record's members.

    `pipes` are the numbers of that pipe and of those behind it. `at` counts seconds since 1970.
    """

    bin: str
    pipes: list[int]
    at: float
    path: str | None
    names: list[str]


def note_read(account: Account, target: Target, record: Member, path: str | None = None) -> None:
    """Keep a note on the record that was written to a pipe, or on the part of it at `path`, where that can be kept."""
    with suppress(OSError, BadConfig):
        pipe = _pipe(1)
        if pipe is None:
            return
        from jsonbin_cli.config.atomic import make_folder
        from jsonbin_cli.config.locks import make_file

        value = record.value
        names = list(value) if isinstance(value, dict) and len(value) <= _MOST_NAMES else []
        note = Read(_name(account, target), _pipes_from(pipe), time.time(), path, names)
        place = _place()
        make_folder(place.parent)
        make_file(place)
        place.write_text(json.dumps(note))


def check_not_a_part(account: Account, target: Target, command: str) -> None:
    """Raise InvalidInput where standard input comes from a part of the record that `command` is to change."""
    read = _read_here(account, target)
    if read and read.path is not None:
        name, option = quote(target.name), profile_option(account.name)
        raise InvalidInput(
            f"stdin comes from jsonbin get {name} {shortened(quote(read.path))}, a part of the record, "
            f"and {command} is for the whole",
            f"for that part: … | jsonbin set {name} {quote(f'{read.path}:=@-')}{option}; {_AS_IS}",
        )


def check_keeps_something(account: Account, target: Target, document: Document) -> None:
    """Raise InvalidInput where `document`, from standard input, has no member of the record that it was made from."""
    read = _read_here(account, target)
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


def _read_here(account: Account, target: Target) -> Read | None:
    """What `get` read of this bin, where that comes out of standard input."""
    with suppress(OSError, BadConfig, ValueError, TypeError):
        pipe = _pipe(0)
        if pipe is not None:
            bin, pipes, at, path, names = json.loads(_place().read_bytes())
            read = Read(bin, [*map(int, pipes)], float(at), path and str(path), [*map(str, names)])
            if read.bin == _name(account, target) and pipe in read.pipes and time.time() - read.at < _OLDEST:
                return read
    return None


def _place() -> Path:
    return state_folder() / "read.json"


def _name(account: Account, target: Target) -> str:
    return f"{account.store or account.url} {target.id}"


def _pipe(stream: int) -> int | None:
    """The number of the pipe that a standard stream is, None where it is none. Raises OSError where it is closed."""
    status = os.fstat(stream)
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
