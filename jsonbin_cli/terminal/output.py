"""What is shown: replies and differences on standard output, notes, progress and questions on standard error."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from jsonbin_cli.failures import Failure, OutputFailed
from jsonbin_cli.terminal import report
from jsonbin_cli.terminal.report import annotation, style_of
from jsonbin_cli.terminal.streams import CONTROLS, harmless, is_terminal, say, shown, tell, write, write_coloured

if TYPE_CHECKING:
    from jsonbin_cli.http.reply import Reply

_STYLE_OF_CHANGE = {"add": "green", "remove": "red", "replace": "yellow"}
_STYLE_OF_TOKEN = {"key": "bold blue", "str": "green", "number": "cyan", "literal": "magenta", "brace": ""}


def show_reply(
    reply: Reply, part: str | None, bin: str | None, changed: Sequence[tuple[str, str]] | None = None
) -> None:
    """Write a reply, or its `record` or `metadata`, to standard output.

    On a terminal it is spread over lines and coloured, else it goes out as the server sent it. `bin` is what a failure
    to write is about. `changed` are the lines of a difference that a terminal shows in place of a whole reply.
    """
    what = f"{reply.done}, but the reply"
    try:
        if changed is not None and part is None and is_terminal("stdout"):
            _show_lines(changed, what)
        else:
            _show_json(reply.part(part), what)
    except OutputFailed as failure:
        failure.hint, failure.sent, failure.bin = "--quiet writes nothing", True, bin
        raise


def show_json(text: str) -> None:
    """Write JSON text that was made here to standard output, as `show_reply` does."""
    _show_json(text.encode(), "the result")


def show_string(text: str, what: str = "the value") -> None:
    """Write a string as it is, and a newline; at a terminal without control characters.

    A failure to write says that `what` could not be written.
    """
    if is_terminal("stdout"):
        text = re.sub(CONTROLS, "", text)
    write(text.encode("utf-8", "replace") + b"\n", what)


def show_difference(operations: str, lines: Sequence[tuple[str, str]]) -> None:
    """Write what differs to standard output: on a terminal as lines for people, else as JSON."""
    if is_terminal("stdout"):
        _show_lines(lines, "the difference")
    else:
        write(operations.encode() + b"\n", "the difference")


def show_listing(data: str, text: str) -> None:
    """Write a list to standard output: on a terminal as lines for people, else as JSON."""
    if not is_terminal("stdout"):
        write(data.encode() + b"\n", "the list")
    else:
        show_text(text)


def show_line(text: str) -> None:
    """Write one line of JSON that was made here to standard output."""
    write(text.encode() + b"\n", "the result")


def show_table(lines: Iterable[tuple[str, str]]) -> None:
    """Write the lines of a table to standard output, each with its style."""
    for line, style in lines:
        write_coloured([(shown(line).replace("\n", " ") + "\n", style)], "the list")


def tell_difference(lines: Sequence[tuple[str, str]]) -> None:
    """The lines of a difference on standard error, for somebody who is about to be asked."""
    for kind, line in lines:
        say("", shown(line), _STYLE_OF_CHANGE[kind])


def show_text(text: str) -> None:
    """Write a line or more for people to standard output."""
    lines = "\n".join(harmless(line) for line in text.split("\n"))
    write(lines.encode("utf-8", "replace") + b"\n", "the result")


def width() -> int | None:
    """How many characters a line of standard output may have; None where it is no terminal."""
    from shutil import get_terminal_size

    return get_terminal_size().columns if is_terminal("stdout") else None


def note(text: str) -> None:
    """One line on standard error about what the user may not expect."""
    if style_of(sys.argv[1:]) == "github":
        say("", annotation("warning", text))
    else:
        tell("note: ", text, "yellow")


def failure(what: Failure) -> None:
    """One of several failures, after which the command goes on, on standard error."""
    report.failed(what, style_of(sys.argv[1:]))


def failures_are_json() -> bool:
    """Whether each failure is one JSON object."""
    return style_of(sys.argv[1:]) == "json"


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
    from jsonbin_cli.records.writing import indented

    # Outside its strings JSON may hold carriage returns, and inside them C1 controls and the like: escaped these mean
    # the same.
    text = re.sub(CONTROLS, _escaped, data.decode().replace("\r", " "))
    pieces = ((piece, _STYLE_OF_TOKEN[kind]) for piece, kind in indented(text))
    write_coloured(chain(pieces, [("\n", "")]), what)


def _show_lines(lines: Sequence[tuple[str, str]], what: str) -> None:
    """Write the lines of a difference to standard output."""
    write_coloured([(shown(line) + "\n", _STYLE_OF_CHANGE[kind]) for kind, line in lines], what)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
