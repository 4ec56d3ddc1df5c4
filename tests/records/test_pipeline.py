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
    "hint: for that part: … | jsonbin set demo user:=@- --profile local; --as-is takes it as the whole\n"
)
LIKE = (
    "error: stdin looks like %s of the record, which this pipeline read from the bin, and %s\n"
    "hint: in jq, '%s.b = 1' and '%s |= …' keep the rest of the record, and '%s | …' does not; --as-is takes it as the whole\n"
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


def like(part: str, way: str, command: str = "update") -> Run:
    """The refusal of what looks like a part."""
    whole = "a merge patch begins at its top" if command == "patch" else f"{command} is for the whole"
    return Run(2, "", LIKE % (part, whole, way, way, way))


@pytest.mark.parametrize("through", ["", "| cat", "| sed s/1/1/ | { cat >copy; cat copy; }"])
@pytest.mark.parametrize("command", ["update", "diff"])
def test_a_part_is_not_the_record(command: str, through: str, jsonbin: Program) -> None:
    """Whatever is between the two; the command of the hint puts it back in its place."""
    start = f"jsonbin get demo user {through} | jsonbin"
    assert jsonbin.shell(f"{start} {command} demo") == Run(2, "", PART % command)
    assert held(jsonbin) == RECORD
    assert jsonbin.shell(f"{start} set demo user:=@- new=x --record") == Run(
        0, '{"user":{"n":1},"beta":true,"new":"x"}\n', ""
    )


def test_the_input_by_its_name(jsonbin: Program) -> None:
    """As /dev/stdin, and as a substituted process."""
    said = jsonbin.shell("jsonbin get demo user | jsonbin update demo /dev/stdin").err
    assert said == (PART % "update").replace("stdin comes", "/dev/stdin comes")
    assert jsonbin.shell("jsonbin update demo <(jsonbin get demo user | cat)").code == 2


@pytest.mark.parametrize(("command", "left"), [("update", '{"n":1}'), ("patch", '{"user":{"n":1},"beta":true,"n":1}')])
def test_a_part_may_be_meant_as_it_is(command: str, left: str, jsonbin: Program) -> None:
    """With --as-is."""
    assert jsonbin.shell(f"jsonbin get demo user | jsonbin {command} demo --as-is -q") == OK
    assert held(jsonbin) == left


SHOP = '{"id": 1, "name": "shop", "user": {"id": 7, "name": "Ann"}, "tags": ["a"], "a b": {"x": 1}, "none": {}}'
ITEMS = '[1, {"id": 1, "n": "a"}, {"id": 2}]'


@pytest.mark.parametrize(
    ("record", "command", "made", "expected"),
    [
        (SHOP, "update", '{"id": 7, "name": "Bob", "age": 3}', like("user", ".user")),
        (SHOP, "diff", '{"id": 7, "name": "Bob"}', like("user", ".user", "diff")),
        (SHOP, "patch", '{"id": 7, "name": "Bob"}', like("user", ".user", "patch")),
        (SHOP, "update", '["a", "b"]', like("tags", ".tags")),
        (SHOP, "update", '{"x": 2}', like("a b", ".a")),
        (SHOP, "update", '{"id": 7}', OK),
        (SHOP, "update", '{"id": 7, "name": "Bob", "tags": []}', OK),
        (SHOP, "update", '{"id": 1, "name": "shop", "user": 1}', OK),
        (SHOP, "update", '{"ID": 1, "NAME": "shop"}', OK),
        (SHOP, "patch", '{"user": {"name": "Bob"}}', OK),
        (SHOP, "patch", '[{"op": "add", "path": "/n", "value": 1}]', OK),
        ('{"user": {"user": 1}}', "update", '{"user": {"user": 2}}', OK),
        (ITEMS, "update", '{"id": 1, "n": "z"}', like("an item", ".[0]")),
        (ITEMS, "update", '{"items": []}', OK),
        (ITEMS, "update", "[1]", OK),
        ("[1]", "update", '{"items": []}', OK),
    ],
)
def test_what_looks_like_a_part(record: str, command: str, made: str, expected: Run, jsonbin: Program) -> None:
    """As `jq '.user | …'` leaves it: all that is in it, and nothing else of the record."""
    assert jsonbin("update", "demo", "-q", stdin=record) == OK
    script = f"jsonbin get demo --record | {{ cat >before; echo '{made}'; }} | jsonbin {command} demo -q"
    assert jsonbin.shell(script) == expected


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
        # A part, put back in its place by a merge patch.
        'jsonbin get demo user | sed \'s/.*/{"user": &, "new": 1}/\' | jsonbin patch demo -q',
    ],
)
def test_what_is_meant_so(script: str, jsonbin: Program) -> None:
    """Other pipelines than that of the update, another bin, and files."""
    assert jsonbin.shell(f"set -e; {script}") == OK


def test_a_part_of_an_array(jsonbin: Program) -> None:
    """By its index."""
    assert jsonbin("update", "demo", "-q", stdin=ITEMS) == OK
    assert jsonbin.shell("jsonbin get demo '[1]' | jsonbin update demo").code == 2


def test_bins_beside_each_other(jsonbin: Program) -> None:
    """Each has a note of its own."""
    script = 'for n in 1 2 3; do echo \'{"user": {"n": 1}, "beta": 1}\' | jsonbin create --id; done'
    ids = jsonbin.shell(script).out.split()
    pipelines = [f"{{ jsonbin get {one} user | jsonbin update {one} -q; }} &" for one in ids]
    assert jsonbin.shell(f"{' '.join(pipelines)} wait").err.count("a part of the record, and update is for") == 3


@pytest.mark.parametrize(("count", "code"), [(999, 2), (1000, 0)])
def test_records_of_many_members(count: int, code: int, jsonbin: Program) -> None:
    """Of more than a thousand nothing is kept."""
    many = {f"m{n}": n for n in range(count)} | {"part": {"x": 1}}
    assert jsonbin("update", "demo", "-q", stdin=json.dumps(many)) == OK
    run = jsonbin.shell("jsonbin get demo | { cat >before; echo '{\"x\": 2}'; } | jsonbin update demo -q")
    assert run.code == code


def test_a_note_that_is_old_or_damaged_is_none(jsonbin: Program) -> None:
    """It stands in the way of nothing."""
    assert jsonbin.shell("jsonbin get demo user | cat >user.json") == OK
    (place,) = (jsonbin.home / ".local" / "state" / "jsonbin" / "read").glob("*/*.json")
    _, _, *rest = json.loads(place.read_text())
    now, day = time.time(), 24 * 3600
    for pipes, at, code in (("$1", now, 2), ("$1", now - day, 0), ("", now, 0)):
        note = json.dumps([["PIPE"], at, *rest]).replace('"PIPE"', pipes)
        script = f"note() {{ echo '{note}' | sed \"s/[$]1/$1/\" >{place}; }}; echo '{RECORD}' | {{ "
        script += 'note "$(readlink /proc/self/fd/0 | tr -dc 0-9)"; jsonbin update demo -q; }'
        assert jsonbin.shell(script).code == code
    for damaged in ("", "[]", '[["x"], 0, 1, 1, 2]', "{}"):
        place.write_text(damaged)
        assert jsonbin("update", "demo", "-q", stdin=RECORD) == OK


def test_what_is_written_to_a_file_is_not_noted(jsonbin: Program) -> None:
    """There is no pipe behind it."""
    assert jsonbin.shell("jsonbin get demo user >user.json") == OK
    assert not (jsonbin.home / ".local" / "state").exists()
