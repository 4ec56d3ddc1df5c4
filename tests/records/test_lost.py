"""Updates that a later version overwrote without having read them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from jsonbin_cli.records.lost import Lost, Place, lost
from jsonbin_cli.records.text import Member
from tests.conftest import BIN, Program, Run
from tests.versioned import VersionedBin


@pytest.mark.parametrize(
    ("versions", "found"),
    [
        (('{"a":1}', '{"a":2}', '{"a":1,"b":1}'), [Lost(1, (Place("/a", "/a"),))]),
        (('{"a":1}', '{"a":2}', '{"a":2,"b":1}'), []),
        (('{"a":1}', '{"a":2}', '{"a":3}'), []),
        (('{"a":1}', '{"a":2}', '{"a":1}', '{"a":3}'), []),
        (("{}", '{"a":1,"b":2}', '{"c":1}', '{"a":1,"c":1}'), [Lost(1, (Place("/b", "/b"),))]),
        (("{}", '{"a":1,"b":2}', '{"a":1,"c":1}'), []),
        (('{"a":1}',), []),
        (
            ("{}", '{"a":1}', '{"c":1}', '{"c":1,"d":1}', '{"c":1,"e":1}'),
            [Lost(3, (Place("/d", "/d"),)), Lost(1, (Place("/a", "/a"),))],
        ),
    ],
)
def test_what_the_next_version_undid(versions: tuple[str, ...], found: list[Lost]) -> None:
    """And what no later one put back."""
    assert _lost(versions) == found


@pytest.mark.parametrize(
    ("versions", "places"),
    [
        (("[1]", "[1,2]", "[1,3]"), [Place("/1", "/-")]),
        (("[5]", "[5,5,5]", "[5,6]", "[5,6,5]"), [Place("/2", "/-")]),
        (("[2,3]", "[1,2,3]", "[2,3,4]", "[2,3,4,5]"), [Place("/0", "/-")]),
        (('{"l":["a"]}', '{"l":["a","b"]}', '{"l":["a"],"x":1}', '{"l":["c"],"x":1}'), [Place("/l/1", "/l/-")]),
        (('{"l":[]}', '{"l":["a"]}', '{"l":[],"x":1}'), [Place("/l/0", "/l/-")]),
        (("{}", '{"l":["a"]}', '{"l":["b"]}'), [Place("/l/0", "/l/-")]),
        (("{}", '{"l":["a","b"]}', '{"x":1}'), [Place("/l", "/l")]),
        (('[{"id":1}]', '[{"id":1},{"id":2,"n":0}]', '[{"id":1},{"id":3,"n":1}]'), [Place("/1", "/-")]),
    ],
)
def test_an_element_is_put_back_at_the_end(versions: tuple[str, ...], places: list[Place]) -> None:
    """Only where there is no array at all is all of it put back."""
    assert _lost(versions) == [Lost(1, tuple(places))]


@pytest.mark.parametrize(
    ("versions", "place"),
    [
        (('{"a":1}', '{"a":2}', '{"a":1,"b":1}', '{"a":3,"b":1}'), "/a"),
        (('{"a":1,"b":1}', '{"b":1}', '{"a":1,"b":2}'), "/a"),
        (('{"l":[{"n":1}]}', '{"l":[{"n":2}]}', '{"l":[{"n":1}],"x":1}'), "/l/0/n"),
        (('{"l":[1,2]}', '{"l":[1]}', '{"l":[1,2],"x":1}'), "/l"),
        (('{"l":[1,2]}', '{"l":[3]}', '{"l":[1,2],"x":1}'), "/l"),
        (('{"l":1}', '{"l":[2]}', '{"l":1,"x":1}'), "/l"),
        (('{"l":[1]}', '{"l":[1,2]}', '{"l":[1],"x":1}', '{"l":"none","x":1}'), "/l/1"),
    ],
)
def test_what_would_overwrite_something_is_left_to_a_person(versions: tuple[str, ...], place: str) -> None:
    """A newer value, and what is in another place of an array by now."""
    assert _lost(versions) == [Lost(1, (Place(place, None),))]


@pytest.mark.parametrize(
    "versions",
    [
        ("[1]", "[1,2]", "[1,3]", "[1,3,2]"),
        ("[1]", "[1,2]", "[1,3]", "[1,2,3]", "[1,3]"),
        ("[1]", "[1,2]", "[1,3]", "[1,2,3]"),
        ('["a"]', '["b"]', '["a","b"]', '["a","b","c"]'),
        ('{"l":[{"n":1}]}', '{"l":[{"n":2}]}', '{"l":[{"n":1}],"x":1}', '{"l":[{"m":1},{"n":2}],"x":1}'),
        ('{"l":[1,2]}', '{"l":[3]}', '{"l":[1,2],"x":1}', '{"l":[4,3],"x":1}'),
        ("[1,2]", "[1,2,3]", "[7]"),
        ('[{"id":1}]', '[{"id":1},{"id":2,"done":0}]', '[{"id":1},{"id":2,"done":1}]'),
    ],
)
def test_what_an_array_has_anywhere_is_not_lost(versions: tuple[str, ...]) -> None:
    """Nor an element that was replaced together with others, or changed."""
    assert _lost(versions) == []


def _lost(versions: tuple[str, ...]) -> list[Lost]:
    """What is lost where the last version is what the bin holds."""
    records = [Member(text.encode()) for text in versions]
    return lost(enumerate(records), lambda: records[-1])


def test_what_is_there_again_is_not_lost() -> None:
    """Whether a version brought it back, or an update without one."""
    records = map(Member, (b'{"a":1}', b'{"a":2}', b'{"a":1,"b":1}'))
    assert lost(enumerate(records), lambda: Member(b'{"a":2}')) == []


def test_a_change_is_known_only_where_the_version_before_is() -> None:
    """The oldest version that was read may have changed anything."""
    records = [Member(text) for text in (b'{"x":1}', b'{"x":1,"b":1}', b'{"x":1,"c":1}')]
    assert lost(enumerate(records, 7), lambda: records[-1]) == [Lost(8, (Place("/b", "/b"),))]
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


def test_what_two_writers_appended_is_appended_again(jsonbin: Program) -> None:
    """Nothing is offered for what a merge put back; each command adds one element, and overwrites nothing."""
    with VersionedBin('{"log=": ["start"]}') as bin:
        for log in ('["start", "a"]', '["start", "b"]', '["start", "b", "c"]', '["start", "b", "d"]'):
            bin.write(f'{{"log=": {log}}}')
        bin.write('{"log=": ["start", "b", "c", "d"]}')
        jsonbin.env["JSONBIN_API_URL"] = bin.url
        with jsonbin.on_terminal("history", BIN, "--lost", columns=150) as terminal:
            assert terminal.finish() == 0
        command = f"jsonbin get {BIN} '/log\\=/1' --version 1 | jsonbin set {BIN} '/log\\=/-:=@-' --merge"
        said = "version 1 was overwritten by version 2; to put back what it changed:"
        assert terminal.shown.splitlines()[1:] == [said, f"  {command}"]
        assert jsonbin.shell(f"{command} -q") == Run(0, "", "")
        assert json.loads(bin.record) == {"log=": ["start", "b", "c", "d", "a"]}


def test_where_nothing_can_be_put_back_both_are_shown(jsonbin: Program, bin: VersionedBin) -> None:
    """The version, and what putting all of it back would change."""
    bin.write('{"a":3,"b":2}')
    with jsonbin.on_terminal("history", BIN, "--lost", columns=150) as terminal:
        assert terminal.finish() == 0
    command = f"jsonbin get {BIN} --version 1 --record"
    assert terminal.shown.splitlines()[1:] == [
        "version 1 was overwritten by version 2 at /a, where the bin may hold newer values; to look at both:",
        f"  {command}",
        f"  {command} | jsonbin diff {BIN}",
    ]
    assert jsonbin.shell(f"{command} | jsonbin diff {BIN}").code == 1


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
