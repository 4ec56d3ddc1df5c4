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
from tempfile import gettempdir

from jsonbin_cli.config import environment
from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.config.atomic import make_folder, write_whole
from jsonbin_cli.failures import Conflict, EditorFailed, Failure, Interrupted, InvalidInput, Refused, profile_option
from jsonbin_cli.records.document import Document, document_of

# These open a file at the line that +NUMBER before its name says.
_TAKE_A_LINE = {"vi", "vim", "nvim", "nano", "pico", "emacs", "emacsclient", "joe", "kak", "micro", "mg", "ne"}
_CHOOSE = "name one that runs: export EDITOR=nano"


@contextmanager
def draft(
    account: Account, target: Target, text: bytes, interrupted: Callable[[], Interrupted], *, keep: bool, lasting: bool
) -> Iterator[Path]:
    """A file that holds `text`, for its owner alone; gone at the end. `interrupted` makes the failure for a Ctrl-C.

    What the user made of the text stays where the block fails, and the failure says where, and how to send it unless
    the bin holds something else by now; or where `keep` is set. It is in the state folder or, unless it is to be
    `lasting`, in that for temporary files. Raises EditorFailed.
    """
    name = f"{target.id.lower()}-{datetime.now(UTC):%Y-%m-%dT%H-%M-%S.%fZ}.json"
    place = environment.state_folder() / "drafts" if lasting else None
    try:
        path = place / name if place else Path(gettempdir()) / f"jsonbin-{name}"
        make_folder(path.parent)
        write_whole(path, text)
    except OSError as wrong:
        raise EditorFailed(
            f"the draft could not be written{f' to {place}' if place else ''}: {wrong.strerror}; nothing was sent",
            "XDG_STATE_HOME names another folder; with --no-backup the draft is a temporary file"
            if place
            else "TMPDIR names another folder for temporary files",
        ) from None
    try:
        yield path
    except (Failure, KeyboardInterrupt) as wrong:
        failure = wrong if isinstance(wrong, Failure) else interrupted()
        if _is_changed(path, text):
            failure.message += f"{chr(10) if chr(10) in failure.message else '; '}your text is kept in {path}"
            if _text_in(path) is not None and _is_unchanged_by(failure):
                how = how_to_send(account, target, path, is_right=not isinstance(failure, InvalidInput))
                failure.hint = f"{failure.hint}; {how}" if failure.hint else how
        else:
            path.unlink(missing_ok=True)
        raise failure from None
    if not (keep and _is_changed(path, text)):
        path.unlink(missing_ok=True)


def edited(path: Path, account: Account, again: Callable[[InvalidInput], bool], *, as_is: bool) -> Document | None:
    """What the user makes of the text in `path`; None where it is left as it was.

    Where that is no record, `again` is told and asked whether the editor is to open once more, at that line. `as_is`
    takes a whole reply of JSONBin for a record. Raises EditorFailed, or the InvalidInput that was the last one.
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
            return document_of("your text", text, account.plan, as_is=as_is)
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
    # Ctrl-C is the editor's while it runs. A handler and not SIG_IGN, since the editor would inherit that.
    ours = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        # Standard output is for JSON, so in a pipe the editor writes to standard error.
        stdout = None if os.isatty(1) else 2
        code = subprocess.run([*command, *at, str(path)], stdout=stdout, env=environment.without_keys()).returncode
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


def how_to_send(account: Account, target: Target, path: Path, *, is_right: bool) -> str:
    """The commands that send the text in `path` and, where it `is_right`, show before what that changes by now."""
    text = f"{shlex.quote(target.name)} {shlex.quote(str(path))}{profile_option(account.name)}"
    if not is_right:
        return f"to send it, once it is right: jsonbin update {text}"
    return f"what it changes by now: jsonbin diff {text}; to send it: jsonbin update {text}"


def _is_unchanged_by(failure: Failure) -> bool:
    """Whether the bin is as it was when it was read, as far as is known."""
    return isinstance(failure, Refused) or not (failure.sent or isinstance(failure, Conflict))


def _is_changed(path: Path, text: bytes) -> bool:
    """Whether the text was changed. A file that cannot be read counts as changed."""
    return os.path.exists(path) and _text_in(path) != text


def _text_in(path: Path) -> bytes | None:
    """What the file holds; None where there is none that can be read."""
    with suppress(OSError):
        if path.is_file():
            return path.read_bytes()
    return None
