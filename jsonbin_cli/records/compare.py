"""What differs between two JSON values: RFC 6902 operations, and lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.pointers import step_to
from jsonbin_cli.records.sums import Sums
from jsonbin_cli.records.text import JSON
from jsonbin_cli.records.writing import text_of

_SHOWN = 200
_MOST_ITEMS = 20_000
"""How many items, of both together, may differ in two arrays that are compared as sequences."""
_SHORT_PATCH = 2000  # characters
_MOST_CHANGES = 10_000


class Change(NamedTuple):
    """One RFC 6902 operation, and the value that it replaces or removes.

    `pointer` is a JSON Pointer (RFC 6901) into the value as the changes before it left it.
    """

    op: Literal["add", "remove", "replace"]
    pointer: str
    old: JSON
    new: JSON

    @property
    def loses_digits(self) -> bool:
        """Whether this is what happens to a number that is stored as a double."""
        return isinstance(self.old, Number) and self.old.lost_in_a_double


class _Pair(NamedTuple):
    """Two values at the same place that are still to be compared."""

    pointer: str
    old: JSON
    new: JSON


_Step: TypeAlias = "Change | _Pair"


def changes(old: JSON, new: JSON) -> list[Change]:
    """What turns `old` into `new`, by value: `1.10` is `1.1`, and the order of members is no difference.

    Where there would be more than 10,000 changes, one that replaces all.
    """
    found = list(islice(differences(old, new), _MOST_CHANGES + 1))
    return found if len(found) <= _MOST_CHANGES else [Change("replace", "", old, new)]


def differences(old: JSON, new: JSON) -> Iterator[Change]:
    """The changes that turn `old` into `new`, one by one."""
    if old == new:
        return
    sums = Sums()
    waiting: list[Iterator[_Step]] = [iter([_Pair("", old, new)])]
    while waiting:
        step = next(waiting[-1], None)
        if step is None:
            waiting.pop()
        elif isinstance(step, Change):
            yield step
        elif not sums.same(step.old, step.new, len(waiting)):
            waiting.append(_steps(*step, sums, len(waiting)))


def operations(found: list[Change], old: JSON, new: JSON) -> str:
    """The changes from `old` to `new` as a JSON Patch (RFC 6902), one operation a line.

    Before what replaces or removes a value stands a `test` of that value, so that the patch fails where the value is
    another one by then. A long patch is never longer than one that replaces all of `old` by `new`. A short one stays as
    it is, since it leaves alone what somebody else changes elsewhere.
    """
    patch = _patch(found)
    if len(patch) <= _SHORT_PATCH:
        return patch
    return min(patch, _patch([Change("replace", "", old, new)]), key=len)


def lines(found: list[Change]) -> list[tuple[str, str]]:
    """The changes for people: the operation of each, and its line."""
    return [(change.op, _line(change)) for change in found]


def short(value: JSON, most: int = _SHOWN) -> str:
    """The JSON text of a value, cut to `most` characters."""
    text = text_of(value)
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def _patch(found: list[Change]) -> str:
    return "[" + ",\n ".join(text_of(operation) for change in found for operation in _operations(change)) + "]"


def _operations(change: Change) -> Iterator[JSON]:
    if change.op != "add":
        yield {"op": "test", "path": change.pointer, "value": change.old}
    if change.op == "remove":
        yield {"op": "remove", "path": change.pointer}
    else:
        yield {"op": change.op, "path": change.pointer, "value": change.new}


def _line(change: Change) -> str:
    where = change.pointer if change.pointer.isprintable() else text_of(change.pointer)[1:-1]
    where = where or "the whole record"
    match change.op:
        case "add":
            return f"+ {where}  {short(change.new)}"
        case "remove":
            return f"- {where}  {short(change.old)}"
        case _:
            return f"~ {where}  {short(change.old)} -> {short(change.new)}"


def _steps(pointer: str, old: JSON, new: JSON, sums: Sums, level: int) -> Iterator[_Step]:
    """The changes between two values that differ, with what is still to be compared, in order."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in old:
            at = pointer + step_to(name)
            yield _Pair(at, old[name], new[name]) if name in new else Change("remove", at, old[name], None)
        for name in new:
            if name not in old:
                yield Change("add", pointer + step_to(name), None, new[name])
    elif isinstance(old, list) and isinstance(new, list):
        for old_start, old_end, new_start, new_end in _different_parts(old, new, sums, level):
            yield from _steps_of_part(pointer, old[old_start:old_end], new[new_start:new_end], new_start)
    else:
        yield Change("replace", pointer, old, new)


def _steps_of_part(pointer: str, old: list[JSON], new: list[JSON], start: int) -> Iterator[_Step]:
    """One part of an array, item by item; what one side has more of is removed or added at its end."""
    both = min(len(old), len(new))
    for index in range(both):
        yield _Pair(f"{pointer}/{start + index}", old[index], new[index])
    for index in reversed(range(both, len(old))):
        yield Change("remove", f"{pointer}/{start + index}", old[index], None)
    for index in range(both, len(new)):
        yield Change("add", f"{pointer}/{start + index}", None, new[index])


def _different_parts(old: list[JSON], new: list[JSON], sums: Sums, level: int) -> list[tuple[int, int, int, int]]:
    """The parts of two arrays that differ: start and end in the old one, start and end in the new one."""
    shorter = min(len(old), len(new))
    start = next((n for n in range(shorter) if not sums.same(old[n], new[n], level)), shorter)
    end = next((n for n in range(shorter - start) if not sums.same(old[-1 - n], new[-1 - n], level)), shorter - start)
    old_end, new_end = len(old) - end, len(new) - end
    if min(old_end, new_end) - start < 2 or old_end + new_end - 2 * start > _MOST_ITEMS:
        return [(start, old_end, start, new_end)]
    from jsonbin_cli.records.sequences import different_parts

    olds, news = ([sums.of(item) for item in part] for part in (old[start:old_end], new[start:new_end]))
    return [
        (start + old_from, start + old_to, start + new_from, start + new_to)
        for old_from, old_to, new_from, new_to in different_parts(olds, news)
    ]
