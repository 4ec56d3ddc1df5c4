"""Short sums of a file's bytes and of a record's value, which tell whether one of them has changed."""

from __future__ import annotations

import json
from functools import partial
from hashlib import blake2b

from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.text import JSON

SIZE = 16
"""How many bytes a sum has; there are two for each bin in memory."""
_digest = partial(blake2b, digest_size=SIZE)


def of_bytes(data: bytes) -> bytes:
    """The same for the same bytes."""
    return _digest(data).digest()


def of_value(value: JSON) -> bytes:
    """The same for equal values: spacing, the order of members and the spelling of a number make no difference."""
    sum_of_text = _digest()
    waiting: list[JSON | _Written] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, _Written):
            sum_of_text.update(item.text)
        elif isinstance(item, Number):
            sum_of_text.update(item.plain.encode() + b",")
        elif isinstance(item, dict):
            waiting.append(_END)
            for name in sorted(item, reverse=True):
                waiting += [item[name], _Written(json.dumps(name).encode() + b":")]
            waiting.append(_OBJECT)
        elif isinstance(item, list):
            waiting += [_END, *reversed(item), _ARRAY]
        else:
            sum_of_text.update(json.dumps(item).encode() + b",")
    return sum_of_text.digest()


class _Written:
    """A piece of text that is taken as it is."""

    __slots__ = ("text",)

    def __init__(self, text: bytes) -> None:
        self.text = text


_OBJECT, _ARRAY, _END = _Written(b"{"), _Written(b"["), _Written(b"}")
