"""Places in a JSON value as JSON Pointers (RFC 6901)."""

from __future__ import annotations

from collections.abc import Iterator

from jsonbin_cli.records.text import JSON

DEEPEST_TO_CHANGE = 100
"""How deeply a value that is changed here may be nested: the functions that change it are recursive."""


def step_to(name: str) -> str:
    """A member's name as one step of a JSON Pointer (RFC 6901, 3)."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def steps_of(pointer: str) -> list[str]:
    """The names in a JSON Pointer, in order."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def children(value: JSON) -> Iterator[tuple[str, JSON]]:
    """The direct parts of an object or array, each with its step of a JSON Pointer."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield step_to(name), child
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield f"/{index}", child


def walk(value: JSON) -> Iterator[tuple[str, JSON]]:
    """Each value inside `value` with its JSON Pointer, in document order."""
    waiting: list[tuple[str, JSON]] = [("", value)]
    while waiting:
        pointer, item = waiting.pop()
        yield pointer, item
        waiting.extend(reversed([(pointer + step, child) for step, child in children(item)]))


def depth(value: JSON) -> int:
    """How many levels of objects and arrays are inside each other: 0 for a single value, 1 for `[]`."""
    levels, level = 0, [value] if isinstance(value, dict | list) else []
    while level:
        levels += 1
        level = [child for item in level for _, child in children(item) if isinstance(child, dict | list)]
    return levels
