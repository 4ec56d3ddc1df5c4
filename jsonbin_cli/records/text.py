"""JSON text (RFC 8259) to values, with every number as it was written."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import NamedTuple, TypeAlias, cast

from jsonbin_cli.records.numbers import Number, written

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | Number | bool | None"

# Possessive (*+): a plain * keeps a place to backtrack to for each character, 120 bytes of memory each.
STRING = r'"(?:[^"\\]++|\\.)*+"'
_CONSTANT_OR_STRING = rf"{STRING}|(-?Infinity|NaN)"
_CONTAINER_OR_STRING = rf"{STRING}|([\[{{])"
MOST_CONTAINERS = 50_000
"""How many arrays and objects a text may hold: each takes up to 200 bytes of memory, and two of its own."""
_SHORT = 64 * 1024  # characters
_CONTROL_NAMES = {"\0": "a NUL character", "\t": "a tab", "\n": "a line break", "\r": "a carriage return"}


class NotJSON(ValueError):
    """Text that is not JSON, with the reason and, where it is known, the place.

    `position` counts characters from 0.
    """

    def __init__(self, reason: str, position: int | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


class TooManyValues(NotJSON):
    """JSON with more arrays and objects than are read."""

    def __init__(self) -> None:
        super().__init__(f"more than {MOST_CONTAINERS:,} arrays and objects", None)


class Member(NamedTuple):
    """The exact text of one member's value, in UTF-8: as a `str` it may take four times as much memory.

    `text` and `value`, which takes many times as much, are made anew each time.
    """

    raw: bytes

    @property
    def text(self) -> str:
        """The text."""
        return self.raw.decode()

    @property
    def value(self) -> JSON:
        """The value. How many values it holds was checked where it was read."""
        return parse(self.text, any_size=True)


def parse(text: str, duplicates: list[str] | None = None, *, any_size: bool = False) -> JSON:
    """The value of a JSON text.

    Names that an object holds twice are added to `duplicates`; the last one counts. Raises NotJSON, also for NaN and
    Infinity, which Python's parser would take, and for nesting too deep for it. Raises TooManyValues, unless `any_size`
    is set.
    """
    if not any_size:
        _check_containers(text)
    try:
        decoder = _decoder(text) if duplicates is None else _new_decoder(_integers(), duplicates)
        return cast(JSON, decoder.decode(text))
    except (ValueError, RecursionError) as wrong:
        raise _not_json(text, wrong) from None


def is_sequence(text: str) -> bool:
    """Whether `text` is several JSON values, each on a line of its own or ended by its bracket."""
    decoder = _decoder(text)
    start = _after_blanks(text, 0)
    try:
        while True:
            _, end = decoder.raw_decode(text, start)
            start = _after_blanks(text, end)
            if start == len(text):
                return True
            if "\n" not in text[end:start] and text[end - 1] not in "}]" and text[start] not in "{[":
                return False
    except (ValueError, RecursionError):
        return False


def members(text: str, *, any_size: bool = False) -> dict[str, Member]:
    """The members of the JSON object `text`, each with its own text.

    Raises NotJSON where it is not one object; TooManyValues, unless `any_size` is set.
    """
    if not any_size:
        _check_containers(text)
    decoder = _decoder(text)
    found: dict[str, Member] = {}
    try:
        position = _after(text, "{", 0)
        more = text[position : position + 1] != "}"
        while more:
            name, position = decoder.raw_decode(text, position)
            if not isinstance(name, str):
                raise NotJSON("expecting property name enclosed in double quotes", position)
            start = _after(text, ":", position)
            end = decoder.raw_decode(text, start)[1]  # its value is gone before a part of the text is copied
            found[name] = Member(text[start:end].encode())
            position = _after_blanks(text, end)
            more = text[position : position + 1] != "}"
            if more:
                position = _after(text, ",", position)
        end = _after_blanks(text, position + 1)
        if end < len(text):
            raise NotJSON("extra data", end)
        return found
    except NotJSON:
        raise
    except (ValueError, RecursionError) as wrong:
        raise _not_json(text, wrong) from None


def _check_containers(text: str) -> None:
    """Raise TooManyValues where a text holds more arrays and objects than are read."""
    if text.count("[") + text.count("{") <= MOST_CONTAINERS:
        return
    if sum(found[1] is not None for found in re.finditer(_CONTAINER_OR_STRING, text)) > MOST_CONTAINERS:
        raise TooManyValues


def most_memory_of(text: bytes) -> int:
    """How many bytes of memory the value of a JSON text may take at most, about."""
    arrays, objects = text.count(b"["), text.count(b"{")
    return 100 * arrays + 200 * objects + 110 * (text.count(b",") + objects + 1)


class _Constant(ValueError):
    """NaN or an infinity was met."""


def _decoder(text: str) -> json.JSONDecoder:
    """The decoder that does not look for duplicates: a new one for a long text, whose numbers it then forgets."""
    return _decoder_of_short_texts() if len(text) <= _SHORT else _new_decoder(_integers())


@cache
def _decoder_of_short_texts() -> json.JSONDecoder:
    """It remembers nothing. A server parses many small texts, and to make a decoder takes longer than that."""
    return _new_decoder(written)


def _new_decoder(integer: Callable[[str], Number], duplicates: list[str] | None = None) -> json.JSONDecoder:
    def counted(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
        found = dict(pairs)
        if len(found) < len(pairs) and duplicates is not None:
            duplicates.extend(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        return found

    return json.JSONDecoder(
        parse_float=cast(Callable[[str], float], written),
        parse_int=cast(Callable[[str], int], integer),
        parse_constant=_no_constant,
        object_pairs_hook=None if duplicates is None else counted,
    )


def _integers() -> Callable[[str], Number]:
    """Makes the number of an integer's text; short ones are made once, since a record may hold many."""
    short = cache(written)
    return lambda text: short(text) if len(text) <= 4 else written(text)


def _no_constant(name: str) -> None:
    raise _Constant(name)


def _not_json(text: str, wrong: Exception) -> NotJSON:
    """The decoder's exception as a NotJSON."""
    if isinstance(wrong, json.JSONDecodeError):
        return NotJSON(_reason(wrong, text), wrong.pos)
    if isinstance(wrong, _Constant):
        return NotJSON(f"{wrong} is not JSON", _place_of_constant(text))
    return NotJSON("nested too deeply", None)


def _reason(wrong: json.JSONDecodeError, text: str) -> str:
    """The decoder's words, completed where they stop before they name the character."""
    if wrong.msg.startswith("Invalid control character"):
        character = text[wrong.pos]
        name = _CONTROL_NAMES.get(character, "a control character")
        return f"{name} (U+{ord(character):04X}) inside a string"
    if wrong.msg.startswith("Invalid \\escape"):
        return f'"{text[wrong.pos : wrong.pos + 2]}" is not an escape sequence'
    if wrong.msg.startswith("Unterminated string"):
        return "a string without its closing quote"
    return wrong.msg[:1].lower() + wrong.msg[1:]


def _place_of_constant(text: str) -> int | None:
    return next((match.start() for match in re.finditer(_CONSTANT_OR_STRING, text) if match[1]), None)


def _after(text: str, sign: str, position: int) -> int:
    """Where the next token begins, once `sign` was found at `position`. Raises NotJSON."""
    position = _after_blanks(text, position)
    if text[position : position + 1] != sign:
        raise NotJSON(f"expecting '{sign}'", position)
    return _after_blanks(text, position + 1)


def _after_blanks(text: str, position: int) -> int:
    while text[position : position + 1] in (" ", "\t", "\r", "\n"):
        position += 1
    return position
