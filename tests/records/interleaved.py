"""A bin that keeps versions, and writers that go one request at a time, in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from jsonbin_cli.records.merge import value_at
from jsonbin_cli.records.protocol import (
    Count,
    Latest,
    Pause,
    Replace,
    Rules,
    Settled,
    Step,
    Steps,
    Unsettled,
    Version,
)
from jsonbin_cli.records.reconcile import arrived, settle
from jsonbin_cli.records.text import JSON


def updated(change: Callable[[JSON], JSON], rules: Rules) -> Steps:
    """What a command does that changes a record: ask, change, send, and settle what came of it. Raises Unsettled."""
    # In this order: what is written in between is in the record that is read.
    known = yield Count()
    before = yield Latest()
    after = change(before)
    if after == before:
        return Settled(before, None, 0, ())
    version = yield Replace(after, before, known)
    return (yield from settle(known, before, after, version, rules))


class Note(NamedTuple):
    """What a command leaves that is cut off: its last update, and the one before where this one may not have arrived."""

    last: Replace
    version: int | None
    earlier: Note | None = None


def finished(note: Note, rules: Rules) -> Steps:
    """What a check does of an update that was cut off."""
    if note.version is None:
        version = yield from arrived(note.last.known, note.last.record)
        if version is None and note.earlier is None:
            return Settled(note.last.seen, None, 0, ())
        note = note.earlier if version is None and note.earlier else Note(note.last, version)
    last = note.last
    return (yield from settle(last.known, last.seen, last.record, note.version, rules, last.unmerged))


class Bin:
    """A bin as the service keeps it: the latest record, the base, and a version for each update that asked for one."""

    def __init__(self, record: JSON, *, cap: int = 1000) -> None:
        self.record = record
        self.base = record
        self.versions: list[JSON] = []
        self.cap = cap
        self.asked = 0

    def answer(self, step: Step) -> Any:
        """What JSONBin answers."""
        self.asked += not isinstance(step, Pause)
        match step:
            case Count():
                return len(self.versions)
            case Latest():
                return self.record
            case Version(number):
                return [self.base, *self.versions][number] if number <= len(self.versions) else None
            case Replace(record):
                self.record = record
                if len(self.versions) >= self.cap:
                    return None
                self.versions.append(record)
                return len(self.versions)
        return None

    def write_without_a_version(self, record: JSON) -> None:
        """What a writer does that keeps no versions."""
        self.record = record
        if not self.versions:
            self.base = record


class Writer:
    """One command, one request at a time; `result` is there at its end, and `sent` is what it sent.

    `note` is what it would leave if it were cut off.
    """

    def __init__(self, steps: Steps) -> None:
        self._steps: Any = steps
        self._answer: Any = None
        self.result: Settled | Unsettled | None = None
        self.sent: list[tuple[Replace, int | None]] = []
        self.step: Step | None = None
        self.note: Note | None = None

    def go(self, bin: Bin) -> bool:
        """Make the next request; False where there is none any more."""
        if self.result is not None:
            return False
        try:
            self.step = step = self._steps.send(self._answer)
            self._answer = bin.answer(step)
            if isinstance(step, Replace):
                self.sent.append((step, self._answer))
                self.note = Note(step, self._answer)
        except StopIteration as end:
            self.result = end.value
        except Unsettled as wrong:
            self.result = wrong
        return self.result is None

    def cut_off(self, bin: Bin, *, arrives: bool) -> None:
        """End it at its next request, which may arrive, and whose answer it does not see."""
        sent = len(self.sent)
        earlier = self.note
        held = bin.record, [*bin.versions]
        if self.go(bin) and len(self.sent) > sent:
            last, _ = self.sent[-1]
            self.note = Note(last, None, earlier)
            if not arrives:
                self.sent.pop()
                bin.record, bin.versions = held

    def named(self, pointer: str) -> set[Any]:
        """The values that are named where this writer reports a place."""
        if not isinstance(self.result, Settled):
            return set()
        places = [place.clash for place in (*self.result.clashes, *self.result.owed) if place.clash.pointer == pointer]
        values = [value for clash in places for value in (clash.theirs, clash.ours)]
        return {tuple(value) if isinstance(value, list) else value for value in values}


class Truth:
    """Who set the value that is at a place, followed through all updates; the protocol does not see it."""

    def __init__(self, pointer: str, bin: Bin) -> None:
        self.pointer = pointer
        self.knowingly_replaced: dict[int, int | None] = {}
        self._latest: int | None = None
        self._versions: list[int | None] = [None] * len(bin.versions)
        self._read: dict[int, int | None] = {}

    def go(self, number: int, writer: Writer, bin: Bin) -> None:
        """Let writer `number` make its next request."""
        sent = len(writer.sent)
        there = value_at(bin.record, self.pointer)
        writer.go(bin)
        if isinstance(writer.step, Latest):
            self._read[number] = self._latest
        if len(writer.sent) == sent:
            return
        step, version = writer.sent[-1]
        if value_at(step.record, self.pointer) == there:
            pass  # whoever set it, it stays
        elif value_at(step.record, self.pointer) == value_at(step.seen, self.pointer):
            self._latest = self._read[number]
        elif sent == 0:
            as_seen = there == value_at(step.seen, self.pointer)
            self.knowingly_replaced[number] = self._latest if as_seen else self._read[number]
            self._latest = number
        else:
            overwritten = writer.sent[-2][1]
            assert overwritten is not None
            self._latest = self._versions[overwritten - 2]
        if version is not None:
            self._versions.append(self._latest)

    def there_or_replaced(self, with_its_value: set[int]) -> set[int]:
        """The writers whose value is in the bin, or was replaced by somebody who had seen it."""
        found: set[int] = set()
        for here in [self._latest, *with_its_value]:
            while here is not None and here not in found:
                found.add(here)
                here = self.knowingly_replaced.get(here)
        return found


def run(bin: Bin, writers: list[Writer], order: Iterable[int]) -> None:
    """Let the writers go in this order, and then each to its end."""
    for number in order:
        writers[number % len(writers)].go(bin)
    while [writer for writer in writers if writer.go(bin)]:
        pass
