"""Two changes of one JSON value put together by value, place by place. Pure."""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple, cast

from jsonbin_cli.records.numbers import Number, total
from jsonbin_cli.records.pointers import step_to
from jsonbin_cli.records.text import JSON

ABSENT = object()
"""Stands for the value of a member that an object does not have."""


class Clash(NamedTuple):
    """A place that both sides changed, and differently. `pointer` is a JSON Pointer (RFC 6901).

    `theirs` and `ours` are what each side made of it; ABSENT where that side removed it.
    """

    pointer: str
    theirs: object
    ours: object


class Merged(NamedTuple):
    """Both changes in one value, in which each place of `clashes` holds what the preferred side made of it."""

    value: JSON
    clashes: tuple[Clash, ...]


def merge(
    base: JSON, theirs: JSON, ours: JSON, *, added_at: Set[str] = frozenset(), prefer_theirs: bool = False
) -> Merged:
    """What `theirs` and `ours` made of `base`, put together; `ours` is preferred at a clash unless told otherwise.

    Elements of an array are merged where neither side changed its length, since else nothing says which of them is
    which. At the pointers `added_at` changes are added: the differences of numbers, and elements at the end of an
    array, theirs before ours.
    """
    clashes: list[Clash] = []

    def at(pointer: str, base: object, theirs: object, ours: object) -> object:
        if base == ours:
            return theirs
        if base == theirs:
            return ours
        if pointer in added_at and (both := _added(base, theirs, ours)) is not ABSENT:
            return both
        if ours == theirs and not any(place.startswith(f"{pointer}/") for place in added_at):
            return theirs
        if isinstance(theirs, dict) and isinstance(ours, dict) and (isinstance(base, dict) or base is ABSENT):
            before = base if isinstance(base, dict) else {}
            found = {
                name: at(
                    pointer + step_to(name),
                    before.get(name, ABSENT),
                    theirs.get(name, ABSENT),
                    ours.get(name, ABSENT),
                )
                for name in dict.fromkeys([*theirs, *ours])
            }
            return {name: value for name, value in found.items() if value is not ABSENT}
        if (
            isinstance(base, list)
            and isinstance(theirs, list)
            and isinstance(ours, list)
            and len(base) == len(theirs) == len(ours)
        ):
            return [at(f"{pointer}/{n}", *items) for n, items in enumerate(zip(base, theirs, ours, strict=True))]
        if ours != theirs:
            clashes.append(Clash(pointer, theirs, ours))
        return theirs if prefer_theirs else ours

    value = at("", base, theirs, ours)
    return Merged(cast(JSON, value), tuple(clashes))


def _added(base: object, theirs: object, ours: object) -> object:
    """Both changes, where they can be added; ABSENT where they cannot."""
    if isinstance(theirs, Number) and isinstance(ours, Number) and (isinstance(base, Number) or base is ABSENT):
        zero = base if isinstance(base, Number) else Number("0")
        return total((theirs, 1), (ours, 1), (zero, -1)) or ABSENT
    start = [] if base is ABSENT else base
    if isinstance(theirs, list) and isinstance(ours, list) and isinstance(start, list):
        length = len(start)
        if theirs[:length] == start == ours[:length]:
            return theirs + ours[length:]
    return ABSENT
