"""JSON text to values and back to its own parts."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings

from jsonbin_cli.records.compare import changes
from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.pointers import depth, walk
from jsonbin_cli.records.text import JSON, NotJSON, members, parse
from jsonbin_cli.records.writing import indented, text_of
from tests.records.values import values

DEEP = "[" * 400 + "1" + "]" * 400


def test_numbers_keep_their_digits() -> None:
    """However long, and whatever they mean."""
    text = f"[1.10,1E400,-0.0,7,{'9' * 5000},1e{'9' * 5000}]"
    assert text_of(parse(text)) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.10", "1.1"), ("1E2", "100"), ("-0", "0.00e9"), ("0.001", "1e-3"), ("120", "12e1"), ("1E+400", "1e400"),
        (f"1e{'9' * 5000}", f"1e{'9' * 5000}"), ("10E2", "1000"),
    ],
)  # fmt: skip
def test_numbers_are_equal_by_value(one: str, other: str) -> None:
    """Whatever they look like; equal ones have the same hash."""
    assert Number(one) == Number(other)
    assert hash(Number(one)) == hash(Number(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "-1"), ("1", "10"), ("1", "1.01"), ("12", "21"), ("1e400", "1e401"), (f"1e{'9' * 5000}", f"1e{'9' * 5001}")],
)
def test_numbers_of_other_value_differ(one: str, other: str) -> None:
    """In sign, digits or size; and no number is true, false, or a string."""
    assert Number(one) != Number(other)
    assert Number("1") != True  # noqa: E712
    assert Number("1") != "1"


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("9007199254740992", False), ("9007199254740993", True), ("1.1", False), ("0.1000000000000000055", True),
        ("1e308", False), ("1e309", True), ("-1e309", True), ("12345678901234567890123", True), ("1E+2", False),
    ],
)  # fmt: skip
def test_what_a_double_cannot_hold(text: str, lost: bool) -> None:
    """Whether all digits survive in JavaScript."""
    assert Number(text).lost_in_a_double is lost


def test_a_fault_after_a_number_of_any_length_is_still_a_fault() -> None:
    """It is told where it is."""
    with pytest.raises(NotJSON) as told:
        parse(f"[{'9' * 5000}, oops]")
    assert told.value.position == 5003


def test_the_last_of_duplicate_keys_counts_and_their_names_are_told_once() -> None:
    """Names that an object holds twice are listed."""
    names: list[str] = []
    assert text_of(parse('{"a": 1, "b": {"c": 1, "c": 2}, "a": 3, "a": 4}', names)) == '{"a":4,"b":{"c":2}}'
    assert names == ["c", "a"]


def test_members_are_cut_out_as_they_stand() -> None:
    """Each value keeps its own spelling."""
    text = ' { "record" : {"n": 1.10, "s": "}"} ,"metadata":[ ] , "x": 12345678901234567890123 } '
    found = members(text)
    assert {name: member.text for name, member in found.items()} == {
        "record": '{"n": 1.10, "s": "}"}', "metadata": "[ ]", "x": "12345678901234567890123",
    }  # fmt: skip
    assert found["record"].value == {"n": Number("1.1"), "s": "}"}
    assert members("{ }") == {}


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("[]", 0), ("", 0), ("{", 1), ('{"a"', 4), ('{"a":', 5), ('{"a":1', 6), ('{"a":1,}', 7), ('{"a":1} x', 8),
        ("{} {}", 3), ("{1:2}", 2), ('{"a":[NaN]}', 6), ('{"a":1 "b":2}', 7),
    ],
)  # fmt: skip
def test_what_is_not_one_object_has_no_members(text: str, position: int) -> None:
    """It is told where the fault is."""
    with pytest.raises(NotJSON) as told:
        members(text)
    assert told.value.position == position


@pytest.mark.parametrize("inside", ["x", "\\n"])
def test_a_long_string_takes_no_more_memory_than_its_text(inside: str) -> None:
    """Nor does what stands after it, when it is looked for behind the string."""
    text = f'["{inside * 500_000}"]'
    tracemalloc.start()
    try:
        assert len(list(indented(text))) == 3
        assert tracemalloc.get_traced_memory()[1] < 5 * len(text)
    finally:
        tracemalloc.stop()


def test_nothing_is_left_of_many_texts() -> None:
    """A run over many bins, and a server, read very many, which hold numbers of all kinds."""
    parse('{"n":0}')
    tracemalloc.start()
    try:
        for number in range(1000, 3000):
            parse(f'{{"n":{number}}}')
            members(f'{{"n":{number}}}')
        assert tracemalloc.get_traced_memory()[0] < 10_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("item", ["[[[]]]", '{"":{}}', "1", '"ab"'])
def test_the_text_of_many_values_takes_little_memory(item: str) -> None:
    """Some bytes for each of its tokens, beside the text."""
    text = f"[{','.join([item] * 16_000)}]"
    value = parse(text)
    tracemalloc.start()
    try:
        assert text_of(value) == text
        assert tracemalloc.get_traced_memory()[1] < 30 * len(text)
    finally:
        tracemalloc.stop()


def test_deep_nesting_is_indented_no_further() -> None:
    """Twenty levels are; the text that is spread over lines stays a multiple of what it was."""
    text = "[" * 900 + "1" + "]" * 900
    lines = "".join(piece for piece, _ in indented(text)).split("\n")
    assert lines[:22] == [f"{'  ' * depth}[" for depth in range(21)] + ["  " * 20 + "["]
    assert lines[900] == "  " * 20 + "1"
    assert lines[901:] == [line.replace("[", "]") for line in lines[899::-1]]


@pytest.mark.parametrize("reader", [parse, members])
def test_nesting_without_end(reader: Callable[[str], object]) -> None:
    """Deeper than the parser goes is an error like any other, without a place."""
    with pytest.raises(NotJSON) as told:
        reader('{"a":' * 40_000)
    assert (told.value.reason, told.value.position) == ("nested too deeply", None)


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
    assert (depth(value), depth(parse("{}")), depth(parse("1"))) == (400, 1, 0)
    assert changes(value, value) == []
    assert [change.pointer for change in changes(value, parse(DEEP.replace("1", "2")))] == ["/0" * 400]
    assert "".join(piece.strip() for piece, _ in indented(DEEP)) == DEEP


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(value=values)
def test_a_value_keeps_its_text(value: JSON) -> None:
    """Written, read and written again it is the same text, each number as it was."""
    text = text_of(value)
    assert text_of(parse(text)) == text
    assert parse(text) == value


def test_numbers_and_words_are_told_apart() -> None:
    """1 is 1.0 and is not true; a number too large for any arithmetic is itself only."""
    assert parse("1") == parse("1.0")
    assert parse("[1,0]") != parse("[true,false]")
    assert parse("1e99999999999999999999") != parse("2e99999999999999999999")
    assert parse("-1e99999999999999999999") == parse("-1e99999999999999999999")
    assert len({Number("1"), Number("1.0")}) == 1
    assert text_of(parse('"\\ud800x"')) == '"\\ud800x"'
