"""Two changes of one JSON value put together by value, place by place. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import partial
from itertools import chain
from typing import NamedTuple, cast

from jsonbin_cli.records.numbers import Number, total
from jsonbin_cli.records.pointers import step_to
from jsonbin_cli.records.sums import Sums
from jsonbin_cli.records.text import JSON

_MOST_PLACES = 10_000
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
    """Both changes in one value, in which each place of `clashes` holds what the preferred side made of it.

    `missing` says that one of these is an array to which is only added, and from which theirs took what ours does not
    have: where others still put back what they overwrote, it may come yet.
    """

    value: JSON
    clashes: tuple[Clash, ...]
    missing: bool = False


def merge(
    base: JSON,
    theirs: JSON,
    ours: JSON,
    *,
    added_at: Collection[str] = (),
    doubtful: Collection[str] = (),
    prefer_theirs: bool = False,
) -> Merged:
    """What `theirs` and `ours` made of `base`, put together; `ours` is preferred at a clash unless told otherwise.

    Elements of an array are merged where neither side changed its length, since otherwise it is not known which
    elements belong together. At the pointers `added_at`, and below them, changes are added: the differences of numbers,
    and elements at the end of an array, theirs before ours. At the pointers `doubtful` a change of theirs is a clash in
    any case.
    """
    clashes: list[Clash] = []
    missing = False
    sums = Sums()

    def at(pointer: str, base: object, theirs: object, ours: object) -> object:
        nonlocal missing
        same = partial(sums.same, level=pointer.count("/"))
        if same(base, theirs):
            return ours
        if pointer in doubtful:
            clashes.append(Clash(pointer, theirs, ours))
            return theirs if prefer_theirs else ours
        if same(base, ours) and not _any_below(pointer, doubtful):
            return theirs
        if covers(added_at, pointer):
            if (both := _added(base, theirs, ours, sums)) is not ABSENT:
                return both
            missing = missing or (isinstance(theirs, list) and isinstance(ours, list))
        if same(ours, theirs) and not _touches(added_at, pointer) and not _any_below(pointer, doubtful):
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
                for name in dict.fromkeys([*theirs, *ours, *before])
            }
            return {name: value for name, value in found.items() if value is not ABSENT}
        if (
            isinstance(base, list)
            and isinstance(theirs, list)
            and isinstance(ours, list)
            and len(base) == len(theirs) == len(ours)
        ):
            return [at(f"{pointer}/{n}", *items) for n, items in enumerate(zip(base, theirs, ours, strict=True))]
        if not same(ours, theirs):
            clashes.append(Clash(pointer, theirs, ours))
        return theirs if prefer_theirs else ours

    value = at("", base, theirs, ours)
    return Merged(cast(JSON, value), tuple(clashes), missing)


def covers(places: Collection[str], pointer: str) -> bool:
    """Whether a place is one of these, or inside one of them. All are JSON Pointers."""
    return any(pointer == place or pointer.startswith(f"{place}/") for place in places)


def changed_places(old: JSON, new: JSON) -> list[str]:
    """The places that `merge` takes for changed between two values, as JSON Pointers.

    Where there would be more than 10,000, all of the value is the place.
    """
    found: list[str] = []
    sums = Sums()

    def at(pointer: str, old: object, new: object) -> None:
        if len(found) > _MOST_PLACES or sums.same(old, new, pointer.count("/")):
            return
        if isinstance(old, dict) and isinstance(new, dict):
            for name in dict.fromkeys([*old, *new]):
                at(pointer + step_to(name), old.get(name, ABSENT), new.get(name, ABSENT))
        elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
            for number, items in enumerate(zip(old, new, strict=True)):
                at(f"{pointer}/{number}", *items)
        else:
            found.append(pointer)

    at("", old, new)
    return found if len(found) <= _MOST_PLACES else [""]


def value_at(value: JSON, pointer: str) -> object:
    """What is at a JSON Pointer; ABSENT where there is nothing."""
    here: object = value
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(here, dict):
            here = here.get(name, ABSENT)
        elif isinstance(here, list) and name.isdecimal() and int(name) < len(here):
            here = here[int(name)]
        else:
            return ABSENT
    return here


def _touches(places: Collection[str], pointer: str) -> bool:
    return covers(places, pointer) or _any_below(pointer, places)


def _any_below(pointer: str, places: Collection[str]) -> bool:
    return any(place.startswith(f"{pointer}/") for place in places)


def _added(base: object, theirs: object, ours: object, sums: Sums) -> object:
    """Both changes, where they can be added; ABSENT where they cannot. A value that is absent counts as 0, or as []."""
    sides = (base, theirs, ours)
    if all(side is ABSENT or isinstance(side, Number) for side in sides):
        zero, one, other = (side if isinstance(side, Number) else Number("0") for side in sides)
        return total((one, 1), (other, 1), (zero, -1)) or ABSENT
    if all(side is ABSENT or isinstance(side, list) for side in sides):
        before, first, second = (side if isinstance(side, list) else [] for side in sides)
        return _appended(before, first, second, sums)
    return ABSENT


def _appended(base: list[JSON], theirs: list[JSON], ours: list[JSON], sums: Sums) -> object:
    """`ours` with what `theirs` appended, and without what it removed; ABSENT where that cannot be done."""
    same = 0
    while same < min(len(base), len(theirs)) and sums.same(base[same], theirs[same]):
        same += 1
    starts_alike = len(ours) >= len(base) and all(map(sums.same, ours, base))
    place = len(base) if starts_alike else len(ours)
    gone = Counter(map(sums.of, base[same:]))
    both = []
    for item in chain(ours[:place], theirs[same:], ours[place:]):
        if gone and gone[sums.of(item)] > 0:
            gone[sums.of(item)] -= 1
        else:
            both.append(item)
    return ABSENT if any(gone.values()) else both
