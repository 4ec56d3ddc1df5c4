"""The only file that writes to standard output and standard error."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from jsonbin_cli.config.environment import keys_set
from jsonbin_cli.config.known_secrets import masked, remember, without_secrets
from jsonbin_cli.failures import Bug, Failure, OutputFailed, PipeClosed, shortened

if TYPE_CHECKING:
    from jsonbin_cli.http.reply import Reply
    from jsonbin_cli.terminal.errors import Advice

ERROR_STYLES = ("text", "json", "github")

# C0 but tab and newline, delete, C1, the marks that turn the direction of text, and lone surrogates.
_CONTROLS = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
# Colour costs some microseconds a token; a longer reply is not read token by token anyway.
_COLOURED_AT_MOST = 64 * 1024
# How many characters of one message, or of one line of a longer text, are shown.
_LONGEST = 20_000


def show_reply(
    reply: Reply, part: str | None, bin: str | None, changed: Sequence[tuple[str, str]] | None = None
) -> None:
    """Write a reply, or its `record` or `metadata`, to standard output.

    On a terminal it is spread over lines and coloured, else it goes out as the server sent it. `bin` is what a failure
    to write is about. `changed` are the lines of a difference that a terminal shows in place of a whole reply.
    """
    what = f"{reply.done}, but the reply"
    try:
        if changed is not None and part is None and sys.stdout is not None and sys.stdout.isatty():
            _write(_drawn(changed), what)
        else:
            _write_json(reply.part(part), what)
    except OutputFailed as failure:
        failure.hint, failure.sent, failure.bin = "--quiet writes nothing", True, bin
        raise


def show_json(text: str) -> None:
    """Write JSON text that was made here to standard output, as `show_reply` does."""
    _write_json(text.encode(), "the result")


def show_string(text: str, what: str = "the value") -> None:
    """Write a string as it is, and a newline; at a terminal without what could steer it.

    A failure to write says that `what` could not be written.
    """
    if sys.stdout is not None and sys.stdout.isatty():
        text = re.sub(_CONTROLS, "", text)
    _write(text.encode("utf-8", "replace") + b"\n", what)


def show_difference(operations: str, lines: Sequence[tuple[str, str]]) -> None:
    """Write what differs to standard output: on a terminal as lines for people, else as JSON."""
    if sys.stdout is None or not sys.stdout.isatty():
        _write(operations.encode() + b"\n", "the difference")
    else:
        _write(_drawn(lines), "the difference")


def show_listing(data: str, text: str) -> None:
    """Write a list to standard output: on a terminal as lines for people, else as JSON."""
    if sys.stdout is None or not sys.stdout.isatty():
        _write(data.encode() + b"\n", "the list")
    elif text:
        show_text(text)


def tell_difference(lines: Sequence[tuple[str, str]]) -> None:
    """The lines of a difference on standard error, for somebody who is about to be asked."""
    for kind, line in lines:
        _say("", _shown(line), _CHANGES[kind])


def show_text(text: str) -> None:
    """Write a line or more for people to standard output."""
    lines = "\n".join(_harmless(line) for line in text.split("\n"))
    _write(lines.encode("utf-8", "replace") + b"\n", "the result")


def note(text: str) -> None:
    """One line on standard error about what the user may not expect."""
    _tell("note: ", text, "yellow")


def success(text: str) -> None:
    """One line on standard error, on a terminal only."""
    if sys.stderr is not None and sys.stderr.isatty():
        _tell("", text, "green")


def detail(text: str) -> None:
    """One line of `--verbose` on standard error."""
    _tell("", text, "dim")


def prompt(question: str, end: str = " ") -> None:
    """A question on standard error, with the cursor behind it."""
    _tell("", question, "bold" if question else "", end=end)


def errors_style(arguments: Sequence[str]) -> str:
    """How failures are to be written: `--errors`, else JSONBIN_ERRORS, else what the runner understands, else `text`.

    The arguments are read here and not through the options, since a wrong option is a failure too.
    """
    chosen = os.environ.get("JSONBIN_ERRORS")
    for position, argument in enumerate(arguments):
        if argument.startswith("--errors="):
            named = argument.removeprefix("--errors=")
        elif argument == "--errors":
            named = "".join(arguments[position + 1 : position + 2])
        else:
            continue
        chosen = named if named in ERROR_STYLES else chosen
    if chosen in ERROR_STYLES:
        return chosen
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"


def failed(failure: Failure, known: Advice, style: str) -> None:
    """Write a failure to standard error as text, as one JSON object, or as a GitHub runner's annotation."""
    if isinstance(failure, PipeClosed):
        return
    if style == "json":
        import json

        _say("", json.dumps({"error": _as_object(failure, known)}), "")
    elif style == "github":
        text = _harmless(failure.message + (f"\nhint: {known.hint}" if known.hint else ""))
        for character, escape in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
            text = text.replace(character, escape)
        _say("", f"::error title=jsonbin::{text}", "")
    else:
        _tell("error: ", failure.message, "red")
        if known.hint:
            _tell("hint: ", known.hint, "cyan")


def full_disk(wrong: OSError) -> OutputFailed:
    """The failure for help that could not be written."""
    _forget(1)
    return OutputFailed(f"standard output could not be written: {wrong.strerror}")


def failed_unforeseen(style: str) -> None:
    """Write the traceback of the exception being handled, and say that it is a bug."""
    import traceback

    from jsonbin_cli.terminal.errors import Advice

    for line in traceback.format_exc().rstrip().split("\n"):
        _tell("", line, "")
    wrong = sys.exception()
    failure = Bug(f"{type(wrong).__name__} inside jsonbin", "report it with the lines above, and with what you ran")
    failed(failure, Advice(failure.slug, failure.hint, failure.retryable), style)


def _as_object(failure: Failure, known: Advice) -> dict[str, str | int | bool | None]:
    return {
        "slug": known.slug,
        "message": _harmless(failure.message),
        "hint": _harmless(known.hint) if known.hint else None,
        "status": failure.status,
        "bin": failure.bin,
        "exit_code": int(failure.code),
        "sent": failure.sent,
        "retryable": known.retryable,
    }


def _harmless(text: str) -> str:
    """Foreign text for people: cut, and without what could steer a terminal, any secret, and anything like a key."""
    return masked(_cut(text))


def _shown(text: str) -> str:
    """A part of a record for people: hashes of passwords look like keys, and are to be told apart."""
    return without_secrets(_cut(text))


def _cut(text: str) -> str:
    for key in keys_set():
        remember(key)
    return re.sub(_CONTROLS, "", shortened(text, _LONGEST))


def _coloured(stream: TextIO) -> bool:
    """Whether `stream` may carry colour (no-color.org, force-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _tell(label: str, text: str, style: str, end: str = "\n") -> None:
    """Write text for people to standard error."""
    # What goes on is set in, so that no line of foreign text can pass for one of ours.
    _say(label, _harmless(text).replace("\n", "\n    ") if label else _harmless(text), style, end)


def _say(label: str, text: str, style: str, end: str = "\n") -> None:
    """Write to standard error; where that is closed there is nobody to tell."""
    if sys.stderr is None:
        return
    if style and _coloured(sys.stderr):
        text = _painted([(label, f"bold {style}"), (text, "" if label else style)])
    else:
        text = label + text
    try:
        sys.stderr.write(text + end)
        sys.stderr.flush()
    except (OSError, ValueError):
        _forget(2)


def _painted(pieces: Sequence[tuple[str, str]]) -> str:
    """The pieces with the escape codes of their Rich styles."""
    from rich.console import Console
    from rich.text import Text

    console = Console(force_terminal=True, color_system="standard", soft_wrap=True)
    with console.capture() as capture:
        console.print(Text.assemble(*pieces), end="")
    return capture.get()


def _write_json(data: bytes, what: str) -> None:
    if sys.stdout is not None and sys.stdout.isatty():
        from jsonbin_cli.records.text import indented

        # JSON may hold C1 controls and the like inside its texts; escaped they mean the same.
        pieces = [(re.sub(_CONTROLS, _escaped, piece), kind) for piece, kind in indented(data.decode())]
        if _coloured(sys.stdout) and len(data) <= _COLOURED_AT_MOST:
            data = _painted([(piece, _STYLES[kind]) for piece, kind in pieces]).encode()
        else:
            data = "".join(piece for piece, _ in pieces).encode()
    _write(data + b"\n", what)


def _drawn(lines: Sequence[tuple[str, str]]) -> bytes:
    """The lines of a difference, coloured where standard output may be."""
    pieces = [(_shown(line) + "\n", _CHANGES[kind]) for kind, line in lines]
    text = "".join(piece for piece, _ in pieces)
    if text and _coloured(sys.stdout) and len(text) <= _COLOURED_AT_MOST:
        text = _painted(pieces)
    return text.encode("utf-8", "replace")


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


_CHANGES = {"add": "green", "remove": "red", "replace": "yellow"}
_STYLES = {"key": "bold blue", "str": "green", "number": "cyan", "literal": "magenta", "brace": ""}


def _write(data: bytes, what: str) -> None:
    if sys.stdout is None:
        raise OutputFailed(f"{what} could not be written: standard output is closed")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget(1)
        raise PipeClosed("") from None
    except (OSError, ValueError) as wrong:
        _forget(1)
        reason = getattr(wrong, "strerror", None) or "standard output is closed"
        raise OutputFailed(f"{what} could not be written to standard output: {reason}") from None


def _forget(descriptor: int) -> None:
    """Let the interpreter's flush at exit go nowhere, instead of failing once more."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)
