"""A pipeline that reads a bin, and replaces its record by a part of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest

from tests.conftest import Program, Run

LOCAL = ("-p", "local")
RECORD = '{"user": {"n": 1}, "beta": true}'
PART = (
    "error: stdin comes from jsonbin get demo user, a part of the record, and %s is for the whole\n"
    "hint: for that part: … | jsonbin set demo user:=@- --profile local; --as-is takes it as the whole record\n"
)
NOTHING_KEPT = (
    "error: stdin has none of the members that this pipeline read from the bin (user, beta), and update replaces the "
    "whole record\n"
    "hint: in jq, '.a.b = 1' and '.a |= …' change a part of it, and '.a | …' leaves only that part; --as-is takes it as "
    "the whole record\n"
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are other pipes there")


@pytest.fixture
def piped(jsonbin: Program) -> Callable[[str, str, str], Run]:
    """Runs `jsonbin LEFT | SOMETHING | jsonbin RIGHT`, where SOMETHING writes the text in the middle."""
    assert jsonbin("update", "demo", *LOCAL, "-q", stdin=RECORD) == Run(0, "", "")

    def run(left: str, middle: str, right: str) -> Run:
        last = jsonbin.start(*right.split(), *LOCAL)
        assert last.stdin
        # More than a pipe holds, so that this returns only once the last command reads.
        last.stdin.write(middle.encode() + b" " * 70_000)
        last.stdin.flush()
        assert jsonbin(*left.split(), *LOCAL).code == 0
        out, err = last.communicate()
        return jsonbin.checked(last.returncode, out, err)

    return run


@pytest.mark.parametrize("command", ["update", "patch"])
def test_a_part_is_not_the_record(command: str, jsonbin: Program, piped: Callable[[str, str, str], Run]) -> None:
    """As `get BIN PATH` writes it; the command of the hint puts it back in its place, and --as-is takes it."""
    assert piped("get demo user", '{"n": 2}', f"{command} demo") == Run(2, "", PART % command)
    assert piped("get demo user", '{"n": 2}', "set demo user:=@- -q") == Run(0, "", "")
    assert jsonbin("get", "demo", "--record", *LOCAL).out == '{"user":{"n":2},"beta":true}\n'
    assert piped("get demo user", '{"n": 3}', f"{command} demo --as-is -q").code == 0


@pytest.mark.parametrize(
    ("middle", "code"), [('{"n": 2}', 2), ("[1]", 2), ('{"beta": false}', 0), ('{"user": {"n": 2}, "beta": true}', 0)]
)
def test_something_of_the_record_stays(middle: str, code: int, piped: Callable[[str, str, str], Run]) -> None:
    """As `jq '.user | …'` would not leave it."""
    expected = Run(2, "", NOTHING_KEPT) if code else Run(0, "", "")
    assert piped("get demo --record", middle, "update demo -q") == expected


def test_what_is_meant_so(jsonbin: Program, piped: Callable[[str, str, str], Run]) -> None:
    """Several values are put together to something new; and a part of one bin may be the record of another."""
    other = jsonbin("create", *LOCAL, "--quiet", "--id", stdin=RECORD).out.strip()
    assert piped("get demo user beta", '{"beta": 1}', "update demo -q") == Run(0, "", "")
    assert piped("get demo beta", '{"n": 1}', f"update {other} -q") == Run(0, "", "")


def test_a_record_that_is_an_array(jsonbin: Program, piped: Callable[[str, str, str], Run]) -> None:
    """A part of it is refused; another array may be the whole."""
    assert jsonbin("update", "demo", *LOCAL, "-q", stdin='[{"n": 1}, 2]') == Run(0, "", "")
    assert piped("get demo [0]", '{"n": 2}', "update demo").code == 2
    assert piped("get demo --record", "[3]", "update demo -q") == Run(0, "", "")


def test_three_of_many_members_are_named(jsonbin: Program, piped: Callable[[str, str, str], Run]) -> None:
    """The others are not."""
    assert jsonbin("update", "demo", *LOCAL, "-q", stdin='{"a": 1, "b": 2, "c": 3, "d": 4}') == Run(0, "", "")
    assert "read from the bin (a, b, c, …), and update" in piped("get demo", '{"n": 2}', "update demo").err


def test_what_is_written_to_a_file_is_not_noted(jsonbin: Program) -> None:
    """There is no pipe behind it."""
    with open(jsonbin.home / "record.json", "wb") as file:
        jsonbin.start("get", "demo", *LOCAL, stdout=file).communicate()
    assert not (jsonbin.home / ".local" / "state").exists()


def test_another_pipeline(jsonbin: Program) -> None:
    """What was read before this one began has nothing to do with it."""
    assert jsonbin("update", "demo", *LOCAL, "-q", stdin=RECORD).code == 0
    part = jsonbin("get", "demo", "user", *LOCAL).out
    assert json.loads(part) == {"n": 1}
    assert jsonbin("update", "demo", *LOCAL, "-q", stdin=part) == Run(0, "", "")


@pytest.mark.parametrize("note", ["", "[]", '["", 0, "x", 1, 2]', "{}"])
def test_a_damaged_note_is_none(note: str, jsonbin: Program) -> None:
    """It stands in the way of nothing."""
    place = jsonbin.home / ".local" / "state" / "jsonbin"
    place.mkdir(parents=True)
    place.joinpath("read.json").write_text(note)
    assert jsonbin("update", "demo", *LOCAL, "-q", stdin=RECORD) == Run(0, "", "")
