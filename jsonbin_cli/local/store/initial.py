"""The bins that a store starts with: `demo`, and those made of files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from jsonbin_cli.config.environment import config_path
from jsonbin_cli.config.file import BIN_ID, read
from jsonbin_cli.config.profiles import DEMO_BIN, profile_in_use
from jsonbin_cli.local.store.ids import now
from jsonbin_cli.local.store.rows import Bin

if TYPE_CHECKING:
    from jsonbin_cli.local.store.sqlite import SqliteStore

_DEMO_RECORD = b'{"hello": "world"}'


def demo_bin() -> Bin:
    """The bin that every new store has."""
    return Bin(DEMO_BIN, _DEMO_RECORD, True, now())


def is_untouched_demo(bin: Bin) -> bool:
    """Whether a bin is the demo, as every new store has it."""
    return bin.id == DEMO_BIN and bin.record == _DEMO_RECORD


def bins_from(path: Path) -> list[Bin]:
    """A private bin for the file `path`, or for each `*.json` in the folder `path`.

    Where the folder has a manifest, that says which file belongs to which bin, by its id or an alias of the profile in
    use. Else a file whose name is 24 hexadecimal digits becomes the bin of that id. Any other gets an id made of its
    name, the same each time, and its name. Raises InvalidInput for a record that JSONBin would refuse.
    """
    from jsonbin_cli.failures import InvalidInput
    from jsonbin_cli.records.folders.manifest import MANIFEST

    if (path / MANIFEST).is_file():
        return _bins_of_manifest(path)
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise InvalidInput(f"there is no *.json file in {path}")
    for file in files if path.is_dir() else ():
        if not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(path)):
            raise InvalidInput(f"{file} leads outside of the folder")
        if file.exists() and not file.is_file():  # a pipe would be waited for
            raise InvalidInput(f"{file} is not a file")
    return [_bin_from(file) for file in files]


def add_missing(store: SqliteStore, bins: Iterable[Bin]) -> None:
    """Add the bins that are not in the store. Those that are stay as they are."""
    with store.transaction():
        for bin in bins:
            if store.bin(bin.id) is None:
                store.add(bin)


def _bins_of_manifest(path: Path) -> list[Bin]:
    from jsonbin_cli.records.folders.manifest import folder_at

    profile = profile_in_use(read(config_path()), None)
    folder = folder_at(str(path), profile.bins if profile else {}, profile.name if profile else None)
    return [
        Bin(
            entry.id,
            _record_in(folder.path_of(entry.file)),
            True,
            now(),
            None if entry.name == entry.id else entry.name,
        )
        for entry in folder.entries
    ]


def _record_in(file: str) -> bytes:
    from jsonbin_cli.records.document import document_from

    return document_from(file, as_is=True).raw.strip()


def _bin_from(file: Path) -> Bin:
    import hashlib

    record = _record_in(str(file))
    if BIN_ID.fullmatch(file.stem):
        return Bin(file.stem.lower(), record, True, now())
    name = os.fsencode(file.stem)  # which need not be text
    return Bin(hashlib.sha256(name).hexdigest()[:24], record, True, now(), name.decode("utf-8", "replace")[:128])
