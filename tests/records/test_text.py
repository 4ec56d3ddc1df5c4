"""JSON text to values and back to its own parts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jsonbin_cli.records.changes import differences
from jsonbin_cli.records.text import NotJSON, indented, members, parse, walk

DEEP = "[" * 400 + "1" + "]" * 400


def test_numbers_keep_their_digits() -> None:
    """A point or an exponent makes a Decimal, all else an int, however long."""
    digits = "9" * 5000
    assert parse(f"[1.10, 1E400, 7, {digits}]") == [Decimal("1.10"), Decimal("1E400"), 7, Decimal(digits)]
    assert parse("[1e99999999999999999999, -1e99999999999999999999]") == [Decimal("Infinity"), Decimal("-Infinity")]


def test_a_fault_after_a_number_of_any_length_is_still_a_fault() -> None:
    """The second way of parsing tells errors as the first does."""
    with pytest.raises(NotJSON) as told:
        parse(f"[{'9' * 5000}, oops]")
    assert told.value.position == 5003


def test_the_last_of_duplicate_keys_counts_and_their_names_are_told_once() -> None:
    """Names that an object holds twice are listed."""
    names: list[str] = []
    assert parse('{"a": 1, "b": {"c": 1, "c": 2}, "a": 3, "a": 4}', names) == {"a": 4, "b": {"c": 2}}
    assert names == ["c", "a"]


def test_members_are_cut_out_as_they_stand() -> None:
    """Each value keeps its own spelling."""
    text = ' { "record" : {"n": 1.10, "s": "}"} ,"metadata":[ ] , "x": 12345678901234567890123 } '
    assert members(text) == {"record": '{"n": 1.10, "s": "}"}', "metadata": "[ ]", "x": "12345678901234567890123"}
    assert members("{ }") == {}


def test_values_are_walked_with_their_pointers() -> None:
    """RFC 6901: ~ and / in a name are escaped."""
    assert [pointer for pointer, _ in walk(parse('{"a/b": [1, {"m~n": 2}], "c": 3}'))] == [
        "", "/a~1b", "/a~1b/0", "/a~1b/1", "/a~1b/1/m~0n", "/c",
    ]  # fmt: skip


def test_indenting_writes_no_token_anew() -> None:
    """Lines and blanks change, numbers and texts do not."""
    text = '{"a":1.10,"b":[],"c":{ },"d":[true,null,-0,1E400,{"e":"x, {y}: \\"z"}]}'
    shown = "".join(piece for piece, _ in indented(text))
    assert shown == (
        '{\n  "a": 1.10,\n  "b": [],\n  "c": {},\n  "d": [\n    true,\n    null,\n    -0,\n    1E400,\n'
        '    {\n      "e": "x, {y}: \\"z"\n    }\n  ]\n}'
    )
    assert {kind for _, kind in indented(text)} == {"key", "str", "number", "literal", "brace"}


def test_depth_is_no_trouble_for_what_was_parsed() -> None:
    """Walking, comparing and indenting do not recurse."""
    value = parse(DEEP)
    assert len(list(walk(value))) == 401
    assert list(differences(value, value)) == []
    assert "".join(piece.strip() for piece, _ in indented(DEEP)) == DEEP


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ('{"a": 1.10, "b": 2}', '{"b": 2.0, "a": 1.1}', []),
        ('{"a": true}', '{"a": 1}', ["/a true became 1"]),
        ("[1E400]", "[null]", ["/0 1E+400 became null"]),
        ('{"a": 1, "b": 2}', '{"a": 1, "c": 3}', ["/b is missing", "/c was added"]),
        ('[1, "x", {}]', "[1, [], 7]", ['/1 "x" became an array', "/2 an object became 7"]),
        ('["' + "y" * 50 + '"]', '{"0": 1}', [" an array became an object"]),
        ('["' + "y" * 50 + '"]', "[false]", ["/0 a text became false"]),
        ("[12345678901234567890]", "[12345678901234567000]", ["/0 12345678901234567890 became 12345678901234567000"]),
    ],
)
def test_differences_are_by_value(ours: str, theirs: str, found: list[str]) -> None:
    """The spelling of numbers and the order of members are no difference; true is not 1."""
    assert [f"{place} {change}" for place, change, _ in differences(parse(ours), parse(theirs))] == found
