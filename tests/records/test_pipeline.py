"""A pipeline that reads a bin, and replaces its record by a part of it."""

from __future__ import annotations

import json
import sys
import time

import pytest

from tests.conftest import Program, Run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is behind a pipe")

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
OK = Run(0, "", "")


@pytest.fixture(autouse=True)
def demo(jsonbin: Program) -> None:
    """The bin `demo` holds RECORD, and is what all commands are about."""
    jsonbin.env["JSONBIN_PROFILE"] = "local"
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    assert jsonbin("update", "demo", "-q", stdin=RECORD) == OK


def held(jsonbin: Program) -> str:
    """The record in the bin."""
    return jsonbin("get", "demo", "--record").out.removesuffix("\n")


@pytest.mark.parametrize("through", ["", "| cat", "| sed s/1/1/ | { cat >copy; cat copy; }"])
@pytest.mark.parametrize("command", ["update", "patch"])
def test_a_part_is_not_the_record(command: str, through: str, jsonbin: Program) -> None:
    """Whatever is between the two; the command of the hint puts it back in its place."""
    start = f"jsonbin get demo user {through} | jsonbin"
    assert jsonbin.shell(f"{start} {command} demo") == Run(2, "", PART % command)
    assert held(jsonbin) == RECORD
    assert jsonbin.shell(f"{start} set demo user:=@- new=x --record") == Run(
        0, '{"user":{"n":1},"beta":true,"new":"x"}\n', ""
    )


@pytest.mark.parametrize(("command", "left"), [("update", '{"n":1}'), ("patch", '{"user":{"n":1},"beta":true,"n":1}')])
def test_a_part_may_be_meant_as_it_is(command: str, left: str, jsonbin: Program) -> None:
    """With --as-is."""
    assert jsonbin.shell(f"jsonbin get demo user | jsonbin {command} demo --as-is -q") == OK
    assert held(jsonbin) == left


@pytest.mark.parametrize(
    ("made", "refused"), [('{"n": 2}', True), ("[1]", True), ('{"beta": false}', False), (RECORD, False)]
)
def test_something_of_the_record_stays(made: str, refused: bool, jsonbin: Program) -> None:
    """As `jq '.user | …'` would not leave it."""
    script = f"jsonbin get demo --record | {{ cat >before; echo '{made}'; }} | jsonbin update demo -q"
    assert jsonbin.shell(script) == (Run(2, "", NOTHING_KEPT) if refused else OK)


@pytest.mark.parametrize(
    "script",
    [
        # Several values are put together to something new.
        "jsonbin get demo user beta | sed '1d; s/.*/[1]/' | sed 's/.*/{\"beta\":&}/' | jsonbin update demo -q",
        "bin=$(echo '{\"a\": 1}' | jsonbin create --id); jsonbin get demo user | jsonbin update $bin -q",
        # What is read into an argument is part of something else.
        'echo "{\\"copy\\": $(jsonbin get demo user)}" | jsonbin update demo -q',
        'user=$(jsonbin get demo user); echo "$user" | jsonbin update demo -q',
        "jsonbin get demo user | cat >user.json; jsonbin update demo -q <user.json",
        "jsonbin get demo user | cat >user.json; cat user.json | jsonbin update demo -q",
        "jsonbin get demo user >user.json; jsonbin update demo user.json -q",
        "jsonbin get demo user | { cat >user.json; jsonbin update demo user.json -q; }",
    ],
)
def test_what_is_meant_so(script: str, jsonbin: Program) -> None:
    """Other pipelines than that of the update, another bin, and files."""
    assert jsonbin.shell(f"set -e; {script}") == OK


def test_a_record_that_is_an_array(jsonbin: Program) -> None:
    """A part of it is refused; another array may be the whole."""
    assert jsonbin("update", "demo", "-q", stdin='[{"n": 1}, 2]') == OK
    assert jsonbin.shell("jsonbin get demo '[0]' | jsonbin update demo").code == 2
    assert jsonbin.shell("jsonbin get demo --record | { cat >before; echo '[3]'; } | jsonbin update demo -q") == OK


@pytest.mark.parametrize(("count", "code"), [(4, 2), (1000, 2), (1001, 0)])
def test_records_of_many_members(count: int, code: int, jsonbin: Program) -> None:
    """Three are named; of more than a thousand the names are not kept."""
    assert jsonbin("update", "demo", "-q", stdin=json.dumps({f"m{n}": n for n in range(count)})) == OK
    run = jsonbin.shell("jsonbin get demo | { cat >before; echo '[3]'; } | jsonbin update demo -q")
    assert run.code == code
    assert ("read from the bin (m0, m1, m2, …), and update" in run.err) == (code == 2)


def test_a_note_that_is_old_or_damaged_is_none(jsonbin: Program) -> None:
    """It stands in the way of nothing."""
    assert jsonbin.shell("jsonbin get demo user | cat >user.json") == OK
    place = jsonbin.home / ".local" / "state" / "jsonbin" / "read.json"
    bin, _, _, *rest = json.loads(place.read_text())
    now, day = time.time(), 24 * 3600
    for pipes, at, code in (("$1", now, 2), ("$1", now - day, 0), ("", now, 0)):
        note = json.dumps([bin, ["PIPE"], at, *rest]).replace('"PIPE"', pipes)
        script = f"note() {{ echo '{note}' | sed \"s/[$]1/$1/\" >{place}; }}; echo '{RECORD}' | {{ "
        script += 'note "$(readlink /proc/self/fd/0 | tr -dc 0-9)"; jsonbin update demo -q; }'
        assert jsonbin.shell(script).code == code
    for damaged in ("", "[]", '["", 0, "x", 1, 2]', "{}"):
        place.write_text(damaged)
        assert jsonbin("update", "demo", "-q", stdin=RECORD) == OK


def test_what_is_written_to_a_file_is_not_noted(jsonbin: Program) -> None:
    """There is no pipe behind it."""
    assert jsonbin.shell("jsonbin get demo user >user.json") == OK
    assert not (jsonbin.home / ".local" / "state").exists()
