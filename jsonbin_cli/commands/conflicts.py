"""What is said where an update with --merge could not be checked, or not all of it be put together."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from jsonbin_cli.failures import Conflict, Failure, NotChecked, profile_option
from jsonbin_cli.records.guards import shown
from jsonbin_cli.records.merge import ABSENT, value_at
from jsonbin_cli.records.paths import written

if TYPE_CHECKING:
    from jsonbin_cli.config.account import Account, Target
    from jsonbin_cli.records.protocol import Overwritten, Settled, Unsettled

MOST_VERSIONS = 1000
"""JSONBin keeps so many versions of a bin (the reference, Bin Versions), and makes none after that."""


class Conflicts:
    """The failures of updates of one bin."""

    def __init__(self, account: Account, target: Target) -> None:
        self._id = target.id
        self._name = quote(target.name)
        self._option = profile_option(account.name)
        self.how_to_check = f"jsonbin check {self._name}{self._option}"
        self.how_to_prune = f"jsonbin history {self._name} --prune{self._option} deletes the old ones"

    def clashes(self, settled: Settled) -> Conflict:
        """The places that are not merged, each with both values and the command that takes theirs."""
        places = (*settled.clashes, *settled.owed)
        commands = [self._how_to_take(clash.pointer, clash.theirs, number) for clash, number in places]
        return self._conflict(
            "the bin was updated, and somebody else changed the same at the same time:\n" + _lines(places, settled),
            "look which is right; to take theirs:\n" + "\n".join(dict.fromkeys(commands)),
        )

    def owed(self, settled: Settled) -> Conflict:
        """The arrays from which something is still to be taken, once others have put it back."""
        return self._conflict(
            "the bin was updated, and others have not yet put back what they overwrote:\n"
            + _lines(settled.owed, settled),
            f"once they are done, or have been checked: {self.how_to_check}",
        )

    def _how_to_take(self, pointer: str, theirs: object, number: int) -> str:
        if theirs is ABSENT:
            return f"jsonbin unset {self._name} {quote(written(pointer))}{self._option}"
        if not pointer:
            return f"jsonbin restore {self._name} --version {number}{self._option}"
        look = f"jsonbin get {self._name} {quote(written(pointer))} --version {number}{self._option}"
        return f"{look} | jsonbin set {self._name} {quote(written(pointer) + ':=@-')}{self._option}"

    def unsettled(self, wrong: Unsettled, tries: int) -> Conflict:
        """What could not be found out, or not be done in so many tries."""
        look = f"jsonbin get {self._name}"
        if wrong.why == "tries":
            return self._conflict(
                f"others were faster {tries} times; version {wrong.theirs} is still to be merged in", self.how_to_check
            )
        if wrong.why == "unversioned":
            said = "the reply names no version, so it cannot be found out what the update overwrote"
            return self._conflict(said, f"a bin has at most {MOST_VERSIONS} versions; {self.how_to_prune}")
        if wrong.why == "pruned":
            said = "the versions were deleted meanwhile, so it cannot be found out what the update overwrote"
            return self._conflict(said, f"look at it: {look}{self._option}")
        return self._conflict(
            f"the bin was updated as version {wrong.version}, but somebody writes it without versions, so it cannot be "
            "found out what that overwrote"
            if wrong.version
            else "it cannot be found out whether the update arrived: more than one version holds the same",
            f"look at what was there before: {look} --version {wrong.theirs}{self._option}"
            if wrong.theirs
            else f"look at it: {look}{self._option}",
        )

    def not_checked(self, version: int | None, wrong: Failure) -> NotChecked:
        """That an update was sent, version None where that is not certain, and why it was not checked."""
        done = f"version {version}" if version is not None else "the update that was cut off"
        return NotChecked(
            f"{done} was sent, and it could not be checked what that overwrote: {wrong.message}",
            self.how_to_check,
            bin=self._id,
        )

    def _conflict(self, message: str, hint: str) -> Conflict:
        failure = Conflict(message, hint, bin=self._id)
        failure.sent = True
        return failure


def _lines(places: tuple[Overwritten, ...], settled: Settled) -> str:
    return "\n".join(
        f"{clash.pointer or 'the whole record'}: version {number} has {shown(clash.theirs)}, "
        f"the bin holds {shown(value_at(settled.record, clash.pointer))}"
        for clash, number in places
    )
