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
