"""A record to send, or other JSON to work with: read, checked, never rewritten."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from jsonbin_cli.failures import InvalidInput, shortened
from jsonbin_cli.records.not_a_record import check_not_a_json_patch, check_not_a_reply
from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.pointers import depth, walk
from jsonbin_cli.records.reading import Source, source_from, source_of
from jsonbin_cli.records.size import LARGEST, how_to_shrink
from jsonbin_cli.records.text import JSON, NotJSON, parse
from jsonbin_cli.records.writing import text_of

# How deep the parser goes depends on who calls it; what is nested this deep passes everywhere in this program.
DEEPEST = 500

# A double keeps every number of up to 15 digits, so numbers are looked at only where there is a longer run of digits,
# or an exponent.
_MAY_LOSE_DIGITS = r"[0-9][0-9.]{15}|[0-9][eE]"
# One that replaces a record by another holds both: one to test, and one to put in its place.
_LARGEST_PATCH = 2 * LARGEST["pro"] + 1024
_SPLIT = "split the record over several bins"


class Document(NamedTuple):
    """A record to send: its bytes as the user wrote them. `value` is made anew each time, since it takes much memory.

    `made_here` is True for a record that no file and no pipe holds. `notes` are sentences about what the user may not
    expect: a dropped byte order mark, a name given twice, numbers that JSONBin may round.
    """

    name: str
    raw: bytes
    notes: tuple[str, ...] = ()
    made_here: bool = False

    @property
    def value(self) -> JSON:
        """What the bytes mean."""
        return parse(self.raw.decode(), any_size=True)

    def how_to_shrink(self, limit: int) -> str:
        """The next step where the record is over a plan's `limit` in bytes."""
        return _how_to_shrink(Source(self.name, self.raw, is_input=not self.made_here), limit)


def document_from(
    file: str | None, plan: str | None = None, *, as_is: bool = False, any_size: bool = False
) -> Document:
    """Read and check the record in `file`; None or `-` is standard input.

    `plan` (`free` or `pro`) lowers the size that is accepted. `as_is` takes a whole reply of JSONBin or a JSON Patch
    as a record too, `any_size` one with more values than are compared.
    Raises InvalidInput for what JSONBin could not store, and UsageMistake where it would wait for somebody to
    type at a terminal.
    """
    with _naming(file):
        return _document(source_from(file), plan, as_is=as_is, any_size=any_size)


def document_of(name: str, raw: bytes, plan: str | None = None, *, as_is: bool = True) -> Document:
    """A record given as bytes, checked like one from a file. Raises InvalidInput."""
    return _document(source_of(name, raw), plan, as_is=as_is)._replace(made_here=True)


def document_made(name: str, value: JSON, plan: str | None = None) -> Document:
    """A record built by this program, checked like one from a file. Raises InvalidInput."""
    source = Source(name, text_of(value).encode())
    _check_size(source, plan)
    _check_record(source, value)
    _check_plan(source, plan)
    return Document(name, source.raw, made_here=True)


def json_from(file: str | None, *, as_is: bool = True) -> Document:
    """Any JSON value in `file`: a patch, or something to compare with. Raises as `document_from` does."""
    with _naming(file):
        source = source_from(file)
        _check_size(source, None, _LARGEST_PATCH)
        names: list[str] = []
        _, value = _parsed(source, names)
        if not as_is:
            check_not_a_reply(source, value)
        return Document(source.name, source.raw, (*source.notes, *names_given_twice(source.name, names)))


@contextmanager
def _naming(file: str | None) -> Iterator[None]:
    """Let an InvalidInput say in which file it is."""
    try:
        yield
    except InvalidInput as failure:
        failure.file = None if file == "-" else file
        raise


def _document(source: Source, plan: str | None, *, as_is: bool, any_size: bool = False) -> Document:
    _check_size(source, plan)
    names: list[str] = []
    decoded, value = _parsed(source, names, any_size=any_size)
    _check_record(source, value)
    if not as_is:
        check_not_a_reply(source, value)
        check_not_a_json_patch(source, value)
    _check_plan(source, plan)
    return Document(source.name, source.raw, (*source.notes, *_notes(source.name, decoded, value, names)))


def _check_size(source: Source, plan: str | None, largest: int = LARGEST["pro"]) -> None:
    """Raise InvalidInput for more than `largest` bytes, which are not parsed."""
    if len(source.raw) > largest:
        from jsonbin_cli.records.not_json import check_not_packed

        check_not_packed(source)
        raise InvalidInput(
            f"{source.name} is larger than {LARGEST['pro']:,} bytes, and no plan of JSONBin takes that in an update",
            _SPLIT if source.is_cut else _how_to_shrink(source, LARGEST[plan or "pro"]),
        )


def _check_plan(source: Source, plan: str | None) -> None:
    if plan is not None and len(source.raw) > LARGEST[plan]:
        raise InvalidInput(
            f"{source.name} has {len(source.raw):,} bytes, over the {LARGEST[plan]:,} of the {plan} plan",
            _how_to_shrink(source, LARGEST[plan]),
        )


def _how_to_make_a_record(source: Source, value: JSON) -> str:
    """What to do with a single value: a string may hold a whole record."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")) and source.is_input:
        return f"it is JSON inside a string; take it out: {source.through('jq -r .')}"
    if value is None and source.name == "stdin":
        return "jq prints null where it finds nothing: look at its path"
    if isinstance(value, bool) and source.name == "stdin":
        return "jq prints true or false for a comparison: == compares, = changes a value"
    return f'wrap it: {{"value": {_short(source.raw.decode())}}}'


def _check_record(source: Source, value: JSON) -> None:
    """Raise InvalidInput for a value that JSONBin stores as no record."""
    if not isinstance(value, dict | list):
        raise InvalidInput(
            f"{source.name} holds a single value; a record is an object or an array",
            _how_to_make_a_record(source, value),
        )
    if source.raw.count(b"[") + source.raw.count(b"{") > DEEPEST and depth(value) > DEEPEST:
        raise InvalidInput(
            f"{source.name} is nested deeper than {DEEPEST} levels", "put the inner part into a bin of its own"
        )
    if not value:
        raise InvalidInput(
            f"{source.name} holds {'{}' if isinstance(value, dict) else '[]'}, and JSONBin stores no empty record",
            'keep at least one member, for example {"items": []}',
        )


def _how_to_shrink(source: Source, limit: int) -> str:
    larger_plan = ", or move the account to a larger plan" if limit < LARGEST["pro"] else ""
    return how_to_shrink(
        source.raw,
        limit,
        source.through("jq -c .") if source.is_input else None,
        _SPLIT + larger_plan,
    )


def _parsed(source: Source, names: list[str], *, any_size: bool = False) -> tuple[str, JSON]:
    """The text and its value; names that an object holds twice are added to `names`. Raises InvalidInput."""
    try:
        decoded = source.raw.decode()
        return decoded, parse(decoded, names, any_size=any_size)
    except UnicodeDecodeError as wrong:
        from jsonbin_cli.records.not_json import not_utf8

        raise not_utf8(source, wrong) from None
    except NotJSON as wrong:
        from jsonbin_cli.records.not_json import not_json

        raise not_json(source, wrong) from None


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 40 and text.isprintable() else "…"


def names_given_twice(name: str, names: list[str], kept: str = "the last value is taken") -> Iterator[str]:
    """A note where an object in `name` gives one of these `names` more than once; `kept` says what becomes of it."""
    if names:
        listed = ", ".join(json.dumps(shortened(twice), ensure_ascii=False) for twice in dict.fromkeys(names[:3]))
        yield f"{name} gives a name more than once in one object ({listed}); {kept}"


def _notes(name: str, text: str, value: JSON, names: list[str]) -> Iterator[str]:
    yield from names_given_twice(
        name, names, "it is not known which of the values JSONBin keeps, and most programs keep the last"
    )
    if re.search(_MAY_LOSE_DIGITS, text):
        unfit = [pointer for pointer, item in walk(value) if isinstance(item, Number) and item.lost_in_a_double]
        if unfit:
            places = ", ".join(shortened(pointer) for pointer in unfit[:3]) + (", …" if len(unfit) > 3 else "")
            yield f"{name} has numbers that a double cannot hold (at {places}), and JSONBin may round them"
