"""What an update with --merge asks of JSONBin, one request at a time, and what comes of it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Literal, NamedTuple, TypeAlias

from jsonbin_cli.records.merge import Clash
from jsonbin_cli.records.text import JSON


class Count(NamedTuple):
    """Ask how many versions there are: an int."""


class Latest(NamedTuple):
    """Ask for the record: a JSON value."""


class Version(NamedTuple):
    """Ask for the record of one version: a JSON value; None where there is no such version.

    Version 0 is the record from before the first of them.
    """

    number: int


class Unmerged(NamedTuple):
    """What is not yet merged of version `number`, which was overwritten.

    `elements` are to be taken from the array at `pointer`, as soon as they are in it: who wrote that version had not
    seen them, or took them away. Without elements, the place is a clash.
    """

    pointer: str
    number: int
    elements: tuple[JSON, ...]


class Replace(NamedTuple):
    """Replace the record, and make a version: its number; None where none was made.

    `seen` is what the record was made from, and `known` how many versions there were before that was read.
    `unmerged` is what is left to do, or to report, once it is replaced.
    """

    record: JSON
    seen: JSON
    known: int
    unmerged: tuple[Unmerged, ...] = ()


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
    in the record. `owed` are arrays from which theirs took elements that were not in the record by then.
    """

    record: JSON
    version: int | None
    merged: int
    clashes: tuple[Overwritten, ...]
    owed: tuple[Overwritten, ...] = ()


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
    """How changes are merged: see `merge`. `prefer` None reports clashes. `tries` bounds how often it is written.

    `waits`, and no more than the tries, is how often in a row it is read for elements that are to be taken from it.
    """

    added_at: tuple[str, ...] = ()
    prefer: Prefer = None
    tries: int = 20
    waits: int = 8


Steps: TypeAlias = Generator[Step, Any, Settled]


def counted(version: int) -> Generator[Step, Any, int]:
    """How many versions there are by now, ours among them. Raises Unsettled."""
    known: int = yield Count()
    if known < version:
        raise Unsettled("pruned", version)
    return known


def held_by(number: int, version: int | None) -> Generator[Step, Any, JSON]:
    """The record of a version that was there beside our `version`. Raises Unsettled."""
    record: JSON = yield Version(number)
    if record is None:
        raise Unsettled("pruned", version)
    return record
