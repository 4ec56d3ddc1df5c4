"""A whole reply of JSONBin, record and metadata, where a record is meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import BIN, Program, Run
from tests.inside import Inside
from tests.scripted import ScriptedServer

DEMO = "de30de30de30de30de30de30"
REPLY = '{"record":{"n":1.10},"metadata":{"id":"x"}}'
AS_IS = "--as-is takes all of it as the record"


def refused(name: str) -> str:
    """What is said about a reply in a file of that name, or in a pipe."""
    alone = "… | jq .record | jsonbin …" if name == "stdin" else f"jq .record {name} | jsonbin …"
    return (
        f"error: {name} holds a whole reply of JSONBin, record and metadata, and not a record\n"
        f"hint: for the record alone: jsonbin get BIN --record, or {alone}; {AS_IS}\n"
    )


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    """The program in this process, with an embedded store of its own."""
    return Inside(tmp_path)


def test_a_reply_is_not_stored_inside_itself(jsonbin: Program) -> None:
    """`get` into `update` is refused, and goes as the hint says."""
    jsonbin.configure("default_profile = 'local'\n")
    assert jsonbin.shell("jsonbin get demo | jsonbin update demo") == Run(2, "", refused("stdin"))
    assert jsonbin.shell("jsonbin get demo --record | jsonbin update demo -q") == Run(0, "", "")
    assert jsonbin("get", "demo", "--record").out == '{"hello": "world"}\n'
    assert jsonbin.shell("jsonbin get demo | jsonbin update demo --as-is --record").out.startswith('{"record":{"hello"')


def test_the_record_is_taken_out_as_the_hint_says(jsonbin: Program, tool: Callable[[str], str]) -> None:
    """From a pipe and from a file."""
    tool("jq")
    jsonbin.configure("default_profile = 'local'\n")
    (jsonbin.home / "reply.json").write_text(REPLY)
    for name, arguments in (("stdin", ()), ("reply.json", ("reply.json",))):
        run = jsonbin("update", "demo", *arguments, stdin=REPLY)
        assert run == Run(2, "", refused(name))
        line = run.err.split("--record, or ")[1].split(";")[0].replace("…", "cat reply.json", name == "stdin")
        assert jsonbin.shell(line.replace("jsonbin …", "jsonbin update demo -q")).code == 0
        assert json.loads(jsonbin("get", "demo", "--record").out) == {"n": 1.1}


@pytest.mark.parametrize(
    ("command", "done"),
    [
        (("update", "demo"), 0),
        (("update", "demo", "--backup"), 0),
        (("create",), 0),
        (("diff", "demo"), 1),
        (("patch", "demo"), 0),
    ],
)
@pytest.mark.parametrize("metadata", ['{"id":"x","private":true}', '{"parentId":"x"}'])
def test_each_command_that_takes_a_record_refuses_it(
    inside: Inside, command: tuple[str, ...], done: int, metadata: str
) -> None:
    """With the id that reading gives, and the one that an update gives; --as-is takes it."""
    reply = f'{{"metadata":{metadata},"record":[1]}}'
    assert inside(*command, stdin=reply) == Run(2, "", refused("stdin"))
    assert inside(*command, "-q", "--as-is", stdin=reply) == Run(done, "", "")


@pytest.mark.parametrize(
    "record",
    [
        '{"record":[1],"metadata":{"name":"x"}}', '{"record":[1],"metadata":["id"]}', '{"record":[1],"metadata":null}',
        '{"record":[1],"metadata":{"id":1},"more":1}', '{"metadata":{"id":1}}', '[{"record":[1],"metadata":{"id":1}}]',
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_a_record(inside: Inside, record: str) -> None:
    """Both members, no other ones, and a bin's id."""
    assert inside("update", "demo", "--record", stdin=record) == Run(0, record + "\n", "")


def test_if_match_with_a_whole_reply(inside: Inside, tmp_path: Path) -> None:
    """Exit 2 before anything is asked; the file that the hint makes is taken, and so is the reply with --as-is."""
    seen = tmp_path / "seen.json"
    seen.write_text(inside("get", "demo").out)
    assert inside("set", "demo", "n:=1", "--if-match", str(seen)) == Run(2, "", refused(str(seen)))
    assert inside("update", "demo", "--as-is", "-q", stdin=seen.read_bytes().decode()).code == 0
    assert inside("set", "demo", "n:=1", "--if-match", str(seen), "--as-is", "-q") == Run(0, "", "")
    seen.write_text(inside("get", "demo", "--record").out)
    assert inside("set", "demo", "n:=2", "--if-match", str(seen), "-q") == Run(0, "", "")


def edits(jsonbin: Program, text: str) -> None:
    """Let the editor leave this text."""
    (jsonbin.home / "left").write_text(text)
    jsonbin.configure("default_profile = 'local'\n")
    jsonbin.env["EDITOR"] = f"cp {jsonbin.home}/left"


def test_edit_refuses_it(jsonbin: Program) -> None:
    """And keeps the text, unless it is to be taken as it is."""
    edits(jsonbin, REPLY)
    run = jsonbin("edit", "demo", "--yes")
    (draft,) = (jsonbin.home / ".local/state/jsonbin/drafts").iterdir()
    assert run == Run(
        2,
        "",
        f"error: your text holds a whole reply of JSONBin, record and metadata, and not a record; your text is kept in {draft}\n"
        f"hint: keep only the value of its member record; {AS_IS}\n",
    )
    assert jsonbin("edit", "demo", "--yes", "--as-is", "--record").out == REPLY + "\n"


LONE = (
    'note: {} has one member, "record", which the record in the bin does not have; '
    "JSONBin takes the record alone: jq .record\n"
)


@pytest.mark.parametrize(
    ("command", "code"),
    [(("update", "demo", "--backup"), 0), (("diff", "demo"), 1), (("update", "demo", "-n", "--backup"), 0)],
)
def test_a_record_inside_a_record_is_noted(inside: Inside, command: tuple[str, ...], code: int) -> None:
    """Where the old record was read and is not wrapped so; it is taken all the same."""
    run = inside(*command, stdin='{"record":{"n":1}}')
    assert (run.code, run.err) == (code, LONE.format("stdin"))
    assert inside("update", "demo", "-q", stdin='{"record":{"n":2}}') == Run(0, "", "")
    assert inside(*command, stdin='{"record":{"n":1}}').err == ""
    assert inside(*command, stdin='{"n":1}').err == ""


def test_a_record_inside_an_edited_record_is_noted(jsonbin: Program) -> None:
    """Before anything is asked."""
    edits(jsonbin, '{"record":[1]}')
    assert jsonbin("edit", "demo", "--yes", "--record") == Run(0, '{"record":[1]}\n', LONE.format("your text"))


def test_where_nothing_was_read_nothing_is_noted(jsonbin: Program, server: ScriptedServer) -> None:
    """A plain update asks for nothing but the update."""
    server.echoes()
    assert jsonbin("update", BIN, "--record", stdin='{"record":[1]}') == Run(0, '{"record":[1]}\n', "")
    assert [sent.method for sent in server.requests] == ["PUT"]
