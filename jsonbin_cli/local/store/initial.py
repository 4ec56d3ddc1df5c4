"""What a store has in it at its start: the bin `demo`, and the records that were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from jsonbin_cli.config.file import BIN_ID
from jsonbin_cli.config.profiles import DEMO_BIN
from jsonbin_cli.local.store.ids import now
from jsonbin_cli.local.store.rows import Bin

if TYPE_CHECKING:
    from jsonbin_cli.local.store.sqlite import SqliteStore

_DEMO_RECORD = b'{"hello": "world"}'


def demo() -> Bin:
    """The bin that every new store has."""
    return Bin(DEMO_BIN, _DEMO_RECORD, True, now())


def seeds_in(path: Path) -> list[Bin]:
    """A private bin for the file `path`, or for each `*.json` in the folder `path`.

    A file whose name is 24 hexadecimal digits becomes the bin of that id. Any other gets an id made of its
    name, the same each time, and its name. Raises InvalidInput for a record that JSONBin would refuse.
    """
    from jsonbin_cli.failures import InvalidInput

    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise InvalidInput(f"{path} holds no *.json files to seed the store with")
    return [_seed(file) for file in files]


def plant(store: SqliteStore, bins: Iterable[Bin]) -> None:
    """Add the bins that the store has not got. Those it has stay as they are."""
    with store.transaction():
        for bin in bins:
            if store.bin(bin.id) is None:
                store.add(bin)


def listing(bins: Iterable[Bin]) -> Iterator[str]:
    """A line for each bin: its id and its name."""
    return (f"{bin.id}  {bin.name or ''}".rstrip() for bin in bins)


def _seed(file: Path) -> Bin:
    import hashlib

    from jsonbin_cli.records.document import document_from

    record = document_from(str(file)).raw.strip()
    if BIN_ID.fullmatch(file.stem):
        return Bin(file.stem.lower(), record, True, now())
    return Bin(hashlib.sha256(file.stem.encode()).hexdigest()[:24], record, True, now(), file.stem[:128])
