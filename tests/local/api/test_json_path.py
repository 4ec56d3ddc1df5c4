"""X-JSON-Path: the syntax of npm's package `jsonpath`, and what an expression may cost."""

from __future__ import annotations

import subprocess
import sys

import pytest

from jsonbin_cli.config.installing import install_extra
from jsonbin_cli.local.api.json_path import InvalidPath, found

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
    assert found(RECORD.encode(), expression).decode() == items


@pytest.mark.parametrize(
    "expression",
    ["$.", "$..", "a.", "$.a[", "$.a[?(@.b>]", "$$", "@.a", "['a']", "..a", "/a", "$.a[?(match(@.c, 'o.*'))]", "a b"],
)
def test_what_is_not_a_path_is_refused(expression: str) -> None:
    """Also a function that takes a regular expression: npm has none."""
    with pytest.raises(InvalidPath):
        found(RECORD.encode(), expression)


@pytest.mark.parametrize(
    ("record", "expression"),
    [
        ('{"a":' * 90 + "[1,2,3]" + "}" * 90, "$" + "..*" * 9),
        ("[" * 150 + "]" * 150, "$..*"),
        ('["' + "x" * 900_000 + '"]', "$[0,0,0,0,0]"),
        ("[1]", "$" + "[?@" * 3000),
    ],
    ids=["too long", "too deep", "too large", "too nested"],
)
def test_what_costs_too_much_is_given_up(record: str, expression: str) -> None:
    """Within seconds, and without an array of more than 4 MiB."""
    with pytest.raises(InvalidPath):
        found(record.encode(), expression)
    assert found(b'["' + b"x" * 900_000 + b'"]', "$[0,0,0,0]").count(b"x") == 3_600_000


def test_without_the_library_the_line_to_run_is_named() -> None:
    """An embedded store may be used where the extra is not installed."""
    script = (
        "import sys; sys.modules['jsonpath'] = None\n"
        "from jsonbin_cli.failures import BadConfig\n"
        "from jsonbin_cli.local.api.json_path import found\n"
        "try: found(b'[1]', '$')\n"
        "except BadConfig as missing: print(missing.message, missing.hint, sep='; ')\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=True)
    assert run.stdout.decode() == (f"X-JSON-Path needs a library that is not installed; {install_extra('serve')}\n")


def test_the_most_that_may_be_found() -> None:
    """4 MiB of JSON text, and not a byte more, in one value or in several."""
    half = 2 * 1024 * 1024
    for sizes, expression in (((2 * half,), "$[0]"), ((half, half), "$[*]")):
        items = [f'"{"x" * (size - 2)}"' for size in sizes]
        assert len(found(f"[{','.join(items)}]".encode(), expression)) == 2 * half + len(items) + 1
        items[0] = f'"x{items[0][1:]}'
        with pytest.raises(InvalidPath, match="it finds too much"):
            found(f"[{','.join(items)}]".encode(), expression)
