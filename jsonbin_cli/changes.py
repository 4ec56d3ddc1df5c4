"""What differs between two JSON values. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from jsonbin_cli.json_text import JSON, children


def differences(ours: JSON, theirs: JSON) -> Iterator[tuple[str, str]]:
    """Where two values differ: a JSON Pointer (RFC 6901) and what became of the value there.

    Numbers are compared by value (`1.10` is `1.1`), the order of members is no difference.
    """
    waiting: list[tuple[str, JSON, JSON]] = [("", ours, theirs)]
    while waiting:
        pointer, a, b = waiting.pop()
        if (isinstance(a, dict) and isinstance(b, dict)) or (isinstance(a, list) and isinstance(b, list)):
            old, new = dict(children(a)), dict(children(b))
            yield from ((pointer + step, "is missing") for step in old if step not in new)
            yield from ((pointer + step, "was added") for step in new if step not in old)
            waiting.extend((pointer + step, old[step], new[step]) for step in reversed(old) if step in new)
        elif isinstance(a, dict | list) or isinstance(b, dict | list) or _kind(a) != _kind(b) or a != b:
            yield pointer, f"{_shown(a)} became {_shown(b)}"


def _kind(scalar: JSON) -> str:
    """`true` equals 1 in Python, and not in JSON."""
    return "literal" if scalar is None or isinstance(scalar, bool) else "text" if isinstance(scalar, str) else "number"


def _shown(value: JSON) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    if isinstance(value, str) and len(value) > 40:
        return "a text"
    return json.dumps(value, ensure_ascii=False) if _kind(value) != "number" else str(value)
