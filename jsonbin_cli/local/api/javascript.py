"""How a JavaScript server writes the numbers of a record, each of which it holds as a double (inferred)."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isinf

from jsonbin_cli.records.text import STRING

_NUMBER_OR_STRING = rf"({STRING})|-?[0-9][0-9.eE+-]*"


def rounded(text: str) -> str:
    """The same JSON text with each number as `JSON.stringify(JSON.parse(…))` writes it.

    `1.10` becomes `1.1`, an integer past 2^53 loses digits, and what no double holds becomes `null`
    (ECMA-262, Number::toString and SerializeJSONProperty). Everything else stays as it is.
    """
    return re.sub(_NUMBER_OR_STRING, lambda found: found[1] or _number(found[0]), text)


def _number(digits: str) -> str:
    value = float(digits)
    if isinf(value):
        return "null"
    if value == 0:
        return "0"
    shortest = Decimal(repr(value)).normalize()
    exponent = shortest.adjusted()
    if -7 < exponent < 21:
        return format(shortest, "f")
    first, *rest = map(str, shortest.as_tuple().digits)
    fraction = f".{''.join(rest)}" if rest else ""
    return f"{'-' if value < 0 else ''}{first}{fraction}e{exponent:+d}"
