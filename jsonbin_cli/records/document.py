"""JSON text in, from a file or standard input: checked, never rewritten."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from shlex import quote
from typing import BinaryIO, NamedTuple

from jsonbin_cli.failures import InvalidInput, UsageMistake
from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.pointers import depth, walk
from jsonbin_cli.records.text import JSON, NotJSON, compact, parse

# The reference says 100 kB and 1 MB and not whether a kB is 1000 or 1024 bytes. Ours is the larger
# reading, so that nothing is refused here that JSONBin might have taken.
LARGEST = {"free": 100 * 1024, "pro": 1024 * 1024}

# How deep the parser goes depends on who calls it; what is nested this deep passes everywhere in this program.
DEEPEST = 500

# UTF-16 takes up to twice the bytes of UTF-8; nothing longer can become a record that fits.
_READ_AT_MOST = 2 * LARGEST["pro"] + 4

# A double keeps every number of up to 15 digits, so only a longer run of them or an exponent
# makes a closer look worth its time.
_DOUBTFUL_NUMBER = r"[0-9][0-9.]{15}|[0-9][eE]"


class Document(NamedTuple):
    """A record to send: its bytes as the user wrote them, and what they mean.

    `made_here` is True for a record that no file and no pipe holds. `notes` are sentences about what the user may not
    expect: a dropped byte order mark, duplicate keys, numbers that JSONBin may round.
    """

    name: str
    raw: bytes
    value: JSON
    notes: tuple[str, ...]
    made_here: bool = False

    @property
    def compact_size(self) -> int:
        """Bytes of the same text without the blanks between its tokens."""
        return len(compact(self.raw.decode()).encode())


def document_from(file: str | None, plan: str | None = None) -> Document:
    """Read and check the record in `file`; None or `-` is standard input.

    `plan` (`free` or `pro`) lowers the size that is accepted. Raises InvalidInput for what JSONBin
    could not store, and UsageMistake where a terminal would wait for typing nobody announced.
    """
    with _naming(file):
        return _checked(*_text(*_bytes_of(file)), plan)


def document_of(name: str, raw: bytes, plan: str | None = None, *, made_here: bool = False) -> Document:
    """A record that is at hand already, checked as that of a file is. Raises InvalidInput."""
    return _checked(*_text(name, raw), plan)._replace(made_here=made_here)


def json_from(file: str | None) -> Document:
    """Any JSON value in `file`: a patch, or something to compare with. Raises as `document_from` does."""
    with _naming(file):
        name, raw, notes = _text(*_bytes_of(file))
        return Document(name, raw, _parsed(name, raw, [])[1], tuple(notes))


@contextmanager
def _naming(file: str | None) -> Iterator[None]:
    """Let an InvalidInput say in which file it is."""
    try:
        yield
    except InvalidInput as failure:
        failure.file = None if file == "-" else file
        raise


def _larger_than_any_plan(name: str) -> InvalidInput:
    return InvalidInput(
        f"{name} is larger than {LARGEST['pro']:,} bytes, and no plan of JSONBin takes that in an update",
        "split the record over several bins",
    )


def _checked(name: str, raw: bytes, notes: list[str], plan: str | None) -> Document:
    if len(raw) > LARGEST["pro"]:
        raise _larger_than_any_plan(name)
    duplicates: list[str] = []
    text, value = _parsed(name, raw, duplicates)
    if not isinstance(value, dict | list):
        raise InvalidInput(
            f"{name} holds a single value; a record is an object or an array", f'wrap it: {{"value": {_short(text)}}}'
        )
    if text.count("[") + text.count("{") > DEEPEST and depth(value) > DEEPEST:
        raise InvalidInput(f"{name} is nested deeper than {DEEPEST} levels", "put the inner part into a bin of its own")
    if not value:
        raise InvalidInput(
            f"{name} holds {'{}' if isinstance(value, dict) else '[]'}, and JSONBin stores no empty record",
            'keep at least one member, for example {"items": []}',
        )
    document = Document(name, raw, value, (*notes, *_surprises(name, text, value, duplicates)))
    if plan is not None and len(raw) > LARGEST[plan]:
        raise InvalidInput(
            f"{name} has {len(raw):,} bytes, over the {LARGEST[plan]:,} of the {plan} plan",
            how_to_shrink(name, document.compact_size, LARGEST[plan]),
        )
    return document


def how_to_shrink(name: str, compact_size: int, limit: int) -> str:
    """The next step for a record over a plan's `limit` in bytes."""
    if compact_size <= limit:
        source = "" if name == "stdin" else f" {quote(name)}"
        return f"without its blanks it has {compact_size:,} bytes: send the output of jq -c .{source}"
    return "split the record over several bins, or move the account to a larger plan"


def _text(name: str, data: bytes) -> tuple[str, bytes, list[str]]:
    """What to call it, its text in UTF-8, and what was done to that."""
    if not data.strip():
        raise InvalidInput(f"{name} is empty", _why_empty(name))
    if len(data) >= _READ_AT_MOST:
        raise _larger_than_any_plan(name)
    return name, *_as_utf8(name, data)


def _bytes_of(file: str | None) -> tuple[str, bytes]:
    if file is None or file == "-":
        if sys.stdin is None or sys.stdin.closed:
            raise UsageMistake("no FILE, and standard input is closed", "name a file that holds the record")
        if file is None and sys.stdin.isatty():
            raise UsageMistake(
                "no FILE, and nothing is piped in", "name a file, pipe JSON in, or type it after naming - as FILE"
            )
        return "stdin", _read("stdin", sys.stdin.buffer)
    try:
        with open(file, "rb") as source:
            return file, _read(file, source)
    except FileNotFoundError:
        is_json = file.lstrip().startswith(("{", "["))
        hint = "that is JSON and no file's name: pipe it in, or put it into a file" if is_json else None
        raise InvalidInput(f"{file}: no such file", hint) from None
    except IsADirectoryError:
        raise InvalidInput(f"{file} is a folder, not a file") from None
    except (OSError, ValueError) as wrong:
        raise InvalidInput(f"{file}: {getattr(wrong, 'strerror', None) or wrong}") from None


def _read(name: str, source: BinaryIO) -> bytes:
    try:
        return source.read(_READ_AT_MOST)
    except OSError as wrong:
        raise InvalidInput(f"{name}: {wrong.strerror}") from None


def _why_empty(name: str) -> str | None:
    if name == "stdin":
        return "the command before the pipe may have failed; in a script, set -o pipefail stops there"
    return None


def _as_utf8(name: str, data: bytes) -> tuple[bytes, list[str]]:
    """The same text in UTF-8 without a byte order mark, which JSON must not start with (RFC 8259, 8.1)."""
    encoding = json.detect_encoding(data)
    if encoding == "utf-8":
        return data, []
    if encoding == "utf-8-sig":
        return data[3:], [f"{name} starts with a byte order mark, which was left out"]
    try:
        text = data.decode(encoding)
        return text.encode(), [f"{name} is {encoding[:6].upper()} and was sent as UTF-8"]
    except UnicodeError:
        return data, []


def _parsed(name: str, raw: bytes, duplicates: list[str]) -> tuple[str, JSON]:
    try:
        text = raw.decode()
    except UnicodeDecodeError as wrong:
        before = raw[: wrong.start].decode()
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        failure = InvalidInput(
            f"{name}:{line}:{column}: not UTF-8: byte 0x{raw[wrong.start]:02x}",
            "convert it first, for example: iconv -f latin1 -t utf-8",
        )
        failure.line, failure.column = line, column
        raise failure from None
    try:
        return text, parse(text, duplicates)
    except NotJSON as wrong:
        raise _invalid(name, text, wrong) from None


def _invalid(name: str, text: str, wrong: NotJSON) -> InvalidInput:
    if wrong.position is None:
        return InvalidInput(f"{name}: not valid JSON: {wrong.reason}")
    start = text.rfind("\n", 0, wrong.position) + 1
    line, column = text.count("\n", 0, wrong.position) + 1, wrong.position - start + 1
    excerpt, caret = _excerpt(text[start:].split("\n", 1)[0], column - 1)
    failure = InvalidInput(
        f"{name}:{line}:{column}: not valid JSON: {wrong.reason}\n{excerpt}\n{' ' * caret}^",
        _how_to_mend(text, wrong),
    )
    failure.line, failure.column = line, column
    return failure


def _excerpt(line: str, column: int) -> tuple[str, int]:
    """At most 72 characters of `line` around `column`, and where the column is in them."""
    start = max(0, column - 48)
    return "".join(c if c.isprintable() else " " for c in line[start : start + 72]), column - start


def _how_to_mend(text: str, wrong: NotJSON) -> str | None:
    assert wrong.position is not None
    rest = text[wrong.position :].lstrip()
    if not rest:
        return "it ends in the middle: the command or download that made it may have been cut off"
    if wrong.reason.endswith("is not JSON"):
        return "write null, or the word in double quotes"
    if rest[0] == "'":
        return "JSON takes double quotes only"
    # Pythons differ in whether they point at the comma or at what closes after it.
    around = text[: wrong.position].rstrip()[-1:] + "".join(rest[:80].split())
    if around.startswith((",}", ",]")) or around[1:].startswith((",}", ",]")):
        return "take away the comma before the closing bracket"
    return None


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 40 and text.isprintable() else "…"


def _surprises(name: str, text: str, value: JSON, duplicates: list[str]) -> Iterator[str]:
    if duplicates:
        names = ", ".join(json.dumps(key, ensure_ascii=False) for key in dict.fromkeys(duplicates[:3]))
        yield f"{name} has duplicate keys ({names}), and JSONBin keeps one of each"
    if re.search(_DOUBTFUL_NUMBER, text):
        unfit = [pointer for pointer, item in walk(value) if isinstance(item, Number) and item.lost_in_a_double]
        if unfit:
            places = ", ".join(unfit[:3]) + (", …" if len(unfit) > 3 else "")
            yield f"{name} has numbers that a double cannot hold (at {places}), and JSONBin may round them"
