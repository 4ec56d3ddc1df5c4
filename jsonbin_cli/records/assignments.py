"""The arguments of `set` and `unset`: values read, and put into a record or removed from it."""

from __future__ import annotations

from collections.abc import Sequence

from jsonbin_cli.failures import InvalidInput
from jsonbin_cli.records.document import json_from
from jsonbin_cli.records.guards import check_depth
from jsonbin_cli.records.paths import Item, Path, item_of, with_value, without
from jsonbin_cli.records.text import JSON, NotJSON, parse


def assignments(arguments: Sequence[str]) -> list[tuple[Path, JSON]]:
    """Each path with its value. Raises UsageMistake and InvalidInput."""
    return [(item.path, _value(item)) for item in map(item_of, arguments)]


def assigned(record: JSON, wanted: Sequence[tuple[Path, JSON]]) -> JSON:
    """The record with all values set, one after the other. Raises InvalidInput where one has no place."""
    for path, value in wanted:
        record = with_value(record, path, value)
    return record


def removed(record: JSON, paths: Sequence[Path]) -> JSON:
    """The record without what is at the paths, one after the other. Raises InvalidInput."""
    for path in paths:
        record = without(record, path)
    return record


def _value(item: Item) -> JSON:
    if item.separator == "=":
        return item.value
    if item.separator == ":=@":
        document = json_from(item.value)
        name, value = document.name, document.value
    else:
        name, value = f"{item.path.text}:=", _parsed(item)
    check_depth(name, value)
    return value


def _parsed(item: Item) -> JSON:
    try:
        return parse(item.value)
    except NotJSON as wrong:
        raise InvalidInput(
            f"{item.path.text}:={item.value}: not valid JSON: {wrong.reason}",
            f"for a string: '{item.path.text}={item.value}'",
        ) from None
