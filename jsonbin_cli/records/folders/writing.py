"""Records written into a folder, and its manifest made longer."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from jsonbin_cli.config import atomic
from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.records.folders import naming
from jsonbin_cli.records.folders.manifest import MANIFEST, Entry, Folder


def make(folder: Folder) -> None:
    """Make the folder where there is none, and remove what a killed process left in it. Raises UsageMistake."""
    path = Path(folder.path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        atomic.remove_leftovers(path)
    except OSError as wrong:
        raise unusable(path, wrong) from None


def path_of(folder: Folder, entry: Entry) -> Path:
    """Where the file of a bin is, behind any link."""
    return Path(os.path.realpath(folder.path_of(entry.file)))


def write_record(folder: Folder, entry: Entry, record: bytes) -> None:
    """Put a record into the file of its bin. Raises UsageMistake."""
    path = path_of(folder, entry)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.replace(path, record)
    except OSError as wrong:
        raise unusable(path, wrong) from None


def add_entries(folder: Folder, entries: Iterable[Entry]) -> None:
    """Add those bins to the manifest that it does not have; what is in it stays as it is. Raises UsageMistake."""
    known = {entry.id for entry in folder.entries}
    new = [entry for entry in entries if entry.id not in known]
    if not new:
        return
    path = Path(folder.path_of(MANIFEST))
    try:
        if folder.manifest is None:
            # So far the names of the files said which bins there are; from now on the manifest does.
            atomic.replace(path, naming.lines(chain(folder.entries, new)))
        else:
            path = Path(os.path.realpath(folder.manifest))
            atomic.replace(path, chain([path.read_bytes().rstrip(b"\n"), b"\n\n"], naming.lines(new)))
    except OSError as wrong:
        raise unusable(path, wrong) from None


def unusable(path: Path, wrong: OSError) -> UsageMistake:
    """The failure for a file or folder that the system refuses."""
    return UsageMistake(f"{path} cannot be used: {wrong.strerror}")
