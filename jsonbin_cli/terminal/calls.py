"""The shell line of a hint, ended by the command that was run. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from jsonbin_cli.failures import Answered, Failure, InvalidInput

_THIS = "| jsonbin …"
_READ_A_FILE = ("create", "diff", "patch", "update")


def completed(hint: str, failure: Failure, arguments: Sequence[str]) -> str:
    """A hint in which a line converts what was read, with the command that is to read it; any other as it is.

    That is the one that failed, without the name of the file. Where the file was not named as FILE, but in a folder, an
    option or a value, the line puts what it makes in the place of the file.
    """
    if _THIS not in hint:
        return hint
    file = _file_of(failure)
    if file is None or _is_argument(file, arguments):
        if not arguments or arguments[0] not in _READ_A_FILE:
            return hint
        return hint.replace(_THIS, f"| {shlex.join(['jsonbin', *(word for word in arguments if word != file)])}")
    new = shlex.quote(f"{file}.new")
    return hint.replace(_THIS, f"> {new} && mv {new} {shlex.quote(file)}")


def _file_of(failure: Failure) -> str | None:
    """The file that was read; None for standard input."""
    if isinstance(failure, InvalidInput):
        return failure.file
    document = failure.request.document if isinstance(failure, Answered) else None
    return document.name if document and document.name != "stdin" else None


def _is_argument(file: str, arguments: Sequence[str]) -> bool:
    """Whether a file was named as FILE."""
    return arguments.count(file) == 1 and arguments[arguments.index(file) - 1] != "--if-match"
