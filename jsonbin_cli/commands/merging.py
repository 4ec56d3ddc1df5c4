"""`--merge`: an update that is checked afterwards for what it overwrote unread, and repaired."""

from __future__ import annotations

import random
import time
from shlex import quote
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from jsonbin_cli.commands.sending import tell
from jsonbin_cli.failures import (
    Answered,
    Conflict,
    Failure,
    InvalidInput,
    NoAnswer,
    NotChecked,
    Refused,
    StoredDifferently,
    StoreFailure,
    UsageMistake,
    profile_option,
    shortened,
)
from jsonbin_cli.http import request
from jsonbin_cli.records import reconcile, unchecked
from jsonbin_cli.records.compare import short
from jsonbin_cli.records.document import document_made
from jsonbin_cli.records.merge import ABSENT, value_at
from jsonbin_cli.records.text import Member, most_memory_of, text_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from jsonbin_cli.commands.options import Options
    from jsonbin_cli.config.account import Account, Target
    from jsonbin_cli.http.client import Client
    from jsonbin_cli.http.reply import Reply
    from jsonbin_cli.records.document import Document
    from jsonbin_cli.records.text import JSON

# JSONBin keeps so many versions of a bin (the reference, Bin Versions), and makes none after that.
_MOST_VERSIONS = 1000
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
        self._rules = reconcile.Rules((*account.counters, *added_at), options.prefer, options.tries)
        self._keep_note = not options.no_backup
        self._versioning: bool | None = True
        self._took = 0.0  # seconds for the last update
        self._known = 0
        self._records: dict[int, Member] = {}
        self._left = _MOST_MEMORY
        self._last: Written | None = None
        self._confirmed: unchecked.Unchecked | None = None

    def count(self) -> None:
        """Ask how many versions there are, before the record is read. Raises Refused where that may not be asked."""
        self._known = self._count()

    def write(self, before: Member, document: Document) -> Written:
        """Replace `before` by `document`, and merge in what that overwrote unread.

        Raises Conflict where not all could be put back, and NotChecked where that could not be found out.
        """
        with unchecked.note(self._account, self._target, keep=self._keep_note) as note:
            version = self._replace(note, before, document, self._known)
            steps = self._steps(self._known, before, Member(document.raw), version)
            self._settle(note, steps)
            assert self._last
            return self._last

    def finish(self, note: unchecked.Note, left: unchecked.Unchecked) -> reconcile.Settled | None:
        """Check an update of a command that was cut off; None where it did not arrive. Raises as `write` does."""
        self._rules = self._rules._replace(added_at=left.added_at, prefer=left.prefer)
        if left.version is None:
            found = self._settle(
                note, reconcile.recovered(left.known, left.before.value, left.after.value, self._rules)
            )
            if found or not left.earlier:
                return found
            left = left.earlier
        self._confirmed = left
        return self._settle(note, self._steps(left.known, left.before, left.after, left.version))

    def _steps(self, known: int, before: Member, after: Member, version: int | None) -> reconcile.Steps:
        self._left -= most_memory_of(before.raw) + most_memory_of(after.raw)
        return reconcile.settle(known, before.value, after.value, version, self._rules)

    def _settle(self, note: unchecked.Note, steps: Generator[reconcile.Step, Any, Any]) -> reconcile.Settled | None:
        answer: Any = None
        try:
            while True:
                answer = self._answer(note, steps.send(answer))
        except StopIteration as end:
            settled: reconcile.Settled | None = end.value
        except reconcile.Unsettled as wrong:
            if wrong.why != "tries":
                note.remove()
            raise self._conflict(wrong) from None
        except (Answered, NoAnswer, StoreFailure, InvalidInput) as wrong:
            raise self._not_checked(wrong) from None
        note.remove()
        if settled and settled.clashes:
            raise self._clash(settled)
        if settled and settled.merged:
            tell(["somebody else wrote at the same time; both changes are in the bin"], self._options)
        return settled

    def _answer(self, note: unchecked.Note, step: reconcile.Step) -> Any:
        """What JSONBin answers to a step of the protocol."""
        match step:
            case reconcile.Count():
                return self._count()
            case reconcile.Latest():
                return self._value(self._client.send(request.read(self._target)).record)
            case reconcile.Version(number):
                return self._version(number)
            case reconcile.Replace(record, seen, known):
                document = document_made("the merged record", record, self._account.plan)
                return self._replace(note, Member(text_of(seen).encode()), document, known)
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

    def _replace(self, note: unchecked.Note, before: Member, document: Document, known: int) -> int | None:
        """Send a record, and return the number of its version; None where none was made."""
        rules = self._rules
        after = Member(document.raw)
        update = unchecked.Unchecked(known, before, after, None, rules.added_at, rules.prefer, self._confirmed)
        note.write(update)
        asked = request.update(self._account, self._target, document, self._versioning)
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
                if failure.sent and not isinstance(failure, Refused):
                    self._say_how_to_check()
                else:
                    note.remove()
            raise
        self._confirmed = update._replace(version=reply.version, earlier=None)
        note.write(self._confirmed)
        self._last = Written(asked, reply)
        if reply.version is not None:
            self._records[reply.version] = after
            if reply.version >= _NEARLY_ALL:
                left = max(0, _MOST_VERSIONS - reply.version)
                tell([f"{self._target.name} can have {left} more versions; {self._prune}"], self._options)
        return reply.version

    def _clash(self, settled: reconcile.Settled) -> Conflict:
        name, option = quote(self._target.name), profile_option(self._account.name)
        lines, commands = [], []
        for clash, number in settled.clashes:
            place, now = clash.pointer or "the whole record", value_at(settled.record, clash.pointer)
            lines.append(f"{place}: version {number} has {_shown(clash.theirs)}, the bin holds {_shown(now)}")
            if clash.theirs is ABSENT:
                commands.append(f"jsonbin unset {name} {quote(clash.pointer)}{option}")
            elif clash.pointer:
                look = f"jsonbin get {name} {quote(clash.pointer)} --version {number}{option}"
                commands.append(f"{look} | jsonbin set {name} {quote(clash.pointer + ':=@-')}{option}")
            else:
                commands.append(f"jsonbin restore {name} --version {number}{option}")
        return self._a_conflict(
            "the bin was updated, and somebody else changed the same at the same time:\n" + "\n".join(lines),
            "look which is right; to take theirs:\n" + "\n".join(dict.fromkeys(commands)),
        )

    def _conflict(self, wrong: reconcile.Unsettled) -> Conflict:
        name, option = quote(self._target.name), profile_option(self._account.name)
        if wrong.why == "tries":
            return self._a_conflict(
                f"others were faster {self._rules.tries} times; version {wrong.theirs} is still to be merged in",
                self._check,
            )
        if wrong.why == "unversioned":
            said = "the reply names no version, so it cannot be found out what the update overwrote"
            return self._a_conflict(said, f"a bin has at most {_MOST_VERSIONS} versions; {self._prune}")
        if wrong.why == "pruned":
            said = "the versions were deleted meanwhile, so it cannot be found out what the update overwrote"
            return self._a_conflict(said, f"look at it: jsonbin get {name}{option}")
        return self._a_conflict(
            f"the bin was updated as version {wrong.version}, but somebody writes it without versions, so it cannot be "
            "found out what that overwrote"
            if wrong.version
            else "it cannot be found out whether the update arrived: more than one version holds the same",
            f"look at what was there before: jsonbin get {name} --version {wrong.theirs}{option}"
            if wrong.theirs
            else f"look at it: jsonbin get {name}{option}",
        )

    def _a_conflict(self, message: str, hint: str) -> Conflict:
        failure = Conflict(message, hint, bin=self._target.id)
        failure.sent = True
        return failure

    def _not_checked(self, wrong: Failure) -> NotChecked:
        done = f"version {self._confirmed.version}" if self._confirmed else "the update that was cut off"
        return NotChecked(
            f"{done} was sent, and it could not be checked what that overwrote: {wrong.message}",
            self._check,
            bin=self._target.id,
        )

    def _say_how_to_check(self) -> None:
        if self._keep_note:
            tell([f"whether it arrived, and what it overwrote, is found out with {self._check}"], self._options)

    @property
    def _check(self) -> str:
        return f"jsonbin check {quote(self._target.name)}{profile_option(self._account.name)}"

    @property
    def _prune(self) -> str:
        name, option = quote(self._target.name), profile_option(self._account.name)
        return f"jsonbin history {name} --prune{option} deletes the old ones"


def is_wanted(account: Account, options: Options) -> bool:
    """Whether an update is to be merged. Raises UsageMistake where other options contradict that."""
    wanted = account.merge if options.merge is None else options.merge
    if wanted and options.versioning is False:
        raise UsageMistake("--merge needs versions, and --no-versioning makes none", "leave one of them out")
    if wanted and options.recheck:
        raise UsageMistake("--merge and --recheck are two ways", "leave one of them out; --merge loses nothing")
    if not wanted and options.prefer:
        raise UsageMistake("--prefer is for --merge", "add --merge, or leave --prefer out")
    return wanted


def _shown(value: object) -> str:
    return "nothing" if value is ABSENT else shortened(short(cast("JSON", value), 60), 80)
