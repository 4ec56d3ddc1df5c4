"""Sums of the parts of a value: what is compared at each level above it need not be walked through each time."""

from __future__ import annotations

from hashlib import blake2b
from typing import cast

from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.text import JSON

# Smaller parts are quickly summed again, and there may be very many of them.
_KEPT_FROM = 32
# Down to here it takes less to walk through the parts at each level.
DEEP = 4


class Sums:
    """Equal for equal values, as `==` has it. A value must not change, nor end, as long as its sums are used."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[bytes, int]] = {}

    def of(self, value: JSON) -> bytes:
        """The sum of a value, 16 bytes."""
        return self._sum_and_size(value)[0]

    def same(self, one: object, other: object, level: int = DEEP) -> bool:
        """Whether two values are equal; `level` is how many others they are inside of."""
        if level >= DEEP and isinstance(one, dict | list) and type(one) is type(other) and one is not other:
            return self.of(one) == self.of(cast(JSON, other))
        return one == other

    def _sum_and_size(self, value: JSON) -> tuple[bytes, int]:
        if not isinstance(value, dict | list):
            return _digest(_scalar(value)), 1
        known = self._kept.get(id(value))
        if known:
            return known
        pieces, size = bytearray(b"["), 1
        if isinstance(value, dict):
            pieces = bytearray(b"{" + b"".join(_digest(_scalar(name)) for name in sorted(value)))
        for child in value if isinstance(value, list) else map(value.__getitem__, sorted(value)):
            found, more = self._sum_and_size(child)
            pieces += found
            size += more
        known = _digest(pieces), size
        if size >= _KEPT_FROM:
            self._kept[id(value)] = known
        return known


def _digest(data: bytes | bytearray) -> bytes:
    return blake2b(data, digest_size=16).digest()


def _scalar(value: str | Number | bool | None) -> bytes:
    if isinstance(value, str):
        return b'"' + value.encode("utf-8", "surrogatepass")
    return b"0" + value.plain.encode() if isinstance(value, Number) else repr(value).encode()
