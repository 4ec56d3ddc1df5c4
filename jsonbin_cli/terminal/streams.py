"""The only file that writes to standard output and standard error, and colours what goes there."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Literal, TextIO

from jsonbin_cli.config.environment import keys_set
from jsonbin_cli.config.known_secrets import masked, remember, without_secrets
from jsonbin_cli.failures import OutputFailed, PipeClosed, shortened

# C0 but tab and newline, delete, C1, the marks that turn the direction of text, and lone surrogates.
CONTROLS = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
# Colour costs some microseconds a token, and nobody reads a longer text token by token.
_COLOURED_AT_MOST = 64 * 1024
# How many characters of one message, or of one line of a longer text, are shown.
_LONGEST = 20_000

Pieces = Iterable[tuple[str, str]]
"""Pieces of text, each with the Rich style to show it in."""


def is_terminal(name: Literal["stdout", "stderr"]) -> bool:
    """Whether that stream is a terminal."""
    stream = _stream(name)
    return stream is not None and stream.isatty()


def can_draw() -> bool:
    """Whether a line on standard error can be redrawn: on a terminal, with this program in the foreground."""
    if not is_terminal("stderr") or os.environ.get("TERM") == "dumb":
        return False
    # A background job would draw over what is typed in the foreground.
    return sys.platform == "win32" or os.tcgetpgrp(sys.stderr.fileno()) == os.getpgrp()


def harmless(text: str) -> str:
    """Text from outside, for people: cut, and without control characters, secrets and anything like a key."""
    return masked(_cut(text))


def shown(text: str) -> str:
    """A part of a record, for people: without secrets. Hashes of passwords, which look like keys, stay."""
    return without_secrets(_cut(text))


def write(data: bytes, what: str) -> None:
    """Write `data` to standard output. Raises PipeClosed, or OutputFailed, which says that `what` was not written."""
    if sys.stdout is None:
        raise OutputFailed(f"{what} could not be written: standard output is closed")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        _to_null_device(1)
        raise PipeClosed("") from None
    except (OSError, ValueError) as wrong:
        _to_null_device(1)
        reason = getattr(wrong, "strerror", None) or "standard output is closed"
        raise OutputFailed(f"{what} could not be written to standard output: {reason}") from None


def write_coloured(pieces: Pieces, what: str) -> None:
    """Write text to standard output, as `write` does, in colour where that is wanted and the text is not long.

    A long text is never whole in memory.
    """
    batches = _batches(pieces)
    first = next(batches)
    text = _plain(first)
    if sys.stdout is not None and _takes_colour(sys.stdout) and len(text) <= _COLOURED_AT_MOST:
        text = _painted(first)
    write(text.encode("utf-8", "replace"), what)
    for batch in batches:
        write(_plain(batch).encode("utf-8", "replace"), what)


def tell(label: str, text: str, style: str = "", end: str = "\n") -> None:
    """Write text for people to standard error: cut, without control characters and secrets."""
    # The lines after the first are indented, so that no line of foreign text looks like one of ours.
    say(label, harmless(text).replace("\n", "\n    ") if label else harmless(text), style, end)


def say(label: str, text: str, style: str = "", end: str = "\n") -> None:
    """Write harmless text to standard error; nothing happens where that is closed.

    The label has the style, where there is one, else the text has it.
    """
    if sys.stderr is None:
        return
    if style and _takes_colour(sys.stderr):
        text = _painted([(label, f"bold {style}"), (text, "" if label else style)])
    else:
        text = label + text
    try:
        sys.stderr.write(text + end)
        sys.stderr.flush()
    except (OSError, ValueError):
        _to_null_device(2)


def end_line_of_ctrl_c() -> None:
    """End the line of a terminal in which that wrote ^C, wherever the cursor was."""
    if is_terminal("stderr"):
        say("", "")


def full_disk(wrong: OSError) -> OutputFailed:
    """The failure for help that could not be written."""
    _to_null_device(1)
    return OutputFailed(f"standard output could not be written: {wrong.strerror}")


def _cut(text: str) -> str:
    for key in keys_set():
        remember(key)
    return re.sub(CONTROLS, "", shortened(text, _LONGEST))


def _stream(name: Literal["stdout", "stderr"]) -> TextIO | None:
    """The stream, or None where it is closed, which the types of `sys` do not say."""
    return sys.stdout if name == "stdout" else sys.stderr


def _takes_colour(stream: TextIO) -> bool:
    """Whether `stream` may carry colour (no-color.org, force-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _batches(pieces: Pieces) -> Iterator[list[tuple[str, str]]]:
    """The pieces, first as many as are longer together than what is coloured, then as many again; the last has less."""
    batch, length = [], 0
    for piece in pieces:
        batch.append(piece)
        length += len(piece[0])
        if length > _COLOURED_AT_MOST:
            yield batch
            batch, length = [], 0
    yield batch


def _plain(pieces: Pieces) -> str:
    return "".join(text for text, _ in pieces)


def _painted(pieces: Pieces) -> str:
    """The pieces with the escape codes of their styles."""
    from rich.console import Console
    from rich.text import Text

    console = Console(color_system="standard", soft_wrap=True)
    with console.capture() as capture:
        console.print(Text.assemble(*pieces), end="")
    return capture.get()


def _to_null_device(descriptor: int) -> None:
    """Point a stream at the null device, so that the flush at exit does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
