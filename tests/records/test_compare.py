"""What differs between two values, as operations and in words."""

from __future__ import annotations

import time
from typing import Any, cast

import jsonpatch
import pytest
from hypothesis import given, settings

from jsonbin_cli.records.compare import changes, lines, operations
from jsonbin_cli.records.text import JSON, parse
from jsonbin_cli.records.writing import text_of
from tests.records.values import values


@pytest.mark.parametrize(
    ("old", "new", "patch"),
    [
        ('{"a": 1.10, "b": 2}', '{"b": 2.0, "a": 1.1}', []),
        ('{"a": true}', '{"a": 1}', [("replace", "/a")]),
        ('{"a": 1, "b": 2}', '{"a": 1, "c": 3}', [("remove", "/b"), ("add", "/c")]),
        ('[1, "x", {}]', "[1, [], 7]", [("replace", "/1"), ("replace", "/2")]),
        ("[1, 2, 3, 4]", "[1, 3, 4]", [("remove", "/1")]),
        ("[1, 3, 4]", "[1, 2, 3, 4]", [("add", "/1")]),
        ("[1, 2, 3, 4, 5, 6]", "[0, 2, 3, 5, 6, 7]", [("replace", "/0"), ("remove", "/3"), ("add", "/5")]),
        ('[{"a": 1}, {"b": 2}, 3]', '[{"b": 2}, {"a": 9}, 4]', [("remove", "/0"), ("replace", "/1"), ("add", "/2")]),
        ('{"a": [1, 2]}', '{"a": {"0": 1}}', [("replace", "/a")]),
    ],
)
def test_changes_are_by_value(old: str, new: str, patch: list[tuple[str, str]]) -> None:
    """The spelling of numbers and the order of members are no difference; true is not 1; arrays are sequences."""
    found = changes(parse(old), parse(new))
    assert [(change.op, change.pointer) for change in found] == patch


@settings(deadline=None, max_examples=200)
@given(old=values, new=values)
def test_the_operations_turn_one_into_the_other(old: JSON, new: JSON) -> None:
    """RFC 6902, applied by another library."""
    patch = parse(operations(changes(old, new), old, new))
    assert jsonpatch.JsonPatch(cast("Any", patch)).apply(old) == new


def test_a_patch_is_never_larger_than_both_records() -> None:
    """Where nothing is left of the old one, it is tested and replaced as a whole."""
    old, new = parse("[" + ",".join(f'"{n}"' for n in range(500)) + "]"), parse('["a"]')
    assert operations(changes(old, new), old, new) == (
        f'[{{"op":"test","path":"","value":{text_of(old)}}},\n {{"op":"replace","path":"","value":["a"]}}]'
    )


@pytest.mark.parametrize("missing", [0, 5_000, 9_999])
def test_one_item_less_in_a_long_array_is_one_operation(missing: int) -> None:
    """Wherever it was; before it stands its test."""
    old: JSON = [str(n) for n in range(10_000)]
    assert isinstance(old, list)
    new: JSON = [*old[:missing], *old[missing + 1 :]]
    assert operations(changes(old, new), old, new) == (
        f'[{{"op":"test","path":"/{missing}","value":"{missing}"}},\n {{"op":"remove","path":"/{missing}"}}]'
    )


def test_a_few_changes_in_a_long_array_are_a_few_operations() -> None:
    """An item less near each end, and one more in the middle."""
    old: JSON = [{"id": str(n), "tags": [str(n % 3)]} for n in range(9_000)]
    assert isinstance(old, list)
    new: JSON = [*old[1:5_000], "new", *old[5_000:-1]]
    assert [(change.op, change.pointer) for change in changes(old, new)] == [
        *(("remove", "/0"), ("add", "/4999"), ("remove", "/8999")),
    ]


def test_numbers_with_the_same_hash_differ() -> None:
    """In Python -1 has the hash of -2."""
    found = changes(parse("[1, -1, 3, 4, 5]"), parse("[9, -2, 3, 8, 5, 6]"))
    assert [change.pointer for change in found] == ["/0", "/1", "/3", "/5"]


def test_arrays_that_have_little_in_common_take_no_longer_than_their_items() -> None:
    """Beyond a limit the rest is compared item by item, since the best answer would take too long."""
    old: JSON = ["a", "b"] * 1500
    new: JSON = ["b", "a"] * 1500
    started = time.process_time()
    found = changes(old, new)
    assert time.process_time() - started < 5
    assert len(found) == 3000


def test_lines_for_people_are_short() -> None:
    """Long values are cut, and odd names are written as JSON writes them."""
    found = changes(parse('{"a": 1}'), parse('{"a": "' + "x" * 300 + '", "b\\u0007": null}'))
    assert [line for _, line in lines(found)] == [
        '~ /a  1 -> "' + "x" * 199 + "… (302 characters)",
        "+ /b\\u0007  null",
    ]
    assert [line for _, line in lines(changes(parse("[1]"), parse("{}")))] == ["~ the whole record  [1] -> {}"]
    assert text_of(parse("[]")) == "[]"


@pytest.mark.costly
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[" + "0," * 999 + "0]", "[" + "0,1," * 500 + "0]"),
        ("[" * 90 + "1.0," * 20_000 + "1" + "]" * 90, "[" * 90 + "1.00," * 20_000 + "2" + "]" * 90),
        ("[" + "1," * 30_000 + "0]", "[" + "2," * 30_000 + "0]"),
    ],
    ids=["many that are equal", "many levels", "many changes"],
)
def test_what_would_take_very_long_to_compare(old: str, new: str) -> None:
    """Minutes, where each item is tried with each other, or all is compared again at each level."""
    assert changes(parse(old), parse(new))
    assert changes(parse(old), parse(old)) == []


def test_very_many_changes_are_one() -> None:
    """10,000 stay as they are."""
    old, new = ("[" + ",".join([item] * 10_000) + "]" for item in "01")
    assert len(changes(parse(old), parse(new))) == 10_000
    assert [change.pointer for change in changes(parse(old[:-1] + ",0]"), parse(new[:-1] + ",1]"))] == [""]
