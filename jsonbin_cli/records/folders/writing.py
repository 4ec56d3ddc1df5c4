"""Records written into a folder, and its manifest made longer."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from jsonbin_cli.config import atomic
from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.records.folders.manifest import MANIFEST, Entry, Folder

_LONGEST = 100
# Windows has no files of these names, whatever their ending.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


class Taken:
    """The names that the bins of a folder have."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        # Some systems make no difference between upper and lower case.
        self._names = {name.lower() for entry in entries for name in (entry.name, entry.file.removesuffix(".json"))}

    def new(self, bin_id: str, name: str) -> Entry:
        """The entry of one more bin, its file named after it as far as a file can be."""
        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:_LONGEST].rstrip("-.")
        if not plain or _DEVICES.fullmatch(plain):
            plain = bin_id
        if plain.lower() in self._names:
            plain = f"{plain}-{bin_id}"
        self._names.add(plain.lower())
        return Entry(plain, bin_id, None, f"{plain}.json")


def make(folder: Folder) -> None:
    """Make the folder where there is none, and remove what a killed process left in it. Raises UsageMistake."""
    path = Path(folder.path)
    with using(path):
        path.mkdir(parents=True, exist_ok=True)
        atomic.remove_leftovers(path)


def path_of(folder: Folder, entry: Entry) -> Path:
    """Where the file of a bin is, behind any link."""
    return Path(os.path.realpath(folder.path_of(entry.file)))


def write_record(folder: Folder, entry: Entry, record: bytes) -> None:
    """Put a record into the file of its bin. Raises UsageMistake."""
    path = path_of(folder, entry)
    with using(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.replace(path, record)


def add_entries(folder: Folder, entries: Iterable[Entry]) -> None:
    """Add those bins to the manifest that it does not have; what is in it stays as it is. Raises UsageMistake."""
    known = {entry.id for entry in folder.entries}
    new = [entry for entry in entries if entry.id not in known]
    if not new:
        return
    if folder.manifest is None:
        # So far the names of the files said which bins there are; from now on the manifest does.
        path = Path(folder.path_of(MANIFEST))
        with using(path):
            atomic.replace(path, _lines([*folder.entries, *new]))
    else:
        path = Path(os.path.realpath(folder.manifest))
        with using(path):
            atomic.replace(path, chain([path.read_bytes().rstrip(b"\n"), b"\n\n"], _lines(new)))


def _lines(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The tables of a manifest, in TOML, one bin after the other."""
    import tomli_w

    for number, entry in enumerate(entries):
        table = {"bins": {entry.name: {"id": entry.id, "file": entry.file}}}
        yield (b"\n" if number else b"") + tomli_w.dumps(table).encode()


@contextmanager
def using(path: Path) -> Iterator[None]:
    """Raise UsageMistake where the system refuses to read or write a file or folder."""
    try:
        yield
    except OSError as wrong:
        raise UsageMistake(f"{path} cannot be used: {wrong.strerror}") from None
