"""A plan of `apply` in a file: which record is to replace which one, carried out later or refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from jsonbin_cli.config.atomic import write_whole
from jsonbin_cli.config.bounded import TooLarge, read_at_most
from jsonbin_cli.config.file import BIN_ID
from jsonbin_cli.failures import InvalidInput, UsageMistake
from jsonbin_cli.records.folders.manifest import Entry, Folder

_FORMAT = 1
_LARGEST = 64 * 1024 * 1024
_START = b'{"jsonbin_plan"'


class Planned(NamedTuple):
    """One update: the digests of the file's bytes and of the record that it is to replace."""

    entry: Entry
    file: bytes
    held: bytes


class Plan(NamedTuple):
    """The updates of a folder's bins at an address."""

    address: str
    folder: Folder
    updates: list[Planned]


def is_plan(path: str) -> bool:
    """Whether a file holds a plan."""
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            return file.read(len(_START)) == _START
    except OSError:
        return False


def write_plan(path: str, plan: Plan) -> None:
    """Write a plan, whole or not at all. Raises UsageMistake."""
    file = Path(path)
    updates = [
        {
            "name": one.entry.name,
            "bin": one.entry.id,
            "alias": one.entry.alias,
            "file": one.entry.file,
            "versioning": one.entry.versioning,
            "bytes": one.file.hex(),
            "replaces": one.held.hex(),
        }
        for one in plan.updates
    ]
    folder = os.path.relpath(os.path.realpath(plan.folder.path), os.path.realpath(file.parent))
    first = {"jsonbin_plan": _FORMAT, "address": plan.address, "folder": folder, "updates": updates}
    try:
        if file.exists() and not is_plan(path):
            raise UsageMistake(f"{path} exists and is not a plan; it is not overwritten", "name another file")
        write_whole(file, json.dumps(first).encode() + b"\n")
    except OSError as wrong:
        raise UsageMistake(f"the plan {path} cannot be written: {wrong.strerror}") from None


def read_plan(path: str) -> Plan:
    """The plan in a file. Raises InvalidInput where it is not one that was written here."""
    try:
        found = json.loads(read_at_most(Path(path), _LARGEST).data)
        if found["jsonbin_plan"] != _FORMAT:
            raise ValueError
        folder = os.path.normpath(os.path.join(os.path.dirname(path), str(found["folder"])))
        updates = [_planned(one, folder) for one in found["updates"]]
        if len({one.entry.id for one in updates}) < len(updates):
            raise ValueError
        return Plan(str(found["address"]), Folder(folder, path, [one.entry for one in updates]), updates)
    except (OSError, TooLarge, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InvalidInput(
            f"{path} is not a plan that this version of the program wrote", "make it again: jsonbin apply --plan FILE"
        ) from None


def _planned(one: dict[str, Any], folder: str) -> Planned:
    """One update. Raises ValueError and the like for what could not be one."""
    root = os.path.realpath(folder)
    file = str(one["file"])
    whole = os.path.realpath(os.path.join(folder, file))
    inside = whole.startswith(os.path.join(root, ""))
    if not BIN_ID.fullmatch(one["bin"]) or os.path.isabs(file) or not inside:
        raise ValueError
    if os.path.exists(whole) and not os.path.isfile(whole):  # a pipe would be waited for
        raise ValueError
    alias = None if one["alias"] is None else str(one["alias"])
    versioning = None if one["versioning"] is None else bool(one["versioning"])
    entry = Entry(str(one["name"]), one["bin"], alias, file, versioning)
    return Planned(entry, bytes.fromhex(one["bytes"]), bytes.fromhex(one["replaces"]))
