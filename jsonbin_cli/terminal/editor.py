"""A record in the user's editor: a draft that is not lost, whatever happens while it is open."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from jsonbin_cli.config import environment
from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.config.atomic import write_whole
from jsonbin_cli.failures import EditorFailed, Failure, Interrupted, InvalidInput
from jsonbin_cli.records.document import Document, document_of

# These open a file at the line that +NUMBER before its name says.
_TAKE_A_LINE = {"vi", "vim", "nvim", "nano", "pico", "emacs", "emacsclient", "joe", "kak", "micro", "mg", "ne"}
_CHOOSE = "name one that runs: export EDITOR=nano"


@contextmanager
def draft(target: Target, text: bytes, *, keep: bool) -> Iterator[Path]:
    """A file that holds `text`, for its owner alone; gone at the end.

    What the user made of the text stays where the block fails, and the failure says where, or where `keep` is set.
    Raises EditorFailed.
    """
    path = environment.state_folder() / "drafts" / f"{target.id.lower()}-{datetime.now(UTC):%Y-%m-%dT%H-%M-%S.%fZ}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, text)
    except OSError as wrong:
        raise EditorFailed(f"{path} could not be written: {wrong.strerror}; nothing was sent") from None
    try:
        yield path
    except Failure as failure:
        failure.message += _left(path, text, failure.message)
        raise
    except KeyboardInterrupt:
        said = "interrupted; nothing was sent"
        raise Interrupted(said + _left(path, text, said), bin=target.id) from None
    if not (keep and _is_changed(path, text)):
        path.unlink(missing_ok=True)


def edited(path: Path, account: Account, again: Callable[[InvalidInput], bool]) -> Document | None:
    """What the user makes of the text in `path`; None where it is left as it was.

    Where that is no record, `again` is told and asked whether the editor is to open once more, at that line.
    Raises EditorFailed, or the InvalidInput that was the last one.
    """
    before = path.read_bytes()
    line = None
    while True:
        _open(path, line)
        text = _text_in(path)
        if text is None:
            raise EditorFailed("the editor left no readable file; nothing was sent")
        if text == before:
            return None
        try:
            return document_of(str(path), text, account.plan)
        except InvalidInput as failure:
            if not again(failure):
                raise
            line = failure.line


def _open(path: Path, line: int | None) -> None:
    chosen = environment.editor()
    if chosen is None:
        raise EditorFailed("no editor was found; nothing was sent", _CHOOSE)
    try:
        command = shlex.split(chosen)
    except ValueError:
        raise EditorFailed(f"VISUAL or EDITOR is not a command: {chosen}; nothing was sent", _CHOOSE) from None
    at = [f"+{line}"] if line and Path(command[0]).stem in _TAKE_A_LINE else []
    # Ctrl-C is the editor's while it runs. A handler and not SIG_IGN, since that would be handed down to it.
    ours = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        # What it says there is no JSON.
        code = subprocess.run([*command, *at, str(path)], stdout=None if os.isatty(1) else 2).returncode
    except OSError as wrong:
        raise EditorFailed(
            f"the editor {command[0]} could not be run: {wrong.strerror}; nothing was sent", _CHOOSE
        ) from None
    finally:
        signal.signal(signal.SIGINT, ours)
    if code == -signal.SIGINT:
        raise KeyboardInterrupt
    if code:
        raise EditorFailed(f"the editor {command[0]} ended with code {code}; nothing was sent")


def _left(path: Path, text: bytes, said: str) -> str:
    """Where the user's text is, or nothing where there is none."""
    if _is_changed(path, text):
        return f"{chr(10) if chr(10) in said else '; '}your text is kept in {path}"
    path.unlink(missing_ok=True)
    return ""


def _is_changed(path: Path, text: bytes) -> bool:
    """Whether the user made something else of the text; what is no file, or cannot be read, may be that."""
    return os.path.exists(path) and _text_in(path) != text


def _text_in(path: Path) -> bytes | None:
    """What the file holds; None where there is none that can be read."""
    with suppress(OSError):
        if path.is_file():
            return path.read_bytes()
    return None
