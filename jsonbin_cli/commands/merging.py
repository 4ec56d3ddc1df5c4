"""`--merge`: an update that is checked afterwards for what it overwrote unread, and repaired."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from jsonbin_cli.commands.conflicts import MOST_VERSIONS, Conflicts
from jsonbin_cli.commands.sending import tell
from jsonbin_cli.failures import (
    Answered,
    Failure,
    Interrupted,
    InvalidInput,
    NoAnswer,
    Refused,
    StoredDifferently,
    StoreFailure,
)
from jsonbin_cli.http import request
from jsonbin_cli.records import protocol, reconcile, unchecked
from jsonbin_cli.records.document import document_made
from jsonbin_cli.records.text import Member, most_memory_of
from jsonbin_cli.records.writing import text_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from jsonbin_cli.commands.options import Options
    from jsonbin_cli.config.account import Account, Target
    from jsonbin_cli.http.client import Client
    from jsonbin_cli.http.reply import Reply
    from jsonbin_cli.records.document import Document
    from jsonbin_cli.records.text import JSON

# From this version on it is said how many are left.
_NEARLY_ALL = 900
# How much memory the records that are compared may take, the two of the update among them.
_MOST_MEMORY = 56 * 1024 * 1024
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 10.0
# In the time of so many requests another writer can finish an update, which takes three, and begin the next one.
_FIRST_PAUSE_IN_REQUESTS = 5


class Written(NamedTuple):
    """The last update that a command made: its request and the reply."""

    asked: request.Request
    reply: Reply


class Merging:
    """Writes to one bin that keeps versions. `added_at` are the places to which this command only adds."""

    def __init__(
        self, account: Account, target: Target, options: Options, client: Client, added_at: tuple[str, ...] = ()
    ) -> None:
        self._account = account
        self._target = target
        self._options = options
        self._client = client
        self._rules = protocol.Rules((*account.counters, *added_at), options.prefer, options.tries)
        self._wanted_by = "--merge" if options.merge else f'merge in profile "{account.name}"'
        self._keep_note = not options.no_backup
        self._versioning: bool | None = True
        self._took = 0.0  # seconds for the last update
        self._known = 0
        self._records: dict[int, Member] = {}
        self._left = _MOST_MEMORY
        self._last: Written | None = None
        self._confirmed: unchecked.Unchecked | None = None  # the last update that is known to have arrived
        self._conflicts = Conflicts(account, target)

    def count(self) -> None:
        """Ask how many versions there are, before the record is read. Raises Refused where that may not be asked."""
        self._known = self._count()

    def write(self, before: Member, document: Document) -> Written:
        """Replace `before` by `document`, and merge in what that overwrote unread.

        Raises Conflict where not all could be put back, and NotChecked where that could not be found out.
        """
        with unchecked.note(self._account, self._target, keep=self._keep_note) as note:
            self._replace(note, before, document, self._known)
            settled = self._settle(note)
            if settled.owed and self._keep_note:
                raise self._conflicts.owed(settled)
            self._end(note, settled)
            assert self._last
            return self._last

    def interrupted(self, failure: Interrupted) -> Interrupted:
        """What a Ctrl-C left: an update that arrived, and how to check it where that was not done yet."""
        if self._last:
            failure.message, failure.sent = f"interrupted, after it {self._last.reply.done}", True
        if failure.sent and unchecked.left(self._account, self._target):
            failure.message += "; what that overwrote is not checked yet"
            failure.hint = self._conflicts.how_to_check
        return failure

    def finish(self, note: unchecked.Note, left: unchecked.Unchecked, *, is_last: bool) -> protocol.Settled | None:
        """Check an update of a command that was cut off; None where it did not arrive. Raises as `write` does.

        What is owed is waited for in the last try; before that, it may be left, and the note with it.
        """
        waits = self._rules.waits if is_last else 0
        self._rules = self._rules._replace(added_at=left.added_at, prefer=left.prefer, waits=waits)
        if left.version is None:
            version = self._run(note, reconcile.arrived(left.known, left.after.value))
            if version is not None:
                left = left._replace(version=version, earlier=None)
            elif left.earlier:
                left = left.earlier
            else:
                note.remove()
                return None
        self._confirmed = left
        settled = self._settle(note)
        if is_last or not settled.owed:
            self._end(note, settled)
        return settled

    def _settle(self, note: unchecked.Note) -> protocol.Settled:
        """Merge in what the last update overwrote unread. The note stays."""
        last = self._confirmed
        assert last
        self._left -= most_memory_of(last.before.raw) + most_memory_of(last.after.raw)
        before, after = last.before.value, last.after.value
        settled: protocol.Settled = self._run(
            note, reconcile.settle(last.known, before, after, last.version, self._rules, last.unmerged)
        )
        return settled

    def _end(self, note: unchecked.Note, settled: protocol.Settled) -> None:
        """Delete the note. Raises Conflict where something could not be merged."""
        note.remove()
        if settled.clashes or (settled.owed and self._rules.prefer is None):
            raise self._conflicts.clashes(settled)
        if settled.merged:
            tell(["somebody else wrote at the same time; both changes are in the bin"], self._options)

    def _run(self, note: unchecked.Note, steps: Generator[protocol.Step, Any, Any]) -> Any:
        """What the steps return, each answered by JSONBin. Raises Conflict and NotChecked."""
        answer: Any = None
        try:
            while True:
                answer = self._answer(note, steps.send(answer))
        except StopIteration as end:
            return end.value
        except protocol.Unsettled as wrong:
            if wrong.why != "tries":
                note.remove()
            raise self._conflicts.unsettled(wrong, self._rules.tries) from None
        except (Answered, NoAnswer, StoreFailure, InvalidInput) as wrong:
            done = self._confirmed.version if self._confirmed else None
            raise self._conflicts.not_checked(done, wrong) from None

    def _answer(self, note: unchecked.Note, step: protocol.Step) -> Any:
        """What JSONBin answers to a step of the protocol."""
        match step:
            case protocol.Count():
                return self._count()
            case protocol.Latest():
                return self._value(self._client.send(request.read(self._target)).record)
            case protocol.Version(number):
                return self._version(number)
            case protocol.Replace(record, seen, known, unmerged):
                document = document_made("the merged record", record, self._account.plan)
                return self._replace(note, Member(text_of(seen).encode()), document, known, unmerged)
            case _:
                # Where answers take long, a pause that is short against them would only meet the same writers again.
                first = max(_FIRST_PAUSE, _FIRST_PAUSE_IN_REQUESTS * self._took)
                time.sleep(random.uniform(0.5, 1) * min(first * 2**step.tried, _LONGEST_PAUSE))
                return None

    def _count(self) -> int:
        reply = self._client.send(request.count_versions(self._target))
        # A public bin keeps versions unasked, and to ask is refused on a free plan (the reference, Update Bins).
        self._versioning = True if reply.private else None
        return reply.version_count

    def _version(self, number: int) -> JSON | None:
        """The record of a version, read once; None where there is none. 0 is the record under the versions."""
        if number not in self._records:
            asked = request.read(self._target, number or None, base=number == 0)
            try:
                self._records[number] = self._client.send(asked).record
            except Refused as refused:
                if refused.status not in (400, 404):
                    raise
                return None
        return self._value(self._records[number])

    def _value(self, record: Member) -> JSON:
        """The value of a record that JSONBin answered with. Raises InvalidInput where all of them take too much."""
        self._left -= most_memory_of(record.raw)
        if self._left < 0:
            raise InvalidInput("the records to compare are too large")
        return record.value

    def _replace(
        self,
        note: unchecked.Note,
        before: Member,
        document: Document,
        known: int,
        unmerged: tuple[protocol.Unmerged, ...] = (),
    ) -> int | None:
        """Send a record, and return the number of its version; None where none was made."""
        rules = self._rules
        after = Member(document.raw)
        update = unchecked.Unchecked(
            known, before, after, None, rules.added_at, rules.prefer, unmerged, earlier=self._confirmed
        )
        note.write(update)
        asked = request.update(self._account, self._target, document, self._versioning, self._wanted_by)
        started = time.monotonic()
        try:
            reply = self._client.send(asked)
            self._took = time.monotonic() - started
        except StoredDifferently:
            note.remove()
            tell(["what it overwrote was not checked, since the service holds another record"], self._options)
            raise
        except Failure as failure:
            if self._confirmed is None:
                if not failure.sent or isinstance(failure, Refused):
                    note.remove()
                elif self._keep_note:
                    check = self._conflicts.how_to_check
                    tell([f"whether it arrived, and what it overwrote, is found out with {check}"], self._options)
            raise
        self._confirmed = update._replace(version=reply.version, earlier=None)
        note.write(self._confirmed)
        self._last = Written(asked, reply)
        if reply.version is not None:
            self._records[reply.version] = after
            if reply.version >= _NEARLY_ALL:
                left = max(0, MOST_VERSIONS - reply.version)
                tell(
                    [f"{self._target.name} can have {left} more versions; {self._conflicts.how_to_prune}"],
                    self._options,
                )
        return reply.version
