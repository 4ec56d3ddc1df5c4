"""`apply` from its start to its end: check the files, plan, show the plan, update what differs."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from jsonbin_cli.commands.bulk.differences import Differences
from jsonbin_cli.commands.bulk.files import Files
from jsonbin_cli.commands.bulk.outcomes import DONE_BEFORE, Row, counted, is_finished, shortened_list
from jsonbin_cli.commands.bulk.planning import PLANS, UNCHANGED, UPDATE, Planner, Wishes, table
from jsonbin_cli.commands.bulk.session import Limits, Session
from jsonbin_cli.commands.sending import tell
from jsonbin_cli.failures import Conflict, ExitCode
from jsonbin_cli.http import request
from jsonbin_cli.records.folders import digests
from jsonbin_cli.records.folders.manifest import not_listed
from jsonbin_cli.records.folders.plan_file import Plan, Planned, write_plan
from jsonbin_cli.terminal import output, streams

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jsonbin_cli.commands.options import Options
    from jsonbin_cli.config.account import Account
    from jsonbin_cli.http.client import Client
    from jsonbin_cli.records.folders.manifest import Folder
    from jsonbin_cli.records.folders.state import State

RESULTS = ("updated", UNCHANGED, "drifted", "refused", "no-answer", "skipped")
"""What can become of a bin."""
_NOT_READ = "not read, since the file did not change"
_NAMED = 3
_SAID = {UPDATE: "to update"}


class _Sent(NamedTuple):
    """What a bin holds after its update."""

    record: bytes
    version: int | None
    notes: tuple[str, ...]


class Applying:
    """One run of `apply` over a folder. `planned` are the updates of a plan that is carried out, by the bin's id."""

    def __init__(
        self,
        folder: Folder,
        account: Account,
        options: Options,
        wishes: Wishes,
        state: State,
        planned: Mapping[str, Planned] | None,
    ) -> None:
        self._folder = folder
        self._account = account
        self._options = options
        self._wishes = wishes
        self._state = state
        self._planned = planned
        self._files = Files(folder, account, as_is=options.as_is, planned=planned is not None)
        self._differences = Differences()
        self._on_terminal = streams.is_terminal("stdout")
        self._planner = Planner(
            self._files, account, wishes, state, planned, for_people=self._on_terminal, differences=self._differences
        )

    def run(self, limits: Limits) -> ExitCode:
        """Do all of it and return the exit code. Raises Failure where nothing can be begun."""
        rows, notes = self._files.rows()
        tell([*_not_listed(self._folder), *shortened_list(notes)], self._options)
        session = Session(self._account, self._options, limits)
        with ExitStack() as at_end:
            at_end.callback(self._differences.close)
            if not self._wishes.only_plans:
                at_end.enter_context(self._state)
            to_read = [row for row in rows if self._needs_reading(session, row)]
            session.check_budget(len(to_read), "to read the bins")
            at_end.enter_context(session)
            self._read(session, to_read)
            if self._wishes.only_plans:
                return self._end_with_plan(session, rows)
            self._update(session, rows)
            session.end(rows, RESULTS)
            if is_finished(rows):
                self._state.finish()
            return session.code(rows)

    def _needs_reading(self, session: Session, row: Row) -> bool:
        """Whether only the bin can tell what is to become of it."""
        last = self._state.last(row.entry.id)
        if self._planned is not None and self._planned[row.entry.id].file != row.file:
            row.fail(Conflict("the file is not the one that was planned; nothing was sent", "make the plan again"))
        elif not self._wishes.only_plans and self._state.is_done(row.entry.id, row.file):
            row.word, row.note = UNCHANGED, DONE_BEFORE
        elif self._wishes.since_last and last and last.file == row.file:
            row.word, row.note = UNCHANGED, _NOT_READ
        else:
            return True
        self._show_result(session, row)
        return False

    def _read(self, session: Session, rows: Sequence[Row]) -> None:
        notes: list[str] = []
        for row, seen in session.each("reading", self._planner.look, rows):
            if seen:
                row.word, row.failure, row.changes, row.diff = seen.word, seen.failure, seen.changes, seen.diff
                notes += seen.notes
                if self._wishes.only_plans:
                    row.held = seen.held
                elif row.word == UNCHANGED:
                    self._keep_unchanged(row, seen.held)
            if row.word != UPDATE:
                self._show_result(session, row)
        tell(shortened_list(notes), self._options)

    def _keep_unchanged(self, row: Row, held: bytes) -> None:
        last = self._state.last(row.entry.id)
        version = last.version if last and last.record == held else None
        self._state.keep(row.entry.id, row.file, held, version)
        row.file = b""  # the state has it

    def _update(self, session: Session, rows: Sequence[Row]) -> None:
        to_update = [row for row in rows if row.word == UPDATE]
        self._show_plan(session, rows, len(to_update))
        session.check_budget(len(to_update), "to read and to update the bins")
        for row in to_update:
            row.word = "skipped"  # unless it is sent
        session.writes = bool(to_update)
        notes: list[str] = []
        for row, sent in session.each("updating", self._send, to_update):
            if sent:
                self._state.keep(row.entry.id, row.file, sent.record, sent.version)
                row.word, row.version, row.changes, row.diff = "updated", sent.version, None, None
                row.file = b""
                notes += [f"{row.entry.name}: {note}" for note in sent.notes]
            self._show_result(session, row)
        tell(shortened_list(notes), self._options)
        for row in rows:
            self._show_result(session, row)

    def _send(self, client: Client, row: Row) -> _Sent:
        """Update a bin. Raises Failure."""
        if row.large:
            client.room.take()
        with client.values:
            document = self._files.document(row)
            record = digests.of_value(document.value)
        wished = self._options.versioning
        versioning, source = (row.entry.versioning, "the manifest") if wished is None else (wished, "--versioning")
        reply = client.send(request.update(self._account, row.entry.target, document, versioning, source))
        return _Sent(record, reply.version, reply.notes)

    def _show_result(self, session: Session, row: Row) -> None:
        """The line of a bin that is finished, where there is not only a plan."""
        if not self._wishes.only_plans:
            session.show(row)

    def _show_plan(self, session: Session, rows: Sequence[Row], updates: int) -> None:
        """What is going to be done: at a terminal a table, else one line."""
        if self._options.quiet:
            return
        if self._on_terminal:
            output.show_table(table(rows))
        counts = counted(rows, PLANS)
        planned = ", ".join(f"{count:,} {_SAID.get(word, word)}" for word, count in counts.items() if count)
        unread = sum(row.note is not None for row in rows)
        said = f"plan: {planned}; {updates:,} more request{'' if updates == 1 else 's'}"
        output.detail(f"{said} after {session.pace.requests:,}{f', {unread:,} not read' if unread else ''}")

    def _end_with_plan(self, session: Session, rows: Sequence[Row]) -> ExitCode:
        to_update = [row for row in rows if row.word == UPDATE]
        self._show_plan(session, rows, len(to_update))
        for row in rows:
            session.show(row, "plan")
        if self._wishes.plan is not None:
            updates = [Planned(row.entry, row.file, row.held) for row in to_update]
            write_plan(self._wishes.plan, Plan(self._account.url, self._folder, updates))
        session.end(rows, PLANS, tells=False)
        return session.code(rows, [ExitCode.NEGATIVE] if to_update and self._wishes.check else [])


def _not_listed(folder: Folder) -> Iterator[str]:
    """A note about the files that look as if they were the folder's, and are not."""
    files = not_listed(folder)
    if files:
        named = ", ".join(files[:_NAMED]) + (", …" if len(files) > _NAMED else "")
        bin_id = files[0].removesuffix(".json")
        yield (
            f"not in bins.toml: {named}; to apply such a file, name it there: "
            f'[bins.{bin_id}], then id = "{bin_id}" and file = "{files[0]}"'
        )
