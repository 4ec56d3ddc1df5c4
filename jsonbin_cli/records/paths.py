"""How the path to a value of a record is written: dotted, or as a JSON Pointer. Pure."""

from __future__ import annotations

import os
import re
from itertools import takewhile
from shlex import quote
from typing import NamedTuple, TypeAlias

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.records.pointers import step_to, steps_of

HOW = (
    "a path is a.b[0].c, or a JSON Pointer like /a/b/0/c; a backslash before . [ ] = : + or \\ makes it part of a name"
)
_SPECIAL = r"[.\[\]=:+\\]"
_SEPARATOR = r"(?:\\.|[^\\])*?(?=:=|\+=|=)"
_NAME = r"(?:\\.|[^\\.\[\]])+"
_ITEMS = "write PATH=TEXT, PATH:=JSON, PATH:=@FILE or PATH+=N, in quotes where it has blanks"
_STEP = rf"\.?(?P<name>{_NAME})|\[(?P<index>\d{{0,18}})\]"


class Index(NamedTuple):
    """A place in an array; None is the place after the last one."""

    number: int | None


class Token(str):
    """A step of a JSON Pointer, a name or an index as the value there decides (RFC 6901, 4)."""


Step: TypeAlias = str | Index


class Path(NamedTuple):
    """The way to a value, and how it was written."""

    text: str
    steps: tuple[Step, ...]


class Item(NamedTuple):
    """One PATH=TEXT, PATH:=JSON, PATH:=@FILE or PATH+=N, taken apart: `separator` is `=`, `:=`, `:=@` or `+=`."""

    path: Path
    separator: str
    value: str


def item_of(text: str) -> Item:
    """What an argument of `set` says. Raises UsageMistake."""
    text = _decoded(text)
    found = re.match(_SEPARATOR, text, re.DOTALL)
    if not found:
        raise UsageMistake(f'"{text}" has no value', _ITEMS)
    rest = text[found.end() :]
    separator = next(sign for sign in (":=@", ":=", "+=", "=") if rest.startswith(sign))
    return Item(path_of(found[0]), separator, rest[len(separator) :])


def has_value(text: str) -> bool:
    """Whether an argument is a path with a value, and no path alone."""
    return re.match(_SEPARATOR, text, re.DOTALL) is not None


def path_of(text: str) -> Path:
    """The path that `text` writes. Raises UsageMistake."""
    text = _decoded(text)
    if text.startswith("/"):
        return path_at(re.sub(r"\\([=:+\\])", r"\1", text))._replace(text=text)
    if text == ".":
        raise UsageMistake('"." is the whole record, and no path in it', HOW)
    if text.startswith("."):
        raise UsageMistake(f'"{text}" starts with a dot, and is not a path', f"as jsonbin writes it: {quote(text[1:])}")
    steps: list[Step] = []
    position = 0
    while position < len(text):
        step = re.compile(_STEP).match(text, position)
        if not step or (text[position] == ".") != (bool(steps) and step["name"] is not None):
            from_end = text[position:].startswith("[-")
            how = "an index counts from the start, and the first one is 0" if from_end else HOW
            raise UsageMistake(f'"{text}" is not a path: unexpected "{text[position:]}"', how)
        position = step.end()
        if step["name"] is not None:
            steps.append(re.sub(rf"\\({_SPECIAL})", r"\1", step["name"]))
        else:
            steps.append(Index(int(step["index"]) if step["index"] else None))
    if not steps:
        raise UsageMistake("the path is empty", HOW)
    path = Path(text, tuple(steps))
    if steps[0] == "$" and len(steps) > 1:
        raise UsageMistake(
            f'"{text}" is a path of JSONPath',
            f"as jsonbin writes it: {quote(text[1:].removeprefix('.'))}; "
            f"in a member whose name is $: {quote(as_pointer(path))}",
        )
    return path


def path_at(pointer: str) -> Path:
    """The path that a JSON Pointer is."""
    return Path(pointer, tuple(map(Token, steps_of(pointer))))


def as_pointer(path: Path) -> str:
    """A dotted path written as a JSON Pointer, as `path_of` takes it."""
    return written("".join(map(_pointer_step, path.steps)))


def written(pointer: str) -> str:
    """A JSON Pointer as an argument that `path_of` and `item_of` read: some characters take a backslash there."""
    return re.sub(r"([=:+\\])", r"\\\1", pointer)


def beginning(path: Path, depth: int) -> str:
    """The first `depth` steps, written as the path was."""
    way = ""
    for step in path.steps[:depth]:
        if isinstance(step, Token):
            way += step_to(step)
        elif isinstance(step, Index):
            way += f"[{'' if step.number is None else step.number}]"
        else:
            way += ("." if way else "") + re.sub(rf"({_SPECIAL})", r"\\\1", step)
    return way


def pointer_to(path: Path) -> str:
    """The JSON Pointer of a path; for a place at the end of an array that of the array."""
    return "".join(_pointer_step(step) for step in takewhile(lambda step: not is_end(step), path.steps))


def at_end(path: Path) -> bool:
    """Whether a path leads to the place after the last element of an array, or into what is put there."""
    return any(map(is_end, path.steps))


def _decoded(argument: str) -> str:
    """An argument in which Python may have left bytes that are not of the locale's encoding. Raises UsageMistake."""
    try:
        argument.encode()
        return argument
    except UnicodeEncodeError:
        pass
    try:
        return os.fsencode(argument).decode()
    except UnicodeError:
        shown = argument.encode(errors="replace").decode()
        raise UsageMistake(f"{shown} is not UTF-8", "convert it: iconv -f latin1 -t utf-8, if it is Latin-1") from None


def _pointer_step(step: Step) -> str:
    if isinstance(step, Index):
        return "/-" if step.number is None else f"/{step.number}"
    return step_to(step)


def is_end(step: Step) -> bool:
    """Whether a step leads to the place after the last element of an array."""
    return step == Index(None) or (isinstance(step, Token) and step == "-")
