"""How one JSON value becomes another: the RFC 6902 operations, and lines for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from jsonbin_cli.records.numbers import text_of
from jsonbin_cli.records.text import JSON, pointer_step

_SHOWN = 200


class Change(NamedTuple):
    """One RFC 6902 operation, and the value that it takes away.

    `pointer` is a JSON Pointer (RFC 6901) into the value as the changes before it left it.
    """

    op: Literal["add", "remove", "replace"]
    pointer: str
    old: JSON
    new: JSON


def changes(old: JSON, new: JSON) -> list[Change]:
    """What makes `new` of `old`, by value: `1.10` is `1.1`, and the order of members is no difference."""
    return list(_changes("", old, new))


def operations(found: list[Change]) -> str:
    """The changes as a JSON Patch (RFC 6902), one operation a line."""
    return "[" + ",\n ".join(text_of(_operation(change)) for change in found) + "]"


def _operation(change: Change) -> JSON:
    operation: dict[str, JSON] = {"op": change.op, "path": change.pointer}
    if change.op != "remove":
        operation["value"] = change.new
    return operation


def lines(found: list[Change]) -> list[tuple[str, str]]:
    """The changes for people: what kind each is, and its line."""
    return [(change.op, _line(change)) for change in found]


def _line(change: Change) -> str:
    where = change.pointer if change.pointer.isprintable() else text_of(change.pointer)[1:-1]
    where = where or "the whole record"
    match change.op:
        case "add":
            return f"+ {where}: {_short(change.new)}"
        case "remove":
            return f"- {where}: {_short(change.old)}"
        case _:
            return f"~ {where}: {_short(change.old)} -> {_short(change.new)}"


def _short(value: JSON) -> str:
    text = text_of(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text):,} characters)"


def _changes(pointer: str, old: JSON, new: JSON) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in old:
            at = pointer + pointer_step(name)
            if name in new:
                yield from _changes(at, old[name], new[name])
            else:
                yield Change("remove", at, old[name], None)
        for name in new:
            if name not in old:
                yield Change("add", pointer + pointer_step(name), None, new[name])
    elif isinstance(old, list) and isinstance(new, list):
        yield from _changes_of_items(pointer, old, new)
    else:
        yield Change("replace", pointer, old, new)


def _changes_of_items(pointer: str, old: list[JSON], new: list[JSON]) -> Iterator[Change]:
    """Between what is equal at both ends, item for item; what one side has more of is removed or added there."""
    shorter = min(len(old), len(new))
    start = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    end = next((n for n in range(shorter - start) if old[-1 - n] != new[-1 - n]), shorter - start)
    pairs = shorter - end
    for index in range(start, pairs):
        yield from _changes(f"{pointer}/{index}", old[index], new[index])
    for index in reversed(range(pairs, len(old) - end)):
        yield Change("remove", f"{pointer}/{index}", old[index], None)
    for index in range(pairs, len(new) - end):
        yield Change("add", f"{pointer}/{index}", None, new[index])
