"""The places at which it is not certain whose value is the newest."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from jsonbin_cli.records.merge import value_at
from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.protocol import Step, Version, counted, held_by
from jsonbin_cli.records.text import JSON

# How many versions before the one that was read are looked at.
_LOOK_BACK = 20


def older(places: set[str], seen: int, theirs: JSON) -> Generator[Step, Any, set[str]]:
    """Those of the places at which `theirs` has an older value than version `seen`.

    Either its writer set it back, or had not seen that version, and puts back what it overwrote itself.
    """
    found: set[str] = set()
    for number in range(seen - 1, max(-1, seen - 1 - _LOOK_BACK), -1):
        if found == places:
            break
        record = yield Version(number)
        if record is None:
            break
        found |= {place for place in places if value_at(theirs, place) == value_at(record, place)}
    return found


def changed_since(
    places: set[str], before: JSON, theirs: JSON, version: int, after: JSON, known: int, latest: JSON
) -> Generator[Step, Any, set[str]]:
    """Those of the places, which changed from `before` to `theirs`, that have changed since our `version`.

    A later writer may have put back what is there now, or have set it: which of the two is not known. `after` is what
    our version holds; there were `known` versions at least before the `latest` record was read. Raises Unsettled.
    """
    if not places:
        return set()
    since = [latest]
    number = version
    while True:
        while number < known:
            number += 1
            since.append((yield from held_by(number, version)))
        if latest in (after, *since[1:]):
            break
        known = yield from counted(version)  # the latest is newer than the versions that had been counted
        if number == known:
            break
    return {place for place in places if _is_doubtful(place, before, theirs, after, since)}


def _is_doubtful(place: str, before: JSON, theirs: JSON, after: JSON, since: list[JSON]) -> bool:
    old, new, ours = (value_at(record, place) for record in (before, theirs, since[0]))
    if any(value_at(record, place) != ours for record in since):
        return True
    if ours == new:  # it may be there already, or another's change that is to be added to it
        return isinstance(ours, Number | list)
    return ours == old != value_at(after, place)
