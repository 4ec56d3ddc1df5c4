"""What a JSONPath finds in a record. The service takes the syntax of npm's package `jsonpath` (reference)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jsonbin_cli.failures import BadConfig
from jsonbin_cli.local.api.time_limit import time_limit
from jsonbin_cli.records.numbers import Number, text_of
from jsonbin_cli.records.text import parse

_SECONDS = 2.0
_LARGEST = 4 * 1024 * 1024

# What npm's package writes in another way than RFC 9535. Strings stay as they are.
_OF_NPM = re.compile(
    r"""(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"|\(@\.length-(?P<from_end>\d+)\)"  # [(@.length-1)]
    r"|(?P<equal>[=!]=)="  # === and !==
    r"|(?<!\d)\.(?P<index>\d+)\b"  # tweets.0.id
)


class InvalidPath(ValueError):
    """The expression is not a JSONPath, or what it finds takes too long or is too large."""


class _Double(Number):
    """A number with its own text that is compared as in JavaScript: as a double."""

    def __eq__(self, other: object) -> bool:
        return not isinstance(other, bool) and float(self) == other

    def __lt__(self, other: Any) -> bool:
        return bool(float(self) < other)

    def __gt__(self, other: Any) -> bool:
        return bool(float(self) > other)

    __hash__ = Number.__hash__


def found(record: bytes, expression: str) -> bytes:
    """The array of what `expression` finds, the digits of all numbers as they are. `$.` at its start is optional.

    Raises InvalidPath, and BadConfig where the library is missing.
    """
    jsonpath, environment = _library()
    path = expression if expression.startswith("$") else f"$.{expression}"
    items, size = [], 0
    try:
        with time_limit(_SECONDS):
            for match in environment.finditer(_OF_NPM.sub(_as_in_rfc, path), parse(record.decode(), number=_Double)):
                items.append(text_of(match.obj).encode())
                size += len(items[-1])
                if size > _LARGEST:
                    raise InvalidPath("it finds too much")
    except (jsonpath.JSONPathError, RecursionError, TimeoutError) as wrong:
        raise InvalidPath(str(wrong)) from None
    return b"[" + b",".join(items) + b"]"


def _as_in_rfc(part: re.Match[str]) -> str:
    if part["from_end"]:
        return f"-{part['from_end']}"
    if part["index"]:
        return f"[{part['index']}]"
    return part["string"] or part["equal"]


@cache
def _library() -> Any:
    """The library, and an environment without functions: they take regular expressions, and npm has none."""
    try:
        import jsonpath
    except ModuleNotFoundError:
        raise BadConfig(
            "X-JSON-Path needs a library that is not installed", "pip install 'jsonbin-cli[serve]'"
        ) from None
    environment = jsonpath.JSONPathEnvironment(strict=True)
    environment.function_extensions.clear()
    return jsonpath, environment
