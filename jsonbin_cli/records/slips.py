"""Arguments of `set` and `unset` that do something else than was surely meant, and what to write instead."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from shlex import quote

from jsonbin_cli.failures import InvalidInput, UsageMistake, shortened
from jsonbin_cli.records.other_formats import WORDS
from jsonbin_cli.records.paths import Item, Path, as_pointer
from jsonbin_cli.records.text import JSON, STRING, NotJSON, parse
from jsonbin_cli.records.values import meant_by
from jsonbin_cli.records.writing import text_of

_CALCULATIONS = {"-": "subtract", "*": "multiply", "/": "divide", "%": "divide"}
_TOKEN = rf"{STRING}|'(?:[^'\\]++|\\.)*+'|[A-Za-z_]++"
# Blanks at the start or the end of a name, where its dots and brackets are not escaped.
_BLANKS = r"(?:^|(?<=[.\]]))\s+|\s+(?=$|[.\[])"


def check(items: Sequence[Item], *, text: bool) -> None:
    """Raise UsageMistake for the arguments of `set` that mean another place or another value than they seem to.

    Unless `text` is set, `==`, and `=@` before the name of a file that is there, are refused too.
    """
    for item in items:
        _check_it_has_no_blanks(item)
        _check_it_is_no_calculation(item)
        if not text:
            _check_it_is_no_comparison(item)
            _check_it_is_no_file(item)
    if sum(item.separator == ":=@" and item.value == "-" for item in items) > 1:
        raise UsageMistake("standard input is named more than once, and can be read only once", "put it into a file")


def check_path(record: JSON, path: Path, *, to_put: bool) -> None:
    """Raise InvalidInput for a path that leads to nothing, where it leads somewhere if it is written another way.

    `to_put` is whether something is to be put there, which may be new.
    """
    meant = meant_by(record, path, to_put=to_put)
    if meant:
        raise InvalidInput(
            f"{path.text} is not in the record, and {meant} leads into it",
            f"write {quote(meant)}; for what was written: {quote(as_pointer(path))}",
        )


def for_json(path: str, text: str) -> str:
    """How to set `text` as JSON, the words and quotes of Python or JavaScript replaced; nothing where it is none."""
    mended = re.sub(_TOKEN, _as_json, text)
    try:
        parse(mended)
    except NotJSON:
        return ""
    return f"for JSON: {quote(f'{path}:={mended}')}; "


def _as_json(token: re.Match[str]) -> str:
    if token[0].startswith("'"):
        return text_of(token[0][1:-1].replace("\\'", "'"))
    return WORDS.get(token[0].lower(), token[0])


def _check_it_has_no_blanks(item: Item) -> None:
    """Raise UsageMistake for `name = Ann`, which would set a member whose name ends with a blank."""
    names = [step for step in item.path.steps if isinstance(step, str)]
    if item.path.text.startswith("/") or all(name == name.strip() for name in names):
        return
    path, value = re.sub(_BLANKS, "", item.path.text), item.value.lstrip()
    raise UsageMistake(
        f'"{item.path.text}{item.separator}{shortened(item.value)}" would set a member whose name has a blank at its '
        "start or end",
        (f"without blanks: {quote(path + item.separator + value)}; " if path else "")
        + f"for that name: {quote(as_pointer(item.path) + item.separator + item.value)}",
    )


def _check_it_is_no_calculation(item: Item) -> None:
    """Raise UsageMistake for `visits-=1`, which would set a member `visits-`, and its like; a pointer may end so."""
    path, sign = item.path.text, item.separator
    if not path.endswith(tuple(_CALCULATIONS)) or path.startswith("/") or sign == "+=":
        return
    number = re.fullmatch(r"\+?(-?)(\d.*)", item.value) if path.endswith("-") else None
    subtracted = f"{path[:-1]}+={'' if number[1] else '-'}{number[2]}" if number else None
    raise UsageMistake(
        f'"{path}{sign}{shortened(item.value)}" would set a member whose name ends in {path[-1]}, '
        f"and {_CALCULATIONS[path[-1]]} nothing",
        (f"to subtract: {quote(subtracted)}; " if subtracted else "")
        + f"for that name: {quote(as_pointer(item.path) + sign + item.value)}",
    )


def _check_it_is_no_comparison(item: Item) -> None:
    """Raise UsageMistake for `n==5`, which would set the string `=5`."""
    if item.separator == "=" and item.value.startswith("="):
        path, alone = item.path.text, item.value.lstrip("=")
        raise UsageMistake(
            f'"{path}={shortened(item.value)}" would set a string that begins with =',
            f"{for_json(path, alone)}for a string: {quote(f'{path}={alone}')}; --text sets it with the =",
        )


def _check_it_is_no_file(item: Item) -> None:
    """Raise UsageMistake for `a=@FILE` where that file is there."""
    path, file = item.path.text, item.value.removeprefix("@")
    if item.separator == "=" and item.value == "@-":
        raise UsageMistake(
            f'"{path}=@-" would set a string, and read nothing',
            f"for the JSON on standard input: {quote(f'{path}:=@-')}; --text sets the string",
        )
    if item.separator == "=" and item.value.startswith("@") and os.path.isfile(file):
        raise UsageMistake(
            f'"{path}={item.value}" would set a string, and there is such a file',
            f"for the JSON in it: {quote(f'{path}:=@{file}')}; for its text: jq -Rs . {quote(file)} | jsonbin set BIN "
            f"{quote(f'{path}:=@-')}; --text sets the string",
        )
