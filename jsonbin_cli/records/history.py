"""What can be put back into a bin: versions that JSONBin keeps, and backups on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from jsonbin_cli.failures import Answered, NoAnswer
from jsonbin_cli.records.backups import Backup


class Entry(NamedTuple):
    """One old record. `name` is what `restore` takes: the number of a version, or the time of a backup."""

    source: str
    name: str
    size: int | None

    def as_json(self) -> dict[str, str | int | None]:
        """The same as a JSON object."""
        if self.source == "version":
            return {"source": "version", "version": int(self.name), "bytes": self.size}
        return {"source": "backup", "when": self.name, "bytes": self.size}

    def as_text(self) -> str:
        """How it is put back, and its size."""
        size = "" if self.size is None else f"{self.size:,} bytes"
        return f"{f'--{self.source} {self.name}':36}{size:>17}".rstrip()


class History(NamedTuple):
    """The newest entries of each source, and a sentence for what could not be listed."""

    entries: list[Entry]
    notes: list[str]

    def as_json(self) -> str:
        """An array, one entry a line."""
        return "[" + ",\n ".join(json.dumps(entry.as_json()) for entry in self.entries) + "]"

    def as_text(self) -> str:
        """A line for each entry, and how it is put back."""
        return "\n".join(entry.as_text() for entry in self.entries)


def history(
    backups: list[Backup], most: int, count: Callable[[], int], size_of: Callable[[int, int], int] | None
) -> History:
    """The versions and the backups of a bin, at most `most` of each, the newest first.

    `count` asks JSONBin how many versions there are, in one request; it does not say when they were made. `size_of`
    gets the number of a version, and that of the last one, and reads the version for its size, with one more request
    for each; None leaves the sizes out. Where JSONBin cannot be asked, the backups are listed if there are any, and a
    note says why. Raises what `count` and `size_of` raise.
    """
    kept = [Entry("backup", backup.when, backup.size) for backup in backups[:most]]
    try:
        last = count()
        versions = [
            Entry("version", str(number), size_of(number, last) if size_of else None)
            for number in range(last, max(0, last - most), -1)
        ]
    except (Answered, NoAnswer) as failure:
        if not kept:
            raise
        return History(kept, [f"the versions at JSONBin could not be listed: {failure.message}"])
    return History([*versions, *kept], [])
