"""Streams: what goes where, in a pipe, on a terminal, when they are closed or full."""

from __future__ import annotations

import json
import re
import signal

import pytest

from jsonbin_cli.terminal.streams import harmless
from tests.conftest import BIN, Program, Run
from tests.scripted import ScriptedServer

REPLY = b'{"record": {"n": 1.10, "s": "[red]x"},\n "metadata": {"id": "%s", "private": true}}' % BIN.encode()


def test_in_a_pipe_the_reply_goes_out_as_it_came(jsonbin: Program, server: ScriptedServer) -> None:
    """Byte for byte with a newline; a part is cut out of the same bytes."""
    for _ in range(3):
        server.replies(200, REPLY)
    assert jsonbin("get", BIN).out == REPLY.decode() + "\n"
    assert jsonbin("get", BIN, "--record").out == '{"n": 1.10, "s": "[red]x"}\n'
    assert jsonbin("get", BIN, "--metadata").out == '{"id": "%s", "private": true}\n' % BIN


def test_both_parts_at_once_are_refused(jsonbin: Program, server: ScriptedServer) -> None:
    """--record and --metadata exclude each other; without both, both are there."""
    run = jsonbin("get", BIN, "--record", "--metadata")
    assert run == Run(
        2,
        "",
        "error: --record and --metadata each print one part\nhint: leave both out to print the whole reply\n",
    )
    server.replies(200, REPLY)
    assert jsonbin("get", BIN).code == 0


def test_on_a_terminal_the_reply_is_spread_and_coloured(jsonbin: Program, server: ScriptedServer) -> None:
    """Indented and coloured, no token written anew, markup not read, and one line of success."""
    (jsonbin.home / "data.json").write_text('{"n":1.10,"s":"[red]x\\u001b\u009b","l":[null]}')
    server.echoes(version=4)
    with jsonbin.on_terminal("update", BIN, "data.json") as terminal:
        assert terminal.finish() == 0
    assert terminal.shown.splitlines() == [
        "{",
        '  "record": {',
        '    "n": 1.10,',
        '    "s": "[red]x\\u001b\\u009b",',
        '    "l": [',
        "      null",
        "    ]",
        "  },",
        '  "metadata": {',
        f'    "parentId": "{BIN}",',
        '    "private": true,',
        '    "version": 4',
        "  }",
        "}",
        f"updated {BIN}, version 4",
    ]
    assert terminal.coloured == [
        ('"record"', "bold blue"),
        ('"n"', "bold blue"),
        ("1.10", "cyan"),
        ('"s"', "bold blue"),
        ('"[red]x\\u001b\\u009b"', "green"),
        ('"l"', "bold blue"),
        ("null", "magenta"),
        ('"metadata"', "bold blue"),
        ('"parentId"', "bold blue"),
        (f'"{BIN}"', "green"),
        ('"private"', "bold blue"),
        ("true", "magenta"),
        ('"version"', "bold blue"),
        ("4", "cyan"),
        (f"updated {BIN}, version 4", "green"),
    ]


def test_blanks_of_the_server_are_not_shown_at_a_terminal(jsonbin: Program, server: ScriptedServer) -> None:
    """Line breaks of Windows neither, which a terminal would take for an order; in a pipe they are as they came."""
    reply = b'{\r\n\t"record" :\r\n [1 , 2 ]}'
    for _ in range(2):
        server.replies(200, reply)
    with jsonbin.on_terminal("get", BIN, env={"NO_COLOR": "1"}) as terminal:
        assert terminal.finish() == 0
    assert terminal.screen == '{\n  "record": [\n    1,\n    2\n  ]\n}\n'.replace("\n", "\r\n")
    assert jsonbin("get", BIN).out == reply.decode() + "\n"


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colour(jsonbin: Program, env: dict[str, str]) -> None:
    """NO_COLOR and TERM=dumb leave the lines and take the colour."""
    with jsonbin.on_terminal("get", "demo", "-p", "local", "--record", env=env) as terminal:
        assert terminal.finish() == 0
        assert terminal.screen == '{\r\n  "hello": "world"\r\n}\r\n'


def test_force_color_beats_a_dumb_terminal(jsonbin: Program) -> None:
    """FORCE_COLOR colours what a terminal gets, and errors in a log; JSON in a pipe stays JSON."""
    env = {"TERM": "dumb", "FORCE_COLOR": "1"}
    with jsonbin.on_terminal("get", "demo", "-p", "local", "--record", env=env) as terminal:
        assert terminal.finish() == 0
        assert terminal.coloured == [('"hello"', "bold blue"), ('"world"', "green")]
    assert json.loads(jsonbin("get", "demo", "-p", "local", env={"FORCE_COLOR": "1"}).out)
    assert jsonbin("update", "demo", "x.json", "-p", "local", env={"FORCE_COLOR": "1"}) == Run(
        2, "", "\x1b[1;31merror: \x1b[0mx.json: no such file\n"
    )
    assert jsonbin("update", "demo", "x.json", "-p", "local", env={"FORCE_COLOR": "1", "NO_COLOR": "1"}) == Run(
        2, "", "error: x.json: no such file\n"
    )


@pytest.mark.parametrize(("length", "coloured"), [(64 * 1024, True), (64 * 1024 + 1, False)])
def test_a_long_reply_is_not_coloured(jsonbin: Program, length: int, coloured: bool) -> None:
    """Colour is for what is read by eye: for up to 64 kB, as they are shown."""
    (jsonbin.home / "long.json").write_text(json.dumps(["x" * (length - len('[\n  ""\n]\n'))]))
    with jsonbin.on_terminal("update", "demo", "long.json", "-p", "local", "--record") as terminal:
        assert terminal.finish() == 0
        assert terminal.screen.startswith('[\r\n  \x1b[32m"xxx' if coloured else '[\r\n  "xxx')
        assert terminal.shown.splitlines()[-2:] == ["]", "updated de30de30de30de30de30de30 (demo)"]


def test_created_is_told_at_a_terminal(jsonbin: Program) -> None:
    """The new bin's id is in the line of success."""
    (jsonbin.home / "data.json").write_text("[1]")
    with jsonbin.on_terminal("create", "data.json", "-p", "local", "--metadata") as terminal:
        assert terminal.finish() == 0
    *_, success = terminal.shown.splitlines()
    metadata = json.loads(terminal.shown.removesuffix(success))
    assert success == f"created {metadata['id']}"


@pytest.mark.parametrize(
    ("left_out", "before", "after"),
    [
        ("\x01\x08", "", "\t"),
        ("\x0b\x1f", "", " "),
        ("\x7f\x80\x9f", "~", "\xa0"),
        ("\u061c", "\u061b", "\u061d"),
        ("\u200e\u200f", "\u200d", "\u2010"),
        ("\u202a\u202b\u202d\u202e", "\u2029", "\u202f"),
        ("\u2066\u2067\u2068\u2069", "\u2065", "\u206a"),
    ],
)
def test_which_characters_are_left_out(jsonbin: Program, left_out: str, before: str, after: str) -> None:
    """Controls and marks of direction never reach a terminal; what stands before and behind them does."""
    name = json.dumps(f"x{before}{left_out}{after}y").replace("\\u007f", "\\u007F")
    jsonbin.configure(f"[profiles.local.bins]\n{name} = '{BIN}'\n")
    assert f"      x{before}{after}y  {BIN}\n" in jsonbin("config", "list").out
    (jsonbin.home / "data.json").write_text(json.dumps({"name": f"{left_out}{after}"}))
    with jsonbin.on_terminal("diff", "demo", "data.json", "-p", "local", env={"NO_COLOR": "1"}) as terminal:
        assert terminal.finish() == 1
    assert [letter for letter in left_out if letter in terminal.screen] == []


def test_lone_surrogates_are_left_out(jsonbin: Program, server: ScriptedServer) -> None:
    """JSON can hold them, and no encoding takes them."""
    server.replies(400, {"message": "a\ud7ff\ud800b\udfff\ue000c"})
    run = jsonbin("update", BIN, stdin="[1]")
    assert (run.code, run.out, run.err.splitlines()[0]) == (4, "", "error: a\ud7ffb\ue000c")


def test_the_reader_of_the_pipe_is_gone(jsonbin: Program) -> None:
    """Exit 141 and not a word, for the reply and for help."""
    for command in ("get demo -p local", "--help", "explain"):
        run = jsonbin.shell(f"sleep 0 | true; (jsonbin {command}; echo $? >&2) | true")
        assert run == Run(0, "", "141\n")


def test_a_full_disk_behind_standard_output(jsonbin: Program) -> None:
    """One line says what was done and what was not; with --quiet nothing is written that could fail."""
    run = jsonbin.shell("echo '[1]' | jsonbin update demo -p local > /dev/full")
    assert run == Run(
        1,
        "",
        "error: updated de30de30de30de30de30de30 (demo), but the reply could not be written to standard output: "
        "No space left on device\nhint: --quiet writes nothing\n",
    )
    assert jsonbin.shell("echo '[1]' | jsonbin update demo -p local -q > /dev/full") == Run(0, "", "")


def test_a_closed_standard_output(jsonbin: Program) -> None:
    """The same for `>&-`, where --quiet is the way out."""
    run = jsonbin.shell("jsonbin config path --errors json > /dev/full")
    assert json.loads(run.err)["error"]["sent"] is False
    run = jsonbin.shell("echo '[1]' | jsonbin update demo -p local --errors json > /dev/full")
    assert json.loads(run.err)["error"]["sent"] is True
    run = jsonbin.shell("echo '[1]' | jsonbin update demo -p local >&-")
    assert run == Run(
        1,
        "",
        "error: updated de30de30de30de30de30de30 (demo), but the reply could not be written: standard output is closed\n"
        "hint: --quiet writes nothing\n",
    )
    assert jsonbin.shell("echo '[1]' | jsonbin update demo -p local --quiet >&-") == Run(0, "", "")
    assert jsonbin.shell("jsonbin explain >&-") == Run(
        1, "", "error: the result could not be written: standard output is closed\n"
    )


def test_help_and_version_are_plain(jsonbin: Program) -> None:
    """No boxes and no colour, also where a runner pretends to be a terminal."""
    for arguments in (["--help"], ["update", "-h"], ["config", "alias", "--help"], ["--version"]):
        run = jsonbin(*arguments, env={"GITHUB_ACTIONS": "true"})
        assert (run.code, run.err) == (0, "")
        assert run.out.isascii()
        assert "\x1b" not in run.out
    assert re.fullmatch(r"jsonbin \d+\.\d+\.\d+\n", jsonbin("--version").out)


def test_no_command_at_all(jsonbin: Program) -> None:
    """The help, as a mistake of usage."""
    run = jsonbin()
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("error: no command\n")
    assert "Usage: jsonbin [OPTIONS] COMMAND [ARGS]..." in run.err


def test_help_on_a_full_disk(jsonbin: Program) -> None:
    """One line, as for a reply."""
    assert jsonbin.shell("jsonbin --help > /dev/full") == Run(
        1, "", "error: standard output could not be written: No space left on device\n"
    )


def test_line_ends_of_a_record_are_not_escaped(jsonbin: Program) -> None:
    """At a terminal CRLF between tokens is a blank like any other."""
    (jsonbin.home / "data.json").write_bytes(b'{"a": 1,\r\n"b": 2}')
    with jsonbin.on_terminal(
        "update", "demo", "data.json", "-p", "local", "--record", env={"NO_COLOR": "1"}
    ) as terminal:
        assert terminal.finish() == 0
        assert terminal.screen.startswith('{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n')


def test_ctrl_c_while_the_reply_is_written(jsonbin: Program, server: ScriptedServer) -> None:
    """The bin was updated, and that is what is said."""
    (jsonbin.home / "big.json").write_text(json.dumps(["x" * 1_000_000]))
    server.echoes()
    process = jsonbin.start("update", BIN, "big.json", "--errors", "json")
    assert process.stdout
    process.stdout.read(1)  # it is writing, and nobody reads on
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    error = json.loads(err)["error"]
    assert process.returncode == 130
    assert (error["message"], error["sent"], error["bin"]) == (f"interrupted, after it updated {BIN}", True, BIN)


@pytest.mark.parametrize(("length", "cut"), [(20_000, False), (20_001, True)])
def test_the_longest_message(length: int, cut: bool) -> None:
    """A text from outside is shown up to 20,000 characters."""
    assert harmless(" " * length) == (" " * 20_000 + "…" if cut else " " * length)


def test_standard_error_in_a_file_is_plain(jsonbin: Program) -> None:
    """The file says nothing of success; in a pipe a list is JSON."""
    run = jsonbin("history", "demo", "-p", "local")
    assert run == Run(0, "[]\n", "")
