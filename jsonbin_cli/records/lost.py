"""Updates that a later one overwrote without having read them, found in the versions of a bin. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, cast

from jsonbin_cli.records.merge import ABSENT, changed_places, value_at
from jsonbin_cli.records.sums import Sums
from jsonbin_cli.records.text import JSON, Member


class Lost(NamedTuple):
    """Version `number` changed these places, JSON Pointers, and the next version set them back."""

    number: int
    places: tuple[str, ...]


class _Changed(NamedTuple):
    """A place that version `number` changed, and the sums of what was there before and after that."""

    number: int
    place: str
    old: bytes
    new: bytes


def lost(records: Iterable[tuple[int, Member]], latest: Callable[[], Member]) -> list[Lost]:
    """The updates whose changes are missing in the next version and in each later one, the newest first.

    Where the next version does nothing but undo the update, that was intended, and does not count. `records` are
    versions with their numbers, one after the other, 0 being the record from before the first; `latest` gives what the
    bin holds. Of the records, which may be large, two are in memory at a time.
    """
    undone: list[_Changed] = []
    changed: list[_Changed] = []
    base = b""
    previous: Member | None = None
    for number, record in records:
        value = record.value
        undone = [one for one in undone if _sum_at(value, one.place) != one.new]
        if Sums().of(value) != base and not any(_sum_at(value, one.place) == one.new for one in changed):
            undone += [one for one in changed if _sum_at(value, one.place) == one.old]
        changed, base = _changed(number, previous.value, value) if previous else ([], b"")
        previous = record
    value = latest().value
    places: dict[int, list[str]] = {}
    for one in undone:
        if _sum_at(value, one.place) != one.new:
            places.setdefault(one.number, []).append(one.place)
    return [Lost(number, tuple(places[number])) for number in sorted(places, reverse=True)]


def _changed(number: int, old: JSON, new: JSON) -> tuple[list[_Changed], bytes]:
    """What a version changed, and the sum of what was there before."""
    places = changed_places(old, new)
    return [_Changed(number, at, _sum_at(old, at), _sum_at(new, at)) for at in places], Sums().of(old)


def _sum_at(value: JSON, place: str) -> bytes:
    """The sum of what is at a place; nothing where there is nothing."""
    found = value_at(value, place)
    return b"" if found is ABSENT else Sums().of(cast(JSON, found))
