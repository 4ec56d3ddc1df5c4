"""Text for people in lines and columns, broken between words where the terminal ends. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

_GAP = 2
# A column that would be narrower is put below the term instead.
_NARROWEST = 40


def paragraph(text: str, width: int | None, indent: str = "") -> str:
    """`text` in lines of at most `width` characters; a longer word is not broken. None sets no limit.

    The lines after the first start with `indent`.
    """
    if width is None:
        return text
    lines = textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)


def columns(rows: Iterable[tuple[str, str]], width: int | None) -> str:
    """Terms in one column, and the text of each in another."""
    rows = list(rows)
    start = max(len(term) for term, _ in rows) + _GAP
    if width is not None and width - start < _NARROWEST:
        return "\n".join(f"{term}\n{paragraph(f'    {text}', width, '    ')}" for term, text in rows)
    return "\n".join(paragraph(f"{term:{start}}{text}", width, " " * start) for term, text in rows)


def padded(text: str, width: int) -> str:
    """`text` with blanks up to `width` columns of a terminal, and cut to that."""
    text = fitted(text, width)
    return text + " " * (width - cells(text))


def fitted(text: str, width: int) -> str:
    """`text` cut to `width` columns of a terminal."""
    if cells(text) <= width:
        return text
    from rich.cells import set_cell_size

    return set_cell_size(text, width - 1).rstrip() + "…"


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
