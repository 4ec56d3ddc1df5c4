"""The store's file: durable, shared by processes, and private."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from jsonbin_cli.failures import BadConfig, StoreFailure
from jsonbin_cli.local.store.identity import APPLICATION_ID
from jsonbin_cli.local.store.initial import demo_bin
from jsonbin_cli.local.store.rows import Bin, SchemaDoc
from jsonbin_cli.local.store.sqlite import SqliteStore
from tests.conftest import unmeasured

BIN = Bin("65a1b2c3d4e5f60718293a4b", b'{"n": 1.10}', True, "2026-01-01T00:00:00.000Z", "flags", None, 0, None)
FIRST = Bin("a" * 24, b"[0]", True, "2026-01-01T00:00:00.000Z")

# Updates its bin for ever and says so after each update that was acknowledged.
WRITER = """
import sys
from pathlib import Path
from jsonbin_cli.local.store.rows import Bin, SchemaDoc
from jsonbin_cli.local.store.sqlite import SqliteStore
store = SqliteStore(Path(sys.argv[1]), Bin("a" * 24, b"[0]", True, ""))
for number in range(1, 1_000_000):
    with store.transaction():
        store.add_version("a" * 24, number, b"[%d]" % number)
    print(number, flush=True)
"""


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    """Downgrading is refused, with the way out."""
    path = tmp_path / "store.sqlite3"
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    with pytest.raises(BadConfig) as raised:
        SqliteStore(path, demo_bin())
    assert raised.value.hint == f"run that one, or move it away: mv {path} {path}.old"
    assert path.read_bytes() == before


def test_what_is_no_store_is_left_alone(tmp_path: Path) -> None:
    """A file of something else is named and kept."""
    path = tmp_path / "store.sqlite3"
    path.write_text("something else " * 100)
    with pytest.raises(BadConfig):
        SqliteStore(path, demo_bin())
    assert path.read_text().startswith("something else")


def test_a_store_that_is_held_says_so(tmp_path: Path) -> None:
    """Neither opening it nor writing shows the database's own words."""
    path = tmp_path / "store.sqlite3"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreFailure) as opening:
        SqliteStore(path, demo_bin(), patience=0.05)
    holder.execute("ROLLBACK")
    store = SqliteStore(path, demo_bin(), patience=0.05)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreFailure) as writing, store.transaction():
        pass  # pragma: no cover
    store.close()
    holder.close()
    for raised in (opening, writing):
        assert raised.value.message == f"the local store {path} failed: another program holds it; nothing was changed"


def test_a_failure_of_the_disk_is_passed_on(tmp_path: Path) -> None:
    """What is not a lock keeps its reason."""
    path = tmp_path / "store.sqlite3"
    store = SqliteStore(path, demo_bin())
    store._db.execute("PRAGMA query_only = 1")
    with pytest.raises(StoreFailure) as raised, store.transaction():
        store.add(BIN)
    assert "readonly database" in raised.value.message
    store.close()


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
        "        store.add_version(bin.id, bin.versions + 1, str(int(bin.record) + 1).encode())\n"
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


def test_an_acknowledged_update_survives_kill_9(tmp_path: Path) -> None:
    """A process killed between or within updates loses none that it was told of."""
    path = tmp_path / "store.sqlite3"
    for rounds in range(5):
        command = [sys.executable, "-c", WRITER, str(path)]
        process = subprocess.Popen(command, env=unmeasured(os.environ), stdout=subprocess.PIPE)
        assert process.stdout
        seen = [int(process.stdout.readline()) for _ in range(3 + 7 * rounds)]
        process.kill()
        seen += [int(line) for line in process.stdout.read().split()]
        process.wait()
        process.stdout.close()
        store = SqliteStore(path, FIRST)
        with store.transaction():
            kept = store.bin(FIRST.id)
            assert kept
            assert json.loads(kept.record)[0] in (seen[-1], seen[-1] + 1)
            assert store.version(FIRST.id, seen[-1]) == b"[%d]" % seen[-1]
        store.close()
        path.unlink()


READS: dict[str, Callable[[SqliteStore], object]] = {
    "bins": lambda store: (store.bin(FIRST.id), store.bins_of(None, None, 10, ascending=True)),
    "versions": lambda store: store.version(FIRST.id, 1),
    "access_keys": lambda store: (store.permissions("secret"), store.access_keys()),
    "collections": lambda store: (store.collection("c"), store.collections()),
    "schemas": lambda store: store.schema("s"),
    "requests": lambda store: store.count_request(),
}
WRONG = [
    ("bins", "record = 'text'"),
    ("bins", "private = 'yes'"),
    ("bins", "created_at = x'00'"),
    ("bins", "name = x'ff'"),
    ("bins", "name = CAST(x'ff' AS TEXT)"),
    ("bins", "versions = 'many'"),
    ("bins", "base = 'text'"),
    ("versions", "record = 'text'"),
    ("access_keys", "permissions = x'00'"),
    ("access_keys", "name = x'00'"),
    ("collections", "name = x'00'"),
    ("collections", "schema = x'00'"),
    ("schemas", "record = 'text'"),
    ("requests", "count = 1.5"),
]


def filled(path: Path) -> None:
    """A store with one of each."""
    store = SqliteStore(path, FIRST)
    with store.transaction():
        store.add_version(FIRST.id, 1, b"[1]")
        store.add_access_key("secret", frozenset({"read"}))
        store.add_collection("c", "people")
        store.put_schema(SchemaDoc("s", "people", b"{}", ""))
        for read in READS.values():
            read(store)
    store.close()


def changed(path: Path, sql: str) -> None:
    """Change a store from outside."""
    with sqlite3.connect(path) as db:
        db.execute(sql)
    db.close()


@pytest.mark.parametrize(("table", "change"), WRONG)
def test_a_value_of_a_wrong_type_is_damage(table: str, change: str, tmp_path: Path) -> None:
    """What reads it names the file and how to go on; what does not read it works."""
    path = tmp_path / "store.sqlite3"
    filled(path)
    changed(path, f"UPDATE {table} SET {change}")
    store = SqliteStore(path, None)
    for name, read in READS.items():
        if name == table:
            with pytest.raises(BadConfig, match=f"^the local store {path} is damaged: ") as raised, store.transaction():
                read(store)
            assert raised.value.hint == f"move it away: mv {path} {path}.old"
        else:
            with store.transaction():
                read(store)
    store.close()


@pytest.mark.parametrize(
    "sql", ["DELETE FROM requests", "DROP TABLE requests", "ALTER TABLE requests RENAME count TO n"]
)
def test_a_table_that_is_not_as_it_was_is_damage(sql: str, tmp_path: Path) -> None:
    """The same for rows, columns and tables that are missing."""
    path = tmp_path / "store.sqlite3"
    filled(path)
    changed(path, sql)
    store = SqliteStore(path, None)
    with pytest.raises(BadConfig, match=f"^the local store {path} is damaged: "), store.transaction():
        store.count_request()
    store.close()


def test_pages_that_were_overwritten_are_damage(tmp_path: Path) -> None:
    """What SQLite itself finds is said in its words."""
    path = tmp_path / "store.sqlite3"
    filled(path)
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"x" * (len(data) - 4096))
    store = SqliteStore(path, None)
    with pytest.raises(BadConfig, match="is damaged: database disk image is malformed"), store.transaction():
        store.bin(FIRST.id)
    store.close()


def test_a_store_that_another_program_holds(tmp_path: Path) -> None:
    """After its patience is over it says so, and the bin is unchanged; reading it opens all the same."""
    store = SqliteStore(tmp_path / "s", FIRST, patience=0.05)
    other = sqlite3.connect(tmp_path / "s", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    SqliteStore(tmp_path / "s", FIRST, patience=0.05).close()
    with pytest.raises(StoreFailure, match="another program holds it; nothing was changed"), store.transaction():
        pass
    other.execute("ROLLBACK")
    other.close()
    with store.transaction():
        assert store.bin(FIRST.id) == FIRST
    store.close()


def test_ctrl_c_while_another_program_holds_the_store(tmp_path: Path) -> None:
    """It is heard while one waits, and the store is as it was."""
    with closing(SqliteStore(tmp_path / "s", FIRST, patience=600)) as store:
        with closing(sqlite3.connect(tmp_path / "s", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            threading.Timer(0.2, signal.raise_signal, [signal.SIGINT]).start()
            with pytest.raises(KeyboardInterrupt), store.transaction():
                pass
        with store.transaction():
            assert store.bin(FIRST.id) == FIRST


def test_a_writer_waits_for_its_turn(tmp_path: Path) -> None:
    """A second transaction begins when the first has ended."""
    first, second = SqliteStore(tmp_path / "s", FIRST), SqliteStore(tmp_path / "s", FIRST)
    began = threading.Event()
    order: list[str] = []

    def hold() -> None:
        store = SqliteStore(tmp_path / "s", FIRST)
        with store.transaction():
            began.set()
            store.replace(FIRST.id, b"[1]")
            order.append("first")
        store.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert began.wait(10)
    with second.transaction():
        order.append("second")
        assert second.bin(FIRST.id) == FIRST._replace(record=b"[1]")
    holder.join()
    assert order == ["first", "second"]
    first.close()
    second.close()


def test_a_block_that_fails_changes_nothing(tmp_path: Path) -> None:
    """What it wrote before is gone."""
    store = SqliteStore(tmp_path / "s", FIRST)

    def fail() -> None:
        with store.transaction():
            store.replace(FIRST.id, b"[1]")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with store.transaction():
        assert store.bin(FIRST.id) == FIRST
    store.close()
