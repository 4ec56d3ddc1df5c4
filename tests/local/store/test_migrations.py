"""How a store's file is brought up to date, and its write-ahead log."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest

from jsonbin_cli.local.store import migrations
from jsonbin_cli.local.store.initial import demo_bin
from jsonbin_cli.local.store.rows import Bin
from jsonbin_cli.local.store.sqlite import SqliteStore

BIN = Bin("65a1b2c3d4e5f60718293a4b", b'{"n": 1.10}', True, "2026-01-01T00:00:00.000Z", "flags", None, 0, None)

# As the first jsonbin with a store made it.
FIRST_LAYOUT = """
CREATE TABLE bins (
    id TEXT PRIMARY KEY,
    record BLOB NOT NULL,
    private INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    name TEXT,
    collection TEXT,
    versions INTEGER NOT NULL
);
CREATE TABLE versions (
    bin TEXT NOT NULL REFERENCES bins (id),
    number INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (bin, number)
) WITHOUT ROWID;
CREATE TABLE access_keys (secret TEXT PRIMARY KEY, permissions TEXT NOT NULL);
CREATE TABLE collections (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE requests (count INTEGER NOT NULL);
INSERT INTO requests VALUES (0);
PRAGMA user_version = 1
"""


def test_a_file_of_the_first_layout_is_brought_up_to_date(tmp_path: Path) -> None:
    """What an older jsonbin kept is there, and what is new can be kept."""
    path = tmp_path / "store.sqlite3"
    old = sqlite3.connect(path)
    old.executescript(FIRST_LAYOUT)
    old.execute("INSERT INTO bins VALUES (?, ?, 1, ?, 'flags', NULL, 0)", (BIN.id, BIN.record, BIN.created_at))
    old.execute("INSERT INTO collections VALUES ('c', 'people')")
    old.execute("INSERT INTO access_keys VALUES ('secret', 'read update')")
    old.commit()
    old.close()
    store = SqliteStore(path, demo_bin())
    assert store.bin(BIN.id) == BIN
    assert store.bin(demo_bin().id) is None
    assert [one.name for one in store.collections()] == ["people"]
    assert [one.permissions for one in store.access_keys()] == [{"read", "update"}]
    store.close()


def test_readers_do_not_wait_for_the_writer(tmp_path: Path) -> None:
    """The file has a write-ahead log, which stays with it."""
    path = tmp_path / "store.sqlite3"
    SqliteStore(path, demo_bin()).close()
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


def test_the_log_is_waited_for(tmp_path: Path) -> None:
    """While another connection holds the file the change of mode is tried again, for as long as was said."""
    path = tmp_path / "store.sqlite3"
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN EXCLUSIVE")
    db = sqlite3.connect(path, timeout=0, isolation_level=None)
    started = time.monotonic()
    with pytest.raises(sqlite3.OperationalError):
        migrations.use_write_ahead_log(db, started + 0.05)
    assert time.monotonic() - started >= 0.05
    timer = threading.Timer(0.1, lambda: holder.execute("ROLLBACK"))
    timer.start()
    migrations.use_write_ahead_log(db, time.monotonic() + 60)
    timer.join()
    holder.close()
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()
