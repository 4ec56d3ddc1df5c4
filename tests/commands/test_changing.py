"""What the commands share that read a record before they replace it; and a kill at any moment."""

from __future__ import annotations

import json
import os
import sys

import pytest

from tests.commands.kept import OLD, READ, backups, holds
from tests.conftest import BIN, CANARY, Program, Run, unmeasured
from tests.inside import Inside
from tests.scripted import ScriptedServer, Sent, _Handler


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


COMMANDS = [("set", "n:=2"), ("unset", "n"), ("patch",), ("restore", "--version", "1", "--yes"), ("edit", "--yes")]


@pytest.fixture
def homeless(jsonbin: Program) -> Program:
    """The program of a user whose state folder cannot be made."""
    (jsonbin.home / ".local").write_text("in the way")
    jsonbin.env |= {"EDITOR": "sed -i s/1.10/2.20/", "TMPDIR": str(jsonbin.home)}
    return jsonbin


def read(server: ScriptedServer, command: str) -> None:
    """Answer what a command reads before it writes."""
    record = b'{"n": 1.10, "m": 3}'
    if command == "restore":
        holds(server, b'{"n": 0}')
    holds(server, record)
    if command == "edit":
        holds(server, record)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_works_with_no_backup(homeless: Program, server: ScriptedServer, command: tuple[str, ...]) -> None:
    """With --no-backup, as the hint of the failure without it says; nothing is left behind."""
    name, *arguments = command
    holds(server, b'{"n": 0, "m": 3}')
    if name == "restore":
        holds(server)
    run = homeless(name, BIN, *arguments, stdin='{"n":2}')
    assert (run.code, run.out) == (2, "")
    assert "Not a directory; nothing was sent\nhint: " in run.err
    assert "XDG_STATE_HOME names another folder" in run.err
    assert "--no-backup" in run.err
    read(server, name)
    server.echoes()
    assert homeless(name, BIN, *arguments, "--no-backup", "-q", stdin='{"n":2}') == Run(0, "", "")
    assert sorted(os.listdir(homeless.home)) == [".local"]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_works_with_another_state_folder(
    homeless: Program, server: ScriptedServer, command: tuple[str, ...]
) -> None:
    """XDG_STATE_HOME names one that can be written."""
    name, *arguments = command
    read(server, name)
    server.echoes()
    env = {"XDG_STATE_HOME": f"{homeless.home}/state"}
    assert homeless(name, BIN, *arguments, "-q", stdin='{"n":2}', env=env) == Run(0, "", "")
    assert len(list((homeless.home / "state").rglob("*.json"))) == 1


@pytest.mark.parametrize(("assignment", "retryable"), [("n:=2", True), ("n+=1", False), ("list[]=x", False)])
def test_what_adds_is_not_to_be_run_again(
    jsonbin: Program, server: ScriptedServer, assignment: str, retryable: bool
) -> None:
    """Where the bin may have changed, it would be added twice; what only sets would be the same."""
    holds(server)
    server.closes_midway()
    run = jsonbin("set", BIN, assignment, "--errors", "json", "--no-backup")
    told = json.loads(run.err)["error"]
    assert (run.code, told["sent"], told["retryable"]) == (3, True, retryable)
