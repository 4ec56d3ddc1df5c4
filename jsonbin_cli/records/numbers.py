"""JSON values whose numbers keep the text they were written as, and such values as text again. Pure."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation

from jsonbin_cli.records import text as json_text
from jsonbin_cli.records.text import JSON, NotJSON

_DEEPEST = 100
_LONE_SURROGATE = "[\ud800-\udfff]"


class Number(Decimal):
    """A number with its own text, so that `1.10`, `-0.0` and `1E400` are written again as they were read.

    A Decimal alone would write `1E400` as `1E+400`, and an int `-0` as `0`. The other way to keep the digits, to
    cut untouched parts out of the server's text, would have to follow each change through that text.

    Compared by value, and unlike a plain Decimal never equal to `true` or `false`; so `==` between two values that
    `parse` made is equality of JSON.
    """

    text: str

    def __new__(cls, text: str) -> Number:
        """The number that a JSON text holds."""
        try:
            number = super().__new__(cls, text)
        except InvalidOperation:  # an exponent of some eighteen digits
            number = super().__new__(cls, "-Infinity" if text.startswith("-") else "Infinity")
        number.text = text
        return number

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Number) and self.is_infinite() and other.is_infinite():
            return self.text == other.text
        return not isinstance(other, bool) and super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return super().__hash__()

    def __deepcopy__(self, _: object) -> Number:
        return self


def parse(text: str) -> JSON:
    """The value of a JSON text, every number in it a `Number`.

    Raises NotJSON, also for nesting deeper than the functions that change values go.
    """
    value = json_text.parse(text, number=Number)
    if _depth(value) > _DEEPEST:
        raise NotJSON(f"nested deeper than {_DEEPEST} levels", None)
    return value


class _Written(str):
    """What goes out as it is."""


def text_of(value: JSON) -> str:
    """The JSON text of a value that `parse` made, or that was made of its parts, without blanks."""
    pieces: list[str] = []
    waiting: list[JSON] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, _Written):
            pieces.append(item)
        elif isinstance(item, Number):
            pieces.append(item.text)
        elif isinstance(item, dict):
            members = [[_Written(_quoted(name) + ":"), child] for name, child in item.items()]
            waiting += reversed(_joined("{", members, "}"))
        elif isinstance(item, list):
            waiting += reversed(_joined("[", [[child] for child in item], "]"))
        else:
            pieces.append(_quoted(item) if isinstance(item, str) else json.dumps(item))
    return "".join(pieces)


def _joined(opening: str, parts: list[list[JSON]], closing: str) -> list[JSON]:
    between = [[_Written("," if number else opening), *part] for number, part in enumerate(parts)]
    return [*(item for part in between for item in part), _Written(closing if parts else opening + closing)]


def _quoted(text: str) -> str:
    """A JSON text in its plainest spelling; half of a surrogate pair has none but its escape."""
    return re.sub(_LONE_SURROGATE, lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _depth(value: JSON) -> int:
    levels, level = 0, [value]
    while level:
        levels += 1
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
    return levels
