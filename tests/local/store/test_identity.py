"""Which files are stores: ours, new ones and older ones are opened, those of others are left alone."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from jsonbin_cli.failures import BadConfig
from jsonbin_cli.local.store.identity import APPLICATION_ID, reason_against
from jsonbin_cli.local.store.initial import demo_bin
from jsonbin_cli.local.store.sqlite import SqliteStore
from tests.conftest import unmeasured
from tests.local.store.test_migrations import FIRST_LAYOUT

WAL = "PRAGMA journal_mode = WAL"


def content(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def database(path: Path, *statements: str) -> None:
    """A file that SQLite made."""
    db = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        db.execute(statement)
    db.close()


def killed(script: str) -> None:
    """Run Python in a process that ends without closing anything."""
    script = f"import os, sqlite3\n{script}\nos._exit(0)"
    subprocess.run([sys.executable, "-c", script], env=unmeasured(os.environ), check=True, timeout=60)


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE places (url TEXT)"],
        [WAL, "CREATE TABLE places (url TEXT)"],
        ["PRAGMA user_version = 2"],
        ["PRAGMA application_id = 252006673"],
        ["CREATE TABLE bins (id TEXT)", "PRAGMA user_version = 2"],
    ],
    ids=["tables", "a log", "a layout", "an application", "a table named like ours"],
)
def test_the_database_of_another_program_is_left_alone(statements: list[str], tmp_path: Path) -> None:
    """It is named, and no byte of it changes; no file comes beside it."""
    path = tmp_path / "other.sqlite3"
    database(path, *statements)
    before = content(tmp_path)
    with pytest.raises(BadConfig) as raised:
        SqliteStore(path, demo_bin())
    assert raised.value.message == f"{path} is not a store of jsonbin: it is a database of another program"
    assert raised.value.hint == f"move it away: mv {path} {path}.old"
    assert content(tmp_path) == before


def test_the_database_of_another_program_that_was_killed_is_left_alone(tmp_path: Path) -> None:
    """All that it wrote is still in the write-ahead log."""
    path = tmp_path / "other.sqlite3"
    killed(f"db = sqlite3.connect({str(path)!r}); db.execute('{WAL}'); db.execute('CREATE TABLE places (url TEXT)')")
    before = content(tmp_path)
    assert before["other.sqlite3-wal"]
    with pytest.raises(BadConfig, match="another program"):
        SqliteStore(path, demo_bin())
    assert content(tmp_path) == before


@pytest.mark.parametrize("written", [b"something else " * 100, b"SQLite format 3\0", b"\0" * 4096])
def test_what_is_no_database_is_left_alone(written: bytes, tmp_path: Path) -> None:
    """Whatever it begins with."""
    path = tmp_path / "file"
    path.write_bytes(written)
    with pytest.raises(BadConfig) as raised:
        SqliteStore(path, demo_bin())
    assert raised.value.message == f"{path} is not a store of jsonbin: file is not a database"
    assert path.read_bytes() == written


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    """That might never end."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pipes with a path")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadConfig, match="it is not a regular file"):
        SqliteStore(tmp_path / "pipe", demo_bin())


@pytest.mark.parametrize("statements", [[], [WAL]])
def test_an_empty_file_becomes_a_store(statements: list[str], tmp_path: Path) -> None:
    """Also one whose maker was killed before it put anything in."""
    path = tmp_path / "store.sqlite3"
    path.touch()
    database(path, *statements)
    store = SqliteStore(path, demo_bin())
    assert store.bin(demo_bin().id) is not None
    store.close()


def test_a_new_store_is_marked_before_it_has_a_log(tmp_path: Path) -> None:
    """So it is known again when its maker is killed, whatever is still in the log then."""
    path = tmp_path / "store.sqlite3"
    killed(
        "from pathlib import Path; from jsonbin_cli.local.store.sqlite import SqliteStore\n"
        f"store = SqliteStore(Path({str(path)!r}), None)"
    )
    assert (tmp_path / "store.sqlite3-wal").stat().st_size > 0
    assert int.from_bytes(path.read_bytes()[68:72], "big") == APPLICATION_ID
    SqliteStore(path, demo_bin()).close()


@pytest.mark.parametrize("in_log", [False, True])
def test_a_store_of_an_older_jsonbin_is_taken_over(in_log: bool, tmp_path: Path) -> None:
    """From then on it is marked, also where all of it was still in the log of a process that was killed."""
    path = tmp_path / "store.sqlite3"
    if in_log:
        killed(f"db = sqlite3.connect({str(path)!r}); db.execute('{WAL}'); db.executescript({FIRST_LAYOUT!r})")
        assert b"CREATE TABLE" not in path.read_bytes()
    else:
        database(path, *FIRST_LAYOUT.split(";"))
    assert reason_against(path) is None
    SqliteStore(path, demo_bin()).close()
    assert int.from_bytes(path.read_bytes()[68:72], "big") == APPLICATION_ID
    SqliteStore(path, demo_bin()).close()


def test_a_store_without_a_mark_gets_one(tmp_path: Path) -> None:
    """Also where nothing else of it is old."""
    path = tmp_path / "store.sqlite3"
    SqliteStore(path, demo_bin()).close()
    database(path, "PRAGMA application_id = 0")
    SqliteStore(path, demo_bin()).close()
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    db.close()
