"""`jsonbin update`, `get` and `create`, end to end."""

from __future__ import annotations

import json

import pytest

from tests.conftest import BIN, Program, Run
from tests.scripted import ScriptedServer, Sent

DEMO = "de30de30de30de30de30de30"


def test_a_record_arrives_byte_for_byte(jsonbin: Program, server: ScriptedServer) -> None:
    """What was piped in is what is sent, and the reply goes out as it came."""
    record = '{"n": 1.10,\n "s":"ü"}\n'
    server.echoes()
    run = jsonbin("update", BIN, stdin=record)
    assert run == Run(0, '{"record":%s,"metadata":{"parentId":"%s","private":true}}\n' % (record, BIN), "")
    assert server.requests == [Sent("PUT", f"/v3/b/{BIN}", record.encode())]


def test_the_first_run_needs_no_account(jsonbin: Program) -> None:
    """The embedded store has a private bin called demo, which is updated and read like any other."""
    assert jsonbin("get", "demo", "-p", "local", "--record") == Run(0, '{"hello": "world"}\n', "")
    run = jsonbin("update", "demo", "-p", "local", stdin='{"n": 1.10}')
    assert run == Run(0, '{"record":{"n": 1.10},"metadata":{"parentId":"%s","private":true}}\n' % DEMO, "")
    assert jsonbin("get", DEMO.upper(), "-p", "local", "--record") == Run(0, '{"n": 1.10}\n', "")


def test_versions_can_be_read_again(jsonbin: Program) -> None:
    """--versioning keeps each record under a number."""
    for number in (1, 2):
        run = jsonbin("update", "demo", "-p", "local", "--versioning", "--metadata", stdin=f"[{number}]")
        assert json.loads(run.out)["version"] == number
    assert jsonbin("get", "demo", "-p", "local", "--version", "1", "--record").out == "[1]\n"


def test_reading_asks_for_the_latest_or_one_version(jsonbin: Program, server: ScriptedServer) -> None:
    """GET with /latest or a number, and no body."""
    for _ in range(2):
        server.replies(200, {"record": [1], "metadata": {}})
    assert jsonbin("get", BIN, "--record") == Run(0, "[1]\n", "")
    assert jsonbin("get", BIN, "--version", "3", "-q") == Run(0, "", "")
    assert server.requests == [Sent("GET", f"/v3/b/{BIN}/latest"), Sent("GET", f"/v3/b/{BIN}/3")]


def test_creating_says_what_the_bin_is_to_be(jsonbin: Program, server: ScriptedServer) -> None:
    """POST, private unless --public, with a name and a collection where given."""
    for _ in range(2):
        server.echoes()
    assert jsonbin("create", "-q", stdin="[1]").code == 0
    assert jsonbin("create", "-q", "--public", "--name", "menu", "--collection", BIN, stdin="[1]").code == 0
    assert server.requests == [Sent("POST", "/v3/b", b"[1]")] * 2
    asked = [
        {name: headers.get(name) for name in ("X-Bin-Private", "X-Bin-Name", "X-Collection-Id")}
        for headers in server.headers
    ]
    assert asked == [
        {"X-Bin-Private": "true", "X-Bin-Name": None, "X-Collection-Id": None},
        {"X-Bin-Private": "false", "X-Bin-Name": "menu", "X-Collection-Id": BIN},
    ]


def test_a_created_bin_can_be_updated(jsonbin: Program) -> None:
    """The id in the metadata is a bin; a public one takes any key, and keeps versions."""
    created = json.loads(jsonbin("create", "-p", "local", "--public", "--name", "menu", "--metadata", stdin="[1]").out)
    assert (created["private"], created["name"]) == (False, "menu")
    updated = json.loads(jsonbin("update", created["id"], "-p", "local", "--metadata", stdin="[2]").out)
    assert updated == {"parentId": created["id"], "private": False, "version": 1}


def test_the_id_of_a_new_bin_alone(jsonbin: Program, server: ScriptedServer) -> None:
    """`create --id` prints it for a script, without quotes, also with -q; a reply without one is a failure."""
    for arguments in (("-q", "--id"), ("--id",), ("-q", "--id", "file.json")):
        (jsonbin.home / "file.json").write_text("[1]")
        server.replies(200, {"record": [1], "metadata": {"id": BIN, "private": True}})
        assert jsonbin("create", *arguments, stdin="[1]") == Run(0, f"{BIN}\n", "")
    assert jsonbin("create", "--id", "-n", stdin="[1]").out.startswith("{")
    for metadata in ({"private": True}, {"id": 7}, None):
        server.replies(200, {"record": [1], "metadata": metadata})
        assert jsonbin("create", "-q", "--id", stdin="[1]") == Run(
            1,
            "",
            "error: the bin was created, but the reply does not say its id\nhint: look for it on the dashboard\n",
        )
    server.replies(200, {"record": [1], "metadata": {"id": BIN}})
    run = jsonbin.shell("echo '[1]' | jsonbin create -q --id >/dev/full")
    assert run == Run(
        1, "", f"error: created {BIN}, but its id could not be written to standard output: No space left on device\n"
    )


@pytest.mark.parametrize("name", ["", "x" * 129, "grün", "a\nb", " a"])
def test_a_name_that_no_header_carries(jsonbin: Program, server: ScriptedServer, name: str) -> None:
    """It is refused before anything is sent; a plain one is taken."""
    assert jsonbin("create", "--name", name, stdin="[1]") == Run(
        2, "", "error: a bin's name has 1 to 128 printable ASCII characters, since it travels in a header\n"
    )
    server.echoes()
    assert jsonbin("create", "--name", "plain", "-q", stdin="[1]").code == 0


def test_a_collection_that_is_no_id(jsonbin: Program) -> None:
    """It is refused before anything is sent."""
    assert jsonbin("create", "--collection", "a\nb", stdin="[1]") == Run(
        2, "", "error: a collection's id is 24 hexadecimal digits\nhint: copy it from the dashboard\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--timeout", "0"], "Invalid value for '--timeout': 0.0 is not in the range 0.1<=x<=3600."),
        (["--retries", "-1"], "Invalid value for '--retries': -1 is not in the range 0<=x<=20."),
        (["--timeout", "nan"], "Invalid value for '--timeout': nan is not a number."),
        (["--verison"], "No such option: --verison"),
        (["--timeout"], "Option '--timeout' requires an argument."),
        (["a", "b"], "Got unexpected extra argument(s) (b)"),
    ],
)
def test_mistakes_on_the_command_line(jsonbin: Program, arguments: list[str], said: str) -> None:
    """One line and where to look, like every other failure."""
    run = jsonbin("update", BIN, *arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"error: {said}")
    assert run.err.endswith("\nhint: jsonbin update --help\n")
