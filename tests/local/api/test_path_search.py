"""X-JSON-Path: the syntax of npm's package `jsonpath`."""

from __future__ import annotations

import pytest

from jsonbin_cli.local.api.path_search import found

RECORD = """{
"tweets": [{"id": 1, "category": "a", "user": {"category": "x", "name": "Ann"}}, {"id": 2, "category": "b"}, {"id": 3}],
"a": [{"b": 1.10, "c": "one"}, {"b": 2, "c": "two"}, {"b": 3, "c": "three"}, {"c": "none"}],
"nested": {"a": {"a": [0, 1, 2, 3, 4, 5]}}, "my-key": {"x": 1}, "n": null, "empty": []
}"""

# Expressions as public programs send them, with what npm's `jsonpath` 1.3.0 finds (run with Node 20).
FOUND = [
    ("tweets..category", '["a","x","b"]'),
    ("$.tweets..category", '["a","x","b"]'),
    ("$..b", "[1.10,2,3]"),
    ("$.a[?(@.b>1.5)].c", '["two","three"]'),
    ("a[?(@.b>=1.1 && @.c!='two')].b", "[1.10,3]"),
    ("$.a[?(@.b==2||@.b==3)].b", "[2,3]"),
    ("$.a[?(@.b)].b", "[1.10,2,3]"),
    ("$.a[?(!@.b)].c", '["none"]'),
    ('$.a[?(@.c==="one")].b', "[1.10]"),
    ("$.a[?(@.c!=='one')].c", '["two","three","none"]'),
    ("$.a[?(@.c=='a===b')]", "[]"),
    ("$.tweets[0,1].id", "[1,2]"),
    ("tweets[0].id", "[1]"),
    ("tweets.0.id", "[1]"),
    ("$.tweets[?(@.id<1.5)].id", "[1]"),
    ("$.a[?(@.b==1.1)].c", '["one"]'),
    ("$.a[?(@.b<=1.1)].c", '["one"]'),
    ("$.a[?(@.b>1.1)].b", "[2,3]"),
    ("$.a[?(@.c==true)].b", "[]"),
    ("$.a[?(@.c==true || @.b==3)].b", "[3]"),
    ("$.tweets[-1:].id", "[3]"),
    ("$.tweets[(@.length-1)].id", "[3]"),
    ("$.tweets[:2].id", "[1,2]"),
    ("$.nested.a.a[1:4]", "[1,2,3]"),
    ("$.nested.a.a[::2]", "[0,2,4]"),
    ("$.nested.a.a[?(@>3)]", "[4,5]"),
    ("$.tweets[*].id", "[1,2,3]"),
    ("$.tweets.*.id", "[1,2,3]"),
    ("$['my-key'].x", "[1]"),
    ("$['my-key','n']", '[{"x":1},null]'),
    ("$.a[*]['b','c']", '[1.10,"one",2,"two",3,"three","none"]'),
    ("n", "[null]"),
    ("empty", "[[]]"),
    ("$.missing.x", "[]"),
]


@pytest.mark.parametrize(("expression", "items"), FOUND)
def test_a_path_finds_what_npm_finds(expression: str, items: str) -> None:
    """With the digits of all numbers, in the order of the record."""
    assert found(RECORD, expression) == items


@pytest.mark.parametrize(
    "expression",
    [
        "$.",
        "$..",
        "a.",
        "$.a[",
        "$.a[?(@.b>]",
        "$$",
        "@.a",
        "['a']",
        "..a",
        "/a",
        "$.a[?(match(@.c, 'o.*'))]",
        "a b",
        "$.n | $.empty",
    ],
)
def test_what_is_not_a_path_is_refused(expression: str) -> None:
    """Also a function that takes a regular expression: npm has none."""
    assert found(RECORD, expression) is None


@pytest.mark.parametrize(
    ("record", "expression"),
    [
        ("[" * 150 + "]" * 150, "$..*"),
        ('["' + "x" * 900_000 + '"]', "$[0,0,0,0,0]"),
        ("[1]", "$" + "[?@" * 3000),
    ],
    ids=["too deep", "too large", "too nested"],
)
def test_what_takes_too_much_is_given_up(record: str, expression: str) -> None:
    """An array has at most 4 MiB."""
    assert found(record, expression) is None
    assert str(found('["' + "x" * 900_000 + '"]', "$[0,0,0,0]")).count("x") == 3_600_000


def test_the_most_that_may_be_found() -> None:
    """4 MiB of JSON text, and not a byte more, in one value or in several."""
    half = 2 * 1024 * 1024
    for sizes, expression in (((2 * half,), "$[0]"), ((half - 9, half + 9), "$[*]")):
        items = [f'"{"x" * (size - 2)}"' for size in sizes]
        assert len(str(found(f"[{','.join(items)}]", expression))) == 2 * half + len(items) + 1
        items[0] = f'"x{items[0][1:]}'
        assert found(f"[{','.join(items)}]", expression) is None
