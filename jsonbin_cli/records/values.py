"""The values of a record at a path: read, set and removed there. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from shlex import quote

from jsonbin_cli.failures import InvalidInput, PathNotFound, shortened
from jsonbin_cli.records.paths import HOW, Index, Path, Step, Token, beginning, is_end, path_at
from jsonbin_cli.records.pointers import DEEPEST_TO_CHANGE
from jsonbin_cli.records.text import JSON

_ARRAY_INDEX = "0|[1-9][0-9]{0,17}"


def value_at(record: JSON, path: Path) -> list[JSON]:
    """The value at `path`, as the only item; empty where there is none."""
    return _followed(record, path)[1]


def keys_to(record: JSON, path: Path) -> tuple[str | int, ...]:
    """The names and indexes on the way to the value at `path`; where there is none, as far as there is something."""
    return _followed(record, path)[0]


def meant_by(record: JSON, path: Path, *, to_put: bool) -> str | None:
    r"""The path that was surely meant where `path` leads to nothing: `/a/b` for `a/b`, `a\.b` for `a.b`; else None.

    `to_put` is whether something is to be put there: then only that in which it is put has to be there.
    """
    text = path.text
    if text.startswith("/") or not isinstance(record, dict) or value_at(record, path):
        return None
    if text in record:
        return beginning(Path(text, (text,)), 1)
    if path.steps != (text,) or "/" not in text:
        return None
    there = value_at(record, path_at(f"/{text}".rpartition("/")[0] if to_put else f"/{text}"))
    return f"/{text}" if there and (isinstance(there[0], dict | list) or not to_put) else None


def selected(record: JSON, paths: Sequence[Path]) -> list[JSON]:
    """The values at the paths. Raises PathNotFound where one has none."""
    found = [value_at(record, path) for path in paths]
    missing = [path for path, values in zip(paths, found, strict=True) if not values]
    if missing:
        meant = [quote(other) for path in missing if (other := meant_by(record, path, to_put=False))]
        raise PathNotFound(
            f"not in the record: {', '.join(shortened(path.text) for path in missing)}",
            f"it has {', '.join(meant)}" if meant else "jsonbin get BIN --record prints all of it",
        )
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


def _followed(record: JSON, path: Path) -> tuple[tuple[str | int, ...], list[JSON]]:
    """The names and indexes on the way along `path`, as far as it goes, and the value where it gets to its end."""
    here, keys = record, list[str | int]()
    for step in path.steps:
        if isinstance(here, dict) and isinstance(step, str) and step in here:
            key: str | int = step
            here = here[step]
        elif isinstance(here, list) and (index := _index(step)) is not None and index < len(here):
            key, here = index, here[index]
        else:
            return tuple(keys), []
        keys.append(key)
    return tuple(keys), [here]


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
            f"at its end is {beginning(path, depth)}{'[]' if isinstance(step, Index) else '/-'}",
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
            raise InvalidInput(f"{path.text}: {_place(path, depth)} is an object, and [ ] is for arrays", HOW)
        return str(step)
    if isinstance(here, list):
        index = _index(step)
        if index is not None:
            return index
        if is_end(step):
            return len(here)
        assert isinstance(step, str)
        first = f"{beginning(path, depth)}{'/0' if isinstance(step, Token) else '[0]'}"
        raise InvalidInput(
            f'{path.text}: {_place(path, depth)} is an array, and "{step}" is not an index',
            f"write {beginning(path, depth)}[{step}]"
            if re.fullmatch(_ARRAY_INDEX, step)
            else f"its first item is {first}",
        )
    kind = "null" if here is None else "a string" if isinstance(here, str) else "a single value"
    empty = "[]" if isinstance(step, Index) else "{}"
    raise InvalidInput(
        f"{path.text}: {_place(path, depth)} is {kind}, and nothing can be inside it",
        f"give it another value first: '{beginning(path, depth)}:={empty}' '{path.text}=…'" if to_put else None,
    )


def _place(path: Path, depth: int) -> str:
    return beginning(path, depth) or "the record"
