"""`jsonbin get`: single values, older records, and a record to fall back to."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from jsonbin_cli.failures import StoreFailure
from jsonbin_cli.records.fallback import latest
from jsonbin_cli.records.text import Member, parse
from tests.commands.kept import holds
from tests.conftest import BIN, Program, Run
from tests.inside import Inside
from tests.scripted import ScriptedServer, Sent

RECORD = r'{"n":1.10,"big":12345678901234567890123,"s":"a \"b\"\n\u001b[31m","l":[true,{"x.y":null}],"e":{},"a/b":"ü","0":"zero"}'


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    """The program in this process, its bin `demo` holding RECORD."""
    inside = Inside(tmp_path)
    assert inside("update", "demo", "-q", stdin=RECORD).code == 0
    return inside


@pytest.mark.parametrize(
    ("paths", "out"),
    [
        (("n",), "1.10\n"), (("big",), "12345678901234567890123\n"), (("l[0]", "/l/1/x.y"), "true\nnull\n"),
        ((r"l[1].x\.y",), "null\n"), (("/a~1b",), '"ü"\n'), (("l",), '[true,{"x.y":null}]\n'), (("e", "n"), "{}\n1.10\n"),
        (("/0",), '"zero"\n'), (("s",), '"a \\"b\\"\\n\\u001b[31m"\n'),
    ],
)  # fmt: skip
def test_single_values_are_printed_one_a_line(inside: Inside, paths: tuple[str, ...], out: str) -> None:
    """With the paths of `set`, as JSON, and with the digits that are stored."""
    assert inside("get", "demo", *paths) == Run(0, out, "")
    assert inside("get", "demo", *paths, "--record") == Run(0, out, "")
    assert inside("get", "demo", *paths, "-q") == Run(0, "", "")


def test_a_string_without_its_quotes(inside: Inside) -> None:
    """--raw writes the text of a string, and all else as JSON; half a character of UTF-16 has none."""
    assert inside("get", "demo", "s", "n", "e", "/a~1b", "--raw").out == 'a "b"\n\x1b[31m\n1.10\n{}\nü\n'
    assert inside("update", "demo", "-q", stdin=r'["\ud800x"]').code == 0
    assert inside("get", "demo", "[0]", "--raw").out == "?x\n"
    assert inside("get", "demo", "[0]").out == '"\\ud800x"\n'


@pytest.mark.parametrize(
    "path", ["x", "l[2]", "l[]", "/l/-", "/l/01", "l.x", "n.x", "e[0]", "e.x", "s[0]", "l[1].x.y", "/e/x" * 200]
)
def test_a_path_that_is_not_there(inside: Inside, path: str) -> None:
    """Exit 1, nothing on standard output, whatever else was asked for."""
    shown = path if len(path) < 200 else path[:200] + "…"
    for paths in ((path,), ("n", path)):
        assert inside("get", "demo", *paths) == Run(
            1, "", f"error: not in the record: {shown}\nhint: jsonbin get BIN --record prints all of it\n"
        )
    assert inside("get", "demo", "x", "y", "n").err.startswith("error: not in the record: x, y\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a..b",), 'error: "a..b" is not a path: unexpected "..b"\n'),
        (("--raw",), "error: --raw is for single values, and there is no PATH\nhint: name one: jsonbin get BIN PATH --raw\n"),
        (("n", "--metadata"), "error: PATH and --fallback print what is in the record, not the metadata\nhint: leave --metadata out\n"),
        (("--fallback", "x", "--metadata"), "error: PATH and --fallback print what is in the record, not the metadata\n"),
        (("--base", "--version", "1"), "error: --base and --version each name an old record\nhint: give one of them\n"),
        (("--fallback", "-"), "error: --fallback names a file to keep the record in, and - is none\nhint: name one: --fallback flags.json\n"),
    ],
)  # fmt: skip
def test_what_does_not_go_together(inside: Inside, arguments: tuple[str, ...], said: str) -> None:
    """Exit 2 before anything is asked."""
    run = inside("get", "demo", *arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(said)


def test_values_at_a_terminal(jsonbin: Program) -> None:
    """Spread over lines; nothing in a string can steer the terminal."""
    jsonbin.configure("default_profile = 'local'\n")
    assert jsonbin("update", "demo", "-q", stdin=RECORD).code == 0
    with jsonbin.on_terminal("get", "demo", "s", "l", "n", env={"NO_COLOR": "1"}) as terminal:
        assert terminal.finish() == 0
    assert terminal.screen.replace("\r", "") == (
        '"a \\"b\\"\\n\\u001b[31m"\n[\n  true,\n  {\n    "x.y": null\n  }\n]\n1.10\n'
    )
    with jsonbin.on_terminal("get", "demo", "s", "--raw", env={"NO_COLOR": "1"}) as terminal:
        assert terminal.finish() == 0
    assert terminal.screen.replace("\r", "") == 'a "b"\n[31m\n'


def test_one_request_for_all_values(jsonbin: Program, server: ScriptedServer) -> None:
    """The whole record is read, since not all of a path can be said to JSONBin; a dry run shows that."""
    holds(server, RECORD.encode())
    assert jsonbin("get", BIN, "n", "l[0]", "--version", "3").out == "1.10\ntrue\n"
    assert server.requests == [Sent("GET", f"/v3/b/{BIN}/3")]
    assert json.loads(jsonbin("get", BIN, "n", "-n").out)["method"] == "GET"


def test_what_was_there_before_the_first_version(jsonbin: Program, server: ScriptedServer) -> None:
    """--base reads the bare address, --version N the record as the N-th update with a version wrote it."""
    holds(server)
    assert jsonbin("get", BIN, "--base", "-q").code == 0
    assert server.requests == [Sent("GET", f"/v3/b/{BIN}")]
    local = ("-p", "local")
    assert jsonbin("update", "demo", *local, "-q", stdin="[0]").code == 0
    for number in (1, 2):
        assert jsonbin("update", "demo", *local, "--versioning", "-q", stdin=f"[{number}]").code == 0
    for arguments, record in (
        (("--base",), "[0]"),
        (("--version", "1"), "[1]"),
        (("--version", "2"), "[2]"),
        ((), "[2]"),
    ):
        assert jsonbin("get", "demo", *local, "--record", *arguments).out == record + "\n"
    assert jsonbin("get", "demo", *local, "[0]", "--base").out == "0\n"


@pytest.fixture
def kept(jsonbin: Program) -> Path:
    """Where the last good record is to be kept."""
    return jsonbin.home / "flags.json"


def fallen_back(jsonbin: Program, kept: Path, *arguments: str) -> Run:
    """A run that is to fall back, with the time in its note made the same for all."""
    run = jsonbin("get", BIN, "--fallback", str(kept), "--retries", "0", *arguments)
    assert run.code == 0
    note, time = run.err.split(" has kept since ")
    assert time.endswith("Z\n")
    return run._replace(err=note)


def test_the_last_good_record_is_kept_and_fallen_back_to(jsonbin: Program, server: ScriptedServer, kept: Path) -> None:
    """The record alone is printed, fresh or not, and what is kept is a record that can be sent again."""
    holds(server, b'{"n": 1.10}')
    assert jsonbin("get", BIN, "--fallback", str(kept)) == Run(0, '{"n": 1.10}\n', "")
    assert (kept.read_bytes(), kept.stat().st_mode & 0o777) == (b'{"n": 1.10}\n', 0o600)
    server.replies(503, b"<html>")
    assert fallen_back(jsonbin, kept) == Run(
        0,
        '{"n": 1.10}\n',
        f"note: 503 Service Unavailable, with a page in HTML instead of JSON; this is the record that {kept}",
    )
    server.replies(500, b"")
    assert fallen_back(jsonbin, kept, "n").out == "1.10\n"
    holds(server, b"[2]")
    assert jsonbin("get", BIN, "[0]", "--fallback", str(kept)) == Run(0, "2\n", "")
    assert kept.read_bytes() == b"[2]\n"


def test_no_answer_at_all(jsonbin: Program, kept: Path) -> None:
    """Where nothing listens, what is kept is printed; a path that it lacks is missing all the same."""
    jsonbin.env["JSONBIN_API_URL"] = "http://127.0.0.1:9/v3"
    kept.write_text('{"n":1}')
    assert fallen_back(jsonbin, kept).out == '{"n":1}\n'
    run = jsonbin("get", BIN, "x", "--fallback", str(kept), "--retries", "0")
    assert (run.code, run.out) == (1, "")
    assert jsonbin("get", BIN, "--fallback", str(kept), "--retries", "0", "-q") == Run(0, "", "")


def test_an_embedded_store_in_trouble(kept: Path) -> None:
    """A lock that is not given up, or a full disk, is trouble too."""

    def read() -> Member:
        raise StoreFailure("the store is locked")

    kept.write_text("[1]\n")
    found = latest(str(kept), read)
    assert found.record == Member(b"[1]")
    assert found.notes[0].startswith(f"the store is locked; this is the record that {kept} has kept since 20")
    with pytest.raises(StoreFailure):
        latest(None, read)


@pytest.mark.parametrize("status", [401, 404])
def test_a_refusal_is_no_trouble(jsonbin: Program, server: ScriptedServer, kept: Path, status: int) -> None:
    """What JSONBin refuses it would refuse again, so it is told."""
    kept.write_text("[1]")
    server.replies(status, {"message": "Bin not found"})
    run = jsonbin("get", BIN, "--fallback", str(kept))
    assert (run.code, run.out) == (4, "")


@pytest.mark.parametrize(("content", "why"), [(None, "no such file"), ("{", "not valid JSON"), ("", "is empty")])
def test_nothing_to_fall_back_to(
    jsonbin: Program, server: ScriptedServer, kept: Path, content: str | None, why: str
) -> None:
    """The failure is the service's, and says why the file is of no help."""
    if content is not None:
        kept.write_text(content)
    server.replies(500, b"")
    run = jsonbin("get", BIN, "--fallback", str(kept))
    assert (run.code, run.out) == (5, "")
    assert run.err.startswith(
        "error: 500 Internal Server Error, with nothing in it; and there is no record to fall back to: "
    )
    assert why in run.err


@pytest.mark.parametrize("place", ["nowhere/flags.json", "folder", "fifo"])
def test_where_it_cannot_be_kept(jsonbin: Program, server: ScriptedServer, place: str) -> None:
    """The record is printed, with a note; what stands in the way is left as it is."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pipes with a path")
    (jsonbin.home / "folder").mkdir()
    os.mkfifo(jsonbin.home / "fifo")
    holds(server, b"[1]")
    run = jsonbin("get", BIN, "--fallback", place)
    why = "could not be written" if "/" in place else "is not a file"
    assert (run.code, run.out) == (0, "[1]\n")
    assert run.err.startswith(f"note: {place} {why}, so the record is not kept there")
    assert (jsonbin.home / "fifo").is_fifo()


def test_a_link_to_the_file_stays_one(jsonbin: Program, server: ScriptedServer, kept: Path) -> None:
    """What it leads to is written."""
    kept.symlink_to("other.json")
    holds(server, b"[1]")
    assert jsonbin("get", BIN, "--fallback", str(kept), "-q").code == 0
    assert kept.is_symlink()
    assert parse((jsonbin.home / "other.json").read_text()) == parse("[1]")
