"""What must be true of the record in a bin before it is replaced."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from shlex import quote
from typing import NamedTuple, cast

from jsonbin_cli.config.account import Target
from jsonbin_cli.failures import Conflict, InvalidInput, TooMuchLost, UsageMistake, profile_option, shortened
from jsonbin_cli.records.compare import changes, short
from jsonbin_cli.records.document import json_from
from jsonbin_cli.records.merge import ABSENT, Merged, merge
from jsonbin_cli.records.pointers import DEEPEST_TO_CHANGE, depth
from jsonbin_cli.records.protocol import Prefer
from jsonbin_cli.records.text import JSON, Member
from jsonbin_cli.records.writing import size_of

# A new record under half the size of the old one is worth a note, unless both are tiny.
_MUCH = 0.5
_TINY = 100


class Expected(NamedTuple):
    """What the bin should hold according to `--if-match`, and the file that says so."""

    file: str
    record: Member


def check_depth(name: str, value: JSON, hint: str | None = None) -> None:
    """Raise InvalidInput where a value is nested too deeply to be changed here."""
    if depth(value) > DEEPEST_TO_CHANGE:
        raise InvalidInput(f"{name} is nested deeper than {DEEPEST_TO_CHANGE} levels", hint)


def check_held(value: JSON) -> None:
    """Raise InvalidInput where the record in the bin is nested too deeply to be changed here."""
    check_depth("the record in the bin", value, "change it with jq, and send it with jsonbin update BIN --no-backup")


def expected(file: str | None, *, as_is: bool) -> Expected | None:
    """The value in the file of `--if-match`; None where there is none.

    `as_is` takes a whole reply of JSONBin for a record. Raises InvalidInput.
    """
    if file is None:
        return None
    document = json_from(file, as_is=as_is)
    check_depth(document.name, document.value)
    return Expected(document.name, Member(document.raw))


def check_match(wanted: Expected | None, held: JSON, target: Target, profile: str | None) -> None:
    """Raise Conflict unless the bin holds, by value, what it should."""
    if wanted is None or (value := wanted.record.value) == held:
        return
    into = "" if wanted.file == "stdin" else f" > {quote(wanted.file)}"
    again = f"jsonbin get {quote(target.name)} --record{profile_option(profile)}{into}"
    raise Conflict(
        f"the bin does not hold what {wanted.file} holds, {_first(value, held)}; nothing was sent",
        f"read it again: {again}",
        bin=target.id,
    )


def check_unchanged(before: Member, now: Member, target: Target) -> None:
    """Raise Conflict where another writer changed the bin between two reads."""
    if before.raw != now.raw and before.value != now.value:
        raise Conflict(
            f"the bin was changed by somebody else since it was read, {_first(before.value, now.value)}; "
            "nothing was sent",
            "run it again: it starts from what the bin holds now",
            bin=target.id,
        )


def lone_record(name: str, new: JSON, old: JSON) -> list[str]:
    """A note where the new record is only a member `record`, which the old one does not have; else nothing."""
    if isinstance(new, dict) and new.keys() == {"record"} and not (isinstance(old, dict) and "record" in old):
        return [
            f'{name} has one member, "record", which the record in the bin does not have; '
            "JSONBin takes the record alone: jq .record"
        ]
    return []


def put_together(
    before: JSON,
    ours: JSON,
    theirs: JSON,
    target: Target,
    *,
    added_at: Collection[str] = (),
    prefer: Prefer = None,
) -> Merged:
    """What two writers made of the same record, by value.

    Raises Conflict where both changed the same place, unless one of them is preferred.
    """
    both = merge(before, theirs, ours, added_at=added_at, prefer_theirs=prefer == "theirs")
    places = [clash.pointer for clash in both.clashes] + [array.pointer for array in both.missing]
    if places and prefer is None:
        values = (f", to {shown(clash.theirs)}, and you to {shown(clash.ours)}" for clash in both.clashes)
        raise Conflict(
            f"somebody else changed {places[0] or 'the whole record'} in the bin meanwhile"
            f"{next(values, ', as you did')}; nothing was sent",
            "run it again from what the bin holds now, and change what is still to be changed",
            bin=target.id,
        )
    return both


def shown(value: object) -> str:
    """A value of a place that two writers changed, short enough for a sentence."""
    return "nothing" if value is ABSENT else shortened(short(cast("JSON", value), 60), 80)


def share(text: str | None) -> Decimal | None:
    """The percentage that `--max-shrink` gives. Raises UsageMistake."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)%", text)
    if not found or Decimal(found[1]) > 100:
        raise UsageMistake(
            f'--max-shrink takes a percentage of the old record, and "{text}" is none', "write it as 50%"
        )
    return Decimal(found[1])


def check_shrink(before: JSON, after: JSON, most: Decimal | None, target: Target) -> str | None:
    """A sentence where the new record is much smaller than the old one; TooMuchLost over `most` per cent."""
    old, new = size_of(before), size_of(after)
    said = f"the new record has {new:,} bytes, where the bin holds {old:,}"
    if most is not None and (old - new) * 100 > old * most:
        raise TooMuchLost(
            f"{said}: that is over the {most}% that --max-shrink allows; nothing was sent",
            f"look at what made it, or allow it: --max-shrink {-(-(old - new) * 100 // old)}%",
            bin=target.id,
        )
    return said if old >= _TINY and new < old * _MUCH else None


def _first(old: JSON, new: JSON) -> str:
    found = changes(old, new)
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"at {found[0].pointer or 'the top'}{more}"
