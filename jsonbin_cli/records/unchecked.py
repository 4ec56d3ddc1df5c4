"""Notes on updates with --merge that were not yet checked, so that `jsonbin check` can finish what was cut off."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, cast

from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.config.atomic import make_folder, write_whole
from jsonbin_cli.config.locks import held, is_held
from jsonbin_cli.failures import BackupFailed
from jsonbin_cli.records.backups import HOW_TO_KEEP, folder_of
from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.reconcile import Prefer
from jsonbin_cli.records.text import JSON, NotJSON, parse, text_of


class Unchecked(NamedTuple):
    """An update that was sent, or was about to be.

    It was made from `before`, which was read when there were `known` versions; `after` is what was sent. `version` is
    what the reply named, None where no reply came. `added_at` and `prefer` say how it is merged. `earlier` is the
    update that this one was to repair, for the case that it did not arrive.
    """

    known: int
    before: JSON
    after: JSON
    version: int | None
    added_at: tuple[str, ...]
    prefer: Prefer
    earlier: Unchecked | None = None

    def as_json(self) -> JSON:
        """The same as a JSON object."""
        return {
            "known": Number(str(self.known)),
            "before": self.before,
            "after": self.after,
            "version": None if self.version is None else Number(str(self.version)),
            "added_at": list(self.added_at),
            "prefer": self.prefer,
            "earlier": self.earlier and self.earlier.as_json(),
        }


def _from_json(value: JSON) -> Unchecked:
    """The update that a note describes. Raises KeyError, TypeError or AttributeError for any other JSON."""
    table = cast("dict[str, JSON]", value)
    version, earlier = table["version"], table["earlier"]
    return Unchecked(
        known=int(cast(Number, table["known"]).text),
        before=table["before"],
        after=table["after"],
        version=int(version.text) if isinstance(version, Number) else None,
        added_at=tuple(map(str, cast("list[JSON]", table["added_at"]))),
        prefer=cast("Prefer", table["prefer"]),
        earlier=None if earlier is None else _from_json(earlier),
    )


class Note:
    """One note: it is there while a command works on the update, and stays where that is cut off."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def write(self, update: Unchecked) -> None:
        """Save the note so that it survives a crash. Raises BackupFailed."""
        if self.path is None:
            return
        with _kept_in(self.path.parent):
            write_whole(self.path, text_of(update.as_json()).encode())

    def read(self) -> Unchecked | None:
        """The update in the note; None where the note is gone or cannot be read."""
        try:
            assert self.path is not None
            return _from_json(parse(self.path.read_bytes().decode()))
        except (OSError, NotJSON, UnicodeDecodeError, KeyError, TypeError, AttributeError):
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
