"""Many bins in lines and columns of at most 80 characters. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

_WIDEST = 80
_LONGEST_NAME = 32
_MARKS = {"update": ("~", "yellow"), "unchanged": ("=", ""), "skipped": ("-", "")}
_FAILED = ("!", "red")
_STYLE_OF_CHANGE = {"+": "green", "-": "red", "~": "yellow"}


class Difference(Protocol):
    """What differs in a bin."""

    @property
    def steps(self) -> Sequence[Any]:
        """For each change the operation and its line."""


class Row(Protocol):
    """A bin and what is to become of it."""

    word: str
    changes: int | None

    @property
    def diff(self) -> Difference | None:
        """What differs, where that is to be shown."""

    @property
    def name(self) -> str:
        """What the bin is called."""


def plan(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """A line for each bin that something is to be done or to be said about, with its style."""
    shown = [row for row in rows if row.word != "unchanged"]
    start = min(_LONGEST_NAME, max((cells(row.name) for row in shown), default=0)) + 4
    for row in shown:
        mark, style = _MARKS.get(row.word, _FAILED)
        yield fitted(f"{mark} {padded(row.name, start - 4)}  {_about(row)}", _WIDEST), style
        for _, line in row.diff.steps if row.diff else ():
            yield f"    {line}", _STYLE_OF_CHANGE[line[0]]


def _about(row: Row) -> str:
    count = row.changes or 0
    changes = f"{count:,} change{'' if count == 1 else 's'}"
    if row.word == "update":
        return changes
    return f"{row.word}, {changes}" if count else row.word


def bins(rows: Iterable[tuple[str, str, bool, str]]) -> Iterator[str]:
    """A line for each bin, which is given as its id, its name, whether it is private, and when it was created."""
    for bin_id, name, private, created in rows:
        privacy = "private" if private else "public"
        yield f"{padded(fitted(name, 22), 22)}  {bin_id}  {privacy:7}  {created[:19].replace('T', ' ')}".rstrip()


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
