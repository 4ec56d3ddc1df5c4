"""Two changes of one JSON value put together by value, where they do not touch each other. Pure."""

from __future__ import annotations

from jsonbin_cli.records.pointers import step_to
from jsonbin_cli.records.text import JSON

_ABSENT = object()


class Touching(Exception):
    """Both sides changed the value at `pointer` (RFC 6901), and differently."""

    def __init__(self, pointer: str) -> None:
        super().__init__(pointer)
        self.pointer = pointer


def merged(base: JSON, ours: JSON, theirs: JSON) -> JSON:
    """`theirs` with the changes that `ours` made of `base`. Raises Touching.

    An array is taken as a whole once its length changed, since nothing says which of its items is which.
    """
    value = _merged("", base, ours, theirs)
    assert value is not _ABSENT
    return value  # type: ignore[return-value]


def _merged(pointer: str, base: object, ours: object, theirs: object) -> object:
    if ours == theirs or base == ours:
        return theirs
    if base == theirs:
        return ours
    if isinstance(base, dict) and isinstance(ours, dict) and isinstance(theirs, dict):
        found = {
            name: _merged(
                pointer + step_to(name),
                base.get(name, _ABSENT),
                ours.get(name, _ABSENT),
                theirs.get(name, _ABSENT),
            )
            for name in dict.fromkeys([*theirs, *ours])
        }
        return {name: value for name, value in found.items() if value is not _ABSENT}
    if (
        isinstance(base, list)
        and isinstance(ours, list)
        and isinstance(theirs, list)
        and len(base) == len(ours) == len(theirs)
    ):
        return [_merged(f"{pointer}/{n}", *items) for n, items in enumerate(zip(base, ours, theirs, strict=True))]
    raise Touching(pointer)
