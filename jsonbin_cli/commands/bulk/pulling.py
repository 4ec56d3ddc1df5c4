"""`pull`: which bins go into which files, and the files written."""

from __future__ import annotations

import os
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from jsonbin_cli.commands.bulk.outcomes import DONE_BEFORE, Row, is_finished, theirs
from jsonbin_cli.commands.bulk.session import Limits, Session
from jsonbin_cli.commands.sending import client_for
from jsonbin_cli.config.bounded import TooLarge, read_at_most
from jsonbin_cli.failures import Conflict, ExitCode, UsageMistake, profile_option, shortened
from jsonbin_cli.http import request
from jsonbin_cli.http.listing import pages
from jsonbin_cli.records.folders import digests, writing
from jsonbin_cli.records.folders.manifest import Entry, Folder, check, folder_at, folder_in
from jsonbin_cli.records.size import LARGEST
from jsonbin_cli.records.text import NotJSON, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jsonbin_cli.commands.options import Options
    from jsonbin_cli.config.account import Account
    from jsonbin_cli.http.client import Client
    from jsonbin_cli.records.folders.state import State

RESULTS = ("written", "unchanged", "refused", "no-answer", "skipped")
"""What can become of a bin's file."""


_NO_RECORD = b"larger than any record"


class Asked(NamedTuple):
    """What `pull` was asked for: the bins that were named, or a collection; neither for those that the folder has."""

    folder: str
    bins: Sequence[str]
    collection: str | None
    theirs: bool


class _Got(NamedTuple):
    """The digests of a bin's record and of the file that holds it now."""

    word: str
    record: bytes
    file: bytes


class Pulling:
    """One run of `pull`."""

    def __init__(self, asked: Asked, account: Account, options: Options, state: State) -> None:
        self._asked = asked
        self._account = account
        self._options = options
        self._state = state
        self._folder = _known(asked, account)

    def run(self, limits: Limits) -> ExitCode:
        """Do all of it and return the exit code. Raises Failure where nothing can be begun."""
        session = Session(self._account, self._options, limits)
        with session:
            rows = [Row(entry) for entry in self._entries(session)]
            check(self._folder.manifest or self._folder.path, _shared_files(rows))
            writing.make(self._folder)
            with self._state:
                to_read = [row for row in rows if self._needs_reading(row)]
                session.check_budget(len(to_read), "to read the bins")
                self._fetch(session, to_read)
                for row in rows:
                    session.show(row)
                writing.add_entries(self._folder, [row.entry for row in rows if row.word in ("written", "unchanged")])
                session.end(rows, RESULTS)
                if is_finished(rows):
                    self._state.finish()
                return session.code(rows)

    def _entries(self, session: Session) -> list[Entry]:
        """The bins to fetch, each with its file."""
        if self._asked.collection is not None:
            with client_for(self._account, self._options, session.pace) as client:
                listed = [bin for page in pages(client, self._asked.collection) for bin in page]
            wanted = [(bin.id, bin.name) for bin in listed]
        elif self._asked.bins:
            targets = [self._account.bin(named) for named in self._asked.bins]
            wanted = [(target.id.lower(), target.name) for target in targets]
        else:
            return self._folder.entries
        by_id = {entry.id: entry for entry in self._folder.entries}
        taken = writing.Taken(self._folder.entries)
        return [by_id.get(bin_id) or taken.new(bin_id, name) for bin_id, name in dict(wanted).items()]

    def _needs_reading(self, row: Row) -> bool:
        """Whether the run before, which did not finish, has not fetched it."""
        row.file = self._digest_of_file(row)
        if not self._state.is_done(row.entry.id, row.file):
            return True
        row.word, row.note = "unchanged", DONE_BEFORE
        return False

    def _fetch(self, session: Session, rows: Sequence[Row]) -> None:
        for row, got in session.each("fetching", self._get, rows):
            if got:
                row.word = got.word
                self._state.keep(row.entry.id, got.file, got.record)
                row.file = b""  # the state has it
            elif isinstance(row.failure, Conflict):
                row.word = "refused"
            session.show(row)

    def _get(self, client: Client, row: Row) -> _Got:
        """Read a bin, and write its file where that may be. Raises Failure."""
        found = client.send(request.read(row.entry.target)).record
        file = digests.of_bytes(found.raw)
        with client.values:
            record = digests.of_value(found.value)
            holds = bool(row.file) and row.file != file and not self._asked.theirs and self._digest_held(row) == record
        if row.file == file:
            return _Got("unchanged", record, file)
        last = self._state.last(row.entry.id)
        if row.file and not self._asked.theirs:
            if holds:
                return _Got("unchanged", record, row.file)
            if last is None or last.file != row.file:
                option = profile_option(self._account.name)
                raise Conflict(
                    "the file was changed here since it was last pulled or applied; it is as it was",
                    f"to take what the bin holds: {theirs(self._folder, row, self._account)}; "
                    f"to send what the files hold: jsonbin apply {quote(self._folder.path)}{option}",
                    bin=row.entry.id,
                )
        writing.write_record(self._folder, row.entry, found.raw)
        return _Got("written", record, file)

    def _digest_held(self, row: Row) -> bytes:
        """The digest of the record that the file holds; nothing where it holds none."""
        try:
            held = read_at_most(writing.path_of(self._folder, row.entry), LARGEST["pro"]).data
            return digests.of_value(parse(held.decode("utf-8-sig")))
        except (NotJSON, UnicodeDecodeError, OSError, TooLarge):
            return b""

    def _digest_of_file(self, row: Row) -> bytes:
        """The digest of the file's bytes; nothing where there is no file."""
        path = writing.path_of(self._folder, row.entry)
        with writing.using(path):
            try:
                return digests.of_bytes(read_at_most(path, LARGEST["pro"]).data)
            except FileNotFoundError:
                return b""
            except TooLarge:
                return _NO_RECORD


def _shared_files(rows: Sequence[Row]) -> list[str]:
    """What is wrong where two bins have one file, in which only one of their records can be."""
    first: dict[str, str] = {}
    mistakes = []
    for entry in (row.entry for row in rows):
        other = first.setdefault(os.path.normpath(entry.file), entry.name)
        if other != entry.name:
            mistakes.append(f"{shortened(entry.name, 60)}: has the same file as {shortened(other, 60)}")
    return mistakes


def _known(asked: Asked, account: Account) -> Folder:
    """What the folder has so far. Raises UsageMistake where nothing else says which bins to fetch."""
    if asked.bins and asked.collection is not None:
        raise UsageMistake("BIN and --collection each say which bins to fetch", "give one of them")
    aliases = account.profile.bins if account.profile else {}
    if asked.bins or asked.collection is not None:
        return folder_in(asked.folder, aliases, account.name)
    return folder_at(asked.folder, aliases, account.name, with_files=False)
