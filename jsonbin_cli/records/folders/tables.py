"""The tables of a manifest, a part of them at a time, since all at once take much more memory than their text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

_AT_A_TIME = 500
_HEADER = re.compile(r"^\[bins\.", re.MULTILINE)


def parts(text: str) -> Iterator[dict[str, Any]]:
    """What a manifest holds, in parts that have no bin in common. Raises ValueError, RecursionError.

    A string over several lines may hold what looks like a table, so that a text with one is a single part.
    """
    names: set[str] = set()
    for piece in [text] if '"""' in text or "'''" in text else _pieces(text):
        try:
            found = tomllib.loads(piece)
        except ValueError:
            raise _broken(text) from None
        bins = found.get("bins", {})
        if isinstance(bins, dict):
            if not names.isdisjoint(bins):
                raise _broken(text)
            names.update(bins)
        yield found


def _broken(text: str) -> ValueError:
    """What is wrong with a text of which a part is wrong, or two parts are about the same bin."""
    try:
        tomllib.loads(text)
    except ValueError as wrong:
        return wrong
    return ValueError("a bin has tables inside its table")


def _pieces(text: str) -> Iterator[str]:
    """The text, cut before each so many-th table."""
    start = 0
    for number, header in enumerate(_HEADER.finditer(text)):
        if number and number % _AT_A_TIME == 0:
            yield text[start : header.start()]
            start = header.start()
    yield text[start:]
