"""What the file of a bin is called, and the lines of the manifest that name it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from jsonbin_cli.records.folders.manifest import Entry

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


def lines(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The tables of a manifest, in TOML, one bin after the other."""
    import tomli_w

    for number, entry in enumerate(entries):
        table = {"bins": {entry.name: {"id": entry.id, "file": entry.file}}}
        yield (b"\n" if number else b"") + tomli_w.dumps(table).encode()
