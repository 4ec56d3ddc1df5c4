"""Numbers of JSON that keep the digits they were written with."""

from __future__ import annotations

import re
from math import isinf

_PARTS = r"(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?"


class Number:
    """A number of a JSON text. `text` is how it was written, so `1.10`, `-0.0` and `1E400` are written back unchanged.

    Two numbers are equal where they have the same value: `1.10` and `1.1`, `1E2` and `100`. None is equal to `true`.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and (self.text == other.text or self._value() == other._value())

    def __hash__(self) -> int:
        return hash(self._value())

    def __repr__(self) -> str:
        return self.text

    def __deepcopy__(self, _: object) -> Number:
        return self

    @property
    def lost_in_a_double(self) -> bool:
        """Whether a double, the only number that JavaScript has, cannot hold all its digits."""
        nearest = float(self.text)
        return isinf(nearest) or Number(repr(nearest)) != self

    def _value(self) -> tuple[str, str, int] | str:
        """Sign, significant digits and exponent: equal numbers have equal ones."""
        found = re.fullmatch(_PARTS, self.text)
        assert found is not None
        sign, whole, fraction, exponent = found[1], found[2], found[3] or "", found[4] or "0"
        digits = (whole + fraction).lstrip("0")
        if not digits:
            return "", "", 0
        if len(exponent) > 4000:  # more digits than int() takes
            return self.text
        return sign, digits.rstrip("0"), int(exponent) - len(fraction) + len(digits) - len(digits.rstrip("0"))
