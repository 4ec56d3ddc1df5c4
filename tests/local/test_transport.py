"""The file behind the local profile: durable, shared, private, and clear about its faults."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from jsonbin_cli.failures import StoreFailure
from jsonbin_cli.local.store.rows import Bin
from jsonbin_cli.local.store.sqlite import SqliteStore
from tests.conftest import Program, Run, unmeasured

FIRST = Bin("a" * 24, b"[0]", True, "2026-01-01T00:00:00.000Z")

# Updates its bin for ever and says so after each update that was acknowledged.
WRITER = """
import sys
from pathlib import Path
from jsonbin_cli.local.store.rows import Bin
from jsonbin_cli.local.store.sqlite import SqliteStore
store = SqliteStore(Path(sys.argv[1]), Bin("a" * 24, b"[0]", True, ""))
for number in range(1, 1_000_000):
    with store.transaction():
        store.replace("a" * 24, b"[%d]" % number, number)
    print(number, flush=True)
"""


def where(jsonbin: Program) -> Path:
    """The file of the built-in profile."""
    return jsonbin.home / ".local/share/jsonbin/local.sqlite3"


def test_the_file_is_for_its_owner_only(jsonbin: Program) -> None:
    """Records can be secrets."""
    assert jsonbin("get", "demo", "-p", "local", "-q").code == 0
    assert stat.S_IMODE(where(jsonbin).stat().st_mode) == 0o600
    assert stat.S_IMODE(where(jsonbin).parent.stat().st_mode) == 0o700


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


def test_processes_at_once_make_one_store_and_lose_no_version(jsonbin: Program) -> None:
    """Eight that find no file at the same moment: one makes it, all are answered, each version is there."""
    running = [jsonbin.start("update", "demo", "--versioning", "-p", "local", "--metadata") for _ in range(8)]
    for number, process in enumerate(running):
        assert process.stdin
        process.stdin.write(b"[%d]" % number)
        process.stdin.close()
        process.stdin = None
    ended = [(process.communicate(timeout=60), process.returncode) for process in running]
    assert [(code, err) for (_, err), code in ended] == [(0, b"")] * 8
    assert sorted(json.loads(out)["version"] for (out, _), _ in ended) == list(range(1, 9))


def test_a_store_that_another_program_holds(tmp_path: Path) -> None:
    """After its patience is over it says so, and the bin is unchanged; reading it opens all the same."""
    store = SqliteStore(tmp_path / "s", FIRST, patience=0.05)
    other = sqlite3.connect(tmp_path / "s", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    SqliteStore(tmp_path / "s", FIRST, patience=0.05).close()
    with pytest.raises(StoreFailure, match="another program holds it; the bin is unchanged"), store.transaction():
        pass
    other.execute("ROLLBACK")
    other.close()
    with store.transaction():
        assert store.bin(FIRST.id) == FIRST
    store.close()


def test_a_writer_waits_for_its_turn(tmp_path: Path) -> None:
    """A second transaction begins when the first has ended."""
    first, second = SqliteStore(tmp_path / "s", FIRST), SqliteStore(tmp_path / "s", FIRST)
    began = threading.Event()
    order: list[str] = []

    def hold() -> None:
        store = SqliteStore(tmp_path / "s", FIRST)
        with store.transaction():
            began.set()
            store.replace(FIRST.id, b"[1]", None)
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
            store.replace(FIRST.id, b"[1]", None)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with store.transaction():
        assert store.bin(FIRST.id) == FIRST
    store.close()


def test_a_full_disk(jsonbin: Program) -> None:
    """The update fails with the reason, exit 5, and the record is what it was."""
    assert jsonbin("update", "demo", "-p", "local", "-q", stdin="[0]").code == 0
    record = json.dumps(["x" * 100_000])
    (jsonbin.home / "big.json").write_text(record)
    # What measures coverage would meet the full disk too.
    jsonbin.env = unmeasured(jsonbin.env)
    run = jsonbin.shell("ulimit -f 60; trap '' XFSZ; jsonbin update demo big.json -p local")
    assert (run.code, run.out) == (5, "")
    assert run.err == (
        f"error: the local store {where(jsonbin)} failed: disk I/O error; the bin is unchanged\n"
        "hint: make room on the disk, or wait for the program that uses the store, and run it again\n"
    )
    assert jsonbin("get", "demo", "-p", "local", "--record") == Run(0, "[0]\n", "")
    assert jsonbin("update", "demo", "big.json", "-p", "local", "-q") == Run(0, "", "")


def test_a_file_that_is_no_store(jsonbin: Program) -> None:
    """It is left alone; moved away as the hint says, a new store is made."""
    where(jsonbin).parent.mkdir(parents=True)
    where(jsonbin).write_text("not a database, and long enough to be looked at" * 100)
    run = jsonbin("get", "demo", "-p", "local", "-q")
    assert run == Run(
        2,
        "",
        f"error: {where(jsonbin)} is not a store of jsonbin: file is not a database\n"
        f"hint: move it away: mv {where(jsonbin)} {where(jsonbin)}.old\n",
    )
    assert jsonbin.shell(run.err.split("away: ")[1]).code == 0
    assert jsonbin("get", "demo", "-p", "local", "-q").code == 0


def test_a_store_made_by_a_newer_program(jsonbin: Program) -> None:
    """It is not touched."""
    assert jsonbin("get", "demo", "-p", "local", "-q").code == 0
    with sqlite3.connect(where(jsonbin)) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    run = jsonbin("get", "demo", "-p", "local")
    assert run == Run(
        2,
        "",
        f"error: {where(jsonbin)} was made by a newer jsonbin\nhint: pip install --upgrade jsonbin-cli\n",
    )


def test_a_store_where_none_can_be(jsonbin: Program) -> None:
    """A folder in its place, or a place where nothing can be made."""
    where(jsonbin).mkdir(parents=True)
    assert jsonbin("get", "demo", "-p", "local") == Run(
        2, "", f"error: the local store {where(jsonbin)} cannot be opened: Is a directory\n"
    )
    shutil.rmtree(where(jsonbin))
    jsonbin.configure("[profiles.shop]\npath = '/proc/none/s.sqlite3'\n")
    assert jsonbin("get", "demo", "-p", "shop").err.startswith(
        "error: the local store /proc/none/s.sqlite3 cannot be opened: "
    )
