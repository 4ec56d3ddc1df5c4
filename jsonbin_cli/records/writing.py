"""Values as JSON text, and JSON text spread over lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import StringIO
from itertools import repeat

from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.text import JSON, STRING

_TOKEN = (
    rf"(?P<string>{STRING})(?P<colon>\s*:)?"
    r"|(?P<empty>[\[{]\s*[\]}])|(?P<opening>[\[{])|(?P<closing>[\]}])|(?P<comma>,)|[^\s,\]}]+"
)
# What is nested deeper is indented no further: the indentation would grow with the square of the text.
_DEEPEST = 20


def text_of(value: JSON) -> str:
    """The JSON text of a value, without blanks."""
    text = StringIO()  # a list of the pieces would take many times as much memory as the text
    text.writelines(_pieces(value))
    return text.getvalue()


def size_of(value: JSON) -> int:
    """How many bytes that text has in UTF-8."""
    return sum(len(piece.encode()) for piece in _pieces(value))


def _pieces(value: JSON) -> Iterator[str]:
    """The text of a value piece by piece."""
    # What is left of each array and object that is begun, and its end.
    begun: list[tuple[Iterator[tuple[str | None, JSON]], str]] = []
    while True:
        if isinstance(value, dict):
            piece = "{"
            begun.append((iter(value.items()), "}"))
        elif isinstance(value, list):
            piece = "["
            begun.append((zip(repeat(None), value), "]"))
        else:
            piece = _scalar(value)
        yield piece
        following = None
        while following is None:
            if not begun:
                return
            following = next(begun[-1][0], None)
            if following is None:
                piece = begun.pop()[1]
                yield piece
        if piece not in ("{", "["):
            yield ","
        name, value = following
        if name is not None:
            yield _quoted(name)
            yield ":"


def indented(text: str) -> Iterator[tuple[str, str]]:
    """The same JSON text spread over lines, as pieces with their kind: `key`, `str`, `number`, `literal`, `brace`.

    Each token stays as it is. `parse` must have accepted `text`.
    """
    depth, newline = 0, "\n"
    for found in re.finditer(_TOKEN, text):
        token = found[0]
        match found.lastgroup:
            case "string":
                yield token, "str"
            case "colon":
                yield found["string"], "key"
                yield ": ", "brace"
            case "empty":
                yield token[0] + token[-1], "brace"
            case "opening" | "closing":
                depth += 1 if found.lastgroup == "opening" else -1
                newline = "\n" + "  " * min(depth, _DEEPEST)
                yield (token + newline if found.lastgroup == "opening" else newline + token), "brace"
            case "comma":
                yield "," + newline, "brace"
            case _:
                yield token, "literal" if token in ("true", "false", "null") else "number"


def _scalar(value: str | Number | bool | None) -> str:
    if isinstance(value, Number):
        return value.text
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    """A JSON string with as few escapes as possible; half of a surrogate pair is escaped."""
    return json.dumps(text, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
