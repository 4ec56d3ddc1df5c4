"""The tables of a manifest, a part of them at a time, since all at once take much more memory than their text."""

from __future__ import annotations

import re
import tomllib
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from jsonbin_cli.config.bounded import NotAFile, TooLarge, opened
from jsonbin_cli.failures import InvalidInput

_LARGEST = 16 * 1024 * 1024
_AT_A_TIME = 500
_HEADER = b"[bins."


def tables_of(manifest: str, example: str) -> Iterator[dict[str, Any]]:
    """The tables of the manifest at that path, a part at a time. Raises InvalidInput, where it helps with `example`."""
    try:
        with opened(manifest) as file:
            before = 0
            for piece in _pieces(_lines(file)):
                yield _parsed(piece, before, manifest, example)
                before += piece.count(b"\n")
    except UnicodeDecodeError:
        fault = "is not UTF-8 text"
    except TooLarge:
        fault = f"is larger than {_LARGEST:,} bytes"
    except NotAFile:
        fault = "is not a file"
    except OSError as wrong:
        fault = wrong.strerror or "cannot be read"
    else:
        return
    raise InvalidInput(f"{manifest}: {fault}")


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of the manifest, without a byte order mark. Raises TooLarge."""
    if file.read(len(BOM_UTF8)) != BOM_UTF8:
        file.seek(0)
    while line := file.readline(_LARGEST):
        if file.tell() > _LARGEST:
            raise TooLarge
        yield line


def _parsed(piece: bytes, before: int, manifest: str, example: str) -> dict[str, Any]:
    """What a piece holds that has so many lines before it. Raises InvalidInput, UnicodeDecodeError."""
    text = piece.decode()
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        # The parser's own words could quote what somebody took for the place of a key.
        place = re.search(r"line (\d+), column (\d+)", str(wrong))
        line, column = (before + int(place[1]), int(place[2])) if place else (None, None)
        failure = InvalidInput(f"{manifest}{f':{line}:{column}' if place else ''}: not valid TOML", example)
        failure.file, failure.line, failure.column = manifest, line, column
        raise failure from None


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines, cut before each so many-th table.

    A string over several lines may hold what looks like a table, so that nothing is cut from there on.
    """
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
