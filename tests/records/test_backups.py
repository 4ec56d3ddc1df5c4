"""Backups: their order, their time, whose they are, and what a machine without a place for them can do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.records.backups import Backup, document
from tests.commands.kept import backups, holds
from tests.conftest import BIN, CANARY, Program, Run
from tests.inside import Inside
from tests.scripted import ScriptedServer

AHEAD = "2999-01-01T00-00-00.000000Z.json"
BEHIND = "2001-01-01T00-00-00.000000Z.json"


def kept(home: Path) -> list[Path]:
    """All backups under a home folder, in the order of their names."""
    return sorted((home / ".local/state/jsonbin/backups").rglob("*.json"))


def held(path: Path) -> object:
    """The number in a backup."""
    return json.loads(path.read_bytes())["n"]


def test_a_clock_that_ran_ahead(inside: Inside, tmp_path: Path) -> None:
    """The backups are ordered by their numbers: the one that was just made stays, and is the newest."""
    for number in range(4):
        assert inside("set", "demo", f"n:={number}", "-q").code == 0
    *_, newest = kept(tmp_path)
    newest.rename(newest.with_name(f"{newest.name[:6]}-{AHEAD}"))
    for number in range(4, 30):
        assert inside("set", "demo", f"n:={number}", "-q").code == 0
    assert [held(path) for path in kept(tmp_path)] == list(range(9, 29))
    assert inside("restore", "demo", "--yes", "--record").out == '{"hello":"world","n":28}\n'


def test_backups_without_a_number_are_older_than_those_with_one(inside: Inside, tmp_path: Path) -> None:
    """As jsonbin once named them: they are listed, put back, and let go first."""
    assert inside("set", "demo", "n:=0", "-q").code == 0
    (first,) = kept(tmp_path)
    old = [first.with_name(BEHIND), first.with_name(AHEAD)]
    for number, path in enumerate(old):
        path.write_text(f'{{"n":{number - 10}}}')
    assert [entry["when"] for entry in json.loads(inside("history", "demo").out)][1:] == [
        "2999-01-01T00:00:00.000000Z",
        "2001-01-01T00:00:00.000000Z",
    ]
    assert inside("restore", "demo", "--backup", "2999", "--yes", "--record").out == '{"n":-9}\n'
    assert (
        inside("restore", "demo", "--backup", "2001-01-01T00-00-00.000000Z", "--yes", "--record").out == '{"n":-10}\n'
    )
    for number in range(18):
        assert inside("set", "demo", f"n:={number}", "-q").code == 0
    assert not old[0].exists()
    assert not old[1].exists()
    assert len(kept(tmp_path)) == 20


def test_two_backups_of_the_same_time(inside: Inside, tmp_path: Path) -> None:
    """Where a clock stood still, the newer one is meant."""
    for number in range(3):
        assert inside("set", "demo", f"n:={number}", "-q").code == 0
    for path in kept(tmp_path):
        path.rename(path.with_name(f"{path.name[:6]}-{BEHIND}"))
    assert inside("restore", "demo", "--backup", "2001", "--yes", "--record").out == '{"hello":"world","n":1}\n'


def test_the_backup_just_written_is_never_let_go(
    inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where another process, whose clock is ahead, gave the same number to one of its own meanwhile."""
    inside.env["JSONBIN_CONFIG"] = str(tmp_path / "config.toml")
    (tmp_path / "config.toml").write_text("[profiles.local]\nbackups = 1\n")
    (tmp_path / "config.toml").chmod(0o600)
    synced = os.fsync

    def another_writes(descriptor: int) -> None:
        (place,) = (tmp_path / ".local/state/jsonbin/backups").glob("*/*")
        (place / f"000001-{AHEAD}").write_text('{"n":-1}')
        synced(descriptor)

    monkeypatch.setattr(os, "fsync", another_writes)
    assert inside("set", "demo", "n:=0", "-q") == Run(0, "", "")
    ours, theirs = kept(tmp_path)
    assert ours.read_text() == '{"hello": "world"}'
    assert theirs.name == f"000001-{AHEAD}"


def test_more_backups_than_the_number_has_digits(inside: Inside, tmp_path: Path) -> None:
    """The order is that of the numbers, however long they get."""
    for number in range(2):
        assert inside("set", "demo", f"n:={number}", "-q").code == 0
    *_, newest = kept(tmp_path)
    newest.rename(newest.with_name(f"999999{newest.name[6:]}"))
    for number in range(2, 4):
        assert inside("set", "demo", f"n:={number}", "-q").code == 0
    assert [path.name.split("-")[0] for path in kept(tmp_path)] == ["000001", "1000000", "1000001", "999999"]
    assert inside("restore", "demo", "--yes", "--record").out == '{"hello":"world","n":2}\n'


def test_times_are_iso_8601_and_lines_fit_a_terminal(jsonbin: Program) -> None:
    """Each time once, in a pipe and at a terminal of 80 columns; versions with their sizes too."""
    local = ("-p", "local")
    assert jsonbin("update", "demo", *local, "--versioning", "--backup", "-q", stdin='["x"]').code == 0
    listed = json.loads(jsonbin("history", "demo", *local).out)
    assert [sorted(entry) for entry in listed] == [["bytes", "source", "version"], ["bytes", "source", "when"]]
    when = listed[1]["when"]
    assert datetime.fromisoformat(when).utcoffset() is not None
    with jsonbin.on_terminal("history", "demo", *local, "--sizes", columns=80) as terminal:
        assert terminal.finish() == 0
    lines = terminal.screen.split("\r\n")
    assert lines == [f"--version 1{'':25}{'5 bytes':>17}", f"--backup {when}{'18 bytes':>17}", ""]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_folders_and_files_are_the_users_alone_under_any_umask(jsonbin: Program, umask: int) -> None:
    """0700 and 0600, also where the umask would let others in, or nobody."""
    jsonbin.configure("default_profile = 'local'\n")
    assert jsonbin("get", "demo", "-q").code == 0  # makes the store
    look = f"stat -c '%a %n' $(find {jsonbin.home}/.local/state -mindepth 1) > seen"
    editor = jsonbin.home / "editor"
    editor.write_text(f'#!/bin/sh\numask 022\n{look}\necho "[1]" > "$1"\n')
    editor.chmod(0o755)
    run = subprocess.run(
        [sys.executable, "-m", "jsonbin_cli", "edit", "demo", "--yes", "-q"],
        env=jsonbin.env | {"EDITOR": str(editor)},
        cwd=jsonbin.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        umask=umask,
    )
    assert (run.returncode, run.stderr) == (0, b"")
    modes = [line.split(" ", 1) for line in (jsonbin.home / "seen").read_text().splitlines()]
    assert {mode for mode, name in modes if name.endswith(".json")} == {"600"}
    assert {mode for mode, name in modes if not name.endswith(".json")} == {"700"}
    state = jsonbin.home / ".local/state"
    for path in [state, *state.rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)
    assert kept(jsonbin.home)


def test_a_backup_of_another_user_is_not_put_back(inside: Inside, tmp_path: Path) -> None:
    """Nor is it listed, or taken for the one that need not be written again."""
    if sys.platform == "win32" or os.geteuid():
        pytest.skip("only root can give a file to somebody else")
    for number in range(2):
        assert inside("set", "demo", f"n:={number}", "-q").code == 0
    first, newest = kept(tmp_path)
    os.chown(newest, 12345, -1)
    assert inside("restore", "demo", "--yes", "--record").out == '{"hello": "world"}\n'
    os.chown(first, 12345, -1)
    for path in kept(tmp_path)[2:]:
        path.unlink()
    assert inside("restore", "demo", "--yes") == Run(
        2,
        "",
        "error: the backups of demo on this machine belong to another user\n"
        "hint: a version of the service is put back with --version N\n",
    )
    assert [entry["source"] for entry in json.loads(inside("history", "demo").out)] == []
    newest.write_text('{"hello": "world"}')
    assert inside("set", "demo", "n:=7", "-q").code == 0
    assert len(kept(tmp_path)) == 3


def test_a_backup_that_changed_hands_since_it_was_listed(tmp_path: Path) -> None:
    """It is looked at once more when it is read; one that is gone by then is said to be."""
    if sys.platform == "win32":
        pytest.skip("the files of Windows have no user ids")
    path = tmp_path / "000001-2001-01-01T00-00-00.000000Z.json"
    backup = Backup(1, "2001-01-01T00:00:00.000000Z", path, 3, os.geteuid())
    with pytest.raises(UsageMistake, match="cannot be read: No such file or directory"):
        document(backup, None)
    path.write_text("[1]")
    assert document(backup, None).raw == b"[1]"
    if not os.geteuid():
        os.chown(path, 12345, -1)
        with pytest.raises(UsageMistake, match="belongs to another user, and is not put back"):
            document(backup, None)


def test_a_link_is_no_backup(inside: Inside, tmp_path: Path) -> None:
    """Whatever it leads to."""
    assert inside("set", "demo", "n:=0", "-q").code == 0
    (first,) = kept(tmp_path)
    other = tmp_path / "other.json"
    other.write_text('{"n":5}')
    first.with_name(f"000002-{AHEAD}").symlink_to(other)
    assert inside("restore", "demo", "--yes", "--record").out == '{"hello": "world"}\n'


def test_a_profile_that_keeps_what_it_replaces(jsonbin: Program, server: ScriptedServer) -> None:
    """`backup = true` makes every update read first, `--no-backup` not; `backups` says how many stay."""
    jsonbin.configure(f"[profiles.work]\nmaster_key = '{CANARY}'\nbackup = true\nbackups = 2\n")
    for number in range(4):
        holds(server, b"[%d]" % number)
        server.echoes()
        assert jsonbin("update", BIN, "-p", "work", "-q", stdin="[9]") == Run(0, "", "")
    assert [path.read_bytes() for path in backups(jsonbin.home)] == [b"[2]", b"[3]"]
    server.echoes()
    assert jsonbin("update", BIN, "-p", "work", "--no-backup", "-q", stdin="[9]").code == 0
    assert len(backups(jsonbin.home)) == 2


@pytest.mark.parametrize(("setting", "hint"), [("backups = 0", "backup = true or false says whether update keeps one")])
def test_a_number_of_backups_that_is_none(jsonbin: Program, setting: str, hint: str) -> None:
    """Zero would keep nothing; the hint names the setting that was meant, which is taken."""
    jsonbin.configure(f"[profiles.local]\n{setting}\n")
    run = jsonbin("get", "demo", "-p", "local")
    assert run == Run(2, "", f'error: {jsonbin.config}: profile "local": backups must be 1 or more\nhint: {hint}\n')
    jsonbin.configure("[profiles.local]\nbackup = true\n")
    assert jsonbin("get", "demo", "-p", "local").code == 0


def test_twenty_are_kept_whatever_the_clock_says(inside: Inside, tmp_path: Path) -> None:
    """The newest 20 stay, and the one just made even if older ones carry later names."""
    for number in range(22):
        assert inside("set", "demo", f"n:={number}", "-q").code == 0
    kept = backups(tmp_path)
    assert [json.loads(path.read_bytes())["n"] for path in kept] == list(range(1, 21))
    for path in kept:
        path.rename(path.with_name("3" + path.name[1:]))
    assert inside("set", "demo", "n:=99", "-q").code == 0
    assert b'{"hello":"world","n":21}' in [path.read_bytes() for path in backups(tmp_path)]


def test_without_a_place_for_the_backup_nothing_is_sent(jsonbin: Program, server: ScriptedServer) -> None:
    """A record that cannot be kept is not replaced; once there is a place, it is."""
    (jsonbin.home / ".local").mkdir()
    (jsonbin.home / ".local/state").write_text("in the way")
    holds(server)
    run = jsonbin("set", BIN, "n:=2")
    place = f"{jsonbin.home}/.local/state/jsonbin/backups/127.0.0.1_{server.port}/{BIN}"
    assert run == Run(
        2,
        "",
        f"error: the record in the bin could not be kept in {place}: Not a directory; "
        "nothing was sent\n"
        "hint: make room there, or correct its permissions; XDG_STATE_HOME names another folder, and --no-backup keeps none\n",
    )
    for option, env in (("--no-backup", {}), ("--quiet", {"XDG_STATE_HOME": f"{jsonbin.home}/other"})):
        holds(server)
        server.echoes()
        assert jsonbin("set", BIN, "n:=2", "-q", option, env=env).code == 0
    assert len(list((jsonbin.home / "other").rglob("*.json"))) == 1
    (jsonbin.home / ".local/state").unlink()
    holds(server)
    server.echoes()
    assert jsonbin("set", BIN, "n:=2", "-q").code == 0


def test_updates_that_fail_push_no_backup_out(jsonbin: Program, server: ScriptedServer) -> None:
    """What the newest backup holds is not kept once more, however often it is tried."""
    for record in (b"[0]", *[b"[1]"] * 25):
        holds(server, record)
        server.replies(500, b"")
        assert jsonbin("update", BIN, "--backup", "-q", stdin="[2]").code == 5
    assert [path.read_bytes() for path in backups(jsonbin.home)] == [b"[0]", b"[1]"]


def test_what_is_no_backup(inside: Inside, tmp_path: Path) -> None:
    """Other things in the folder are neither put back nor in the way."""
    assert inside("set", "demo", "a:=0", "-q").code == 0
    (backup,) = backups(tmp_path)
    backup.with_name("9 copy.json").write_text('{"stray":true}')
    backup.with_name("2999-01-01T00-00-00.000000Z.json").mkdir()
    for number in range(25):
        assert inside("set", "demo", f"a:={number + 1}", "-q") == Run(0, "", "")
    assert inside("restore", "demo", "--yes", "--record").out == '{"hello":"world","a":24}\n'


def test_a_bin_of_the_same_id_elsewhere(jsonbin: Program, tmp_path: Path) -> None:
    """Every store has its demo; their backups are kept apart."""
    jsonbin.configure(f"[profiles.shop]\npath = '{tmp_path / 'shop.sqlite3'}'\n")
    assert jsonbin("set", "demo", "n:=1", "-p", "local", "-q").code == 0
    assert jsonbin("set", "demo", "n:=1", "-p", "shop", "-q").code == 0
    assert len({path.parent for path in backups(jsonbin.home)}) == 2
