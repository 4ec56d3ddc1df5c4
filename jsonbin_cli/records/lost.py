"""Updates that a later one overwrote without having read them, found in the versions of a bin. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from jsonbin_cli.records.merge import changed_places, value_at
from jsonbin_cli.records.text import JSON


class Lost(NamedTuple):
    """Version `number` changed these places, JSON Pointers, and the next version set them back."""

    number: int
    places: tuple[str, ...]


def lost(records: Mapping[int, JSON], latest: JSON) -> list[Lost]:
    """The updates whose changes are missing in the next version and in each later one, the newest first.

    Where the next version does nothing but undo the update, that was intended, and does not count. `records` has
    versions by their number, 0 being the record from before the first; `latest` is what the bin holds.
    """
    found = []
    for number in sorted(records, reverse=True):
        before, after = records.get(number - 1), records.get(number + 1)
        changed = changed_places(before, records[number]) if number and before is not None else []
        if after is None or after == before or any(_same(after, records[number], place) for place in changed):
            continue
        later = [records[other] for other in records if other > number] + [latest]
        places = tuple(
            place
            for place in changed
            if _same(after, before, place) and not any(_same(record, records[number], place) for record in later)
        )
        if places:
            found.append(Lost(number, places))
    return found


def _same(one: JSON, other: JSON, place: str) -> bool:
    return value_at(one, place) == value_at(other, place)
