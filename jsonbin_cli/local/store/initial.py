"""The bins that a store starts with: `demo`, and those made of files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from jsonbin_cli.config.file import BIN_ID
from jsonbin_cli.config.profiles import DEMO_BIN
from jsonbin_cli.local.store.ids import now
from jsonbin_cli.local.store.rows import Bin

if TYPE_CHECKING:
    from jsonbin_cli.local.store.sqlite import SqliteStore

_DEMO_RECORD = b'{"hello": "world"}'


def demo_bin() -> Bin:
    """The bin that every new store has."""
    return Bin(DEMO_BIN, _DEMO_RECORD, True, now())


def bins_from(path: Path) -> list[Bin]:
    """A private bin for the file `path`, or for each `*.json` in the folder `path`.

    A file whose name is 24 hexadecimal digits becomes the bin of that id. Any other gets an id made of its
    name, the same each time, and its name. Raises InvalidInput for a record that JSONBin would refuse.
    """
    from jsonbin_cli.failures import InvalidInput

    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise InvalidInput(f"there is no *.json file in {path}")
    return [_bin_from(file) for file in files]


def add_missing(store: SqliteStore, bins: Iterable[Bin]) -> None:
    """Add the bins that are not in the store. Those that are stay as they are."""
    with store.transaction():
        for bin in bins:
            if store.bin(bin.id) is None:
                store.add(bin)


def _bin_from(file: Path) -> Bin:
    import hashlib

    from jsonbin_cli.records.document import document_from

    record = document_from(str(file)).raw.strip()
    if BIN_ID.fullmatch(file.stem):
        return Bin(file.stem.lower(), record, True, now())
    return Bin(hashlib.sha256(file.stem.encode()).hexdigest()[:24], record, True, now(), file.stem[:128])
