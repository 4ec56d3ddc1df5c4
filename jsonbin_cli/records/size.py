"""The largest record of each plan, and the largest parts of a record."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from jsonbin_cli.records.pointers import step_to
from jsonbin_cli.records.writing import text_of

# The reference (2026) says 100 kB and 1 MB, and not whether a kB is 1000 or 1024 bytes. The larger one
# is used, so that nothing is refused here that JSONBin might accept.
LARGEST = {"free": 100 * 1024, "pro": 1024 * 1024}

# The measured text need not be JSON. A string without its closing quote goes to the end of the text, so that its end
# is not looked for again from each quote inside it.
_STRING = rb'"(?:[^"\\]++|\\(?s:.))*+(?:"|\\?\Z)'
_BLANKS = _STRING + rb"|([ \t\r\n]++)"
_TOKEN = _STRING + rb'|[\[{\]},:]|[^\s"\[\]{},:]++'
# Beyond these limits no parts are looked for. A million tokens take about a second.
_DEEPEST = 100
_MOST_TOKENS = 1_000_000
_LONGEST_POINTER = 60


class Part(NamedTuple):
    """One value inside a record. `size` is that of its JSON text without blanks, in bytes."""

    pointer: str
    size: int
    is_data_url: bool
    parts: list[Part]


def compact_size(raw: bytes) -> int:
    """Bytes of a JSON text without the blanks between its tokens."""
    return len(raw) - sum(len(found[1] or b"") for found in re.finditer(_BLANKS, raw))


def how_to_shrink(raw: bytes, limit: int, without_blanks: str | None, otherwise: str) -> str:
    """The next step for a record of more than `limit` bytes.

    `without_blanks` is the command that sends it so, None where there is none; `otherwise` is for a record that is
    too large even then.
    """
    size = compact_size(raw)
    if without_blanks and size < limit:  # jq ends what it writes with a newline
        return f"without its blanks it has {size:,} bytes: {without_blanks}"
    shares = ", ".join(_share(part, size) for part in largest_parts(raw, size))
    return f"{shares}; {otherwise}" if shares else otherwise


def largest_parts(raw: bytes, whole: int) -> list[Part]:
    """The three largest parts of a JSON text of `whole` bytes, the largest first, none of them inside another.

    Where one value is more than half of an object or array, that value is the part, and so on inside it. What is less
    than one per cent of the whole does not count. Empty where the text is not JSON, nested very deeply, or made of very
    many tokens.
    """
    parts = _parts(raw, whole / 100)
    while inner := next((part for part in parts if any(child.size * 2 > part.size for child in part.parts)), None):
        parts = [*(part for part in parts if part is not inner), *inner.parts]
    return sorted(parts, key=lambda part: part.size, reverse=True)[:3]


class _Open:
    """An object or array that is being read. `name` is the member name of its current value, as it is written."""

    def __init__(self, begin: int, *, is_object: bool) -> None:
        self.begin = begin
        self.is_object = is_object
        self.name: bytes | None = None
        self.index = 0
        self.parts: list[Part] = []


def _parts(raw: bytes, least: float) -> list[Part]:
    """The members or items of a JSON text, each with its own, that have at least `least` bytes."""
    top = _Open(0, is_object=False)
    opened, read = [top], 0
    for number, found in enumerate(re.finditer(_TOKEN, raw)):
        if number == _MOST_TOKENS or len(opened) > _DEEPEST:
            return []
        sign, inner = raw[found.start()], opened[-1]
        begin, parts = read, []
        read += found.end() - found.start()
        if sign in b"{[":
            opened.append(_Open(begin, is_object=sign == ord("{")))
            continue
        if sign in b",:":
            if sign == ord(","):
                inner.index, inner.name = inner.index + 1, None
            continue
        if sign in b"]}":
            if inner is top:
                return []
            begin, parts = opened.pop().begin, inner.parts
        elif inner.is_object and inner.name is None:
            inner.name = found[0]
            continue
        if read - begin >= least:
            try:
                pointer = _pointer(opened[1:])
            except ValueError:
                return []
            opened[-1].parts.append(Part(pointer, read - begin, found[0].startswith(b'"data:'), parts))
    return top.parts[0].parts if top.parts else []


def _pointer(opened: Sequence[_Open]) -> str:
    """Where the value is that is being read. Raises ValueError for a name that is not a string of JSON."""
    return "".join(step_to(str(json.loads(inner.name))) if inner.name else f"/{inner.index}" for inner in opened)


def _share(part: Part, whole: int) -> str:
    pointer = part.pointer if part.pointer.isprintable() else text_of(part.pointer)[1:-1]
    if len(pointer) > _LONGEST_POINTER:
        pointer = pointer[:_LONGEST_POINTER] + "…"
    return f"{pointer} is {part.size * 100 // whole} %{' (a data: URL)' if part.is_data_url else ''}"
