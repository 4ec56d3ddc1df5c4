"""What a command has to show: results on standard output, and lines for people on standard error."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from jsonbin_cli.failures import OutputFailed
from jsonbin_cli.terminal.report import annotation, style_of
from jsonbin_cli.terminal.streams import CONTROLS, harmless, is_terminal, tell, write, write_coloured

if TYPE_CHECKING:
    from jsonbin_cli.http.reply import Reply

_STYLE_OF_CHANGE = {"add": "green", "remove": "red", "replace": "yellow"}
_STYLE_OF_TOKEN = {"key": "bold blue", "str": "green", "number": "cyan", "literal": "magenta", "brace": ""}


def show_reply(reply: Reply, part: str | None, bin: str | None) -> None:
    """Write a reply, or its `record` or `metadata`, to standard output.

    On a terminal it is spread over lines and coloured, else it goes out as the server sent it. `bin` is what a failure
    to write is about.
    """
    try:
        _show_json(reply.part(part), f"{reply.done}, but the reply")
    except OutputFailed as failure:
        failure.hint, failure.sent, failure.bin = "--quiet writes nothing", True, bin
        raise


def show_difference(operations: str, lines: Sequence[tuple[str, str]]) -> None:
    """Write what differs to standard output: on a terminal as lines for people, else as JSON."""
    if not is_terminal("stdout"):
        write(operations.encode() + b"\n", "the difference")
    elif lines:
        write_coloured([(harmless(line) + "\n", _STYLE_OF_CHANGE[kind]) for kind, line in lines], "the difference")


def show_listing(data: str, text: str) -> None:
    """Write what was found out to standard output: on a terminal as lines for people, else as JSON."""
    if not is_terminal("stdout"):
        write(data.encode() + b"\n", "the result")
    elif text:
        show_text(text)


def tell_difference(lines: Sequence[tuple[str, str]]) -> None:
    """The lines of a difference on standard error, for somebody who is about to be asked."""
    for kind, line in lines:
        tell("", line, _STYLE_OF_CHANGE[kind])


def show_text(text: str) -> None:
    """Write a line or more for people to standard output."""
    write(harmless(text).encode("utf-8", "replace") + b"\n", "the result")


def width() -> int | None:
    """How many characters a line of standard output may have; None where it is no terminal."""
    from shutil import get_terminal_size

    return get_terminal_size().columns if is_terminal("stdout") else None


def note(text: str) -> None:
    """One line on standard error about what the user may not expect."""
    if style_of(sys.argv[1:]) == "github":
        tell("", annotation("warning", text))
    else:
        tell("note: ", text, "yellow")


def success(text: str) -> None:
    """One line on standard error, on a terminal only."""
    if is_terminal("stderr"):
        tell("", text, "green")


def detail(text: str) -> None:
    """One line of `--verbose` on standard error."""
    tell("", text, "dim")


def prompt(question: str, end: str = " ") -> None:
    """A question on standard error, with the cursor behind it."""
    tell("", question, "bold" if question else "", end=end)


def _show_json(data: bytes, what: str) -> None:
    if not is_terminal("stdout"):
        write(data + b"\n", what)
        return
    from jsonbin_cli.records.text import indented

    # JSON may hold C1 controls and the like inside its strings; escaped they mean the same.
    pieces = [(re.sub(CONTROLS, _escaped, piece), kind) for piece, kind in indented(data.decode())]
    write_coloured([*((piece, _STYLE_OF_TOKEN[kind]) for piece, kind in pieces), ("\n", "")], what)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
