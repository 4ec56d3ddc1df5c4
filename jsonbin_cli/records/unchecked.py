"""Notes on updates with --merge that were not yet checked, so that `jsonbin check` can finish what was cut off."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, cast

from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.config.atomic import make_folder, write_whole
from jsonbin_cli.config.bounded import TooLarge, read_at_most
from jsonbin_cli.config.locks import held, is_held
from jsonbin_cli.failures import BackupFailed
from jsonbin_cli.records.backups import HOW_TO_KEEP
from jsonbin_cli.records.kept import folder_of
from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.protocol import Prefer, Unmerged
from jsonbin_cli.records.text import Member, members
from jsonbin_cli.records.writing import text_of

# Two updates, each with two of the largest records, and parts of them that are not merged yet.
_LARGEST = 10 * 1024 * 1024
_SMALL = ("known", "version", "added_at", "prefer")


class Unchecked(NamedTuple):
    """An update that was sent, or was about to be.

    It was made from the record `before`, which was read when there were `known` versions; `after` is what was sent.
    `version` is what the reply named, None where no reply came. `added_at` and `prefer` say how it is merged. Where it
    arrived, `unmerged` is left to do or to report; where it did not, `earlier`, which it was to repair, is the last.
    """

    known: int
    before: Member
    after: Member
    version: int | None
    added_at: tuple[str, ...]
    prefer: Prefer
    unmerged: tuple[Unmerged, ...] = ()
    earlier: Unchecked | None = None

    def as_json(self) -> str:
        """The same as a JSON object."""
        parts = {
            "known": str(self.known),
            "before": self.before.text,
            "after": self.after.text,
            "version": json.dumps(self.version),
            "added_at": json.dumps(self.added_at),
            "prefer": json.dumps(self.prefer),
            "earlier": self.earlier.as_json() if self.earlier else "null",
            "unmerged": text_of([[one.pointer, Number(str(one.number)), [*one.elements]] for one in self.unmerged]),
        }
        return "{" + ",".join(f'"{name}":{text}' for name, text in parts.items()) + "}"


def _from_json(text: str, *, may_have_earlier: bool = True) -> Unchecked:
    """The update that a note describes. Raises ValueError, KeyError or TypeError for any other text."""
    parts = members(text, any_size=True)
    known, version, added_at, prefer = (json.loads(parts[name].text) for name in _SMALL)
    if not (isinstance(known, int) and isinstance(version, int | None) and prefer in (None, "ours", "theirs")):
        raise ValueError
    earlier = parts["earlier"].text
    if earlier != "null" and not may_have_earlier:
        raise ValueError
    return Unchecked(
        known=known,
        before=parts["before"],
        after=parts["after"],
        version=version,
        added_at=tuple(map(str, added_at)),
        prefer=prefer,
        earlier=None if earlier == "null" else _from_json(earlier, may_have_earlier=False),
        unmerged=tuple(map(_unmerged, cast("list[Any]", parts["unmerged"].value))),
    )


def _unmerged(item: Any) -> Unmerged:
    pointer, number, elements = item
    if not (isinstance(pointer, str) and isinstance(number, Number) and isinstance(elements, list)):
        raise ValueError
    return Unmerged(pointer, int(number.text), tuple(elements))


class Note:
    """One note: it is there while a command works on the update, and stays where that is cut off."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def write(self, update: Unchecked) -> None:
        """Save the note so that it survives a crash. Raises BackupFailed."""
        if self.path is None:
            return
        with _kept_in(self.path.parent):
            write_whole(self.path, update.as_json().encode())

    def read(self) -> Unchecked | None:
        """The update in the note; None where the note is gone or cannot be read."""
        try:
            assert self.path is not None
            return _from_json(read_at_most(self.path, _LARGEST).data.decode())
        except (OSError, TooLarge, ValueError, KeyError, TypeError):
            return None

    def remove(self) -> None:
        """Delete the note: the update was checked, or nothing was sent."""
        if self.path is not None:
            with suppress(OSError):
                self.path.unlink()


@contextmanager
def note(account: Account, target: Target, *, keep: bool) -> Iterator[Note]:
    """A new note, held for as long as the block runs; one that keeps nothing where `keep` is False.

    Raises BackupFailed where it cannot be kept.
    """
    if not keep:
        yield Note(None)
        return
    folder = folder_of("unchecked", account, target)
    path = folder / f"{os.urandom(8).hex()}.json"
    with ExitStack() as stack:
        with _kept_in(folder):
            make_folder(folder)
            stack.enter_context(held(path))
        yield Note(path)


def left(account: Account, target: Target) -> list[Note]:
    """The notes of commands that were cut off."""
    folder = folder_of("unchecked", account, target)
    return [Note(path) for path in sorted(folder.glob("*.json")) if not is_held(path)]


@contextmanager
def _kept_in(folder: Path) -> Iterator[None]:
    """Raise BackupFailed where the block cannot write there."""
    try:
        yield
    except OSError as wrong:
        raise BackupFailed(
            f"a note on this update could not be kept in {folder}: {wrong.strerror}; nothing was sent",
            HOW_TO_KEEP,
        ) from None
