"""The tables of a manifest, a part of them at a time, since all at once take much more memory than their text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

_AT_A_TIME = 500
_HEADER = b"[bins."


class NotTOML(ValueError):
    """What is not TOML; `line` and `column` count from 1, None where they are not known."""

    def __init__(self, line: int | None = None, column: int | None = None) -> None:
        super().__init__()
        self.line = line
        self.column = column


def parts(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """What a manifest in UTF-8 holds, cut before each so many-th table. Raises NotTOML, UnicodeDecodeError."""
    before = 0
    for piece in _pieces(lines):
        try:
            yield tomllib.loads(piece.decode())
        except UnicodeDecodeError:
            raise
        except (ValueError, RecursionError) as wrong:
            # The parser's own words could quote what somebody took for the place of a key.
            place = re.search(r"line (\d+), column (\d+)", str(wrong))
            raise (NotTOML(before + int(place[1]), int(place[2])) if place else NotTOML()) from None
        before += piece.count(b"\n")


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """A string over several lines may hold what looks like a table, so that nothing is cut from there on."""
    piece, tables, cuts = bytearray(), 0, True
    for line in lines:
        if line.startswith(_HEADER):
            if cuts and tables == _AT_A_TIME:
                yield bytes(piece)
                piece, tables = bytearray(), 0
            tables += 1
        cuts = cuts and b'"""' not in line and b"'''" not in line
        piece += line
    yield bytes(piece)
