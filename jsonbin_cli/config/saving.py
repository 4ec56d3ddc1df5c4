"""Writes the config file: whole or not at all, without losing another program's change, or a comment."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from glob import escape
from itertools import chain, count
from pathlib import Path
from typing import Any

from jsonbin_cli.config.atomic import make_folder, others_writing, write_whole
from jsonbin_cli.config.bounded import TooLarge, read_at_most
from jsonbin_cli.config.file import LARGEST, ConfigFile, Table, read
from jsonbin_cli.config.locks import alone
from jsonbin_cli.config.ownership import refuse_shared_folder
from jsonbin_cli.failures import BadConfig

_REPLACING_SECONDS = 3
"""How long to wait for other writers where there are no locks: they only have to look at the file and rename one."""


def write(file: ConfigFile, table: Table, *, without: str | None = None) -> Path | None:
    """Replace the file by `table`, so that a crash leaves the old or the new one, mode 0600.

    Comments are lost when TOML is written, so a file that has some is copied first, without the key `without`; the path
    of the copy is returned. Raises BadConfig where writing fails, or another program changed the file meanwhile.
    """
    import tomli_w

    path = Path(os.path.realpath(file.path))
    data = tomli_w.dumps(table).encode()
    if len(data) > LARGEST:
        raise BadConfig(f"{file.path} would be larger than {LARGEST:,} bytes", "remove aliases or profiles first")
    kept = None
    try:
        make_folder(path.parent)
        refuse_shared_folder(file.path)
        if path.exists() and not path.is_file():
            raise BadConfig(f"{file.path} is not a file that can be replaced", "name another one in JSONBIN_CONFIG")
        with alone(path) as locked:
            _check_unchanged(file, path)
            if b"#" in file.data:
                kept = _free_name(path)
                write_whole(kept, file.data.replace(without.encode(), b"") if without else file.data)
            write_whole(path, data, check=lambda: _check_unchanged(file, path))
            if not locked:
                _check_kept(file, table, path)
    except OSError as wrong:
        raise BadConfig(f"{file.path} could not be written: {wrong.strerror}") from None
    return kept


def copies(path: Path, key: str) -> list[Path]:
    """The copies of a config file that hold a key."""
    path = Path(os.path.realpath(path))
    found = []
    for copy in sorted(path.parent.glob(f"{escape(path.name)}.bak*")):
        with suppress(OSError, TooLarge):
            if key.encode() in read_at_most(copy, LARGEST).data:
                found.append(copy)
    return found


def _check_unchanged(file: ConfigFile, path: Path) -> None:
    if (path.read_bytes() if path.exists() else b"") != file.data:
        raise BadConfig(f"{file.path} was changed by another program meanwhile", "run the command again")


def _check_kept(file: ConfigFile, table: Table, path: Path) -> None:
    """Raise BadConfig where another program has overwritten the change, for lack of locks.

    A program that read the file before it was replaced had begun its own temporary file by then: once all of those
    are gone, no program can still overwrite the change.
    """
    writers = others_writing(path.parent)
    until = time.monotonic() + _REPLACING_SECONDS
    while any(writer.exists() for writer in writers) and time.monotonic() < until:
        time.sleep(0.02)
    now = read(path).table
    if any(_at(now, place) != _at(table, place) for place in _changed(file.table, table)):
        raise BadConfig(
            f"{file.path} has no locks where it is kept, and another program has overwritten this change",
            "run the command again",
        )


def _changed(before: Table, after: Table, place: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The places of the settings that differ in two tables."""
    found = []
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if isinstance(old or {}, dict) and isinstance(new or {}, dict) and (old or new):
            found += _changed(old or {}, new or {}, (*place, name))
        elif old != new:
            found.append((*place, name))
    return found


def _at(table: Table, place: tuple[str, ...]) -> Any:
    value: Any = table
    for name in place:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _free_name(path: Path) -> Path:
    """A name for a copy that no file has."""
    names = (path.with_name(f"{path.name}.bak{number}") for number in chain([""], count(2)))
    return next(name for name in names if not os.path.lexists(name))
