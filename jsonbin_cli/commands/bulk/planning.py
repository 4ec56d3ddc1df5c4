"""What `apply` is to do with a bin: read it, compare it with its file, decide; and the table that shows it."""

from __future__ import annotations

import json
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from jsonbin_cli.commands.bulk.outcomes import theirs
from jsonbin_cli.failures import Conflict, profile_option
from jsonbin_cli.http import request
from jsonbin_cli.records import backups, guards
from jsonbin_cli.records.compare import Change, changes, lines, operations
from jsonbin_cli.records.folders import digests
from jsonbin_cli.terminal.layout import cells, fitted, padded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from jsonbin_cli.commands.bulk.differences import Difference, Differences
    from jsonbin_cli.commands.bulk.files import Files
    from jsonbin_cli.commands.bulk.outcomes import Row
    from jsonbin_cli.config.account import Account
    from jsonbin_cli.http.client import Client
    from jsonbin_cli.records.folders.plan_file import Planned
    from jsonbin_cli.records.folders.state import State
    from jsonbin_cli.records.text import JSON, Member

UPDATE, UNCHANGED, DRIFTED = "update", "unchanged", "drifted"
PLANS = (UPDATE, UNCHANGED, DRIFTED, "refused", "no-answer", "skipped")
"""What can be planned for a bin."""
_WIDEST = 80
_LONGEST_NAME = 32
_MARKS = {UPDATE: ("~", "yellow"), "skipped": ("-", "")}
_FAILED = ("!", "red")
_STYLE_OF_CHANGE = {"+": "green", "-": "red", "~": "yellow"}


class Wishes(NamedTuple):
    """What the options of `apply` ask for."""

    check: bool
    plan: str | None
    diff: bool
    force: bool
    since_last: bool
    keep: bool
    max_shrink: Decimal | None

    @property
    def only_plans(self) -> bool:
        """Whether nothing is to be updated."""
        return self.check or self.plan is not None


class Seen(NamedTuple):
    """What is to become of a bin. `held` is the digest of its record, `notes` are for people."""

    word: str
    held: bytes
    changes: int | None = None
    diff: Difference | None = None
    failure: Conflict | None = None
    notes: tuple[str, ...] = ()


class Planner(NamedTuple):
    """Decides by the files, by the `state`, and, where a plan is carried out, by what was `planned`.

    `for_people` says that a difference is shown in lines and not as JSON; it is kept in `differences`.
    """

    files: Files
    account: Account
    wishes: Wishes
    state: State
    planned: Mapping[str, Planned] | None
    for_people: bool
    differences: Differences

    def look(self, client: Client, row: Row) -> Seen:
        """Read a bin and decide. Where it is to be updated, the old record is kept first. Raises Failure."""
        record = client.send(request.read(row.entry.target)).record  # all of the reply would take twice the memory
        with client.values:
            seen = self._decide(record, row)
        if seen.word == UPDATE and self.wishes.keep and not self.wishes.only_plans:
            backups.keep(self.account, row.entry.target, record.raw)
        return seen

    def _decide(self, record: Member, row: Row) -> Seen:
        held = record.value
        digest = digests.of_value(held)
        if self.planned is not None and self.planned[row.entry.id].held != digest:
            return Seen(DRIFTED, digest, failure=_not_as_planned(row))
        if digests.of_bytes(record.raw) == row.file:
            return Seen(UNCHANGED, digest)
        guards.check_held(held)
        new = self.files.document(row).value
        found = changes(held, new)
        if not found:
            return Seen(UNCHANGED, digest)
        diff = self._difference(found, held, new)
        if self._has_drifted(row, digest):
            return Seen(DRIFTED, digest, len(found), diff, self._drifted(row))
        smaller = guards.check_shrink(held, new, self.wishes.max_shrink, row.entry.target)
        return Seen(UPDATE, digest, len(found), diff, notes=(f"{row.entry.name}: {smaller}",) if smaller else ())

    def _has_drifted(self, row: Row, digest: bytes) -> bool:
        last = self.state.last(row.entry.id)
        return self.planned is None and last is not None and last.record != digest and not self.wishes.force

    def _drifted(self, row: Row) -> Conflict:
        folder, option = self.files.folder, profile_option(self.account.name)
        return Conflict(
            "the bin was changed at JSONBin since this folder was last applied; nothing was sent",
            f"to take what the bin holds: {theirs(folder, row, self.account)}; "
            f"to overwrite all that drifted: jsonbin apply {quote(folder.path)} --force{option}",
            bin=row.entry.id,
        )

    def _difference(self, found: list[Change], held: JSON, new: JSON) -> Difference | None:
        if not self.wishes.diff:
            return None
        text = json.dumps(lines(found)) if self.for_people else operations(found, held, new)
        return self.differences.keep(text)


def _not_as_planned(row: Row) -> Conflict:
    return Conflict(
        "the bin does not hold what the plan is to replace; nothing was sent", "make the plan again", bin=row.entry.id
    )


def table(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """A line for each bin that something is to be done or to be said about, with its style."""
    shown = [row for row in rows if row.word != UNCHANGED]
    width = min(_LONGEST_NAME, max((cells(row.entry.name) for row in shown), default=0))
    for row in shown:
        mark, style = _MARKS.get(row.word, _FAILED)
        yield fitted(f"{mark} {padded(row.entry.name, width)}  {_about(row)}", _WIDEST), style
        for _, line in row.diff.steps if row.diff else ():
            yield f"    {line}", _STYLE_OF_CHANGE[line[0]]


def _about(row: Row) -> str:
    count = row.changes or 0
    changes = f"{count:,} change{'' if count == 1 else 's'}"
    if row.word == UPDATE:
        return changes
    return f"{row.word}, {changes}" if count else row.word
