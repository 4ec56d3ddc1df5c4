"""What `--dry-run` shows of a request that would be sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jsonbin_cli import __version__
from tests.conftest import BIN, CANARY, Program, Run
from tests.scripted import ScriptedServer

ALWAYS = {"User-Agent": f"jsonbin-cli/{__version__}", "Accept-Encoding": "gzip"}
WITH_A_RECORD = {"Content-Type": "application/json"} | ALWAYS


def shown(run: Run) -> Any:
    """What a dry run wrote in a pipe."""
    assert (run.code, run.err) == (0, "")
    return json.loads(run.out)


def test_an_update_is_shown_whole_and_not_sent(jsonbin: Program, server: ScriptedServer) -> None:
    """Method, address, headers with their values, the key's source, and the body; the server sees no request."""
    assert shown(jsonbin("update", BIN, "-n", "--versioning", stdin='{"a": "ü"}')) == {
        "method": "PUT",
        "url": f"{server.url}/b/{BIN}",
        "headers": WITH_A_RECORD | {"X-Bin-Versioning": "true", "X-Master-Key": "•••"},
        "key": "JSONBIN_MASTER_KEY",
        "bytes": 11,
        "body": '{"a": "ü"}',
    }
    assert jsonbin("update", BIN, "-n", "-q", stdin="[1]") == Run(0, "", "")


@pytest.mark.parametrize(
    ("option", "header"),
    [
        (["--versioning"], {"X-Bin-Versioning": "true"}),
        (["--no-versioning"], {"X-Bin-Versioning": "false"}),
        ([], {}),
    ],
)
def test_versioning_and_no_versioning_look_different(
    jsonbin: Program, server: ScriptedServer, option: list[str], header: dict[str, str]
) -> None:
    """`update -n --versioning` and `update -n --no-versioning` differ in what they would ask for, as when sent."""
    headers = shown(jsonbin("update", BIN, "-n", *option, stdin="[1]"))["headers"]
    assert headers == WITH_A_RECORD | header | {"X-Master-Key": "•••"}
    server.echoes(version=1)
    assert jsonbin("update", BIN, *option, stdin="[1]").code == 0
    assert server.headers[0].items() >= (headers | {"X-Master-Key": CANARY}).items()


def test_a_read_is_shown_without_a_body(jsonbin: Program, server: ScriptedServer) -> None:
    """Nor with a key, where there is none."""
    jsonbin.configure("")
    assert shown(jsonbin("get", BIN, "-n")) == {
        "method": "GET",
        "url": f"{server.url}/b/{BIN}/latest",
        "headers": ALWAYS,
        "key": None,
        "bytes": 0,
        "body": None,
    }


def test_an_access_key_of_a_profile(jsonbin: Program, server: ScriptedServer) -> None:
    """The header is that of its kind."""
    jsonbin.configure(f"[profiles.work]\naccess_key = '{CANARY}'\nurl = '{server.url}'\n")
    request = shown(jsonbin("get", BIN, "-n", "-p", "work"))
    assert (request["headers"]["X-Access-Key"], request["key"]) == ("•••", 'profile "work"')


def test_a_dry_run_of_the_local_store(jsonbin: Program) -> None:
    """The file that would answer is named, and not made."""
    request = shown(jsonbin("create", "-n", "-p", "local", "--name", "x", "--public", stdin="[1]"))
    assert request["store"] == f"{jsonbin.home}/.local/share/jsonbin/local.sqlite3"
    assert request["headers"] == WITH_A_RECORD | {
        "X-Bin-Private": "false",
        "X-Bin-Name": "x",
        "X-Master-Key": "•••",
    }
    assert not (jsonbin.home / ".local").exists()


@pytest.mark.parametrize(
    ("body", "start"),
    [
        ('["%s"]' % ("x" * 1996), '["%s"]' % ("x" * 1996)),
        ('["%s"]' % ("x" * 1997), '["%s"' % ("x" * 1997)),
        ('["x%s"]' % ("ü" * 1000), '["x%s' % ("ü" * 998)),
    ],
)
def test_a_long_body_is_cut(jsonbin: Program, server: ScriptedServer, body: str, start: str) -> None:  # noqa: ARG001
    """The first 2,000 bytes are shown, up to a whole character, and the length of all."""
    request = shown(jsonbin("update", BIN, "-n", stdin=body))
    assert (request["body"], request["bytes"]) == (start, len(body.encode()))


def test_at_a_terminal_the_request_is_shown_as_lines(jsonbin: Program, server: ScriptedServer) -> None:
    """As it would be sent, so that it can be read."""
    (jsonbin.home / "data.json").write_text('{\n  "a": "\u009b"\n}\n')
    with jsonbin.on_terminal("update", BIN, "data.json", "-n", "--no-versioning") as terminal:
        assert terminal.finish() == 0
    assert (
        terminal.shown
        == f"""\
PUT {server.url}/b/{BIN}
Content-Type: application/json
User-Agent: jsonbin-cli/{__version__}
Accept-Encoding: gzip
X-Bin-Versioning: false
X-Master-Key: ••• from JSONBIN_MASTER_KEY

{{
  "a": ""
}}"""
    )


def test_at_a_terminal_a_long_body_says_how_much_is_left(jsonbin: Program) -> None:
    """Two lines about the store, where one answers, and the end of the body are told apart from it."""
    (jsonbin.home / "data.json").write_text(json.dumps(["x" * 3000]))
    with jsonbin.on_terminal("update", "demo", "data.json", "-n", "-p", "local", columns=200) as terminal:
        assert terminal.finish() == 0
    lines = terminal.shown.splitlines()
    assert lines[:7] == [
        "PUT http://local/v3/b/de30de30de30de30de30de30",
        "Content-Type: application/json",
        f"User-Agent: jsonbin-cli/{__version__}",
        "Accept-Encoding: gzip",
        "X-Master-Key: ••• from the embedded store",
        f"answered by the store {jsonbin.home}/.local/share/jsonbin/local.sqlite3",
        "",
    ]
    assert "".join(lines[7:-1]) == '["' + "x" * 1998
    assert lines[-1] == "… and 1,004 more bytes"


def test_at_a_terminal_without_a_key(jsonbin: Program) -> None:
    """A read without a key says so, and has no body."""
    jsonbin.configure("")
    with jsonbin.on_terminal("get", BIN, "-n") as terminal:
        assert terminal.finish() == 0
    assert (
        terminal.shown
        == f"""\
GET https://api.jsonbin.io/v3/b/{BIN}/latest
User-Agent: jsonbin-cli/{__version__}
Accept-Encoding: gzip
no key"""
    )
