"""The bytes of a file or of standard input, turned into UTF-8."""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from shlex import quote
from typing import BinaryIO, NamedTuple

from jsonbin_cli.config.memory import LARGE, give_back_what_is_free
from jsonbin_cli.failures import Interrupted, InvalidInput, UsageMistake

# Ten times the largest record: the size of a file that is mostly blanks can be told, and an endless one is not read on.
READ_AT_MOST = 10 * 1024 * 1024
# What the programs of hints do to numbers with more digits than a double holds (jq's manual, 1.6 and 1.7).
_ROUNDS = {"jq": "jq before 1.7 rounds", "python3": "Python rounds"}
_LONG_NUMBER = rb"[0-9][0-9.]{16}"


class Source(NamedTuple):
    """What was read. `name` is what messages call it: the name of the file, or `stdin`.

    `raw` is UTF-8 without a byte order mark, unless it cannot be read as text. `is_input` is True for a file or a pipe,
    which a command could convert on its way into jsonbin. `is_cut` is True where there is more than was read.
    """

    name: str
    raw: bytes
    notes: tuple[str, ...] = ()
    is_input: bool = False
    is_cut: bool = False

    def through(self, command: str) -> str:
        """The shell line in which `command`, which takes the name of a file or standard input, converts this text."""
        rounds = _ROUNDS.get(command.partition(" ")[0]) if re.search(_LONG_NUMBER, self.raw) else None
        warning = f" ({rounds} its long numbers)" if rounds else ""
        if self.name == "stdin":
            return f"… | {command.removesuffix(' <')} | jsonbin …{warning}"
        return f"{command}{'' if command.endswith('<') else ' '}{quote(self.name)} | jsonbin …{warning}"


def source_from(file: str | None) -> Source:
    """The text in `file`; None or `-` is standard input.

    Raises InvalidInput where nothing can be read, UsageMistake where it would wait for somebody to type at a terminal,
    and Interrupted for a Ctrl-C while standard input is read.
    """
    if file is None or file == "-":
        name, data = "stdin", _standard_input(asked_for=file == "-")
    else:
        name, data = file, _contents(file)
    if len(data) > LARGE:
        give_back_what_is_free()
    return source_of(name, data[:READ_AT_MOST])._replace(is_input=True, is_cut=len(data) > READ_AT_MOST)


def source_of(name: str, data: bytes) -> Source:
    """The text in `data`. Raises InvalidInput where it is empty."""
    if not data.strip():
        hint = "the command before the pipe may have failed; in a script, set -o pipefail stops there"
        raise InvalidInput(f"{name} is empty", hint if name == "stdin" else None)
    encoding = json.detect_encoding(data)
    if encoding == "utf-8-sig":  # JSON must not start with a byte order mark (RFC 8259, 8.1)
        return Source(name, data[3:], (f"{name} starts with a byte order mark, which was left out",))
    if encoding != "utf-8":
        with suppress(UnicodeError):
            return Source(
                name, data.decode(encoding).encode(), (f"{name} is {encoding[:6].upper()} and was sent as UTF-8",)
            )
    return Source(name, data)


def _standard_input(*, asked_for: bool) -> bytes:
    if sys.stdin is None or sys.stdin.closed:
        raise UsageMistake("standard input is closed, and there is nothing to read", "name a file, or pipe JSON in")
    if not asked_for and sys.stdin.isatty():
        raise UsageMistake(
            "no FILE, and nothing is piped in", "name a file, pipe JSON in, or give - as FILE and type it"
        )
    try:
        return _read("stdin", sys.stdin.buffer)
    except KeyboardInterrupt:
        raise Interrupted("interrupted; nothing was sent") from None


def _contents(file: str) -> bytes:
    if not file:
        raise InvalidInput("the name of the file is empty", "a variable of the shell may be unset")
    try:
        with open(file, "rb") as source:
            return _read(file, source)
    except FileNotFoundError:
        is_json = file.lstrip().startswith(("{", "["))
        hint = "that is JSON, not the name of a file: pipe it in, or put it into a file" if is_json else None
        raise InvalidInput(f"{file}: no such file", hint) from None
    except IsADirectoryError:
        raise InvalidInput(f"{file} is a folder, not a file") from None
    except (OSError, ValueError) as wrong:
        raise InvalidInput(f"{file}: {getattr(wrong, 'strerror', None) or wrong}") from None


def _read(name: str, source: BinaryIO) -> bytes:
    try:
        return source.read(READ_AT_MOST + 1)
    except OSError as wrong:
        raise InvalidInput(f"{name}: {wrong.strerror}") from None
