"""`jsonbin patch` and `diff`: RFC 7396, RFC 6902, and one as the other's inverse."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from jsonbin_cli.failures import InvalidInput
from jsonbin_cli.records.patch import is_json_patch, merge_patch
from jsonbin_cli.records.text import JSON, parse
from jsonbin_cli.records.writing import text_of
from tests.conftest import BIN, CANARY, Program, Run
from tests.inside import Inside
from tests.records.values import records
from tests.scripted import ScriptedServer, Sent

SUITE = Path(__file__).parents[1] / "data" / "json-patch-tests"
CASES = [
    pytest.param(case, id=f"{name}-{number}")
    for name in ("tests", "spec_tests")
    for number, case in enumerate(json.loads((SUITE / f"{name}.json").read_text()))
    if "doc" in case and not case.get("disabled")
]
# RFC 7396, appendix A: target, patch, result.
MERGES = [
    ('{"a":"b"}', '{"a":"c"}', '{"a":"c"}'),
    ('{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'),
    ('{"a":"b"}', '{"a":null}', "{}"),
    ('{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'),
    ('{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'),
    ('{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'),
    ('{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'),
    ('{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'),
    ('["a","b"]', '["c","d"]', '["c","d"]'),
    ('{"a":"b"}', '["c"]', '["c"]'),
    ('{"a":"foo"}', "null", "null"),
    ('{"a":"foo"}', '"bar"', '"bar"'),
    ('{"e":null}', '{"a":1}', '{"e":null,"a":1}'),
    ("[1,2]", '{"a":"b","c":null}', '{"a":"b"}'),
    ("{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'),
]


def storable(value: Any) -> bool:
    """Whether JSONBin takes a value as a record."""
    return isinstance(value, dict | list) and bool(value)


def set_in(case: dict[str, Any]) -> dict[str, Any]:
    """The same case one level down, for a document that is no record: {} becomes {"in": {}}, /a becomes /in/a."""

    def lower(operation: dict[str, Any]) -> dict[str, Any]:
        return operation | {name: "/in" + operation[name] for name in ("path", "from") if name in operation}

    return case | {
        "doc": {"in": case["doc"]},
        "patch": [lower(operation) for operation in case["patch"]],
        "expected": {"in": case.get("expected")},
    }


@pytest.mark.parametrize("case", CASES)
def test_the_public_suite_of_rfc_6902(inside: Inside, case: dict[str, Any]) -> None:
    """Each case through `patch --json-patch` on the embedded store; what must fail exits 2 or 6 and sends nothing."""
    if "expected" not in case:
        case = case | {"expected": case["doc"]}
    if not storable(case["doc"]) or not storable(case["expected"]):
        case = set_in(case)
    assert inside("update", "demo", "-q", stdin=json.dumps(case["doc"])).code == 0
    run = inside("patch", "demo", "--json-patch", "-q", stdin=json.dumps(case["patch"]))
    held = json.loads(inside("get", "demo", "--record").out)
    if "error" in case:
        assert run.code in (2, 6)
        assert held == case["doc"]
    else:
        assert run == Run(0, "", "")
        assert held == case["expected"]


@pytest.mark.parametrize(("target", "patch", "result"), MERGES)
def test_the_examples_of_rfc_7396(inside: Inside, target: str, patch: str, result: str) -> None:
    """Each through `patch --merge-patch` on the embedded store; a result that is no record is refused, and not sent."""
    assert text_of(merge_patch(parse(target), parse(patch))) == result
    if target == "{}":
        target, patch, result = '{"in":{}}', f'{{"in":{patch}}}', f'{{"in":{result}}}'
    assert inside("update", "demo", "-q", stdin=target).code == 0
    run = inside("patch", "demo", "--merge-patch", "-q", stdin=patch)
    held = inside("get", "demo", "--record").out.strip()
    if storable(json.loads(result)):
        assert (run.code, held) == (0, result)
    else:
        assert (run.code, held) == (2, target)


@settings(deadline=None, max_examples=30)
@given(a=records, b=records)
def test_a_difference_is_a_patch(a: JSON, b: JSON) -> None:
    """`diff` in a pipe, applied with `patch --json-patch` to a, gives b, and exits 1 where there is one."""
    with tempfile.TemporaryDirectory() as home:
        inside = Inside(Path(home))
        assert inside("update", "demo", "-q", stdin=text_of(a)).code == 0
        found = inside("diff", "demo", stdin=text_of(b))
        assert found.code == (1 if a != b else 0)
        assert inside("patch", "demo", "--json-patch", "-q", stdin=found.out).code == 0
        assert parse(inside("get", "demo", "--record").out) == b


def test_untouched_digits_arrive(jsonbin: Program, server: ScriptedServer) -> None:
    """Whatever the spelling, what a patch does not touch is sent as the server wrote it."""
    record = b'{"a": 1.10, "b": 123456789012345678901234567890, "c": 1E400, "d": -0.0, "e": 1}'
    server.replies(200, b'{"record":%s,"metadata":{}}' % record)
    server.echoes()
    assert jsonbin("patch", BIN, "-q", stdin='{"e": 2.50}').code == 0
    assert server.requests == [
        Sent("GET", f"/v3/b/{BIN}/latest"),
        Sent("PUT", f"/v3/b/{BIN}", b'{"a":1.10,"b":123456789012345678901234567890,"c":1E400,"d":-0.0,"e":2.50}'),
    ]


def test_nothing_is_sent_where_nothing_changes(jsonbin: Program, server: ScriptedServer) -> None:
    """One read, and its reply is what is printed."""
    server.replies(200, b'{"record":{"a":1.10},"metadata":{"id":"x"}}')
    run = jsonbin("patch", BIN, stdin='{"a":1.1,"b":null}')
    assert run == Run(0, '{"record":{"a":1.10},"metadata":{"id":"x"}}\n', "")
    server.replies(200, b'{"record":{"a":1.10},"metadata":{"id":"x"}}')
    assert jsonbin("patch", BIN, "-q", stdin="{}") == Run(0, "", "")


def test_a_failed_test_exits_6(jsonbin: Program) -> None:
    """A test that does not hold is a conflict, and following its hint helps."""
    patch = '[{"op":"test","path":"/hello","value":"moon"},{"op":"remove","path":"/hello"}]'
    run = jsonbin("patch", "demo", "-p", "local", "--json-patch", stdin=patch)
    assert run == Run(
        6,
        "",
        "error: operation 0 of stdin tests /hello, and the bin holds something else there; nothing was sent\n"
        "hint: look with jsonbin get BIN, then make the patch again\n",
    )
    assert jsonbin("get", "demo", "-p", "local", "--record").out == '{"hello": "world"}\n'
    patch = patch.replace("moon", "world").replace(
        '{"op":"remove","path":"/hello"}', '{"op":"add","path":"/n","value":1}'
    )
    assert jsonbin("patch", "demo", "-p", "local", "--json-patch", "-q", stdin=patch).code == 0


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        ("null", "error: stdin is not a JSON Patch: that is an array of operations\n"),
        (
            '[{"op":"remove","path":"/x"}]',
            "error: operation 0 of stdin does not fit the record: nothing is at /x; nothing was sent\n"
            "hint: look with jsonbin get BIN\n",
        ),
        (
            '[{"op":"add","path":"/x/y","value":1}]',
            "error: operation 0 of stdin does not fit the record: nothing can be added at /x/y; nothing was sent\n",
        ),
        (
            '[{"op":"copy","from":"/x","path":"/y"}]',
            "error: operation 0 of stdin does not fit the record: nothing is at /x, or nothing can be put at /y; ",
        ),
        (
            '[{"op":"delete","path":"/hello"}]',
            "error: the op of operation 0 of stdin is none of add, remove, replace, move, copy, test\n"
            "hint: did you mean remove?\n",
        ),
        (
            '[{"op":["x"],"path":"/hello"}]',
            "error: the op of operation 0 of stdin is none of add, remove, replace, move, copy, test\n",
        ),
        (
            '[{"op":"test","path":"/hello"}]',
            "error: operation 0 of stdin has no value, which test needs\n",
        ),
        (
            '[{"op":"add","path":"n","value":1}]',
            "error: the path of operation 0 of stdin is not a JSON Pointer, which starts with /\nhint: write /n\n",
        ),
        (
            '[{"op":"move","path":"/n","from":1}]',
            "error: the from of operation 0 of stdin is not a JSON Pointer, which starts with /\n",
        ),
        ('[{"op":"add","path":"/a","value":1},7]', "error: operation 1 of stdin is not an object\n"),
        (
            json.dumps([{"op": "copy", "from": "", "path": "/x"}] * 2000),
            "error: stdin nests the record too deeply\n",
        ),
    ],
)
def test_a_patch_that_does_not_fit(inside: Inside, patch: str, said: str) -> None:
    """Exit 2, which operation, and nothing sent."""
    run = inside("patch", "demo", "--json-patch", stdin=patch)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(said)
    assert inside("get", "demo", "--record").out == '{"hello": "world"}\n'


def test_a_merge_patch_taken_for_a_json_patch(inside: Inside) -> None:
    """The hint says how it would be taken, and so it is."""
    run = inside("patch", "demo", "--json-patch", stdin='{"a":1}')
    assert run == Run(
        2,
        "",
        "error: stdin is not a JSON Patch: that is an array of operations\n"
        "hint: without --json-patch an object is a merge patch\n",
    )
    assert inside("patch", "demo", "-q", stdin='{"a":1}').code == 0


def test_a_difference_in_a_pipe(jsonbin: Program) -> None:
    """Operations, one a line, with a test of what is removed; the order of members and the spacing are no difference."""
    run = jsonbin("diff", "demo", "-p", "local", stdin='{"n":1.10,"l":[true]}')
    assert run == Run(
        1,
        '[{"op":"test","path":"/hello","value":"world"},\n'
        ' {"op":"remove","path":"/hello"},\n'
        ' {"op":"add","path":"/n","value":1.10},\n'
        ' {"op":"add","path":"/l","value":[true]}]\n',
        "",
    )
    assert jsonbin("diff", "demo", "-p", "local", stdin='{ "hello":\n"world" }') == Run(0, "[]\n", "")
    assert jsonbin("diff", "demo", "-p", "local", "-q", stdin="[1]") == Run(1, "", "")


def test_a_difference_on_a_terminal(jsonbin: Program) -> None:
    """Lines for people, coloured, nothing in them that could steer the terminal or pass for a line of ours."""
    (jsonbin.home / "new.json").write_text(json.dumps({"a\nb": 1, "hello": "[red]" + "x" * 300}))
    with jsonbin.on_terminal("diff", "demo", "new.json", "-p", "local") as terminal:
        assert terminal.finish() == 1
        assert "\x1b[33m" in terminal.screen
    with jsonbin.on_terminal("diff", "demo", "new.json", "-p", "local", env={"NO_COLOR": "1"}) as terminal:
        assert terminal.finish() == 1
        assert terminal.screen.replace("\r", "") == (
            '~ /hello  "world" -> "[red]' + "x" * 194 + "… (307 characters)\n+ /a\\nb  1\n"
        )
    (jsonbin.home / "new.json").write_text('{"hello": "world"}')
    with jsonbin.on_terminal("diff", "demo", "new.json", "-p", "local", env={"NO_COLOR": "1"}) as terminal:
        assert terminal.finish() == 0
        assert terminal.screen == "no difference\r\n"


@pytest.mark.costly
def test_the_difference_of_long_arrays_is_short(inside: Inside, tmp_path: Path) -> None:
    """One element removed from 10,000 is one operation and its test, and to replace all is the most that a patch is."""
    items = [{"id": number, "name": f"item {number}"} for number in range(10_000)]
    assert inside("update", "demo", "-q", stdin=json.dumps(items)).code == 0
    new = tmp_path / "new.json"
    new.write_text(json.dumps(items[:5_000] + items[5_001:]))
    assert inside("diff", "demo", str(new)) == Run(
        1,
        '[{"op":"test","path":"/5000","value":{"id":5000,"name":"item 5000"}},\n {"op":"remove","path":"/5000"}]\n',
        "",
    )
    new.write_text(json.dumps(items[::-1]))
    run = inside("diff", "demo", str(new))
    assert (run.code, run.out[:33]) == (1, '[{"op":"test","path":"","value":[')
    assert len(run.out) < 2 * new.stat().st_size


def test_a_difference_goes_into_patch(jsonbin: Program) -> None:
    """What `diff` writes is applied, whatever it holds; where there is no difference, nothing is sent."""
    jsonbin.configure("default_profile = 'local'\n")
    (jsonbin.home / "new.json").write_text('{"n":1.10,"l":[true]}')
    assert jsonbin.shell("jsonbin diff demo new.json | jsonbin patch demo --record") == Run(
        0, '{"n":1.10,"l":[true]}\n', ""
    )
    backups = jsonbin("history", "demo").out
    assert jsonbin.shell("jsonbin diff demo new.json | jsonbin patch demo --record") == Run(
        0, '{"n":1.10,"l":[true]}\n', ""
    )
    assert jsonbin("history", "demo").out == backups
    (jsonbin.home / "new.json").write_text("[1]")
    assert jsonbin.shell("jsonbin diff demo new.json | jsonbin patch demo --record").out == "[1]\n"


def test_a_difference_is_not_applied_to_what_was_changed_meanwhile(inside: Inside) -> None:
    """What it would replace or remove is another value by then: exit 6, and what the other writer wrote stays."""
    assert inside("update", "demo", "-q", stdin='{"list":["a","b","c"],"n":1,"m":1}').code == 0
    found = inside("diff", "demo", stdin='{"list":["b","c"],"n":2,"m":1}').out
    assert inside("set", "demo", "m:=2", "-q").code == 0
    assert inside("patch", "demo", "-n", "-q", stdin=found) == Run(0, "", "")
    for slip in ('list:=["z","a","b","c"]', "n:=50", "list:=[]"):
        assert inside("update", "demo", "-q", stdin='{"list":["a","b","c"],"n":1,"m":1}').code == 0
        assert inside("set", "demo", slip, "-q").code == 0
        held = inside("get", "demo", "--record").out
        run = inside("patch", "demo", stdin=found)
        assert (run.code, run.out) == (6, "")
        assert "of stdin tests /" in run.err
        assert inside("get", "demo", "--record").out == held
    assert inside("unset", "demo", "n", "-q").code == 0
    assert inside("patch", "demo", stdin=found).code == 6


def test_a_difference_of_the_largest_records_is_read(inside: Inside) -> None:
    """It holds the old record, to test it, and the new one."""
    old, new = (text_of([letter * (1024 * 1024 - 4)]) for letter in "ab")
    assert inside("update", "demo", "-q", stdin=old).code == 0
    found = inside("diff", "demo", stdin=new).out
    assert inside("patch", "demo", "-q", stdin=found) == Run(0, "", "")
    assert inside("get", "demo", "--record").out == new + "\n"


@pytest.mark.parametrize(
    ("patch", "is_one"),
    [
        ("[]", True), ('[{"op":"add","path":"/n","value":1}]', True), ('[{"op":"x","path":1,"more":2}]', True),
        ('[{"op":"add","pth":"/n"}]', True), ('[{"path":"/n"},{"op":"add"}]', True), ('[1,{"op":"add"}]', True),
        ("{}", False), ('{"op":"add"}', False), ('{"path":"/n"}', False),
        ('[{"path":"/n"}]', None), ("[1]", None), ("[null]", None), ("null", None), ('"op"', None),
        ('{"op":"add","path":"/n","value":1}', None),
    ],
)  # fmt: skip
def test_which_kind_a_patch_is(patch: str, is_one: bool | None) -> None:
    """An object is a merge patch, an array that is empty or has an item with op a JSON Patch, all else neither."""
    if is_one is None:
        with pytest.raises(InvalidInput):
            is_json_patch(parse(patch), "stdin", "demo")
    else:
        assert is_json_patch(parse(patch), "stdin", "demo") is is_one


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        (
            '[{"op":"remove","pth":"/hello"}]',
            "operation 0 of stdin has no path, which remove needs\n",
        ),
        (
            "[1,2]",
            "stdin is neither an object, which is a merge patch, nor an array of operations with op and path, which is "
            "a JSON Patch\nhint: to replace the whole record: jsonbin update demo --profile local\n",
        ),
        (
            '{"op":"remove","path":"/hello"}',
            "stdin holds one operation of a JSON Patch, which is an array of operations\n"
            "hint: put it into [ ]; --merge-patch sets the members op and path\n",
        ),
    ],
)
def test_a_slip_in_a_patch_does_not_replace_the_record(inside: Inside, patch: str, said: str) -> None:
    """Exit 2, nothing is sent, and --merge-patch does what RFC 7396 says."""
    assert inside("patch", "demo", stdin=patch) == Run(2, "", f"error: {said}")
    assert inside("get", "demo", "--record").out == '{"hello": "world"}\n'
    assert inside("patch", "demo", "--merge-patch", "-q", stdin=patch) == Run(0, "", "")
    stored = inside("get", "demo", "--record").out
    assert parse(stored) == merge_patch(parse('{"hello":"world"}'), parse(patch))


def test_a_json_patch_is_not_stored_as_a_record(jsonbin: Program) -> None:
    """What `diff` writes is refused by `update` and `create`; the command of the hint applies it, --as-is stores it."""
    jsonbin.configure("default_profile = 'local'\n")
    (jsonbin.home / "new.json").write_text('{"n":1}')
    refused = Run(
        2,
        "",
        "error: stdin holds a JSON Patch, and not a record\n"
        "hint: jsonbin patch BIN applies it; --as-is takes it as the record\n",
    )
    script = "jsonbin diff demo new.json > changes.json; jsonbin update demo --record < changes.json"
    assert jsonbin.shell(script) == refused
    assert jsonbin.shell("jsonbin create < changes.json") == refused
    assert jsonbin.shell("jsonbin patch demo --record < changes.json").out == '{"n":1}\n'
    assert jsonbin.shell("jsonbin update demo --as-is -q < changes.json").code == 0
    assert jsonbin("get", "demo", "--record").out == (jsonbin.home / "changes.json").read_text()


@pytest.mark.parametrize(
    "record",
    [
        '[{"op":"login","path":"/n"}]', '[{"op":"add","path":"n"}]', '[{"op":"add","path":1}]', '[{"op":"add"}]',
        '[{"op":"add","path":"/n","value":1},1]', '{"op":"add","path":"/n"}',
    ],
)  # fmt: skip
def test_what_only_looks_like_a_json_patch_is_a_record(inside: Inside, record: str) -> None:
    """Each item has one of the operations of RFC 6902, and a JSON Pointer."""
    assert inside("update", "demo", "--record", stdin=record) == Run(0, record + "\n", "")


def test_an_array_of_operations_as_data(inside: Inside) -> None:
    """--merge-patch stores it, which a merge patch that is an array does; an empty array is no record."""
    operations = '[{"op":"replace","path":"/hello","value":"moon"}]'
    assert inside("patch", "demo", "--merge-patch", "--record", stdin=operations) == Run(0, operations + "\n", "")
    assert inside("patch", "demo", "--record", stdin='[{"op":"replace","path":"/0/op","value":"x"}]') == Run(
        0, operations.replace('"replace"', '"x"') + "\n", ""
    )
    assert inside("patch", "demo", "--merge-patch", stdin="[]").code == 2
    assert inside("patch", "demo", "--merge-patch", "--record", stdin='[{"op":1}]').out == '[{"op":1}]\n'


@pytest.mark.parametrize(
    ("patch", "noted"),
    [
        ('{"user.name":"Bob"}', ["adds a member named user.name"]),
        (
            '{"/user/name":"Bob","user.name":null,"tags[0].x":2,"/tags":1}',
            ["adds a member named /user/name", "finds no member named user.name", "adds a member named tags[0].x"],
        ),
        ('{"user":{"name.first":"Bob"},"file.txt":1,"..":2,"user.x":3}', []),
    ],
)
def test_members_that_look_like_paths(inside: Inside, patch: str, noted: list[str]) -> None:
    """They are names, as RFC 7396 says, and that is told."""
    assert inside("update", "demo", "-q", stdin='{"user":{"name":"Ann","x":1},"tags":[{"x":1}],"user.x":1}').code == 0
    run = inside("patch", "demo", stdin=patch)
    assert run.code == 0
    assert [line.partition(", and changes")[0] for line in run.err.splitlines()] == [
        f"note: the merge patch {said}" for said in noted
    ]


def test_an_operation_that_is_none(inside: Inside) -> None:
    """It is told, and not stored."""
    assert inside("patch", "demo", stdin='[{"op":"x","path":"/n"}]') == Run(
        2, "", "error: the op of operation 0 of stdin is none of add, remove, replace, move, copy, test\n"
    )
    assert inside("get", "demo", "--record").out == '{"hello": "world"}\n'


def test_a_whole_record_of_another_kind(inside: Inside) -> None:
    """An object that becomes an array is replaced, and so is said."""
    assert inside("diff", "demo", stdin="[1]").out == (
        '[{"op":"test","path":"","value":{"hello":"world"}},\n {"op":"replace","path":"","value":[1]}]\n'
    )


def test_a_dry_run_prints_the_difference(jsonbin: Program, server: ScriptedServer) -> None:
    """It reads, and sends nothing; unless -q, the operations are on standard output."""
    for _ in range(3):
        server.replies(200, b'{"record":{"a":1},"metadata":{}}')
    difference = '[{"op":"test","path":"/a","value":1},\n {"op":"replace","path":"/a","value":2}]\n'
    assert jsonbin("patch", BIN, "-n", stdin='{"a":2}') == Run(0, difference, "")
    assert jsonbin("patch", BIN, "-n", "-q", stdin='{"a":2}') == Run(0, "", "")
    assert jsonbin("update", BIN, "-n", "--backup", stdin='{"a":2}').out == difference
    assert not (jsonbin.home / ".local").exists()


def test_a_record_nested_too_deeply(jsonbin: Program, server: ScriptedServer) -> None:
    """What the library could not copy is refused; the hint is another way, which goes."""
    deep = "[" * 101 + "]" * 101
    server.replies(200, b'{"record":%s,"metadata":{}}' % deep.encode())
    assert jsonbin("patch", BIN, stdin='{"a":2}') == Run(
        2,
        "",
        "error: the record in the bin is nested deeper than 100 levels\n"
        "hint: change it with jq, and send it with jsonbin update BIN --no-backup\n",
    )
    server.echoes()
    assert jsonbin("update", BIN, "--no-backup", "-q", stdin=deep).code == 0


def test_the_key_is_in_no_careful_output(jsonbin: Program, server: ScriptedServer) -> None:
    """A record that holds the key itself is shown without it where people read."""
    server.replies(200, {"record": {"a": 1}, "metadata": {}})
    (jsonbin.home / "new.json").write_text(json.dumps({"a": CANARY}))
    with jsonbin.on_terminal("diff", BIN, "new.json") as terminal:
        assert terminal.finish() == 1
        assert CANARY not in terminal.screen


def test_patches_that_cannot_be_read(inside: Inside) -> None:
    """Empty, too long, or not JSON: as for a record."""
    assert inside("patch", "demo").err.startswith("error: stdin is empty\nhint: the command before the pipe")
    assert inside("patch", "demo", stdin=" " * 100 + '"' + "x" * 2_200_000).err.startswith(
        "error: stdin is larger than 1,048,576 bytes"
    )
    assert inside("patch", "demo", stdin="{").err.startswith("error: stdin:1:2: not valid JSON")
