"""What differs between two JSON values. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from jsonbin_cli.records.text import JSON, children, lost_in_a_double


class Difference(NamedTuple):
    """A place, as a JSON Pointer (RFC 6901), what became of the value there, and whether a double would do that."""

    pointer: str
    change: str
    of_lost_digits: bool = False


def differences(ours: JSON, theirs: JSON) -> Iterator[Difference]:
    """Where two values differ.

    Numbers are compared by value (`1.10` is `1.1`), the order of members is no difference.
    """
    waiting: list[tuple[str, JSON, JSON]] = [("", ours, theirs)]
    while waiting:
        pointer, a, b = waiting.pop()
        if (isinstance(a, dict) and isinstance(b, dict)) or (isinstance(a, list) and isinstance(b, list)):
            old, new = dict(children(a)), dict(children(b))
            yield from (Difference(pointer + step, "is missing") for step in old if step not in new)
            yield from (Difference(pointer + step, "was added") for step in new if step not in old)
            waiting.extend((pointer + step, old[step], new[step]) for step in reversed(old) if step in new)
        elif _kind(a) != _kind(b) or a != b:
            yield Difference(pointer, f"{_shown(a)} became {_shown(b)}", lost_in_a_double(a))


def _kind(value: JSON) -> str:
    """Kept apart since `true` equals 1 in Python, and not in JSON."""
    if isinstance(value, dict | list):
        return "container"
    if value is None or isinstance(value, bool):
        return "literal"
    return "text" if isinstance(value, str) else "number"


def _shown(value: JSON) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    if isinstance(value, str) and len(value) > 40:
        return "a text"
    return json.dumps(value, ensure_ascii=False) if _kind(value) != "number" else str(value)
