"""Which file of a folder goes into which bin: `bins.toml`, or else the names of the files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from jsonbin_cli.config.account import Target
from jsonbin_cli.config.file import BIN_ID
from jsonbin_cli.failures import InvalidInput, UsageMistake, shortened
from jsonbin_cli.records.folders.tables import tables_of

MANIFEST = "bins.toml"
_MEMBERS: dict[str, type] = {"id": str, "file": str, "versioning": bool, "schema": str}
_NAMES_OF_TYPES = {str: "a string", bool: "true or false"}
_WHO_ASKS = re.compile(r"key|token|secret|profile|url|host|address", re.IGNORECASE)
_EXAMPLE = '[bins.flags], then id = "24 hexadecimal digits" and file = "flags.json"'


class Entry(NamedTuple):
    """One bin of a folder. `file` and `schema` are paths from the folder on, `id` is in lower case."""

    name: str
    id: str
    alias: str | None
    file: str
    versioning: bool | None = None
    schema: str | None = None

    @property
    def target(self) -> Target:
        """The bin, for a request."""
        return Target(self.id, self.alias)


class Folder(NamedTuple):
    """The bins of a folder, in the order of the manifest; `manifest` None is a folder without one."""

    path: str
    manifest: str | None
    entries: list[Entry]

    def path_of(self, file: str) -> str:
        """The path of one of its files from here."""
        return file if self.path == "." else os.path.join(self.path, file)


def folder_at(path: str, aliases: Mapping[str, str], profile: str | None, *, with_files: bool = True) -> Folder:
    """The folder `path`, or that of the manifest `path`; `aliases` are those of the profile.

    `with_files` says that the files have to be there. Raises InvalidInput with all mistakes at once, and UsageMistake
    where there is no such folder.
    """
    if os.path.isdir(path):
        manifest = os.path.join(path, MANIFEST) if path != "." else MANIFEST
        if not os.path.lexists(manifest):
            return _without_manifest(path, aliases, profile)
    elif os.path.exists(path):
        manifest = path
        path = os.path.dirname(path) or "."
    else:
        raise UsageMistake(f"{shortened(path)}: no such folder or manifest", "jsonbin pull FOLDER BIN makes one")
    reading = _Reading(path, aliases, profile, with_files=with_files)
    entries = [entry for tables in tables_of(manifest, _EXAMPLE) for entry in reading.entries(tables)]
    if not entries and not reading.mistakes:
        reading.mistakes.append("names no bin")
    check(manifest, reading.mistakes, _EXAMPLE if not entries else None)
    return Folder(path, manifest, entries)


def folder_in(path: str, aliases: Mapping[str, str], profile: str | None) -> Folder:
    """The folder `path` that bins are to be written into; it may be empty, or not be there yet. Raises InvalidInput."""
    if os.path.isfile(path) or os.path.lexists(os.path.join(path, MANIFEST)):
        return folder_at(path, aliases, profile, with_files=False)
    return Folder(path, None, _by_names(path, aliases, profile)[0] if os.path.isdir(path) else [])


def check(where: str, mistakes: list[str], hint: str | None = None) -> None:
    """Raise InvalidInput for all the mistakes in `where` at once, where there are any."""
    if not mistakes:
        return
    if len(mistakes) == 1:
        text = f"{where}: {mistakes[0]}; nothing was sent"
    else:
        text = f"{where} has {len(mistakes)} mistakes; nothing was sent\n" + "\n".join(mistakes)
    failure = InvalidInput(text, hint)
    failure.file = where
    raise failure


def not_listed(folder: Folder) -> list[str]:
    """The files that are named after a bin which bins.toml does not have, so that nothing is done with them."""
    if folder.manifest is None or os.path.basename(folder.manifest) != MANIFEST:
        return []  # each such file is one of the folder's; or its owner chose among manifests
    files = {entry.file for entry in folder.entries} | {f"{entry.id}.json" for entry in folder.entries}
    with suppress(OSError):  # it may be entered, and not listed
        named = [name for name in os.listdir(folder.path) if name.endswith(".json")]
        return sorted(
            name for name in named if BIN_ID.fullmatch(name.removesuffix(".json")) and not files & {name, name.lower()}
        )
    return []


class _Reading:
    """Collects what is wrong with a manifest while its entries are made."""

    def __init__(self, path: str, aliases: Mapping[str, str], profile: str | None, *, with_files: bool) -> None:
        self.mistakes: list[str] = []
        self._path = path
        self._root = os.path.realpath(path)
        self._aliases = aliases
        self._profile = profile
        self._with_files = with_files
        self._names: dict[str, str] = {}
        self._tables: dict[str, None] = {}  # a set may take five times as much memory

    def entries(self, tables: dict[str, Any]) -> Iterator[Entry]:
        """The entries without a mistake."""
        for name in tables:
            if name != "bins":
                self.mistakes.append(_unknown(name, ["bins"]))
        bins = tables.get("bins", {})
        if not isinstance(bins, dict):
            self.mistakes.append("bins is not a table")
            return
        for name, table in bins.items():
            before = len(self.mistakes)
            if not isinstance(table, dict):
                self._add(name, "is not a table")
                continue
            if name in self._tables:  # in another part, else the parser would have found it
                self._add(name, "has two tables")
                continue
            self._tables[name] = None
            entry = self._entry(name, table)
            if entry and len(self.mistakes) == before:
                yield entry

    def _entry(self, name: str, table: dict[str, Any]) -> Entry | None:
        for member, value in table.items():
            if member not in _MEMBERS:
                self._add(name, _unknown(member, _MEMBERS))
            elif type(value) is not _MEMBERS[member]:
                self._add(name, f"{member} must be {_NAMES_OF_TYPES[_MEMBERS[member]]}")
        for member in ("id", "file"):
            if member not in table:
                self._add(name, f"{member} is missing")
        found = self._bin(name, table.get("id"))
        for member in ("file", "schema"):
            if isinstance(table.get(member), str):
                self._check_file(name, member, table[member], needed=self._with_files or member == "schema")
        if found is None or not isinstance(table.get("file"), str):
            return None
        return Entry(name, *found, table["file"], table.get("versioning"), table.get("schema"))

    def _bin(self, name: str, given: Any) -> tuple[str, str | None] | None:
        """The id, and the alias where that was given."""
        if not isinstance(given, str):
            return None
        alias = given if given in self._aliases else None
        bin_id = self._aliases[given] if alias else given
        if not BIN_ID.fullmatch(bin_id):
            self._add(name, f"id is neither 24 hexadecimal digits nor {_an_alias(self._profile)}")
            return None
        if bin_id != bin_id.lower():  # else one string is enough, since there may be very many
            bin_id = bin_id.lower()
        bin_id = name if name == bin_id else bin_id
        if bin_id in self._names:
            self._add(name, f"is the same bin as {shortened(self._names[bin_id], 60)}, {bin_id}")
            return None
        self._names[bin_id] = name
        return bin_id, alias

    def _check_file(self, name: str, member: str, file: str, *, needed: bool) -> None:
        whole = os.path.join(self._path, file) if "\0" not in file else ""
        if not whole or os.path.isabs(file) or not self._is_inside(file, whole):
            self._add(name, f"{member} must be a path inside the folder of the manifest")
        elif needed and not os.path.isfile(whole):
            self._add(name, f"{member} {shortened(file)}: no such file")

    def _is_inside(self, file: str, whole: str) -> bool:
        # Without a folder in its name only a link could lead outside, and to follow each path costs most of the time.
        is_plain = file not in (".", "..", "") and os.path.basename(file) == file and not os.path.islink(whole)
        return is_plain or _is_inside(self._root, os.path.realpath(whole))

    def _add(self, name: str, mistake: str) -> None:
        self.mistakes.append(f"{shortened(name, 60)}: {mistake}")


def _unknown(member: str, known: Mapping[str, type] | list[str]) -> str:
    if _WHO_ASKS.search(member):
        return f"{shortened(member, 60)} cannot be set here: keys, profiles and URLs come from whoever runs this"
    from difflib import get_close_matches

    close = get_close_matches(shortened(member), known, 1)
    return f'unknown member "{shortened(member, 60)}"' + (f', did you mean "{close[0]}"?' if close else "")


def _an_alias(profile: str | None) -> str:
    return f'an alias of profile "{shortened(profile, 60)}"' if profile else "an alias of a profile"


def _is_inside(root: str, path: str) -> bool:
    return path.startswith(os.path.join(root, ""))


def _without_manifest(path: str, aliases: Mapping[str, str], profile: str | None) -> Folder:
    """The bins that the names of the files say. Raises InvalidInput where a file has another name."""
    entries, mistakes = _by_names(path, aliases, profile)
    if not entries and not mistakes:
        raise InvalidInput(
            f"{path} has neither {MANIFEST} nor a file named BIN.json",
            f"write {MANIFEST}: {_EXAMPLE}; or fetch bins into it: jsonbin pull {path} BIN",
        )
    check(path, mistakes, f"name each file as its bin, or write {MANIFEST}: {_EXAMPLE}")
    return Folder(path, None, entries)


def _by_names(path: str, aliases: Mapping[str, str], profile: str | None) -> tuple[list[Entry], list[str]]:
    """The bins whose files are named after them, and what is wrong with the names of the others."""
    entries: list[Entry] = []
    mistakes: list[str] = []
    names: dict[str, str] = {}
    root = os.path.realpath(path)
    for file in sorted(name for name in os.listdir(path) if name.endswith(".json")):
        stem = file.removesuffix(".json")
        alias = stem if stem in aliases else None
        bin_id = (aliases[stem] if alias else stem).lower()
        if not BIN_ID.fullmatch(bin_id):
            mistakes.append(f"{shortened(file)}: the name is neither a bin id nor {_an_alias(profile)}")
        elif bin_id in names:
            mistakes.append(f"{shortened(file)} is the same bin as {shortened(names[bin_id])}, {bin_id}")
        elif not _is_inside(root, os.path.realpath(os.path.join(path, file))):
            mistakes.append(f"{shortened(file)} leads outside of the folder")
        elif not os.path.isfile(os.path.join(path, file)):  # a pipe would be waited for
            mistakes.append(f"{shortened(file)} is not a file")
        else:
            entries.append(Entry(stem, bin_id, alias, file))
        names.setdefault(bin_id, file)
    return entries, mistakes
