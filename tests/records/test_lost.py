"""Updates that a later version overwrote without having read them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from jsonbin_cli.records.lost import Lost, lost
from jsonbin_cli.records.text import Member
from tests.conftest import BIN, Program, Run
from tests.versioned import VersionedBin


@pytest.mark.parametrize(
    ("versions", "found"),
    [
        (('{"a":1}', '{"a":2}', '{"a":1,"b":1}'), [Lost(1, ("/a",))]),
        (('{"a":1}', '{"a":2}', '{"a":2,"b":1}'), []),
        (('{"a":1}', '{"a":2}', '{"a":3}'), []),
        (('{"a":1}', '{"a":2}', '{"a":1}', '{"a":3}'), []),
        (("{}", '{"a":1,"b":2}', '{"c":1}', '{"a":1,"c":1}'), [Lost(1, ("/b",))]),
        (("{}", '{"a":1,"b":2}', '{"a":1,"c":1}'), []),
        (("[1]", "[1,2]", "[1,3]"), []),
        (('{"a":1}',), []),
        (
            ("{}", '{"a":1}', '{"c":1}', '{"c":1,"d":1}', '{"c":1,"e":1}'),
            [Lost(3, ("/d",)), Lost(1, ("/a",))],
        ),
    ],
)
def test_what_the_next_version_undid(versions: tuple[str, ...], found: list[Lost]) -> None:
    """And what no later one put back."""
    records = [Member(text.encode()) for text in versions]
    assert lost(enumerate(records), lambda: records[-1]) == found


def test_what_is_there_again_is_not_lost() -> None:
    """Whether a version brought it back, or an update without one."""
    records = map(Member, (b'{"a":1}', b'{"a":2}', b'{"a":1,"b":1}'))
    assert lost(enumerate(records), lambda: Member(b'{"a":2}')) == []


def test_a_change_is_known_only_where_the_version_before_is() -> None:
    """The oldest version that was read may have changed anything."""
    records = [Member(text) for text in (b'{"x":1}', b'{"x":1,"b":1}', b'{"x":1,"c":1}')]
    assert lost(enumerate(records, 7), lambda: records[-1]) == [Lost(8, ("/b",))]
    assert lost(enumerate(map(Member, (b"[0]", b"[1]"))), lambda: Member(b"[0]")) == []


@pytest.fixture
def bin(jsonbin: Program) -> Iterator[VersionedBin]:
    """A bin with three versions, the second of which undoes what the first one did."""
    with VersionedBin('{"a":1}') as bin:
        for record in ('{"a":2}', '{"a":1,"b":1}', '{"a":1,"b":2}'):
            bin.write(record)
        jsonbin.env["JSONBIN_API_URL"] = bin.url
        yield bin


def test_the_commands_that_are_named_put_it_back(jsonbin: Program, bin: VersionedBin) -> None:
    """It is said before how many requests it takes."""
    run = jsonbin("history", BIN, "--lost")
    assert run == Run(
        0,
        '[{"version": 1, "overwritten_by": 2, "places": ["/a"]}]\n',
        "note: 5 more requests read 4 versions and the record\n",
    )
    assert len(bin.asked) == 6
    with jsonbin.on_terminal("history", BIN, "--lost", "--limit", "3", columns=120) as terminal:
        assert terminal.finish() == 0
    command = f"jsonbin get {BIN} /a --version 1 | jsonbin set {BIN} /a:=@- --merge"
    assert terminal.shown == (
        "note: 5 more requests read 4 versions and the record\n"
        f"version 1 was overwritten by version 2; to put back what it changed:\n  {command}"
    )
    assert jsonbin.shell(f"{command} -q") == Run(0, "", "")
    assert json.loads(bin.record) == {"a": 2, "b": 2}
    assert jsonbin("history", BIN, "--lost", "-q") == Run(0, "", "")


@pytest.mark.usefixtures("bin")
def test_only_the_newest_are_read(jsonbin: Program) -> None:
    """As many as --limit says, and the one before them."""
    run = jsonbin("history", BIN, "--lost", "--limit", "1")
    assert run == Run(0, "[]\n", "note: 3 more requests read 2 versions and the record\n")
    with jsonbin.on_terminal("history", BIN, "--lost", "--limit", "1") as terminal:
        assert terminal.finish() == 0
    assert terminal.screen.endswith("no version undoes what the one before it changed\r\n")


def test_versions_can_be_deleted(jsonbin: Program, bin: VersionedBin) -> None:
    """After a question; the bin keeps what it holds now."""
    for answer, code, left in (("n", 1, 3), ("y", 0, 0)):
        with jsonbin.on_terminal("history", BIN, "--prune") as terminal:
            terminal.wait_for(f"Delete 3 versions of {BIN} for good? It keeps what it holds now. [y/N]")
            terminal.type(f"{answer}\n")
            assert terminal.finish() == code
        assert len(bin.versions) == left
    question = f"Delete 3 versions of {BIN} for good? It keeps what it holds now. [y/N] y"
    assert terminal.shown == f"{question}\ndeleted 3 versions of {BIN}"
    assert bin.record == '{"a":1,"b":2}'
    bin.asked.clear()
    assert jsonbin("history", BIN, "--prune", "--yes", "-q") == Run(0, "", "")
    assert bin.asked == [f"GET /v3/b/{BIN}/versions/count"]


def test_deleting_asks(jsonbin: Program, bin: VersionedBin) -> None:
    """Where nobody can answer, it is refused; --yes goes on."""
    assert jsonbin("history", BIN, "--prune").code == 2
    assert len(bin.versions) == 3
    assert jsonbin("history", BIN, "--prune", "--yes") == Run(0, "", "")
    assert bin.versions == []
    assert jsonbin("history", BIN, "--prune", "--lost").err.startswith(
        "error: --lost, --prune and --sizes are three ways"
    )
