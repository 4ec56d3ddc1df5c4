"""Two changes of one JSON value put together by value, place by place. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import partial
from itertools import chain
from typing import NamedTuple, cast

from jsonbin_cli.records.numbers import Number, total
from jsonbin_cli.records.pointers import step_to, steps_of
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


class Missing(NamedTuple):
    """Elements that theirs took from an array to which is only added, and that ours does not have.

    Where others still put back what they overwrote, they may come yet.
    """

    pointer: str
    elements: tuple[JSON, ...]


class Merged(NamedTuple):
    """Both changes in one value, in which each place of `clashes` holds what the preferred side made of it.

    Of a change with `missing` elements all the rest is in the value.
    """

    value: JSON
    clashes: tuple[Clash, ...]
    missing: tuple[Missing, ...] = ()


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
    and elements at the end of an array, theirs before ours; what is not there counts as 0, as [], and as {} around
    these. At the pointers `doubtful` a change of theirs is a clash in any case.
    """
    clashes: list[Clash] = []
    missing: list[Missing] = []
    sums = Sums()

    def at(pointer: str, base: object, theirs: object, ours: object) -> object:
        same = partial(sums.same, level=pointer.count("/"))
        if same(base, theirs):
            return ours
        if pointer in doubtful:
            clashes.append(Clash(pointer, theirs, ours))
            return theirs if prefer_theirs else ours
        if same(base, ours) and not _any_below(pointer, doubtful):
            return theirs
        is_added = covers(added_at, pointer)
        if is_added and (both := _added(base, theirs, ours, sums)):
            if both.gone:
                missing.append(Missing(pointer, both.gone))
            return both.value
        may_add = is_added or _any_below(pointer, added_at)
        if same(ours, theirs) and not may_add and not _any_below(pointer, doubtful):
            return theirs
        if (may_add or not _is_any_absent(theirs, ours)) and (objects := _objects(base, theirs, ours)):
            before, first, second = objects
            found = {
                name: at(
                    pointer + step_to(name),
                    before.get(name, ABSENT),
                    first.get(name, ABSENT),
                    second.get(name, ABSENT),
                )
                for name in dict.fromkeys([*first, *second, *before])
            }
            held = {name: value for name, value in found.items() if value is not ABSENT}
            return held if held or not _is_any_absent(theirs, ours) else ABSENT
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
    return Merged(cast(JSON, value), tuple(clashes), tuple(missing))


def covers(places: Collection[str], pointer: str) -> bool:
    """Whether a place is one of these, or inside one of them. All are JSON Pointers."""
    return any(pointer == place or pointer.startswith(f"{place}/") for place in places)


def changed_places(old: JSON, new: JSON, *, added_at: Collection[str] = ()) -> list[str]:
    """The places that `merge` takes for changed between two values, as JSON Pointers, but for those of `added_at`.

    Where there would be more than 10,000, all of the value is the place.
    """
    found: list[str] = []
    sums = Sums()

    def at(pointer: str, old: object, new: object) -> None:
        if len(found) > _MOST_PLACES or sums.same(old, new, pointer.count("/")) or covers(added_at, pointer):
            return
        both_there = not _is_any_absent(old, new)
        if (both_there or _any_below(pointer, added_at)) and (objects := _objects(old, new)):
            before, after = objects
            for name in dict.fromkeys([*before, *after]):
                at(pointer + step_to(name), before.get(name, ABSENT), after.get(name, ABSENT))
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
    for name in steps_of(pointer):
        if isinstance(here, dict):
            here = here.get(name, ABSENT)
        elif isinstance(here, list) and name.isdecimal() and int(name) < len(here):
            here = here[int(name)]
        else:
            return ABSENT
    return here


def _any_below(pointer: str, places: Collection[str]) -> bool:
    return any(place.startswith(f"{pointer}/") for place in places)


def _is_any_absent(*sides: object) -> bool:
    return any(side is ABSENT for side in sides)


def _objects(*sides: object) -> list[dict[str, JSON]] | None:
    """The sides, where each is an object; one that is absent counts as an empty one."""
    if all(isinstance(side, dict) or side is ABSENT for side in sides):
        return [side if isinstance(side, dict) else {} for side in sides]
    return None


class _Added(NamedTuple):
    """Both changes in one number or array, and what theirs took away of it that ours does not have."""

    value: object
    gone: tuple[JSON, ...] = ()


def _added(base: object, theirs: object, ours: object, sums: Sums) -> _Added | None:
    """Both changes, where they can be added. A value that is absent counts as 0, or as []."""
    sides = (base, theirs, ours)
    if all(side is ABSENT or isinstance(side, Number) for side in sides):
        zero, one, other = (side if isinstance(side, Number) else Number("0") for side in sides)
        result = total((one, 1), (other, 1), (zero, -1))
        return _Added(result) if result else None
    if all(side is ABSENT or isinstance(side, list) for side in sides):
        before, first, second = (side if isinstance(side, list) else [] for side in sides)
        both = _appended(before, first, second, sums)
        return both if both.value or ours is not ABSENT else both._replace(value=ABSENT)
    return None


def _appended(base: list[JSON], theirs: list[JSON], ours: list[JSON], sums: Sums) -> _Added:
    """`ours` with what `theirs` appended, and without what it removed."""
    same = 0
    while same < min(len(base), len(theirs)) and sums.same(base[same], theirs[same]):
        same += 1
    starts_alike = all(map(sums.same, ours, base))
    place = len(base) if starts_alike else len(ours)
    removed = Counter(map(sums.of, base[same:]))
    both = []
    for item in chain(ours[:place], theirs[same:], ours[place:]):
        if removed and removed[sums.of(item)] > 0:
            removed[sums.of(item)] -= 1
        else:
            both.append(item)
    gone = []
    for item in base[same:]:
        if removed[sums.of(item)] > 0:
            removed[sums.of(item)] -= 1
            gone.append(item)
    return _Added(both, tuple(gone))
