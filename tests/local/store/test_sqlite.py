"""The store's file: durable, shared by processes, brought up to date, and private."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from jsonbin_cli.failures import BadConfig, StoreFailure
from jsonbin_cli.local.store import migrations
from jsonbin_cli.local.store.rows import Bin
from jsonbin_cli.local.store.seeds import demo
from jsonbin_cli.local.store.sqlite import SqliteStore

BIN = Bin("65a1b2c3d4e5f60718293a4b", b'{"n": 1.10}', True, "2026-01-01T00:00:00.000Z", "flags", None, 0, None)


def test_a_file_of_the_first_layout_is_brought_up_to_date(tmp_path: Path) -> None:
    """What an older jsonbin kept is there, and what is new can be kept."""
    path = tmp_path / "store.sqlite3"
    old = sqlite3.connect(path)
    old.executescript(migrations._STEPS[0])
    old.execute("INSERT INTO bins VALUES (?, ?, 1, ?, 'flags', NULL, 0)", (BIN.id, BIN.record, BIN.created_at))
    old.execute("INSERT INTO collections VALUES ('c', 'people')")
    old.execute("INSERT INTO access_keys VALUES ('secret', 'read update')")
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    store = SqliteStore(path, demo())
    assert store.bin(BIN.id) == BIN
    assert store.bin(demo().id) is None
    assert [one.name for one in store.collections()] == ["people"]
    assert [one.permissions for one in store.access_keys()] == [{"read", "update"}]
    store.close()


def test_readers_do_not_wait_for_the_writer(tmp_path: Path) -> None:
    """The file has a write-ahead log, which stays with it."""
    path = tmp_path / "store.sqlite3"
    SqliteStore(path, demo()).close()
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    """Downgrading is refused, with the way out."""
    path = tmp_path / "store.sqlite3"
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(BadConfig) as raised:
        SqliteStore(path, demo())
    assert raised.value.hint == "pip install --upgrade jsonbin-cli"


def test_what_is_no_store_is_left_alone(tmp_path: Path) -> None:
    """A file of something else is named and kept."""
    path = tmp_path / "store.sqlite3"
    path.write_text("something else " * 100)
    with pytest.raises(BadConfig):
        SqliteStore(path, demo())
    assert path.read_text().startswith("something else")


def test_a_store_that_is_held_says_so(tmp_path: Path) -> None:
    """Neither opening it nor writing shows the database's own words."""
    path = tmp_path / "store.sqlite3"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreFailure) as opening:
        SqliteStore(path, demo(), patience=0.05)
    holder.execute("ROLLBACK")
    store = SqliteStore(path, demo(), patience=0.05)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreFailure) as writing, store.transaction():
        pass  # pragma: no cover
    store.close()
    holder.close()
    for raised in (opening, writing):
        assert raised.value.message == f"the local store {path} failed: another program holds it; the bin is unchanged"


def test_a_failure_of_the_disk_is_passed_on(tmp_path: Path) -> None:
    """What is not a lock keeps its reason."""
    path = tmp_path / "store.sqlite3"
    store = SqliteStore(path, demo())
    store._db.execute("PRAGMA query_only = 1")
    with pytest.raises(StoreFailure) as raised, store.transaction():
        store.add(BIN)
    assert "readonly database" in raised.value.message
    store.close()


def test_the_log_is_waited_for(tmp_path: Path) -> None:
    """While another connection holds the file the change of mode is tried again, for as long as was said."""
    path = tmp_path / "store.sqlite3"
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN EXCLUSIVE")
    db = sqlite3.connect(path, timeout=0, isolation_level=None)
    started = time.monotonic()
    with pytest.raises(sqlite3.OperationalError):
        migrations.use_write_ahead_log(db, 0.05)
    assert time.monotonic() - started >= 0.05
    timer = threading.Timer(0.1, lambda: holder.execute("ROLLBACK"))
    timer.start()
    migrations.use_write_ahead_log(db, 30)
    timer.join()
    holder.close()
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


def test_processes_share_a_file_from_its_first_moment(tmp_path: Path) -> None:
    """Six processes open a file that is not there and add to one bin; nobody is refused, no addition is lost."""
    path = tmp_path / "store.sqlite3"
    script = (
        "import sys\nfrom pathlib import Path\nfrom jsonbin_cli.local.store.sqlite import SqliteStore\n"
        "from jsonbin_cli.local.store.rows import Bin\n"
        f"store = SqliteStore(Path(sys.argv[1]), Bin({BIN.id!r}, b'0', True, ''))\n"
        "for _ in range(20):\n"
        "    with store.transaction():\n"
        f"        bin = store.bin({BIN.id!r})\n"
        "        store.replace(bin.id, str(int(bin.record) + 1).encode(), bin.versions + 1)\n"
        "store.close()\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(path)]) for _ in range(6)]
    assert [process.wait(60) for process in running] == [0] * 6
    store = SqliteStore(path, None)
    found = store.bin(BIN.id)
    assert found is not None
    assert (found.record, found.versions, found.base) == (b"120", 120, b"0")
    assert path.stat().st_mode & 0o777 == 0o600
    store.close()
