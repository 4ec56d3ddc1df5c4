"""`jsonbin update`: what is sent, what is shown."""

from __future__ import annotations

from tests.conftest import BIN, Program, Run
from tests.scripted import ScriptedServer, Sent


def test_a_record_arrives_byte_for_byte(jsonbin: Program, server: ScriptedServer) -> None:
    """What was piped in is what is sent, and the reply goes out as it came."""
    record = '{"n": 1.10,\n "s":"ü"}\n'
    server.echoes()
    run = jsonbin("update", BIN, stdin=record)
    assert run == Run(0, '{"record":%s,"metadata":{"parentId":"%s","private":true}}\n' % (record, BIN), "")
    assert server.requests == [Sent("PUT", f"/v3/b/{BIN}", record.encode())]


def test_a_missing_bin_exits_4_and_names_the_id(jsonbin: Program, server: ScriptedServer) -> None:
    """A 404 keeps stdout empty and tells the reader which id."""
    server.replies(404, {"message": "Bin not found"})
    run = jsonbin("update", BIN, stdin='{"n": 1.10}')
    assert run == Run(
        4,
        "",
        "error: Bin not found\n"
        f"hint: {server.url} has no bin {BIN}; check the id on the dashboard, or pick another profile with --profile\n",
    )


def test_on_a_terminal_the_reply_is_spread_and_coloured(jsonbin: Program) -> None:
    """At a terminal the reply is indented and in colour, with one line of success."""
    (jsonbin.home / "data.json").write_text('{"n":1.10}')
    with jsonbin.on_terminal("update", "demo", "data.json", "-p", "local") as terminal:
        assert terminal.finish() == 0
        assert "1.10" in terminal.screen
        assert "updated" in terminal.screen
