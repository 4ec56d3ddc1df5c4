"""Sums of values: equal for equal values, and different for others."""

from __future__ import annotations

from itertools import combinations

import pytest

from jsonbin_cli.records.sums import Sums
from jsonbin_cli.records.text import parse

LONG = ",".join(map(str, range(100)))
DIFFERENT = [
    *(
        "null",
        "true",
        "false",
        "0",
        "1",
        '"1"',
        '"true"',
        '""',
        "[]",
        "{}",
        "[1]",
        '{"1":1}',
        "[[1]]",
        "[1,2]",
        "[2,1]",
    ),
    *('{"a":1,"b":2}', '{"a":2,"b":1}', '["a",1,"b",2]', '[["a",1],["b",2]]', '{"ab":1}', '{"a":{"b":1}}', "[null]"),
    *(f"[{LONG}]", f"[[{LONG}]]", f"[{LONG},0]", f'{{"a":[{LONG}]}}'),
]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.10", "1.1"),
        ("[100]", "[1E2]"),
        ('{"a":1,"b":[2]}', '{"b":[2.0],"a":1}'),
        ('"\\u00e9\\ud800"', '"é\\uD800"'),
        (f"[[{LONG}],[{LONG}]]", f"[[{LONG}.0],[{LONG}]]"),
    ],
)
def test_equal_values_have_the_same_sum(one: str, other: str) -> None:
    """Whatever way they are written."""
    sums = Sums()
    values = parse(one), parse(other)
    assert sums.of(values[0]) == sums.of(values[1])
    assert sums.same(*values)


def test_different_values_have_different_sums() -> None:
    """Also where one is a part of the other."""
    sums = Sums()
    values = list(map(parse, DIFFERENT))
    assert not [pair for pair in combinations(values, 2) if sums.of(pair[0]) == sums.of(pair[1]) or sums.same(*pair)]
