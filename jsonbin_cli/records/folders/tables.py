"""The tables of a manifest, a part of them at a time, since all at once take much more memory than their text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

_AT_A_TIME = 500
_HEADER = re.compile(rb"^\[bins\.", re.MULTILINE)


def parts(text: bytes) -> Iterator[dict[str, Any]]:
    """What a manifest in UTF-8 holds, in parts that have no bin in common.

    A string over several lines may hold what looks like a table, so that a text with one is a single part. Raises
    ValueError, RecursionError; UnicodeDecodeError where it is not UTF-8.
    """
    names: dict[str, None] = {}  # a set may take five times as much memory
    for piece in [text] if b'"""' in text or b"'''" in text else _pieces(text):
        try:
            found = tomllib.loads(piece.decode())
        except ValueError:
            raise _broken(text) from None
        bins = found.get("bins", {})
        if isinstance(bins, dict):
            if not names.keys().isdisjoint(bins):
                raise _broken(text)
            names.update(dict.fromkeys(bins))
        yield found


def _broken(text: bytes) -> ValueError:
    """What is wrong with a text of which a part is wrong, or two parts are about the same bin."""
    try:
        tomllib.loads(text.decode())
    except ValueError as wrong:
        return wrong
    return ValueError("a bin has tables inside its table")


def _pieces(text: bytes) -> Iterator[bytes]:
    """The text, cut before each so many-th table."""
    start = 0
    for number, header in enumerate(_HEADER.finditer(text)):
        if number and number % _AT_A_TIME == 0:
            yield text[start : header.start()]
            start = header.start()
    yield text[start:]
