"""How a failure is written to standard error: as text, as one JSON object, or for the runner of GitHub Actions."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jsonbin_cli.failures import Bug, Failure, Interrupted, InvalidInput, PipeClosed
from jsonbin_cli.terminal.streams import end_line_of_ctrl_c, harmless, say, tell

if TYPE_CHECKING:
    from jsonbin_cli.terminal.errors import Advice

STYLES = ("text", "json", "github")


def style_of(arguments: Sequence[str]) -> str:
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
        chosen = named if named in STYLES else chosen
    if chosen in STYLES:
        return chosen
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"


def failed(failure: Failure, style: str, arguments: Sequence[str] = ()) -> None:
    """Write a failure to standard error as text, as one JSON object, or as a GitHub runner's annotation.

    `arguments` are those of the command that failed.
    """
    if isinstance(failure, PipeClosed):
        return
    from jsonbin_cli.terminal.errors import advice

    if isinstance(failure, Interrupted):
        end_line_of_ctrl_c()
    known = advice(failure, arguments)
    if style == "json":
        import json

        say("", json.dumps({"error": as_object(failure, known)}))
    elif style == "github":
        text = failure.message + (f"\nhint: {known.hint}" if known.hint else "")
        say("", annotation("error", text, failure if isinstance(failure, InvalidInput) else None))
    else:
        tell("error: ", failure.message, "red")
        if known.hint:
            tell("hint: ", known.hint, "cyan")


def annotation(kind: Literal["error", "warning"], text: str, at: InvalidInput | None = None) -> str:
    """The line that GitHub's runner makes an annotation of, at the file that `at` names, where it names one.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    properties: dict[str, str | int | None] = {"title": "jsonbin"}
    if at and at.file is not None:
        properties = {"file": _in_workspace(at.file), "line": at.line, "col": at.column} | properties
    shown = [f"{name}={_escaped(str(value), ':', ',')}" for name, value in properties.items() if value is not None]
    return f"::{kind} {','.join(shown)}::{_escaped(text)}"


def failed_unforeseen(style: str) -> None:
    """Write the traceback of the exception being handled, and say that it is a bug."""
    import traceback

    for line in traceback.format_exc().rstrip().split("\n"):
        tell("", line)
    wrong = sys.exception()
    hint = "report it with the lines above, and with what you ran"
    failed(Bug(f"{type(wrong).__name__} inside jsonbin", hint), style)


def _in_workspace(file: str) -> str:
    """The path of `file` from the root of the checkout, where the runner looks for it; `file` itself outside of it."""
    workspace, path = os.environ.get("GITHUB_WORKSPACE"), Path(file).absolute()
    return str(path.relative_to(workspace)) if workspace and path.is_relative_to(workspace) else file


def _escaped(text: str, *others: str) -> str:
    """Text as the runner reads it, without what would end it."""
    text = harmless(text).replace("%", "%25")
    for character in ("\r", "\n", *others):
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def as_object(failure: Failure, known: Advice) -> dict[str, str | int | bool | None]:
    """A failure, and what is known about it, for a script."""
    return {
        "slug": known.slug,
        "message": harmless(failure.message),
        "hint": harmless(known.hint) if known.hint else None,
        "status": failure.status,
        "bin": failure.bin,
        "exit_code": int(failure.code),
        "sent": failure.sent,
        "retryable": known.retryable,
    }
