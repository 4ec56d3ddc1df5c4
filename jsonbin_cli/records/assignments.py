"""The arguments of `set` and `unset`: values read, and put into a record or removed from it."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote
from typing import NamedTuple

from jsonbin_cli.failures import InvalidInput, UsageMistake, shortened
from jsonbin_cli.records import slips
from jsonbin_cli.records.compare import short
from jsonbin_cli.records.document import json_from, names_given_twice
from jsonbin_cli.records.guards import check_depth
from jsonbin_cli.records.numbers import Number, total
from jsonbin_cli.records.other_formats import WORDS
from jsonbin_cli.records.paths import Item, Path, at_end, has_value, item_of, path_of, pointer_to
from jsonbin_cli.records.text import JSON, NotJSON, parse
from jsonbin_cli.records.values import keys_to, value_at, with_value, without


class Assignment(NamedTuple):
    """A place and its new value, or the number to add where `separator` is `+=`.

    `=` gives a string whatever it looks like. `notes` are sentences about what the user may not expect.
    """

    path: Path
    value: JSON
    separator: str
    notes: tuple[str, ...] = ()


def assignments(arguments: Sequence[str], *, text: bool = False) -> list[Assignment]:
    """Each path with its value. Raises UsageMistake and InvalidInput.

    Unless `text` is set, `==`, and `=@` before the name of a file that is there, are refused too.
    """
    items = [item_of(argument) for argument in arguments]
    slips.check(items, text=text)
    return [_assignment(item) for item in items]


def added_at(wanted: Sequence[Assignment]) -> list[str]:
    """The places to which something is added, numbers and arrays, as JSON Pointers."""
    return [
        pointer_to(assignment.path) for assignment in wanted if assignment.separator == "+=" or at_end(assignment.path)
    ]


def assigned(record: JSON, wanted: Sequence[Assignment], *, text: bool = False) -> JSON:
    """The record with all values set, one after the other.

    Raises InvalidInput where a value cannot be put at its path, where `+=` is for something else than a number and,
    unless `text` is set, where `=` would make a string of a number, a boolean, null, an array or an object.
    """
    for assignment in wanted:
        slips.check_path(record, assignment.path, to_put=True)
        if assignment.separator == "=" and not text:
            _check_it_is_a_string(record, assignment)
        value = _sum(record, assignment) if assignment.separator == "+=" else assignment.value
        record = with_value(record, assignment.path, value)
    return record


def words_as_strings(record: JSON, wanted: Sequence[Assignment]) -> list[str]:
    """A note for each `=` that makes a string of true, false or null, where the record has nothing yet."""
    return [
        f'{assignment.path.text} is the string "{assignment.value}"; for JSON: '
        f"{quote(f'{assignment.path.text}:={assignment.value}')}"
        for assignment in wanted
        if assignment.separator == "=" and assignment.value in WORDS.values() and not value_at(record, assignment.path)
    ]


def paths_to_remove(arguments: Sequence[str]) -> list[Path]:
    """The paths that the arguments of `unset` write. Raises UsageMistake."""
    paths = []
    for argument in arguments:
        if has_value(argument) and not argument.startswith("/"):
            raise UsageMistake(
                f'"{argument}" has a value, and unset takes paths alone',
                f"to remove it: {quote(item_of(argument).path.text)}",
            )
        path = path_of(argument)
        if at_end(path):
            raise UsageMistake(f'"{argument}" is the place after the last item, where nothing is')
        paths.append(path)
    return paths


def removed(record: JSON, paths: Sequence[Path]) -> JSON:
    """The record without what is at the paths in it: an index counts as before any of them was removed.

    Raises InvalidInput.
    """
    there: dict[tuple[str | int, ...], Path] = {}
    for path in paths:
        slips.check_path(record, path, to_put=False)
        without(record, path)  # raises where nothing can be there
        if value_at(record, path):
            there[keys_to(record, path)] = path
    for _, path in sorted(there.items(), reverse=True):  # so that what is before it in an array keeps its place
        record = without(record, path)
    return record


def _assignment(item: Item) -> Assignment:
    notes: tuple[str, ...] = ()
    if item.separator == "=":
        value: JSON = item.value
    elif item.separator == "+=":
        value = _number(item)
    elif item.separator == ":=@":
        document = json_from(item.value)
        value, notes = document.value, document.notes
        check_depth(document.name, value)
    else:
        name, names = f"{item.path.text}:=", list[str]()
        value = _parsed(item, names)
        check_depth(name, value)
        notes = tuple(names_given_twice(name, names))
    return Assignment(item.path, value, item.separator, notes)


def _sum(record: JSON, assignment: Assignment) -> Number:
    """The number that is at the place, or 0, with the one that is to be added."""
    old = next(iter(value_at(record, assignment.path)), Number("0"))
    if not isinstance(old, Number):
        raise InvalidInput(f"{assignment.path.text} is {short(old, 40)} in the bin, and += adds to a number")
    assert isinstance(assignment.value, Number)
    found = total((old, 1), (assignment.value, 1))
    if found is None:
        both = f"{shortened(old.text, 40)} and {shortened(assignment.value.text, 40)}"
        raise InvalidInput(f"{assignment.path.text}: {both} make a number with too many digits")
    return found


def _number(item: Item) -> Number:
    try:
        value = parse(item.value)
    except NotJSON:
        value = None
    if not isinstance(value, Number):
        sign = "=" if value is None else ":="
        raise InvalidInput(
            f"{item.path.text}+={shortened(item.value)}: += adds a number",
            f"for an array, at its end: {quote(f'{item.path.text}[]{sign}{item.value}')}" if item.value else None,
        )
    return value


def _parsed(item: Item, names: list[str]) -> JSON:
    """The JSON of an item; names that an object holds twice are added to `names`. Raises InvalidInput."""
    try:
        return parse(item.value, names)
    except NotJSON as wrong:
        path = item.path.text
        raise InvalidInput(
            f"{path}:={shortened(item.value)}: not valid JSON: {wrong.reason}",
            f"{slips.for_json(path, item.value)}for a string: {quote(f'{path}={item.value}')} --text",
        ) from None


def _check_it_is_a_string(record: JSON, assignment: Assignment) -> None:
    for old in value_at(record, assignment.path):
        if not isinstance(old, str):
            path, text = assignment.path.text, str(assignment.value)
            raise InvalidInput(
                f"{path} is {short(old, 40)} in the bin, and = would make it the string {short(text, 40)}",
                f"{slips.for_json(path, text)}--text sets the string",
            )
