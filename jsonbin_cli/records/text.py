"""JSON text (RFC 8259) to values and back to its own parts, with the digits of every number kept."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from math import isinf
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from decimal import Decimal

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | Decimal | bool | None"
"""A number with a point or an exponent is a Decimal, every other one an int."""

STRING = r'"(?:[^"\\]|\\.)*"'
_CONSTANT_OR_STRING = rf"{STRING}|(-?Infinity|NaN)"


class NotJSON(ValueError):
    """Text that is not JSON (RFC 8259), with the reason and, where it is known, the place.

    `position` counts characters from 0.
    """

    def __init__(self, reason: str, position: int | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


def parse(text: str, duplicates: list[str] | None = None, *, number: Callable[[str], JSON] | None = None) -> JSON:
    """The value of a JSON text (RFC 8259), with the digits of every number kept.

    Names that an object holds twice are added to `duplicates`; the last one counts. `number` makes something else
    of a number's text. Raises NotJSON, also for NaN and Infinity, which Python's parser would take, and for
    nesting too deep for it.
    """
    if number:
        return _decode(text, number, duplicates, number)
    try:
        return _decode(text, int, duplicates)
    except NotJSON:
        raise
    except ValueError:  # an integer with more digits than int() takes
        return _decode(text, _decimal, duplicates)


def members(text: str) -> dict[str, str]:
    """The members of the JSON object `text`, each value as the very text it stands in.

    `parse` must have accepted `text` before.
    """
    decoder = json.JSONDecoder(parse_float=str, parse_int=str)
    found: dict[str, str] = {}
    position = _after_blanks(text, text.index("{") + 1)
    while text[position] != "}":
        name, position = decoder.raw_decode(text, position)
        start = _after_blanks(text, text.index(":", position) + 1)
        _, position = decoder.raw_decode(text, start)
        found[name] = text[start:position]
        position = _after_blanks(text, position)
        if text[position] == ",":
            position = _after_blanks(text, position + 1)
    return found


_TOKEN = rf"({STRING})(\s*:)?|([\[{{]\s*[\]}}])|([\[{{])|([\]}}])|(,)|([^\s,\]}}]+)"


def indented(text: str) -> Iterator[tuple[str, str]]:
    """The same JSON text spread over lines, as pieces with their kind: `key`, `str`, `number`, `literal`, `brace`.

    No token is written anew, so every number and every text stays as it is. `parse` must have accepted `text`.
    """
    depth = 0
    for string, colon, empty, opening, closing, comma, other in re.findall(_TOKEN, text):
        newline = "\n" + "  " * (depth + (1 if opening else -1 if closing else 0))
        if string:
            yield string, "key" if colon else "str"
            yield (": " if colon else ""), "brace"
        elif empty:
            yield empty[0] + empty[-1], "brace"
        elif opening:
            depth += 1
            yield opening + newline, "brace"
        elif closing:
            depth -= 1
            yield newline + closing, "brace"
        elif comma:
            yield comma + newline, "brace"
        else:
            yield other, "literal" if other in ("true", "false", "null") else "number"


def walk(value: JSON) -> Iterator[tuple[str, JSON]]:
    """Each value inside `value` with its JSON Pointer (RFC 6901), in document order."""
    waiting: list[tuple[str, JSON]] = [("", value)]
    while waiting:
        pointer, item = waiting.pop()
        yield pointer, item
        waiting.extend(reversed([(pointer + step, child) for step, child in children(item)]))


def children(value: JSON) -> Iterator[tuple[str, JSON]]:
    """The direct parts of an object or array, each with its step of a JSON Pointer."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield pointer_step(name), child
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield f"/{index}", child


def pointer_step(name: str) -> str:
    """A member's name as a step of a JSON Pointer (RFC 6901, 3)."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


class _Constant(Exception):
    """NaN or an infinity was met."""


def _decode(
    text: str,
    integer: Callable[[str], JSON],
    duplicates: list[str] | None,
    fraction: Callable[[str], JSON] | None = None,
) -> JSON:
    def counted(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
        members = dict(pairs)
        if len(members) < len(pairs) and duplicates is not None:
            duplicates.extend(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        return members

    decoder = json.JSONDecoder(
        parse_float=fraction or _decimal,
        parse_int=integer,
        parse_constant=_no_constant,
        object_pairs_hook=None if duplicates is None else counted,
    )
    try:
        return cast(JSON, decoder.decode(text))
    except json.JSONDecodeError as wrong:
        raise NotJSON(wrong.msg[:1].lower() + wrong.msg[1:], wrong.pos) from None
    except _Constant as wrong:
        raise NotJSON(f"{wrong} is not JSON", _place_of_constant(text)) from None
    except RecursionError:
        raise NotJSON("nested too deeply", None) from None


def _no_constant(name: str) -> JSON:
    raise _Constant(name)


def _decimal(digits: str) -> JSON:
    from decimal import Decimal, InvalidOperation

    try:
        return Decimal(digits)
    except InvalidOperation:  # an exponent of some eighteen digits
        return Decimal("-Infinity" if digits.startswith("-") else "Infinity")


def _place_of_constant(text: str) -> int | None:
    return next((match.start() for match in re.finditer(_CONSTANT_OR_STRING, text) if match[1]), None)


def _after_blanks(text: str, position: int) -> int:
    while text[position] in " \t\r\n":
        position += 1
    return position


def lost_in_a_double(item: JSON) -> bool:
    """Whether `item` is a number that a double, as JavaScript has it, cannot hold with all its digits."""
    from decimal import Decimal

    if isinstance(item, bool) or not isinstance(item, int | Decimal):
        return False
    try:
        nearest = float(item)
    except OverflowError:
        return True
    return isinf(nearest) or Decimal(repr(nearest)) != item
