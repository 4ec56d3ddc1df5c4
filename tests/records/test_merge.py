"""Two changes put together: nothing that one side did is lost without being named."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsonbin_cli.records.merge import ABSENT, Clash, Merged, Missing, changed_places, merge, value_at
from jsonbin_cli.records.numbers import Number, total
from jsonbin_cli.records.text import JSON, parse
from jsonbin_cli.records.writing import text_of
from tests.records.values import values


@settings(deadline=None, max_examples=150)
@given(base=values, one=values)
def test_a_change_of_one_side_is_the_result(base: JSON, one: JSON) -> None:
    """Whichever side made it, or both the same."""
    for theirs, ours in ((base, one), (one, base), (one, one)):
        found = merge(base, theirs, ours)
        assert (found.value, found.clashes) == (one, ())


@settings(deadline=None, max_examples=150)
@given(base=values, theirs=values, ours=values, prefer=st.booleans())
def test_where_both_changed_a_place_it_is_named(base: JSON, theirs: JSON, ours: JSON, prefer: bool) -> None:
    """The preferred side is there; without a clash both are, in whichever order they are put together."""
    found = merge(base, theirs, ours, prefer_theirs=prefer)
    for clash in found.clashes:
        assert clash.theirs != clash.ours
    if not found.clashes:
        assert merge(base, ours, theirs).value == found.value


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "both"),
    [
        ('{"a":1,"b":2}', '{"a":9,"b":2}', '{"a":1,"b":8}', '{"a":9,"b":8}'),
        ('{"a":1,"b":2}', '{"b":2}', '{"a":1,"b":2,"c":3}', '{"b":2,"c":3}'),
        ('{"a":{"x":1}}', '{"a":{"x":1,"y":2}}', '{"a":{"x":1,"z":3}}', '{"a":{"x":1,"z":3,"y":2}}'),
        ("{}", '{"a":{"x":1}}', '{"a":{"y":2}}', '{"a":{"y":2,"x":1}}'),
        ("[1,2,3]", "[9,2,3]", "[1,2,8]", "[9,2,8]"),
        ('[{"a":1,"b":1}]', '[{"a":2,"b":1}]', '[{"a":1,"b":2}]', '[{"a":2,"b":2}]'),
        ('{"n":1.10,"s":"\\ud800","a":1,"b":1}', '{"n":1.10,"s":"\\ud800","a":2,"b":1}',
         '{"n":1.10,"s":"\\ud800","a":1,"b":2}', '{"n":1.10,"s":"\\ud800","a":2,"b":2}'),
    ],
)  # fmt: skip
def test_both_changes_are_there(base: str, theirs: str, ours: str, both: str) -> None:
    """What neither side touched keeps its text."""
    found = merge(parse(base), parse(theirs), parse(ours))
    assert found.clashes == ()
    assert found.value == parse(both)
    assert sorted(text_of(found.value)) == sorted(both)


def test_the_same_change_of_both_is_no_clash() -> None:
    """Also where changes are to be added to what is in it, and nothing tells any more where that is."""
    base, both = parse('{"a":[1]}'), parse('{"a":[1,2]}')
    assert merge(base, both, both, added_at={"/a/0"}) == Merged(both, ())


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "places"),
    [
        ('{"a":1}', '{"a":2}', '{"a":3}', ["/a"]),
        ('{"a":1,"b/c":1}', '{"b/c":2}', '{"a":3,"b/c":3}', ["/a", "/b~1c"]),
        ("[1]", "[1,2]", "[1,3]", [""]),
        ("[1,2]", "[1]", "[1,3]", [""]),
        ("[1,2]", "[9,2]", "[1,2,3]", [""]),
        ("[]", "[1]", "[2]", [""]),
        ('{"a":[1]}', '{"a":[1,2]}', '{"a":{}}', ["/a"]),
        ('{"a":1}', '{"a":{"x":1}}', '{"a":{"y":1}}', ["/a"]),
        ("[1,1]", "[2,1]", "[3,4]", ["/0"]),
    ],
)
def test_what_cannot_be_merged_for_certain(base: str, theirs: str, ours: str, places: list[str]) -> None:
    """It is a clash at that place; the rest is merged, and the preferred side stands there."""
    found = merge(parse(base), parse(theirs), parse(ours))
    assert sorted(clash.pointer for clash in found.clashes) == places
    other = merge(parse(base), parse(theirs), parse(ours), prefer_theirs=True)
    assert merge(parse(base), parse(ours), parse(theirs)).value == other.value


def test_a_clash_shows_what_each_side_made_of_it() -> None:
    """ABSENT is for a member that is gone."""
    found = merge(parse('{"a":1}'), parse("{}"), parse('{"a":2}'))
    assert found.clashes == (Clash("/a", ABSENT, Number("2")),)


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "both"),
    [
        ("5", "7", "6", "8"), ("1.10", "2", "1.15", "2.05"), ('["a"]', '["a","b"]', '["a","c"]', '["a","b","c"]'),
        ("[]", "[1]", "[1]", "[1,1]"), ("0", "1", "1", "2"), ("[]", "[1]", "[2,3]", "[1,2,3]"),
        ("12345678901234567890", "12345678901234567891", "12345678901234567892", "12345678901234567893"),
    ],
)  # fmt: skip
def test_changes_that_are_added(base: str, theirs: str, ours: str, both: str) -> None:
    """Differences of numbers, and what was put at the end of an array, theirs first."""
    found = merge(*(parse(f'{{"x":{text}}}') for text in (base, theirs, ours)), added_at={"/x"})
    assert (text_of(found.value), found.clashes) == (f'{{"x":{both}}}', ())


@pytest.mark.parametrize(
    ("theirs", "ours", "both"),
    [("[1]", "[2,3]", "[3]"), ("[1,2,9]", "[1]", "[1,9]"), ("[2]", "[1,2,3]", "[2,3]"), ("[1]", "[1]", "[1]")],
)
def test_what_one_takes_from_an_array_is_taken_once(theirs: str, ours: str, both: str) -> None:
    """So that it does not matter in which order changes are put together."""
    found = merge(parse('{"x":[1,2]}'), parse(f'{{"x":{theirs}}}'), parse(f'{{"x":{ours}}}'), added_at=["/x"])
    assert (text_of(found.value), found.clashes) == (f'{{"x":{both}}}', ())


@pytest.mark.parametrize("value", ["[2]", "7", "{}"])
def test_what_was_not_there_is_nothing_to_add_to(value: str) -> None:
    """A number starts at 0, an array empty; anything else clashes."""
    found = merge(parse("{}"), parse('{"x":[1],"n":1}'), parse(f'{{"x":{value},"n":2}}'), added_at={"/x", "/n"})
    assert [clash.pointer for clash in found.clashes] == ([] if value == "[2]" else ["/x"])
    assert isinstance(found.value, dict)
    assert found.value["n"] == Number("3")


@pytest.mark.parametrize(
    ("theirs", "ours", "both", "gone"),
    [
        ("[7]", "[3]", "[3,7]", "[1,2,2]"),
        ("[1,2,2,7]", "[2]", "[2,7]", "[]"),
        ("[1,2,2,7]", "[1,2,2,8]", "[1,2,2,7,8]", "[]"),
        ("[1,2,2,7]", "[2,2,1,8]", "[2,2,1,8,7]", "[]"),
        ("[1,2]", "[1]", "[1]", "[2]"),
        ("[2]", "[2,3]", "[3]", "[1]"),
        ("[]", "[]", "[]", "[1,2,2]"),
    ],
)
def test_what_ours_does_not_have_cannot_be_taken_from_it(theirs: str, ours: str, both: str, gone: str) -> None:
    """All else that theirs did is there, and what is missing is said, each as often as it is."""
    found = merge(parse('{"x":[1,2,2]}'), parse(f'{{"x":{theirs}}}'), parse(f'{{"x":{ours}}}'), added_at={"/x"})
    missing = tuple(cast(list[JSON], parse(gone)))
    assert found == (parse(f'{{"x":{both}}}'), (), (Missing("/x", missing),) if missing else ())


@pytest.mark.parametrize(("theirs", "ours"), [('"a"', '"b"'), ("[1,2,3]", '"b"')])
def test_what_is_not_added_clashes(theirs: str, ours: str) -> None:
    """Where the value is neither a number nor an array."""
    found = merge(parse('{"x":[1,2]}'), parse(f'{{"x":{theirs}}}'), parse(f'{{"x":{ours}}}'), added_at={"/x"})
    assert [clash.pointer for clash in found.clashes] == ["/x"]


@pytest.mark.parametrize("added_at", [("/o/n", "/o/l"), ("/o",), ("",)])
@pytest.mark.parametrize(
    ("base", "theirs", "ours", "both", "gone"),
    [
        ("{}", '{"o":{"n":1,"l":[1]}}', '{"o":{"n":2,"l":[2]}}', '{"o":{"n":3,"l":[1,2]}}', []),
        ('{"o":{"n":2,"l":[1]}}', "{}", '{"o":{"n":3,"l":[1,2]}}', '{"o":{"n":1,"l":[2]}}', []),
        ('{"o":{"n":2,"l":[1]}}', '{"o":{"n":3,"l":[1,2]}}', "{}", '{"o":{"n":1,"l":[2]}}', []),
        ('{"o":{"n":2,"l":[1]}}', "{}", "{}", '{"o":{"n":-2}}', [1]),
        ('{"o":{"l":[1]}}', "{}", "{}", "{}", [1]),
        ('{"o":{"l":[1]}}', "{}", '{"o":{}}', "{}", [1]),
        ('{"o":{"l":[1]}}', '{"o":{}}', '{"o":{}}', '{"o":{}}', [1]),
    ],
)
def test_what_is_not_there_is_added_to(
    base: str, theirs: str, ours: str, both: str, gone: list[int], added_at: tuple[str, ...]
) -> None:
    """Also where the object around it is not there, since it comes and goes with what is in it."""
    found = merge(parse(base), parse(theirs), parse(ours), added_at=added_at)
    assert found.value == parse(both)
    assert found.clashes == ()
    assert found.missing == ((Missing("/o/l", (Number("1"),)),) if gone else ())


@settings(deadline=None, max_examples=150)
@given(numbers=st.lists(st.decimals(-(10**20), 10**20, places=5), min_size=1, max_size=4))
def test_sums_are_exact(numbers: list[Decimal]) -> None:
    """The digits are those of arithmetic without rounding."""
    found = total(*((Number(str(number).replace("E", "e")), 1) for number in numbers))
    assert found == Number(f"{sum(int(number * 10**5) for number in numbers)}e-5")


def test_sums_of_every_size() -> None:
    """Places after the point are kept; what has thousands of digits is not added."""
    for terms, text in (
        ((("1.10", 1), ("1", 1)), "2.10"),
        ((("1e2", 1), ("1E+1", -1)), "90"),
        ((("-0.5", 1), ("0.25", 1)), "-0.25"),
        ((("0.1", 1), ("0.1", -1)), "0.0"),
        ((("1e2", 1), ("1e2", -1)), "0"),
        ((("9" * 30, 1), ("1", 1)), "1" + "0" * 30),
    ):
        found = total(*((Number(number), factor) for number, factor in terms))
        assert found is not None
        assert found.text == text
    for huge in ("1e5000", "1e-5000", "9" * 5000, f"1e{'9' * 100}"):
        assert total((Number(huge), 1), (Number("1"), 1)) is None
    clashes = merge(parse('{"x":1}'), parse('{"x":1e5000}'), parse('{"x":2}'), added_at={"/x"}).clashes
    assert [clash.pointer for clash in clashes] == ["/x"]


@pytest.mark.parametrize("base", ['"b"', "2"])
@pytest.mark.parametrize("changed", ['"a"', '"c"', "1", "3"])
def test_an_array_is_only_added_to_where_its_beginning_stayed(base: str, changed: str) -> None:
    """Where one side changed an item and both appended, the places clash, whatever the order of the values."""
    for sides in ((f"[{changed},9]", f"[{base},8]"), (f"[{base},9]", f"[{changed},8]")):
        theirs, ours = (parse(side) for side in sides)
        assert text_of(merge(parse(f"[{base}]"), theirs, ours).value) == text_of(ours)
        preferred = merge(parse(f"[{base}]"), theirs, ours, prefer_theirs=True)
        assert text_of(preferred.value) == text_of(theirs)
        assert [clash.pointer for clash in preferred.clashes] == [""]


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", None),
        ("/a~1b/1/c", Number("2")),
        ("/a~1b/2", ABSENT),
        ("/a~1b/x", ABSENT),
        ("/s/0", ABSENT),
        ("/n", ABSENT),
    ],
)
def test_what_is_at_a_pointer(pointer: str, value: object) -> None:
    """ABSENT where there is nothing."""
    record = parse('{"a/b":[1,{"c":2}],"s":"text"}')
    assert value_at(record, pointer) == (record if pointer == "" else value)


@pytest.mark.parametrize(
    ("old", "new", "places"),
    [
        ('{"a":1,"b":{"c":1},"d":1}', '{"a":1,"b":{"c":2},"e":1}', ["/b/c", "/d", "/e"]),
        ("[1,[2],3]", "[1,[4],5]", ["/1/0", "/2"]),
        ("[1,2]", "[1]", [""]),
        ('{"a":{"b":1}}', '{"a":[1]}', ["/a"]),
        ('{"a":[1]}', '{"a":{"b":1}}', ["/a"]),
        ("[1]", "[1.0]", []),
    ],
)
def test_the_places_that_changed(old: str, new: str, places: list[str]) -> None:
    """Members and items one by one, as long as both values are objects, or arrays of the same length."""
    assert changed_places(parse(old), parse(new)) == places


def test_places_to_which_is_added_are_no_changed_places() -> None:
    """Nor are the objects around them; what else is in these is one."""
    old, new = parse('{"a":1,"b":{"n":1}}'), parse('{"a":2,"b":{"n":2},"o":{"p":{"n":1,"s":1},"q":{}}}')
    assert changed_places(old, new, added_at=["/b", "/o/p/n"]) == ["/a", "/o/p/s", "/o/q"]
    assert changed_places(new, old, added_at=["/b", "/o/p/n"]) == ["/a", "/o/p/s", "/o/q"]
    assert changed_places(old, new) == ["/a", "/b/n", "/o"]


def test_very_many_changed_places_are_one() -> None:
    """10,000 are named."""
    old, new = ("[" + ",".join([item] * 10_000) + "]" for item in "01")
    assert len(changed_places(parse(old), parse(new))) == 10_000
    assert changed_places(parse(old[:-1] + ",0]"), parse(new[:-1] + ",1]")) == [""]
