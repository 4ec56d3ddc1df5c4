"""Single values of a record: a path to one, read, set and removed there. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from shlex import quote
from typing import NamedTuple, TypeAlias

from jsonbin_cli.failures import InvalidInput, PathNotFound, UsageMistake, shortened
from jsonbin_cli.records.pointers import DEEPEST_TO_CHANGE, step_to, steps_of
from jsonbin_cli.records.text import JSON

_HOW = (
    "a path is a.b[0].c, or a JSON Pointer like /a/b/0/c; a backslash before . [ ] = : + or \\ makes it part of a name"
)
_SPECIAL = r"[.\[\]=:+\\]"
_SEPARATOR = r"(?:\\.|[^\\])*?(?=:=|\+=|=)"
_NAME = r"(?:\\.|[^\\.\[\]])+"
_ITEMS = "write PATH=TEXT, PATH:=JSON, PATH:=@FILE or PATH+=N, in quotes where it has blanks"
_ARRAY_INDEX = "0|[1-9][0-9]{0,17}"
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
    if text.startswith("/"):
        return path_at(re.sub(r"\\([=:+\\])", r"\1", text))._replace(text=text)
    if text == ".":
        raise UsageMistake('"." is the whole record, and no path in it', _HOW)
    if text.startswith("."):
        raise UsageMistake(f'"{text}" starts with a dot, and is not a path', f"as jsonbin writes it: {quote(text[1:])}")
    steps: list[Step] = []
    position = 0
    while position < len(text):
        step = re.compile(_STEP).match(text, position)
        if not step or (text[position] == ".") != (bool(steps) and step["name"] is not None):
            raise UsageMistake(f'"{text}" is not a path: unexpected "{text[position:]}"', _HOW)
        position = step.end()
        if step["name"] is not None:
            steps.append(re.sub(rf"\\({_SPECIAL})", r"\1", step["name"]))
        else:
            steps.append(Index(int(step["index"]) if step["index"] else None))
    if not steps:
        raise UsageMistake("the path is empty", _HOW)
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


def pointer_to(path: Path) -> str:
    """The JSON Pointer of a path; for a place at the end of an array that of the array."""
    return "".join(_pointer_step(step) for step in takewhile(lambda step: not _is_end(step), path.steps))


def at_end(path: Path) -> bool:
    """Whether a path leads to the place after the last element of an array, or into what is put there."""
    return any(map(_is_end, path.steps))


def value_at(record: JSON, path: Path) -> list[JSON]:
    """The value at `path`, as the only item; empty where there is none."""
    here = record
    for step in path.steps:
        if isinstance(here, dict) and isinstance(step, str) and step in here:
            here = here[step]
        elif isinstance(here, list) and (index := _index(step)) is not None and index < len(here):
            here = here[index]
        else:
            return []
    return [here]


def selected(record: JSON, paths: Sequence[Path]) -> list[JSON]:
    """The values at the paths. Raises PathNotFound where one has none."""
    found = [value_at(record, path) for path in paths]
    missing = [shortened(path.text) for path, values in zip(paths, found, strict=True) if not values]
    if missing:
        raise PathNotFound(f"not in the record: {', '.join(missing)}", "jsonbin get BIN --record prints all of it")
    return [value for values in found for value in values]


def with_value(record: JSON, path: Path, value: JSON) -> JSON:
    """`record` with `value` at `path`; objects and arrays on the way are made where there is nothing yet.

    Raises InvalidInput where the way leads through a single value, or past the end of an array.
    """
    _check_length(path)
    return _changed(record, path, 0, value)


def without(record: JSON, path: Path) -> JSON:
    """`record` without what is at `path`; itself where there is nothing. Raises InvalidInput as `with_value` does."""
    _check_length(path)
    return _without(record, path, 0)


def _check_length(path: Path) -> None:
    if len(path.steps) > DEEPEST_TO_CHANGE:
        raise InvalidInput(
            f"{shortened(path.text, 60)}: the path has {len(path.steps)} steps, and what is changed here may be nested "
            f"{DEEPEST_TO_CHANGE} levels deep"
        )


def _pointer_step(step: Step) -> str:
    if isinstance(step, Index):
        return "/-" if step.number is None else f"/{step.number}"
    return step_to(step)


def _is_end(step: Step) -> bool:
    """Whether a step leads to the place after the last element of an array."""
    return step == Index(None) or (isinstance(step, Token) and step == "-")


def _index(step: Step) -> int | None:
    """The index that a step gives; None for that after the last item, and for a name."""
    if isinstance(step, Index):
        return step.number
    return int(step) if isinstance(step, Token) and re.fullmatch(_ARRAY_INDEX, step) else None


def _changed(here: JSON, path: Path, depth: int, value: JSON, *, there: bool = True) -> JSON:
    """`here` with the value set below it; `there` is False where `here` does not exist yet."""
    if depth == len(path.steps):
        return value
    step = path.steps[depth]
    if not there:
        here = [] if isinstance(step, Index) else {}
    key = _key(here, path, depth)
    if isinstance(key, str):
        assert isinstance(here, dict)
        return here | {key: _changed(here.get(key), path, depth + 1, value, there=key in here)}
    assert isinstance(here, list)
    if key > len(here):
        raise InvalidInput(
            f"{path.text}: {_place(path, depth)} has {len(here)} items, so nothing can be put at {key}",
            f"at its end is {_way(path, depth)}{'[]' if isinstance(step, Index) else '/-'}",
        )
    old = here[key] if key < len(here) else None
    return [*here[:key], _changed(old, path, depth + 1, value, there=key < len(here)), *here[key + 1 :]]


def _without(here: JSON, path: Path, depth: int) -> JSON:
    key = _key(here, path, depth, to_put=False)
    last = depth == len(path.steps) - 1
    if isinstance(key, str):
        assert isinstance(here, dict)
        if key not in here:
            return here
        if last:
            return {name: value for name, value in here.items() if name != key}
        return here | {key: _without(here[key], path, depth + 1)}
    assert isinstance(here, list)
    if key >= len(here):
        return here
    return [*here[:key], *([] if last else [_without(here[key], path, depth + 1)]), *here[key + 1 :]]


def _key(here: JSON, path: Path, depth: int, *, to_put: bool = True) -> str | int:
    """The name or the index that a step means here; `to_put` is whether something is to be put there.

    Raises InvalidInput where it cannot mean one.
    """
    step = path.steps[depth]
    if isinstance(here, dict):
        if isinstance(step, Index):
            raise InvalidInput(f"{path.text}: {_place(path, depth)} is an object, and [ ] is for arrays", _HOW)
        return step
    if isinstance(here, list):
        index = _index(step)
        if index is not None:
            return index
        if _is_end(step):
            return len(here)
        assert isinstance(step, str)
        first = f"{_way(path, depth)}{'/0' if isinstance(step, Token) else '[0]'}"
        raise InvalidInput(
            f'{path.text}: {_place(path, depth)} is an array, and "{step}" is not an index',
            f"write {_way(path, depth)}[{step}]" if re.fullmatch(_ARRAY_INDEX, step) else f"its first item is {first}",
        )
    kind = "null" if here is None else "a string" if isinstance(here, str) else "a single value"
    empty = "[]" if isinstance(step, Index) else "{}"
    raise InvalidInput(
        f"{path.text}: {_place(path, depth)} is {kind}, and nothing can be inside it",
        f"give it another value first: '{_way(path, depth)}:={empty}' '{path.text}=…'" if to_put else None,
    )


def _way(path: Path, depth: int) -> str:
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


def _place(path: Path, depth: int) -> str:
    return _way(path, depth) or "the record"
