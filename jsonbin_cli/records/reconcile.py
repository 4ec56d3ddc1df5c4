"""An update of a bin that keeps versions, by which nothing that another writer wrote is lost unnoticed.

JSONBin has no conditional write: of two writers the last one wins. But a reply names the version that an update made,
and version N-1 is what it replaced (inferred from an older reference and from fixtures; each versioned update makes
the next number). So an update that overwrote something which it had not read is found afterwards, and what was
overwritten is merged in. Each version is overwritten by exactly one update, so each change is in the record, or one
command that is still running will merge it in.

What is added (counters, and elements at the end of arrays) is exact in any order of these merges. Where an element is
to be taken from an array and is not in it, another command still has to put it back: all the rest is merged, and this
is owed until the element is there. For what is set the order does matter: where it is not certain whose value is the
newest, the place is a clash.

Pure: a generator yields what to ask of JSONBin and is sent the answer, so that tests can interleave writers at will.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any, NamedTuple

from jsonbin_cli.records.doubtful import changed_since, older
from jsonbin_cli.records.merge import Clash, Merged, changed_places, merge, value_at
from jsonbin_cli.records.paths import path_at
from jsonbin_cli.records.protocol import (
    Count,
    Latest,
    Overwritten,
    Pause,
    Replace,
    Rules,
    Settled,
    Step,
    Steps,
    Unmerged,
    Unsettled,
    Version,
    counted,
    held_by,
)
from jsonbin_cli.records.text import JSON
from jsonbin_cli.records.values import with_value


def arrived(known: int, after: JSON) -> Generator[Step, Any, int | None]:
    """The version that holds `after`, made since there were `known` versions; None where there is none.

    Raises Unsettled, `unknown` also where there is more than one.
    """
    now = yield Count()
    if now < known:
        raise Unsettled("pruned")
    found = []
    for number in range(known + 1, now + 1):
        if (yield Version(number)) == after:
            found.append(number)
    if len(found) > 1:
        raise Unsettled("unknown")
    return found[0] if found else None


def settle(
    known: int, before: JSON, after: JSON, version: int | None, rules: Rules, unmerged: tuple[Unmerged, ...] = ()
) -> Steps:
    """Find out what an update that wrote `after` overwrote unread, and merge that in. Raises Unsettled.

    It was made from `before`, which was read when there were `known` versions at least, and its reply named `version`.
    `unmerged` is what earlier updates of the same command left.
    """
    owed = tuple(one for one in unmerged if one.elements)
    clashes = yield from _clashes((one for one in unmerged if not one.elements), after, version)
    merged = 0
    while True:
        if version is None:
            raise Unsettled("unversioned")
        debt = yield from _debt(known, before, version, rules)
        if debt is None and not owed:
            return Settled(after, version, merged, tuple(clashes))
        if debt and merged == rules.tries:
            raise Unsettled("tries", version, version - 1)
        for tried in range(merged, merged + min(rules.waits, rules.tries) + 1):
            yield Pause(tried)
            known = yield from counted(version)
            ours = yield Latest()
            done: list[_Done] = []
            if debt:
                done.append((yield from _merged(debt, version, after, known, ours, rules)))
                debt, merged = None, merged + 1
            done += yield from _paid(owed, done[-1].both.value if done else ours, version, rules)
            value = done[-1].both.value
            owed = tuple(Unmerged(one.pointer, number, one.elements) for number, both in done for one in both.missing)
            if rules.prefer is None:
                clashes += [Overwritten(clash, number) for number, both in done for clash in both.clashes]
            if value != ours or not owed:
                break
        if value == ours:
            open_at = yield from _clashes(owed, ours, version)
            return Settled(ours, version, merged, tuple(clashes), tuple(open_at))
        before, after = ours, value
        to_report = (Unmerged(clash.pointer, number, ()) for clash, number in clashes)
        version = yield Replace(after, before, known, (*owed, *to_report))


class _Debt(NamedTuple):
    """What an update overwrote unread: the change from `before`, from which that was made, to `theirs`.

    `places` are those that it sets, and `older` those of them at which theirs has an older value.
    """

    before: JSON
    theirs: JSON
    places: set[str]
    older: set[str]


class _Done(NamedTuple):
    """What was put together, and the number of the version that was overwritten."""

    number: int
    both: Merged


def _debt(known: int, before: JSON, version: int, rules: Rules) -> Generator[Step, Any, _Debt | None]:
    """What version `version`, made from `before`, overwrote unread. Raises Unsettled."""
    seen, theirs = yield from _overwritten(known, before, version)
    if seen is None:
        return None
    places = set(changed_places(before, theirs, added_at=rules.added_at))
    return _Debt(before, theirs, places, (yield from older(places, seen, theirs)))


def _merged(
    debt: _Debt, version: int, after: JSON, known: int, ours: JSON, rules: Rules
) -> Generator[Step, Any, _Done]:
    """What our `version`, which holds `after`, overwrote unread, merged into the record."""
    since = yield from changed_since(debt.places, debt.before, debt.theirs, version, after, known, ours)
    both = merge(
        debt.before,
        debt.theirs,
        ours,
        added_at=rules.added_at,
        doubtful=debt.older | since,
        prefer_theirs=rules.prefer == "theirs",
    )
    return _Done(version - 1, both)


def _clashes(
    unmerged: Iterable[Unmerged], record: JSON, version: int | None
) -> Generator[Step, Any, list[Overwritten]]:
    """What the versions that were overwritten have at these places, and what the record has."""
    found = []
    for pointer, number, _ in unmerged:
        theirs = yield from held_by(number, version)
        found.append(Overwritten(Clash(pointer, value_at(theirs, pointer), value_at(record, pointer)), number))
    return found


def _paid(owed: tuple[Unmerged, ...], ours: JSON, version: int, rules: Rules) -> Generator[Step, Any, list[_Done]]:
    """The record without the elements that are owed, as far as it has them, taken from it one array after the other."""
    done = []
    for pointer, number, elements in owed:
        theirs = yield from held_by(number, version)
        there = value_at(theirs, pointer)
        base = with_value(theirs, path_at(pointer), [*(there if isinstance(there, list) else ()), *elements])
        done.append(_Done(number, merge(base, theirs, ours, added_at=rules.added_at)))
        ours = done[-1].both.value
    return done


def _overwritten(known: int, before: JSON, version: int) -> Generator[Step, Any, tuple[int | None, JSON]]:
    """The number of the version that held `before`, and what was replaced instead of it; None where it was that."""
    if version == known + 1:
        return None, None
    if version <= known:
        raise Unsettled("pruned", version)
    theirs: JSON = None
    for number in range(version - 1, known - 1, -1):
        record = yield from held_by(number, version)
        if record == before:
            return (None if number == version - 1 else number), theirs
        if number == version - 1:
            theirs = record
    raise Unsettled("unknown", version, version - 1)
