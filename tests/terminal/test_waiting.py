"""The line that says what is waited for: when it is there, and that nothing of it stays."""

from __future__ import annotations

import json
import re

import pytest

from tests.conftest import BIN, CANARY, Program, Run
from tests.scripted import ScriptedServer
from tests.terminals import Terminal

SPINNER = "[\u2801-\u28ff] "
UPDATED = (
    """\
{
  "n": 1
}
updated %s (flags)"""
    % BIN
)


@pytest.fixture(autouse=True)
def flags(jsonbin: Program, server: ScriptedServer) -> None:
    """A file with a record, and an alias for the bin."""
    (jsonbin.home / "data.json").write_text('{"n":1}')
    jsonbin.configure(
        f"default_profile = 'work'\n[profiles.work]\nmaster_key = '{CANARY}'\nurl = '{server.url}'\n"
        f"bins = {{ flags = '{BIN}' }}\n"
    )


def waited_for(terminal: Terminal) -> str:
    """What is shown, but for the sign that turns and the whole seconds: on a busy machine more may have passed."""
    shown = re.sub(f"^{SPINNER}", "", terminal.shown, flags=re.MULTILINE)
    return re.sub(r" \d+ s\b", "", shown)


def nothing_is_left(terminal: Terminal, shown: str) -> None:
    """The screen is what it would have been without the line."""
    assert terminal.shown == shown
    assert not terminal.cursor_is_hidden


def test_a_slow_update_says_what_it_waits_for(jsonbin: Program, server: ScriptedServer) -> None:
    """One line, with the seconds from the first on; then the screen is as after a quick one."""
    server.echoes()
    server.late()
    with jsonbin.on_terminal("update", "flags", "data.json", "--record") as terminal:
        terminal.wait_for("updating flags …")
        assert waited_for(terminal) == "updating flags …"
        terminal.wait_for("updating flags … 1 s")
        assert waited_for(terminal) == "updating flags …"
        server.released.set()
        assert terminal.finish() == 0
    nothing_is_left(terminal, UPDATED)
    server.echoes()
    with jsonbin.on_terminal("update", "flags", "data.json", "--record") as quick:
        assert quick.finish() == 0
    assert (quick.shown, "updating flags" in quick.screen) == (terminal.shown, False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["get", "flags"], "reading flags …"),
        (["get", BIN], f"reading {BIN} …"),
        (["create", "data.json"], "creating a bin …"),
        (["history", "flags"], "counting the versions of flags …"),
        (["set", "flags", "n:=2"], "reading flags …"),
        (["diff", "flags", "data.json"], "reading flags …"),
    ],
)
def test_every_command_says_what_it_waits_for(
    jsonbin: Program, server: ScriptedServer, arguments: list[str], said: str
) -> None:
    """All that send requests; the failure that follows starts on a line of its own."""
    server.replies(404, {"message": "Bin not found"})
    server.late()
    with jsonbin.on_terminal(*arguments, "--retries", "0") as terminal:
        terminal.wait_for(said)
        assert waited_for(terminal) == said
        server.released.set()
        assert terminal.finish() == 4
    assert terminal.shown.startswith("error: Bin not found\nhint: ")
    assert not terminal.cursor_is_hidden


def test_the_waits_of_a_command_are_added_up(jsonbin: Program, server: ScriptedServer) -> None:
    """Many short waits are a long one, though none of them takes half a second."""
    server.replies(200, {"metadata": {"versionCount": 6}})
    for _ in range(6):
        server.replies(200, {"record": [1], "metadata": {}})
        server.late(0.45)
    with jsonbin.on_terminal("history", "flags", "--sizes") as terminal:
        terminal.wait_for(" of 6 …")
        assert terminal.finish() == 0
    assert len(terminal.shown.splitlines()) == 6
    assert not terminal.cursor_is_hidden


def test_a_pause_that_was_asked_for(jsonbin: Program, server: ScriptedServer) -> None:
    """It counts down, below the note that says why."""
    server.replies(429, b"", {"Retry-After": "2"})
    server.echoes()
    with jsonbin.on_terminal("update", "flags", "data.json", "--record") as terminal:
        terminal.wait_for("JSONBin asked to wait, 1 s left")
        assert waited_for(terminal) == (
            "note: JSONBin answered 429; trying again in 2.0 s\nJSONBin asked to wait, left"
        )
        assert terminal.finish() == 0
    nothing_is_left(terminal, f"note: JSONBin answered 429; trying again in 2.0 s\n{UPDATED}")


def test_a_pause_of_our_own(jsonbin: Program, server: ScriptedServer) -> None:
    """Where nobody asked for it, nobody is said to have. The first pause may be too short for a line, the second not."""
    for _ in range(2):
        server.replies(503, b"")
    server.echoes()
    with jsonbin.on_terminal("update", "flags", "data.json", "--record") as terminal:
        terminal.wait_for("waiting before the next try, 1 s left")
        assert terminal.finish() == 0
    *notes, rest = terminal.shown.split("\n", 2)
    for note in notes:
        assert re.fullmatch(r"note: JSONBin answered 503; trying again in \d\.\d s", note)
    assert rest == UPDATED


def test_the_sizes_of_versions(jsonbin: Program, server: ScriptedServer) -> None:
    """Which of how many is being read."""
    server.replies(200, {"metadata": {"versionCount": 30}})
    for record in ([30], [29]):
        server.replies(200, {"record": record, "metadata": {}})
        server.late()
    with jsonbin.on_terminal("history", "flags", "--sizes", "--limit", "2") as terminal:
        terminal.wait_for("version 30 of 30 …")
        assert waited_for(terminal) == "version 30 of 30 …"
        server.released.set()
        assert terminal.finish() == 0
    assert len(terminal.shown.splitlines()) == 2


@pytest.mark.parametrize(("option", "env"), [("--quiet", {}), ("--retries=0", {"TERM": "dumb"})])
def test_where_no_line_is_wanted(jsonbin: Program, server: ScriptedServer, option: str, env: dict[str, str]) -> None:
    """With --quiet, or where no line can be drawn over."""
    server.replies(200, {"record": {"n": 1}, "metadata": {}})
    server.late(1.2)
    with jsonbin.on_terminal("get", "flags", "--metadata", option, env=env) as terminal:
        assert terminal.finish() == 0
    assert terminal.screen == ("" if option == "--quiet" else "{}\r\n")


def test_in_a_pipe_there_is_no_line(jsonbin: Program, server: ScriptedServer) -> None:
    """Nor where only standard output is a terminal."""
    server.echoes()
    server.late(1.2)
    assert jsonbin("update", "flags", "--record", stdin="[1]") == Run(0, "[1]\n", "")


def test_a_job_in_the_background_draws_no_line(jsonbin: Program, server: ScriptedServer) -> None:
    """It would be drawn over what is typed in the foreground."""
    server.echoes()
    server.late(1.2)
    script = "set -m; jsonbin update flags data.json --record & wait"
    with jsonbin.shell_on_terminal(script) as terminal:
        assert terminal.finish() == 0
    assert "updating" not in terminal.screen
    assert terminal.shown.startswith(UPDATED)


def test_ctrl_c_while_the_line_is_there(jsonbin: Program, server: ScriptedServer) -> None:
    """The screen is as it would be without the line, and `interrupted` starts on a new one."""
    server.hangs()
    with jsonbin.on_terminal("update", "flags", "data.json") as terminal:
        terminal.wait_for("updating flags …")
        assert terminal.interrupt() == 130
    nothing_is_left(terminal, "^C\nerror: interrupted; the bin may have changed")


def test_ctrl_c_before_the_line_is_there(jsonbin: Program, server: ScriptedServer) -> None:
    """`interrupted` starts on a new line, after what the terminal shows of Ctrl-C."""
    server.hangs()
    with jsonbin.on_terminal("update", "flags", "data.json", "--quiet") as terminal:
        assert server.arrived.wait(30)
        assert terminal.interrupt() == 130
    nothing_is_left(terminal, "^C\nerror: interrupted; the bin may have changed")


def test_no_answer_at_all(jsonbin: Program, server: ScriptedServer) -> None:
    """The line is gone before the error is told."""
    server.hangs()
    with jsonbin.on_terminal("update", "flags", "data.json", "--timeout", "3") as terminal:
        terminal.wait_for("updating flags …")
        assert terminal.finish() == 3
    port = server.port
    nothing_is_left(
        terminal,
        f"error: no answer from 127.0.0.1:{port} within 3 s; the bin may have changed\n"
        "hint: see what it holds now: jsonbin get flags --profile work",
    )


def test_the_editor_and_the_question_have_the_terminal(jsonbin: Program, server: ScriptedServer) -> None:
    """The line is gone while somebody else uses the terminal, however long that takes."""
    server.replies(200, {"record": {"n": 1}, "metadata": {}})
    server.late()
    editor = jsonbin.home / "editor"
    editor.write_text('#!/bin/sh\necho in the editor\nread answer\nsed -i s/1/2/ "$1"\n')
    editor.chmod(0o755)
    with jsonbin.on_terminal("edit", "flags", "--record", env={"EDITOR": str(editor), "NO_COLOR": "1"}) as terminal:
        terminal.wait_for("reading flags … 1 s")
        server.released.set()
        terminal.wait_for("in the editor")
        assert terminal.shown == "in the editor"
        assert not terminal.cursor_is_hidden
        terminal.type("\r")
        terminal.wait_for("[y/N]")
        assert terminal.shown == "in the editor\n\n~ /n  1 -> 2\nUpdate flags? [y/N]"
        assert not terminal.cursor_is_hidden
        server.replies(200, {"record": {"n": 1}, "metadata": {}})
        server.echoes()
        terminal.type("y\r")
        assert terminal.finish() == 0
    assert terminal.shown == (
        "in the editor\n\n~ /n  1 -> 2\nUpdate flags? [y/N] y\n" + UPDATED.replace('"n": 1', '"n": 2')
    )


def test_a_name_that_is_longer_than_the_line(jsonbin: Program, server: ScriptedServer) -> None:
    """It stays one line."""
    server.replies(200, {"record": {"n": 1}, "metadata": {}})
    server.late()
    with jsonbin.on_terminal("get", BIN, "--record", columns=24) as terminal:
        terminal.wait_for("reading 65a1b2c3d4e5")
        assert waited_for(terminal) == "reading 65a1b2c3d4e5f…"
        server.released.set()
        assert terminal.finish() == 0
    nothing_is_left(terminal, json.dumps({"n": 1}, indent=2))
