"""Numbers of JSON that keep the digits they were written with."""

from __future__ import annotations

from math import isinf
from typing import Self

# More digits than any record needs, and fewer than int() takes.
_MOST_DIGITS = 4000


class Number(bytes):
    """A number of a JSON text. `text` is how it was written, so `1.10`, `-0.0` and `1E400` are written back unchanged.

    Two numbers are equal where they have the same value: `1.10` and `1.1`, `1E2` and `100`. No number equals `true`.
    It is its text, and does not hold it: that takes half the memory, and a record may have very many.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """A number from its text, which is not checked."""
        return bytes.__new__(cls, text, "ascii")

    @property
    def text(self) -> str:
        """The digits, and what stands between them."""
        return self.decode()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and (bytes.__eq__(self, other) or self._value() == other._value())

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._value())

    def __repr__(self) -> str:
        return self.text

    __str__ = __repr__

    def __deepcopy__(self, _: object) -> Number:
        return self

    @property
    def plain(self) -> str:
        """The same text for each number of the same value."""
        value = self._value()
        return value if isinstance(value, str) else f"{value[0]}{value[1] or 0}e{value[2]}"

    @property
    def lost_in_a_double(self) -> bool:
        """Whether a double, the only number that JavaScript has, cannot hold all its digits."""
        nearest = float(self.text)
        return isinf(nearest) or Number(repr(nearest)) != self

    def _value(self) -> tuple[str, str, int] | str:
        """Sign, significant digits and exponent: equal numbers have equal ones."""
        text = self.text
        unsigned = text.lstrip("-")
        mantissa, _, exponent = unsigned.lower().partition("e")
        whole, _, fraction = mantissa.partition(".")
        digits = (whole + fraction).lstrip("0")
        if not digits:
            return "", "", 0
        if len(exponent) > _MOST_DIGITS:
            return text
        significant = digits.rstrip("0")
        sign = "" if unsigned == text else "-"
        return sign, significant, int(exponent or 0) - len(fraction) + len(digits) - len(significant)


def written(text: str) -> Number:
    """The same as `Number(text)`, in half the time."""
    return bytes.__new__(Number, text, "ascii")


def total(*terms: tuple[Number, int]) -> Number | None:
    """The exact sum of numbers, each times a factor; None where it would have more than 4,000 digits.

    It has as many places after the point as the number that has the most: `1.10` and `1` make `2.10`.
    """
    from decimal import Context, Decimal, Inexact

    exact, whole = Context(prec=_MOST_DIGITS, traps=[Inexact]), Decimal(0)
    try:
        for number, factor in terms:
            whole = exact.fma(exact.create_decimal(number.text), factor, whole)
    except Inexact:
        return None
    text = f"{whole:f}"
    return Number(text) if len(text) <= _MOST_DIGITS else None
