"""Updates that a later one overwrote without having read them, found in the versions of a bin. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, cast

from jsonbin_cli.records.merge import ABSENT, changed_places, value_at
from jsonbin_cli.records.sums import Sums
from jsonbin_cli.records.text import JSON, Member


class Place(NamedTuple):
    """What an update changed, a JSON Pointer into its version, and where that can be put without overwriting anything.

    `to` is a JSON Pointer too; with `/-` at its end it is the end of an array. None where a person has to decide.
    """

    pointer: str
    to: str | None


class Lost(NamedTuple):
    """Version `number` changed these places, and the next version set them back."""

    number: int
    places: tuple[Place, ...]


class _Element(NamedTuple):
    """An element that a version added to the array at `array`; with it, that has `times` that are equal."""

    array: str
    sum: bytes
    times: int


class _Changed(NamedTuple):
    """A place that version `number` changed, and the sums of what was there before and after that.

    `added` are the elements that this added to an array, and `appends` says that it did nothing else to that, whose
    place is then that of the element.
    """

    number: int
    place: str
    old: bytes
    new: bytes
    added: tuple[_Element, ...] = ()
    appends: bool = False


class _Record:
    """A value, and sums of what is in it."""

    def __init__(self, value: JSON) -> None:
        self.value = value
        self.sums = Sums()
        self._counted: dict[str, Counter[bytes]] = {}

    def sum_at(self, place: str) -> bytes:
        """The sum of what is at a place; nothing where there is nothing."""
        found = value_at(self.value, place)
        return b"" if found is ABSENT else self.sums.of(cast(JSON, found))

    def has_array(self, place: str) -> bool:
        """Whether there is an array at a place."""
        return isinstance(value_at(self.value, place), list)

    def array(self, place: str) -> list[JSON]:
        """The elements of the array at a place; none where there is no array."""
        found = value_at(self.value, place)
        return found if isinstance(found, list) else []

    def counted(self, place: str) -> Counter[bytes]:
        """How often the array at a place has each element, by its sum."""
        if place not in self._counted:
            self._counted[place] = Counter(map(self.sums.of, self.array(place)))
        return self._counted[place]

    def has(self, one: _Changed) -> bool:
        """Whether what was changed is there: at its place, or, of an array, anywhere in that."""
        if one.added and all(self.counted(array)[found] >= times for array, found, times in one.added):
            return True
        return not one.appends and self.sum_at(one.place) == one.new


def lost(records: Iterable[tuple[int, Member]], latest: Callable[[], Member]) -> list[Lost]:
    """The updates whose changes are missing in the next version and in each later one, the newest first.

    Where the next version does nothing but undo the update, that was intended, and does not count; nor does it where
    an object that was added to an array is missing, and one that was added instead has a member in common with it.
    `records` are versions with their numbers, one after the other, 0 being the record from before the first; `latest`
    gives what the bin holds. Of the records, which may be large, two are in memory at a time.
    """
    undone: list[_Changed] = []
    changed: list[_Changed] = []
    arrays: dict[str, Counter[bytes]] = {}
    base = b""
    previous: _Record | None = None
    for number, member in records:
        record = _Record(member.value)
        undone = [one for one in undone if not record.has(one)]
        if previous and record.sum_at("") != base and not any(map(record.has, changed)):
            undone += _undone(changed, previous, record, arrays)
        if previous:
            changed = list(_changes(number, previous, record))
            arrays = {one.added[0].array: previous.counted(one.added[0].array) for one in changed if one.appends}
            base = previous.sum_at("")
        previous = record
    now = _Record(latest().value)
    places: dict[int, dict[Place, None]] = {}
    for one in undone:
        if not now.has(one):
            places.setdefault(one.number, {})[_place(one, now)] = None
    return [Lost(number, tuple(places[number])) for number in sorted(places, reverse=True)]


def _changes(number: int, old: _Record, new: _Record) -> Iterator[_Changed]:
    """What a version changed."""
    for place in changed_places(old.value, new.value):
        before, after = old.sum_at(place), new.sum_at(place)
        array = _array_around(new.value, place)
        if array is not None and array != place:
            index = place[len(array) + 1 :].partition("/")[0]
            found = new.sums.of(new.array(array)[int(index)])
            yield _Changed(number, place, before, after, (_Element(array, found, new.counted(array)[found]),))
        elif array is None or old.counted(place) - new.counted(place) or (before and not old.has_array(place)):
            added = tuple(element for _, element in _added(place, old, new))
            yield _Changed(number, place, before, after, added)
        else:
            for at, element in _added(place, old, new):
                yield _Changed(number, f"{place}/{at}", before, after, (element,), appends=True)


def _added(place: str, old: _Record, new: _Record) -> Iterator[tuple[int, _Element]]:
    """The elements that the new array at a place has more often than the old one, each with its index."""
    before, seen = old.counted(place), Counter[bytes]()
    for index, element in enumerate(map(new.sums.of, new.array(place))):
        seen[element] += 1
        if seen[element] > before[element]:
            yield index, _Element(place, element, seen[element])


def _array_around(value: JSON, place: str) -> str | None:
    """The outermost array on the way to a place, or there; None where there is none."""
    way = ""
    for step in place.split("/")[1:]:
        if isinstance(value_at(value, way), list):
            break
        way += "/" + step
    return way if isinstance(value_at(value, way), list) else None


def _undone(
    changed: list[_Changed], version: _Record, record: _Record, arrays: dict[str, Counter[bytes]]
) -> Iterator[_Changed]:
    """The changes of a version that the next record lacks, where it was made from what was there before them.

    `arrays` are those to which the version added elements, as they were before that.
    """
    came: dict[str, set[tuple[str, bytes]]] = {}
    for array, before in arrays.items():
        if before <= record.counted(array):
            more = record.counted(array) - version.counted(array)
            others = (element for element in record.array(array) if record.sums.of(element) in more)
            came[array] = {part for other in others for part in _members(other)}
    for one in changed:
        if one.appends:
            new = came.get(one.added[0].array)
            undone = new is not None and new.isdisjoint(_members(value_at(version.value, one.place)))
        else:
            undone = record.sum_at(one.place) == one.old
        if undone:
            yield one


def _members(value: object) -> set[tuple[str, bytes]]:
    """The members of an object, with the sums of their values."""
    return {(name, Sums().of(member)) for name, member in value.items()} if isinstance(value, dict) else set()


def _place(one: _Changed, now: _Record) -> Place:
    """Where something is to be put back in what the bin holds now."""
    if one.appends:
        array = one.added[0].array
        if now.has_array(array):
            return Place(one.place, f"{array}/-")
        if array and not (one.old or now.sum_at(array)):
            return Place(array, array)
        return Place(one.place, None)
    is_free = now.sum_at(one.place) == one.old and not now.has_array(one.place)
    return Place(one.place, one.place if is_free and one.new and one.place and not one.added else None)
