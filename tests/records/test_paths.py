"""Paths to single values: read, and written as pointers."""

from __future__ import annotations

import pytest

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.records.paths import Index, Token, at_end, item_of, path_of, pointer_to
from jsonbin_cli.records.text import parse

RECORD = parse('{"a":{"b/c":1},"l":[1,{"x":2},[]]}')


@pytest.mark.parametrize(
    ("path", "pointer", "ends"),
    [
        ("a.b/c", "/a/b~1c", False),
        ("l[1].x", "/l/1/x", False),
        ("/l/1/x", "/l/1/x", False),
        ("l[]", "/l", True),
        ("/l/-", "/l", True),
        ("l[].x.y", "/l", True),
        ("[0]", "/0", False),
        ("-", "/-", False),
    ],
)
def test_the_pointer_of_a_path(path: str, pointer: str, ends: bool) -> None:
    """Of a place at the end of an array, that of the array."""
    assert (pointer_to(path_of(path)), at_end(path_of(path))) == (pointer, ends)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a[0].b", ("a", Index(0), "b")),
        (f"[{'9' * 18}]", (Index(int("9" * 18)),)),
        ("a[]", ("a", Index(None))),
        (r"a\.b\\", ("a.b\\",)),
        ("/", (Token(""),)),
        (r"/a\:~01", (Token("a:~1"),)),
    ],
)
def test_the_steps_of_a_path(text: str, steps: tuple[object, ...]) -> None:
    """Names and indices, or the tokens of a JSON Pointer."""
    assert path_of(text) == (text, steps)


@pytest.mark.parametrize("text", ["", "a..b", "a.", "a[x]", "[0]a", f"[{'9' * 19}]", ".a", "a\\", "a]"])
def test_what_is_no_path(text: str) -> None:
    """It is refused."""
    with pytest.raises(UsageMistake):
        path_of(text)


@pytest.mark.parametrize(
    ("text", "separator", "value"),
    [("a=b=c", "=", "b=c"), ("a:=1", ":=", "1"), ("a:=@f", ":=@", "f"), ("a+=1", "+=", "1"), ("a=+=1", "=", "+=1")],
)
def test_an_argument_of_set(text: str, separator: str, value: str) -> None:
    """The first separator counts."""
    assert item_of(text) == (path_of("a"), separator, value)
    with pytest.raises(UsageMistake, match="has no value"):
        item_of("a")


def test_an_index_from_the_end() -> None:
    """There is none, and it is said how indexes count."""
    with pytest.raises(UsageMistake) as raised:
        path_of("l[-1]")
    assert raised.value.message == '"l[-1]" is not a path: unexpected "[-1]"'
    assert raised.value.hint == "an index counts from the start, and the first one is 0"
