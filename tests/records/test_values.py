"""The values of a record at a path: read, put and left out."""

from __future__ import annotations

import pytest

from jsonbin_cli.failures import InvalidInput
from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.paths import path_at, path_of
from jsonbin_cli.records.text import parse
from jsonbin_cli.records.values import meant_by, value_at, with_value, without
from jsonbin_cli.records.writing import text_of

RECORD = parse('{"a":{"b/c":1},"l":[1,{"x":2},[]]}')


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("l[2]", '{"a":{"b/c":1},"l":[1,{"x":2}]}'),
        ("/l/1/x", '{"a":{"b/c":1},"l":[1,{},[]]}'),
        ("a.b/c", '{"a":{},"l":[1,{"x":2},[]]}'),
        ("l[3]", None),
        ("l[3].x", None),
        ("l[4].x", None),
        ("l[]", None),
        ("/l/-/x", None),
        ("l[2][0]", None),
        ("a.x.y", None),
    ],
)
def test_a_value_is_left_out(path: str, left: str | None) -> None:
    """What is not there leaves all as it is."""
    assert text_of(without(RECORD, path_of(path))) == (left or text_of(RECORD))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("l[0]", ["1"]),
        ("/l/0", ["1"]),
        ("l[2]", ["[]"]),
        ("l[3]", []),
        ("l[]", []),
        ("/l/-", []),
        ("a.b/c", ["1"]),
        ("/a/b~1c", ["1"]),
        ("a[0]", []),
        ("l[0].x", []),
    ],
)
def test_the_value_at_a_path(path: str, found: list[str]) -> None:
    """As the only item, or none."""
    assert [text_of(value) for value in value_at(RECORD, path_of(path))] == found


@pytest.mark.parametrize(
    ("path", "after"),
    [
        ("l[3]", '{"l":[1,[],2,9]}'),
        ("l[]", '{"l":[1,[],2,9]}'),
        ("l[1][0].x", '{"l":[1,[{"x":9}],2]}'),
        ("l[1]", '{"l":[1,9,2]}'),
        ("/n/0", '{"l":[1,[],2],"n":{"0":9}}'),
        ("n[0]", '{"l":[1,[],2],"n":[9]}'),
    ],
)
def test_a_value_is_put(path: str, after: str) -> None:
    """Over what is there, or where nothing is; what is on the way is made."""
    assert text_of(with_value(parse('{"l":[1,[],2]}'), path_of(path), parse("9"))) == after


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("l[4]", "l[4]: l has 3 items, so nothing can be put at 4"),
        ("l[1][1].x", "l[1][1].x: l[1] has 0 items, so nothing can be put at 1"),
        ("l.x", 'l.x: l is an array, and "x" is not an index'),
        ("[0]", "[0]: the record is an object, and [ ] is for arrays"),
        ("l[0].x", "l[0].x: l[0] is a single value, and nothing can be inside it"),
    ],
)
def test_where_nothing_can_be_put(path: str, said: str) -> None:
    """The place on the way is named that keeps it from being there."""
    with pytest.raises(InvalidInput) as told:
        with_value(parse('{"l":[1,[],2]}'), path_of(path), parse("9"))
    assert told.value.message == said


def test_the_longest_path() -> None:
    """100 steps, to put something there and to leave it out."""
    longest, too_long = path_of("/a" * 100), path_of("/a" * 101)
    assert value_at(with_value({}, longest, None), longest) == [None]
    assert without({}, longest) == {}
    with pytest.raises(InvalidInput, match="the path has 101 steps"):
        with_value({}, too_long, None)
    with pytest.raises(InvalidInput, match="the path has 101 steps"):
        without({}, too_long)


@pytest.mark.parametrize(
    ("pointer", "changed"),
    [
        ("", "9"),
        ("/a~1b/1/c", '{"a/b":[1,{"c":9}],"s":"text"}'),
        ("/a~1b/0", '{"a/b":[9,{"c":2}],"s":"text"}'),
        ("/x/~0y", '{"a/b":[1,{"c":2}],"s":"text","x":{"~y":9}}'),
    ],
)
def test_a_value_is_put_at_a_pointer(pointer: str, changed: str) -> None:
    """Objects around it are made; what was there before is another value."""
    text = '{"a/b":[1,{"c":2}],"s":"text"}'
    record = parse(text)
    assert text_of(with_value(record, path_at(pointer), Number("9"))) == changed
    assert text_of(record) == text


@pytest.mark.parametrize(
    ("record", "path", "to_put", "meant"),
    [
        ('{"/x":1}', "/x", True, None),
        ('{"a.b":1}', "a.b", True, r"a\.b"),
        ('{"a":{"b":1}}', "a/b", False, "/a/b"),
        ('{"a":{"b":1}}', "a/c", False, None),
        ('{"a":{"b":1}}', "a/c", True, "/a/c"),
        ('{"a":1}', "a/c", True, None),
        ('{"a":[1]}', "a/0", False, "/a/0"),
        ('{"a/b":1,"a":{"b":2}}', "a/b", True, None),
        ('{"a":{"b.c":1}}', "a/b.c", False, None),
        ('["a.b"]', "a.b", False, None),
    ],
)
def test_the_path_that_was_meant(record: str, path: str, to_put: bool, meant: str | None) -> None:
    """Another way to write it leads to something, where it leads to nothing itself; a pointer is taken at its word."""
    assert meant_by(parse(record), path_of(path), to_put=to_put) == meant
