"""A JSONPath searched for in a record. The service takes the syntax of npm's package `jsonpath` (reference)."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonpath

from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.text import JSON
from jsonbin_cli.records.writing import text_of

_LARGEST = 4 * 1024 * 1024

# What npm's package writes in another way than RFC 9535. Strings stay as they are.
_OF_NPM = re.compile(
    r"""(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"|\(@\.length-(?P<from_end>\d+)\)"  # [(@.length-1)]
    r"|(?P<equal>[=!]=)="  # === and !==
    r"|(?<!\d)\.(?P<index>\d+)\b"  # tweets.0.id
)


class _Double(float):
    """A number that is compared as JavaScript does, as a double, and keeps its own text."""

    text: str

    def __new__(cls, text: str) -> _Double:
        """The number that a JSON text holds."""
        number = super().__new__(cls, text)
        number.text = text
        return number


def found(record: str, expression: str) -> str | None:
    """The array of what `expression` finds; None where it is not a JSONPath, or finds too much."""
    path = expression if expression.startswith("$") else f"$.{expression}"
    environment = jsonpath.JSONPathEnvironment(strict=True)
    environment.function_extensions.clear()  # they take regular expressions, and npm has none
    items, size = [], 0
    try:
        value = json.loads(record, parse_float=_Double, parse_int=_Double)
        for match in environment.finditer(_OF_NPM.sub(_as_in_rfc, path), value):
            items.append(text_of(_exact(match.obj)))
            size += len(items[-1])
            if size > _LARGEST:
                return None
    except (jsonpath.JSONPathError, RecursionError):
        return None
    return f"[{','.join(items)}]"


def _exact(value: Any) -> JSON:
    """The same value, each number with its own text."""
    if isinstance(value, _Double):
        return Number(value.text)
    if isinstance(value, dict):
        return {name: _exact(child) for name, child in value.items()}
    return [_exact(child) for child in value] if isinstance(value, list) else value


def _as_in_rfc(part: re.Match[str]) -> str:
    if part["from_end"]:
        return f"-{part['from_end']}"
    if part["index"]:
        return f"[{part['index']}]"
    return part["string"] or part["equal"]
