"""The profile `local`: commands on a store in a file, and what they say where it cannot be used."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import time
from contextlib import closing
from pathlib import Path

import pytest

from jsonbin_cli.config.account import Account, Profile
from jsonbin_cli.failures import StoreFailure
from jsonbin_cli.local.store.rows import Collection, SchemaDoc
from jsonbin_cli.local.store.sqlite import SqliteStore
from jsonbin_cli.local.transport import LocalTransport
from tests.conftest import Program, Run, unmeasured
from tests.local.store.test_migrations import FIRST_LAYOUT


def where(jsonbin: Program) -> Path:
    """The file of the built-in profile."""
    return jsonbin.home / ".local/share/jsonbin/local.sqlite3"


def test_the_file_is_for_its_owner_only(jsonbin: Program) -> None:
    """Records can be secrets."""
    assert jsonbin("get", "demo", "-p", "local", "-q").code == 0
    assert stat.S_IMODE(where(jsonbin).stat().st_mode) == 0o600
    assert stat.S_IMODE(where(jsonbin).parent.stat().st_mode) == 0o700


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


@pytest.mark.parametrize("state", ["in use", "new"])
def test_a_store_that_is_held_is_waited_for_as_long_as_an_answer(jsonbin: Program, state: str) -> None:
    """Up to --timeout, and not the 30 seconds that it has otherwise; also where the file is still to be set up."""
    if state == "in use":
        assert jsonbin("get", "demo", "-p", "local", "-q").code == 0
    else:
        where(jsonbin).parent.mkdir(parents=True)
        where(jsonbin).touch(0o600)
    with closing(sqlite3.connect(where(jsonbin))) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        start = time.monotonic()
        run = jsonbin("update", "demo", "-p", "local", "--timeout", "0.5", stdin="[1]")
        assert 0.4 < time.monotonic() - start < 20
    assert run == Run(
        5,
        "",
        f"error: the local store {where(jsonbin)} failed: another program holds it; nothing was changed\n"
        "hint: wait for that program, and run it again\n",
    )
    assert jsonbin("update", "demo", "-p", "local", "-q", stdin="[1]") == Run(0, "", "")


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
        f"error: the local store {where(jsonbin)} failed: disk I/O error; nothing was changed\n"
        "hint: make room on the disk, and run it again\n"
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


def test_the_database_of_another_program(jsonbin: Program) -> None:
    """It is left alone."""
    where(jsonbin).parent.mkdir(parents=True)
    with sqlite3.connect(where(jsonbin)) as other:
        other.execute("CREATE TABLE places (url TEXT)")
    other.close()
    before = where(jsonbin).read_bytes()
    assert jsonbin("get", "demo", "-p", "local") == Run(
        2,
        "",
        f"error: {where(jsonbin)} is not a store of jsonbin: it is a database of another program\n"
        f"hint: move it away: mv {where(jsonbin)} {where(jsonbin)}.old\n",
    )
    assert where(jsonbin).read_bytes() == before


def test_a_store_that_is_damaged(jsonbin: Program) -> None:
    """What is wrong is said, and moved away as the hint says, a new store is made."""
    assert jsonbin("get", "demo", "-p", "local", "-q").code == 0
    with sqlite3.connect(where(jsonbin)) as damaged:
        damaged.execute("UPDATE bins SET record = 'text'")
    damaged.close()
    for command, stdin in (("get", ""), ("update", "[1]")):
        run = jsonbin(command, "demo", "-p", "local", stdin=stdin)
        assert run == Run(
            2,
            "",
            f"error: the local store {where(jsonbin)} is damaged: the table bins holds a value of a wrong type\n"
            f"hint: move it away: mv {where(jsonbin)} {where(jsonbin)}.old\n",
        )
    assert jsonbin.shell(run.err.split("away: ")[1]).code == 0
    assert jsonbin("get", "demo", "-p", "local", "-q").code == 0


def test_a_schema_that_takes_years(jsonbin: Program) -> None:
    """A record is checked for a second, and then refused."""
    assert jsonbin("get", "demo", "-p", "local", "-q").code == 0
    store = SqliteStore(where(jsonbin), None)
    with store.transaction():
        store.put_schema(SchemaDoc("s", "slow", b'{"properties": {"x": {"pattern": "^(x|x)*$"}}}', ""))
        store.add_collection("c", "slow")
        store.change_collection(Collection("c", "slow", "", "s"))
    store.close()
    with sqlite3.connect(where(jsonbin)) as db:
        db.execute("UPDATE bins SET collection = 'c'")
    db.close()
    run = jsonbin("update", "demo", "-p", "local", stdin=json.dumps({"x": "x" * 60 + "!"}))
    assert (run.code, run.out) == (4, "")
    assert run.err.startswith("error: Schema Doc Validation Mismatch: Should be checked by a schema")


def test_a_store_that_is_held_is_waited_for_as_long_as_it_is_told(tmp_path: Path) -> None:
    """To open one that has to be brought up to date, and to write."""
    path = tmp_path / "store.sqlite3"
    account = Account(Profile("local", path=path), None, "", "")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.executescript(FIRST_LAYOUT)
    started = time.monotonic()
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreFailure, match="another program holds it"):
        LocalTransport(account, patience=0.05)
    holder.execute("ROLLBACK")
    transport = LocalTransport(account, patience=0.05)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreFailure, match="another program holds it"):
        transport.answer("GET", "/b/x", {}, None)
    assert time.monotonic() - started < 25  # the usual time is 30 seconds for each
    holder.close()
    transport.close()


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
        f"error: {where(jsonbin)} was made by a newer jsonbin\n"
        f"hint: run that one, or move it away: mv {where(jsonbin)} {where(jsonbin)}.old\n",
    )
    assert jsonbin.shell(run.err.split("away: ")[1]).code == 0
    assert jsonbin("get", "demo", "-p", "local", "-q").code == 0


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
