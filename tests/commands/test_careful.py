"""Reading before writing: conflicts, backups, what is too small, and what a kill leaves behind."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.conftest import BIN, CANARY, Program, Run, unmeasured
from tests.inside import Inside
from tests.scripted import ScriptedServer, Sent, _Handler

DEMO = "de30de30de30de30de30de30"
OLD = b'{"n": 1.10, "old": true}'
READ = Sent("GET", f"/v3/b/{BIN}/latest")


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    """The program in this process, with an embedded store of its own."""
    return Inside(tmp_path)


def holds(server: ScriptedServer, record: bytes = OLD) -> None:
    """Let the next read find a record."""
    server.replies(200, b'{"record":%s,"metadata":{"id":"%s","private":true}}' % (record, BIN.encode()))


def backups(home: Path) -> list[Path]:
    """All backups under a home folder, the oldest first."""
    return sorted((home / ".local/state/jsonbin/backups").rglob("*.json"), key=lambda path: path.name)


def time_of(backup: Path) -> str:
    """When a backup was kept, as `history` shows it."""
    day, time = backup.stem.split("-", 1)[1].split("T")
    return f"{day}T{time.replace('-', ':')}"


def test_the_old_record_is_kept_before_the_new_one_is_sent(jsonbin: Program, server: ScriptedServer) -> None:
    """When the update arrives, the backup is there, whole, and nobody else may read it."""
    found: list[tuple[bytes, int, int]] = []

    def look(handler: _Handler, sent: Sent) -> None:
        (path,) = backups(jsonbin.home)
        found.append((path.read_bytes(), path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777))
        handler.reply(200, b'{"record":%s,"metadata":{}}' % sent.body, {})

    holds(server)
    server.script.append(look)
    assert jsonbin("update", BIN, "--backup", "-q", stdin="[2]") == Run(0, "", "")
    assert server.requests == [READ, Sent("PUT", f"/v3/b/{BIN}", b"[2]")]
    assert found == [(OLD, 0o600, 0o700)]
    assert CANARY.encode() not in b"".join(path.read_bytes() for path in backups(jsonbin.home))


def test_one_connection_for_both(jsonbin: Program, server: ScriptedServer) -> None:
    """All that a command asks goes over one connection, a second try of the read included."""
    server.replies(502)
    holds(server)
    server.script.append(lambda handler, _: handler.reply(403, b'{"message":"Requests exhausted."}', {}))
    assert jsonbin("set", BIN, "n:=2").code == 4
    assert len(server.peers) == 3
    assert len(set(server.peers)) == 1


def test_a_dead_service_after_a_bad_gateway_changed_nothing(jsonbin: Program, server: ScriptedServer) -> None:
    """Where the write never left, the message does not say that the bin may have changed."""
    server.replies(502)

    def last(handler: _Handler, _: Sent) -> None:
        server.stop_listening()
        handler.reply(200, b'{"record":[1],"metadata":{}}', {"Connection": "close"})

    server.script.append(last)
    run = jsonbin("set", BIN, "[0]:=2", "--retries", "1")
    assert run.code == 3
    assert run.err.splitlines()[-2].endswith("; nothing was sent")


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
        f"error: the record in the bin could not be kept in {place}, and would have been lost: Not a directory; "
        "nothing was sent\n"
        "hint: make room there, or the right to write; XDG_STATE_HOME names another folder, and --no-backup keeps none\n",
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


def test_if_match_sends_only_over_what_was_seen(jsonbin: Program, server: ScriptedServer) -> None:
    """By value; else exit 6, with the command that reads it again."""
    (jsonbin.home / "seen.json").write_text('{"old":true,  "n":1.1}')
    holds(server)
    server.echoes()
    assert jsonbin("update", BIN, "--if-match", "seen.json", "-q", stdin="[2]").code == 0
    holds(server, b'{"n": 7, "m": 8}')
    run = jsonbin("update", BIN, "--if-match", "seen.json", stdin="[2]")
    assert run == Run(
        6,
        "",
        "error: the bin does not hold what seen.json holds, at /old and 2 more; nothing was sent\n"
        f"hint: read it again: jsonbin get {BIN} --record > seen.json\n",
    )
    holds(server, b'{"n": 7, "m": 8}')
    assert jsonbin.shell(run.err.split("read it again: ")[1]).code == 0
    holds(server, b'{"n": 7, "m": 8}')
    server.echoes()
    assert jsonbin("set", BIN, "n:=2", "--if-match", "seen.json", "-q").code == 0


@pytest.mark.parametrize("command", [("set", "n:=2"), ("unset", "n"), ("patch",), ("update",)])
def test_recheck_finds_another_writer(jsonbin: Program, server: ScriptedServer, command: tuple[str, ...]) -> None:
    """What somebody wrote between read and write is not overwritten; running it again, as the hint says, works."""
    arguments = [command[0], BIN, *command[1:], "--recheck"]
    holds(server)
    holds(server, b'{"n":1.1,"old":false}')
    run = jsonbin(*arguments, stdin='{"n":2}')
    assert run == Run(
        6,
        "",
        "error: the bin was changed by somebody else since it was read, at /old; nothing was sent\n"
        "hint: run it again: it starts from what the bin holds now\n",
    )
    holds(server)
    holds(server)
    server.echoes()
    assert jsonbin(*arguments, "-q", stdin='{"n":2}').code == 0
    assert server.requests[2:5] == [READ, READ, server.requests[4]]


def test_what_is_not_to_be_kept_is_not(jsonbin: Program, server: ScriptedServer) -> None:
    """With --no-backup the old record is read for the comparison only."""
    holds(server)
    holds(server)
    server.echoes()
    assert jsonbin("update", BIN, "--recheck", "--no-backup", "-q", stdin="[2]").code == 0
    assert backups(jsonbin.home) == []


def test_what_was_made_here_has_no_file_to_spell_anew(jsonbin: Program, server: ScriptedServer) -> None:
    """Where JSONBin cannot read a record that came from no file, there is no hint to write that file anew."""
    holds(server)
    server.replies(400, {"message": "Invalid JSON. Please try again"})
    assert jsonbin("set", BIN, "n:=2") == Run(4, "", "error: Invalid JSON. Please try again\n")


def test_a_record_that_lost_much(jsonbin: Program, server: ScriptedServer) -> None:
    """Under half of the old size is worth a note; over the given share it is refused, and the hint lets it through."""
    old = json.dumps(list(range(100))).encode()
    holds(server, old)
    server.echoes()
    assert jsonbin("update", BIN, "--backup", "--record", stdin="[1]") == Run(
        0, "[1]\n", "note: the new record has 3 bytes, where the bin holds 291\n"
    )
    holds(server, old)
    run = jsonbin("update", BIN, "--max-shrink", "50%", stdin="[1]")
    assert run == Run(
        2,
        "",
        "error: the new record has 3 bytes, where the bin holds 291: that is over the 50% that --max-shrink allows; "
        "nothing was sent\n"
        "hint: look at what made it, or allow it: --max-shrink 99%\n",
    )
    holds(server, old)
    server.echoes()
    assert jsonbin("update", BIN, "--max-shrink", "99%", "-q", stdin="[1]").code == 0


@pytest.mark.parametrize(("old", "new"), [(100, 43), (90, 27), (125, 20), (230, 69)])
def test_the_share_that_the_hint_names_is_enough(inside: Inside, old: int, new: int) -> None:
    """To the byte."""
    assert inside("update", "demo", "-q", stdin=f'["{"x" * (old - 4)}"]').code == 0
    record = f'["{"x" * (new - 4)}"]'
    said = inside("update", "demo", "--max-shrink", "0.5%", stdin=record).err
    assert "that is over the 0.5% that --max-shrink allows" in said
    assert inside("update", "demo", "-q", "--max-shrink", said.split()[-1], stdin=record) == Run(0, "", "")


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


@pytest.mark.parametrize("share", ["50", "half", "101%", "-1%"])
def test_a_share_that_is_none(inside: Inside, share: str) -> None:
    """It is refused before anything is sent; as the hint writes it, it is taken."""
    assert inside("update", "demo", f"--max-shrink={share}", stdin="[1]") == Run(
        2,
        "",
        f'error: --max-shrink takes a percentage of the old record, and "{share}" is none\nhint: write it as 50%\n',
    )
    assert inside("update", "demo", "--max-shrink=50%", "-q", stdin='{"hello":"moon"}').code == 0


def test_history_lists_both_sources(jsonbin: Program, server: ScriptedServer) -> None:
    """One request for the count; each version's size only where that is asked for."""
    counts: list[dict[str, dict[str, int]]] = [{"metadata": {"versionCount": 3}}, {"metaData": {"versionCount": 3}}]
    for count in [*counts, {"metadata": {}}]:
        server.replies(200, count)
        listed = json.loads(jsonbin("history", BIN, "--limit", "2").out)
        assert [entry["version"] for entry in listed] == ([3, 2] if "versionCount" in str(count) else [])
    holds(server)
    server.echoes()
    assert jsonbin("set", BIN, "n:=2", "-q").code == 0
    server.replies(200, {"metadata": {"versionCount": 1}})
    holds(server)
    run = jsonbin("history", BIN, "--sizes")
    (backup,) = backups(jsonbin.home)
    when = time_of(backup)
    assert run == Run(
        0,
        '[{"source": "version", "version": 1, "bytes": 24},\n'
        f' {{"source": "backup", "when": "{when}", "bytes": 24}}]\n',
        "",
    )
    assert [sent.path for sent in server.requests[-2:]] == [f"/v3/b/{BIN}/versions/count", f"/v3/b/{BIN}/1"]
    server.replies(200, {"metadata": {"versionCount": 1}})
    with jsonbin.on_terminal("history", BIN) as terminal:
        assert terminal.finish() == 0
        assert terminal.screen.replace("\r", "") == (f"--version 1\n--backup {when}         24 bytes\n")
    server.replies(200, {"metadata": {"versionCount": 1}})
    assert jsonbin("history", BIN, "-q") == Run(0, "", "")
    server.replies(200, {"metadata": {"versionCount": 0}})
    with jsonbin.on_terminal("history", "0" * 24) as terminal:
        assert terminal.finish() == 0
        assert terminal.screen == ""


def test_backups_are_listed_where_jsonbin_cannot_be_asked(jsonbin: Program, server: ScriptedServer) -> None:
    """A bin that is gone still has them; where there are none, the failure is the service's."""
    holds(server)
    server.echoes()
    assert jsonbin("set", BIN, "n:=2", "-q").code == 0
    server.replies(404, {"message": "Bin not found"})
    run = jsonbin("history", BIN)
    assert (run.code, len(json.loads(run.out))) == (0, 1)
    assert run.err == "note: the versions at JSONBin could not be listed: Bin not found\n"
    server.replies(404, {"message": "Bin not found"})
    assert jsonbin("history", "0" * 24).code == 4
    server.replies(200, b"[]")
    assert jsonbin("history", "0" * 24, "--errors=json").code == 5


def test_a_count_that_may_not_be_read(jsonbin: Program, server: ScriptedServer) -> None:
    """The permission that is missing is the one to read."""
    server.replies(401, {"message": "X-Access-Key passed does not have permission to read the bin."})
    assert "the Bins Read permission" in jsonbin("history", BIN).err


def test_restoring_the_newest_backup(inside: Inside, tmp_path: Path) -> None:
    """It comes back byte for byte; what it replaces is kept, so restoring twice is a way back."""
    text = '{"n":  1.10}'
    assert inside("update", "demo", "-q", stdin=text).code == 0
    assert inside("set", "demo", "n:=2", "-q").code == 0
    assert inside("restore", "demo", "--dry-run").out == '[{"op":"replace","path":"/n","value":1.10}]\n'
    assert inside("restore", "demo", "--yes", "--record") == Run(0, text + "\n", "")
    assert inside("restore", "demo", "--yes", "--record") == Run(0, '{"n":2}\n', "")
    assert len(backups(tmp_path)) == 3


def test_restoring_a_chosen_one(inside: Inside, tmp_path: Path) -> None:
    """A version by its number, a backup by the start of its time; what is there already is not sent again."""
    for number in (1, 2):
        assert inside("update", "demo", "--versioning", "-q", stdin=f"[{number}]").code == 0
    assert inside("restore", "demo", "--version", "1", "--yes", "--record").out == "[1]\n"
    assert inside("restore", "demo", "--version", "1", "--yes", "-q") == Run(0, "", "")
    (backup,) = backups(tmp_path)
    assert inside("set", "demo", "[0]:=5", "-q").code == 0
    assert inside("restore", "demo", "--backup", time_of(backup), "--yes", "--record").out == "[2]\n"
    assert inside("restore", "demo", "--backup", "2", "--yes") == Run(
        2,
        "",
        'error: more than one backup of demo starts with "2"\nhint: jsonbin history demo lists them\n',
    )
    assert inside("restore", "demo", "--backup", "1999", "--yes").err.startswith(
        'error: no backup of demo starts with "1999"\n'
    )
    assert inside("restore", "demo", "--backup", time_of(backup), "--version", "1", "--yes") == Run(
        2, "", "error: --version and --backup each name an old record\nhint: give one of them\n"
    )
    assert inside("history", "demo").out.count(time_of(backup)) == 1


def test_nothing_to_restore(inside: Inside) -> None:
    """Without a backup the hint is the other source."""
    assert inside("restore", "demo", "--yes") == Run(
        2,
        "",
        "error: there is no backup of demo on this machine\nhint: a version of the service is put back with --version N\n",
    )
    assert inside("update", "demo", "--versioning", "-q", stdin="[1]").code == 0
    assert inside("update", "demo", "-q", stdin="[2]").code == 0
    assert inside("restore", "demo", "--version", "1", "--yes", "-q").code == 0


def test_without_a_terminal_nobody_is_asked(inside: Inside) -> None:
    """Exit 2 before anything is read or sent; --yes, as the hint says, goes on."""
    assert inside("set", "demo", "n:=2", "-q").code == 0
    said = "error: there is no terminal to ask at; nothing was sent\nhint: --yes goes on without asking\n"
    assert inside("restore", "demo") == Run(2, "", said)
    assert inside("edit", "demo") == Run(2, "", said)
    assert inside("restore", "demo", "--yes", "-q").code == 0


@pytest.mark.parametrize(("answer", "code", "held"), [("y", 0, '{"hello": "world"}'), ("", 1, '{"hello":"moon"}')])
def test_on_a_terminal_the_difference_is_shown_and_asked_about(
    jsonbin: Program, answer: str, code: int, held: str
) -> None:
    """Only y puts it back, all else leaves the bin as it is."""
    assert jsonbin("set", "demo", "hello=moon", "-p", "local", "-q").code == 0
    env = {"NO_COLOR": "1"}
    with jsonbin.on_terminal("restore", "demo", "-p", "local", "--record", env=env) as terminal:
        (kept,) = backups(jsonbin.home)
        question = f"Put the backup of {time_of(kept)} back into demo? [y/N] "
        terminal.wait_for(f'~ /hello  "moon" -> "world"\r\n{question}')
        terminal.type(answer + "\n")
        assert terminal.finish() == code
    if code:
        assert terminal.screen.endswith("error: nothing was sent\r\n")
    assert jsonbin("get", "demo", "-p", "local", "--record").out == held + "\n"


def test_a_bin_of_the_same_id_elsewhere(jsonbin: Program, tmp_path: Path) -> None:
    """Every store has its demo; their backups are kept apart."""
    jsonbin.configure(f"[profiles.shop]\npath = '{tmp_path / 'shop.sqlite3'}'\n")
    assert jsonbin("set", "demo", "n:=1", "-p", "local", "-q").code == 0
    assert jsonbin("set", "demo", "n:=1", "-p", "shop", "-q").code == 0
    assert len({path.parent for path in backups(jsonbin.home)}) == 2


# A kill at any moment: at each answer that is waited for, and at each file that is touched.


@pytest.mark.parametrize("answers", [0, 1, 2])
def test_killed_while_waiting(jsonbin: Program, server: ScriptedServer, answers: int) -> None:
    """At the read, at the read before writing, at the update: the old record is in the bin or in a backup."""
    for _ in range(answers):
        holds(server)
    server.hangs()
    process = jsonbin.start("set", BIN, "n:=2", "--recheck")
    while len(server.requests) <= answers:
        assert server.arrived.wait(30)
        server.arrived.clear()
    process.kill()
    process.communicate()
    updated = [sent for sent in server.requests if sent.method == "PUT"]
    assert len(updated) == (answers == 2)
    assert [path.read_bytes() for path in backups(jsonbin.home)] == ([OLD] if answers else [])


def test_killed_at_each_touch_of_a_file(jsonbin: Program) -> None:
    """Whatever was last opened, made or renamed when the kill came: the old record is in the bin or in a backup."""
    (jsonbin.home / "kill.py").write_text(
        "import os, signal, sys\n"
        "left = int(sys.argv.pop(1))\n"
        "def count(event, arguments):\n"
        "    global left\n"
        "    if event.split('.')[0] in ('open', 'os', 'tempfile', 'sqlite3') and '/.local' in str(arguments):\n"
        "        left -= 1\n"
        "        if left == 0:\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "from jsonbin_cli.__main__ import main\n"
        "sys.addaudithook(count)\n"
        "sys.exit(main())\n"
    )
    jsonbin.env = unmeasured(jsonbin.env)
    inside = Inside(jsonbin.home)
    old, new = '{"old":true}', '{"old":true,"n":1}'
    moments = 0
    while True:
        moments += 1
        assert inside("update", "demo", "-q", stdin=old).code == 0
        for path in backups(jsonbin.home):
            path.unlink()
        run = jsonbin.shell(f'"{sys.executable}" kill.py {moments} set demo n:=1 -p local -q')
        held = inside("get", "demo", "--record").out.strip()
        kept = [path.read_text() for path in backups(jsonbin.home)]
        assert held in (old, new)
        assert held == old or old in kept
        assert set(kept) <= {old}
        if run.code == 0:
            break
        assert run.code in (-9, 128 + 9)  # SIGKILL, which Windows does not have
    assert moments > 5
    assert os.path.exists(jsonbin.home / ".local")
