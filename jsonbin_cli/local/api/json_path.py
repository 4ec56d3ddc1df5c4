"""What a JSONPath finds in a record. The service takes the syntax of npm's package `jsonpath` (reference)."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from jsonbin_cli.config.installing import install_extra
from jsonbin_cli.failures import BadConfig
from jsonbin_cli.local.api.time_limit import check_time, time_limit
from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.text import JSON, text_of

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


class _Double(float):
    """A number that is compared as JavaScript does, as a double, and keeps its own text."""

    text: str

    def __new__(cls, text: str) -> _Double:
        """The number that a JSON text holds."""
        number = super().__new__(cls, text)
        number.text = text
        return number


def found(record: bytes, expression: str) -> bytes:
    """The array of what `expression` finds, the digits of all numbers as they are. `$.` at its start is optional.

    Raises InvalidPath, and BadConfig where the library is missing.
    """
    jsonpath, environment = _library()
    path = expression if expression.startswith("$") else f"$.{expression}"
    items, size = [], 0
    try:
        with time_limit(_SECONDS):
            for match in environment.finditer(_OF_NPM.sub(_as_in_rfc, path), _parsed(record)):
                check_time()
                items.append(text_of(_exact(match.obj)).encode())
                size += len(items[-1])
                if size > _LARGEST:
                    raise InvalidPath("it finds too much")
    except (jsonpath.JSONPathError, RecursionError, TimeoutError) as wrong:
        raise InvalidPath(str(wrong)) from None
    return b"[" + b",".join(items) + b"]"


def _parsed(record: bytes) -> Any:
    return json.loads(record, parse_float=_Double, parse_int=_Double)


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


@cache
def _library() -> Any:
    """The library, and an environment without functions: they take regular expressions, and npm has none."""
    try:
        import jsonpath
    except ModuleNotFoundError:
        raise BadConfig("X-JSON-Path needs a library that is not installed", install_extra("serve")) from None
    environment = jsonpath.JSONPathEnvironment(strict=True)
    environment.function_extensions.clear()
    return jsonpath, environment
