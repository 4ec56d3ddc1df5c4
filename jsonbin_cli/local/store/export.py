"""The bins of a store as a folder of records, which `pull` could have made."""

from __future__ import annotations

from jsonbin_cli.local.store.initial import is_untouched_demo
from jsonbin_cli.local.store.sqlite import SqliteStore
from jsonbin_cli.records.folders import writing
from jsonbin_cli.records.folders.manifest import Folder, folder_in


def folder_for(path: str) -> Folder:
    """The folder to write into, made where there is none. Raises UsageMistake, and InvalidInput for its manifest."""
    folder = folder_in(path, {}, None)
    writing.make(folder)
    return folder


def export(store: SqliteStore, folder: Folder) -> None:
    """Write each bin into its file, and the manifest, but for the demo as it was. Raises UsageMistake."""
    by_id = {entry.id: entry for entry in folder.entries}
    taken = writing.Taken(folder.entries)
    entries = []
    for bin in store.bins():
        if bin.id not in by_id and is_untouched_demo(bin):
            continue
        entry = by_id.get(bin.id) or taken.new(bin.id, bin.name or bin.id)
        writing.write_record(folder, entry, bin.record)
        entries.append(entry)
    writing.add_entries(folder, entries)
