"""An update of a bin that keeps versions, by which nothing that another writer wrote is lost unnoticed.

JSONBin has no conditional write: of two writers the last one wins. But a reply names the version that an update made,
and version N-1 is what it replaced (inferred from an older reference and from fixtures; each versioned update makes
the next number). So an update that overwrote something which it had not read is found afterwards, and what was
overwritten is merged in. Each version is overwritten by exactly one update, so each change is in the record, or one
command that is still running will merge it in.

What is added (counters, and elements at the end of arrays) is exact in any order of these merges. For what is set that
is not so: where it is not certain whose value is the newest, the place is a clash.

Pure: a generator yields what to ask of JSONBin and is sent the answer, so that tests can interleave writers at will.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Literal, NamedTuple, TypeAlias

from jsonbin_cli.records.merge import Clash, changed_places, covers, merge, value_at
from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.text import JSON

# How many versions before the one that was read are looked at.
_LOOK_BACK = 20
# How often the record is read once more where an element is not there yet that is to be taken from a list: who wrote
# `theirs` had not seen it, so that another command, which overwrote it earlier, still has to put it back.
_WAITS = 8


class Count(NamedTuple):
    """Ask how many versions there are: an int."""


class Latest(NamedTuple):
    """Ask for the record: a JSON value."""


class Version(NamedTuple):
    """Ask for the record of one version: a JSON value; None where there is no such version.

    Version 0 is the record from before the first of them.
    """

    number: int


class Replace(NamedTuple):
    """Replace the record, and make a version: its number; None where none was made.

    `seen` is what the record was made from, and `known` how many versions there were before that was read.
    """

    record: JSON
    seen: JSON
    known: int


class Pause(NamedTuple):
    """Wait, longer with each try. Nothing is answered."""

    tried: int


Step: TypeAlias = Count | Latest | Version | Replace | Pause


class Overwritten(NamedTuple):
    """A place at which our record and one that was overwritten do not go together; version `number` holds theirs."""

    clash: Clash
    number: int


class Settled(NamedTuple):
    """What came of an update.

    `record` is what the bin held at the end, `version` the number that the last update made, None where nothing was
    sent. `merged` counts the changes of others that were put back. `clashes` are what could not be merged, and are not
    in the record.
    """

    record: JSON
    version: int | None
    merged: int
    clashes: tuple[Overwritten, ...]


class Unsettled(Exception):
    """Whether something was lost cannot be found out, or what was lost could not be put back.

    `why` is `unversioned` where a reply named no version, `unknown` where what was replaced is no version, `pruned`
    where versions were deleted meanwhile, and `tries` where other writers were faster each time. `version` is the last
    that we made, `theirs` the version that may have to be put back; each None where it is not known.
    """

    def __init__(
        self,
        why: Literal["unversioned", "unknown", "pruned", "tries"],
        version: int | None = None,
        theirs: int | None = None,
    ) -> None:
        super().__init__(why)
        self.why = why
        self.version = version
        self.theirs = theirs


Prefer: TypeAlias = Literal["ours", "theirs"] | None


class Rules(NamedTuple):
    """How changes are merged: see `merge`. `prefer` None reports clashes. `tries` bounds how often it is written."""

    added_at: tuple[str, ...] = ()
    prefer: Prefer = None
    tries: int = 20


Steps: TypeAlias = Generator[Step, Any, Settled]


def recovered(known: int, before: JSON, after: JSON, rules: Rules) -> Generator[Step, Any, Settled | None]:
    """Settle an update of which it is not known whether it arrived; None where no version holds `after`.

    Raises Unsettled, `unknown` also where more than one version holds it.
    """
    now = yield Count()
    if now < known:
        raise Unsettled("pruned")
    found = []
    for number in range(known + 1, now + 1):
        if (yield Version(number)) == after:
            found.append(number)
    if not found:
        return None
    if len(found) > 1:
        raise Unsettled("unknown")
    return (yield from settle(known, before, after, found[0], rules))


def settle(known: int, before: JSON, after: JSON, version: int | None, rules: Rules) -> Steps:
    """Find out what an update that wrote `after` overwrote unread, and merge that in. Raises Unsettled.

    It was made from `before`, which was read when there were `known` versions at least, and its reply named `version`.
    """
    clashes: tuple[Overwritten, ...] = ()
    merged = 0
    while True:
        if version is None:
            raise Unsettled("unversioned")
        seen, theirs = yield from _overwritten(known, before, version)
        if seen is None:
            return Settled(after, version, merged, clashes)
        if merged == rules.tries:
            raise Unsettled("tries", version, version - 1)
        older = yield from _older(seen, before, theirs, rules)
        for waited in range(_WAITS + 1):
            yield Pause(merged + waited)
            known = yield from _counted(version)
            ours = yield Latest()
            since = yield from _changed_since(version, known, after, ours, before, theirs, rules)
            found = merge(
                before,
                theirs,
                ours,
                added_at=rules.added_at,
                doubtful=older | since,
                prefer_theirs=rules.prefer == "theirs",
            )
            if not found.missing:
                break
        if rules.prefer is None:
            clashes += tuple(Overwritten(clash, version - 1) for clash in found.clashes)
        if found.value == ours:
            return Settled(ours, version, merged + 1, clashes)
        before, after = ours, found.value
        version = yield Replace(after, before, known)
        merged += 1


def _counted(version: int) -> Generator[Step, Any, int]:
    """How many versions there are by now, ours among them. Raises Unsettled."""
    known: int = yield Count()
    if known < version:
        raise Unsettled("pruned", version)
    return known


def _overwritten(known: int, before: JSON, version: int) -> Generator[Step, Any, tuple[int | None, JSON]]:
    """The number of the version that held `before`, and what was replaced instead of it; None where it was that."""
    if version == known + 1:
        return None, None
    if version <= known:
        raise Unsettled("pruned", version)
    theirs: JSON = None
    for number in range(version - 1, known - 1, -1):
        record = yield Version(number)
        if record is None:
            raise Unsettled("pruned", version)
        if record == before:
            return (None if number == version - 1 else number), theirs
        if number == version - 1:
            theirs = record
    raise Unsettled("unknown", version, version - 1)


def _older(seen: int, before: JSON, theirs: JSON, rules: Rules) -> Generator[Step, Any, set[str]]:
    """The places at which `theirs` has an older value than `before`, which is version `seen`.

    Either its writer set it back, or had not seen `before`, and puts back what it overwrote itself.
    """
    places = _set_between(before, theirs, rules)
    found: set[str] = set()
    for number in range(seen - 1, max(-1, seen - 1 - _LOOK_BACK), -1):
        if found == places:
            break
        older = yield Version(number)
        if older is None:
            break
        found |= {place for place in places if value_at(theirs, place) == value_at(older, place)}
    return found


def _changed_since(
    version: int, known: int, after: JSON, latest: JSON, before: JSON, theirs: JSON, rules: Rules
) -> Generator[Step, Any, set[str]]:
    """The places of the change from `before` to `theirs` that have changed since our `version`, which holds `after`.

    A later writer may have put back what is there now, or have set it: which of the two is not known.
    """
    places = _set_between(before, theirs, rules)
    if not places:
        return set()
    since = [latest]
    number = version
    while True:
        while number < known:
            number += 1
            record = yield Version(number)
            if record is None:
                raise Unsettled("pruned", version, version - 1)
            since.append(record)
        if latest in (after, *since[1:]):
            break
        known = yield from _counted(version)  # the latest is newer than the versions that had been counted
        if number == known:
            break
    return {place for place in places if _is_doubtful(place, before, theirs, after, since)}


def _is_doubtful(place: str, before: JSON, theirs: JSON, after: JSON, since: list[JSON]) -> bool:
    old, new, ours = (value_at(record, place) for record in (before, theirs, since[0]))
    if any(value_at(record, place) != ours for record in since):
        return True
    if ours == new:  # it may be there already, or another's change that is to be added to it
        return isinstance(ours, Number | list)
    return ours == old != value_at(after, place)


def _set_between(old: JSON, new: JSON, rules: Rules) -> set[str]:
    """The places that changed, but for those at which changes are added."""
    return {place for place in changed_places(old, new) if not covers(rules.added_at, place)}
