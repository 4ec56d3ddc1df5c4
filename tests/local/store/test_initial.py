"""Records to start with."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from jsonbin_cli.failures import InvalidInput
from jsonbin_cli.local.store.initial import add_missing, bins_from, demo_bin
from jsonbin_cli.local.store.sqlite import SqliteStore

ID = "65A1B2C3D4E5F60718293A4B"


def test_a_folder_makes_a_bin_of_each_file(tmp_path: Path) -> None:
    """A file named like an id has that id, any other one made of its name, the same in each run."""
    (tmp_path / f"{ID}.json").write_text(' {"n": 1.10} ')
    (tmp_path / "flags.json").write_text("[1]")
    (tmp_path / "notes.txt").write_text("not a record")
    bins = bins_from(tmp_path)
    assert [(bin.id, bin.name, bin.record, bin.private) for bin in bins] == [
        (ID.lower(), None, b'{"n": 1.10}', True),
        ("2934fb49d6b38adef036c28f", "flags", b"[1]", True),
    ]
    assert [bin.id for bin in bins_from(tmp_path / "flags.json")] == ["2934fb49d6b38adef036c28f"]


def test_what_jsonbin_would_refuse_is_refused(tmp_path: Path) -> None:
    """An empty folder and an empty record are mistakes."""
    with pytest.raises(InvalidInput):
        bins_from(tmp_path)
    (tmp_path / "empty.json").write_text("{}")
    with pytest.raises(InvalidInput):
        bins_from(tmp_path)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("pipe", "a.json is not a file"),
        ("folder", "a.json is not a file"),
        ("/dev/zero", "a.json leads outside of the folder"),
        ("../outside.json", "a.json leads outside of the folder"),
        ("a.json", "a.json: Too many levels of symbolic links"),
        ("nowhere", "a.json: no such file"),
    ],
)
def test_what_is_no_file_of_the_folder_is_not_read(tmp_path: Path, kind: str, said: str) -> None:
    """A pipe is not waited for, and no link is followed out of the folder."""
    if sys.platform == "win32":
        pytest.skip("Windows has other devices, and links for some users only")
    (tmp_path / "outside.json").write_text("[1]")
    path = tmp_path / "records" / "a.json"
    path.parent.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(kind)
    with pytest.raises(InvalidInput) as told:
        bins_from(path.parent)
    assert told.value.message == f"{path.parent}/{said}"


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    """It is shown as far as it is text."""
    if sys.platform != "linux":
        pytest.skip("other systems have no such names")
    Path(os.fsdecode(bytes(tmp_path) + b"/a\xff.json")).write_text("[1]")
    (bin,) = bins_from(tmp_path)
    assert (bin.name, bin.record) == ("a\N{REPLACEMENT CHARACTER}", b"[1]")


def test_bins_that_are_there_stay_as_they_are(tmp_path: Path) -> None:
    """A second start with the same records loses no work."""
    (tmp_path / "flags.json").write_text("[1]")
    bins = bins_from(tmp_path)
    store = SqliteStore(None, demo_bin())
    add_missing(store, bins)
    store.replace(bins[0].id, b"[2]")
    add_missing(store, bins)
    kept = store.bin(bins[0].id)
    assert kept is not None
    assert kept.record == b"[2]"
    store.close()
