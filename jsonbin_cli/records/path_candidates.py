"""The paths in a record that a path which is being typed can become. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from jsonbin_cli.records.pointers import children
from jsonbin_cli.records.text import JSON

_MOST = 200
_MOST_ITEMS = 5
"""How many items of an array are offered before its `[` is typed."""
_ESCAPED = r"[.\[\]=:+\\]"
_ESCAPED_IN_POINTER = r"[=:+\\]"


def paths_from(record: JSON, begun: str) -> list[tuple[str, JSON]]:
    """The paths that start with `begun`, each with its value: those at its level, and those one level below.

    They are dotted, or JSON Pointers where `begun` is the start of one, and at most 200. `a.b[]`, the place after the
    last item of an array, has the value of that item. Names that no path can write, or no line show, are left out.
    """
    return list(islice(_paths(record, "", begun, further=True), _MOST))


def _paths(value: JSON, way: str, begun: str, *, further: bool) -> Iterator[tuple[str, JSON]]:
    for path, child in _inside(value, way, begun):
        if path.startswith(begun):
            yield path, child
        if begun.startswith(path) or further:
            yield from _paths(child, path, begun, further=begun.startswith(path))


def _inside(value: JSON, way: str, begun: str) -> Iterator[tuple[str, JSON]]:
    """The paths of what is directly inside a value that `way` leads to."""
    if way == "$":  # what continues it is refused, as a path of JSONPath
        return
    is_pointer = begun.startswith("/")
    if isinstance(value, list) and not begun.startswith(f"{way}/" if is_pointer else f"{way}["):
        value = value[:_MOST_ITEMS]
    if is_pointer:
        for step, child in children(value):
            if step.isprintable():
                yield way + re.sub(f"({_ESCAPED_IN_POINTER})", r"\\\1", step), child
    elif isinstance(value, dict):
        for name, child in value.items():
            # At the start of a path, / begins a JSON Pointer, and - an option.
            if name and name.isprintable() and (way or name[0] not in "/-"):
                yield way + ("." if way else "") + re.sub(f"({_ESCAPED})", r"\\\1", name), child
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield f"{way}[{index}]", child
        if value:
            yield f"{way}[]", value[-1]
