"""What a local JSONBin does wrong on demand: which request meets which fault. Pure but for the seeded dice."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import NamedTuple

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.local.api.model import JSON_TYPE, Reply, dumped

# The README holds the same table, and a test compares them.
FAULTS = {
    "ok": "no fault: for a place in a script",
    "STATUS": "an error status, 400 to 599: from 500 on as a gateway's HTML page, below as JSON with a message",
    "429:SECONDS": "a 429 with Retry-After; plain 429 has none",
    "html": "a page in HTML with status 200, as a login page of a network is",
    "edge": "403 with the plain text `error code: 1010`",
    "cut": "the answer breaks off in its middle; the request was done",
    "hang": "no answer at all until the client gives up; the request was not done",
    "late-FAULT": "any of these but cut, after the request was done: late-502, late-hang",
    "second-writer": "a good answer, and then another writer changes the bin that it was about",
}
_HINT = f"the faults are: {', '.join(FAULTS)}"
_TOO_LONG = 3600.0


class Fault(NamedTuple):
    """One way to fail. `reply` is what is answered instead, None where nothing is or the answer is a good one."""

    name: str
    reply: Reply | None = None
    headers: tuple[tuple[str, str], ...] = ()
    late: bool = False

    @property
    def hangs(self) -> bool:
        """Whether no answer comes."""
        return self.name.endswith("hang")

    @property
    def spoils(self) -> bool:
        """Whether the request is not done at all."""
        return not self.late and (self.hangs or self.reply is not None)


GOOD = Fault("ok")


class Plan(NamedTuple):
    """What is to go wrong. `latency` is a range in seconds, `shares` a probability for each fault.

    The `script` is used up first, one fault a request; then the dice decide, thrown from `seed` on.
    """

    latency: tuple[float, float] = (0.0, 0.0)
    shares: tuple[tuple[Fault, float], ...] = ()
    script: tuple[Fault, ...] = ()
    seed: int = 1


class Misbehaviour:
    """A plan under way."""

    def __init__(self, plan: Plan) -> None:
        self.follow(plan)

    def follow(self, plan: Plan) -> None:
        """Start with another plan, and with fresh dice."""
        self._plan = plan
        self._script = deque(plan.script)
        self._dice = random.Random(plan.seed)
        self._stamps = 0

    @property
    def plan(self) -> Plan:
        """The plan, with what is left of its script."""
        return self._plan._replace(script=tuple(self._script))

    def stamp(self) -> int:
        """A number that each write of the second writer leaves, counted from 1."""
        self._stamps += 1
        return self._stamps

    def next(self, *, reads: bool) -> tuple[float, Fault]:
        """How many seconds the next request waits, and its fault; `reads` says that it reads a bin.

        By its share, a second writer comes only after reads.
        """
        seconds = self._dice.uniform(*self._plan.latency)
        if self._script:
            return seconds, self._script.popleft()
        throw = self._dice.random()
        for fault, share in self._plan.shares:
            if throw < share:
                return seconds, fault if reads or fault.name != "second-writer" else GOOD
            throw -= share
        return seconds, GOOD


def fault(name: str) -> Fault:
    """The fault of that name, as `FAULTS` spells it. Raises UsageMistake."""
    if name.startswith("late-"):
        found = fault(name.removeprefix("late-"))
        if not found.spoils:
            raise _unknown(name)
        return found._replace(name=name, late=True)
    kind, _, argument = name.partition(":")
    if name in ("ok", "cut", "hang", "second-writer"):
        return Fault(name)
    if name == "html":
        return Fault(name, _page(200, "Sign in to this network"))
    if name == "edge":
        return Fault(name, Reply(403, b"error code: 1010", "text/plain; charset=UTF-8"))
    if kind == "429" and argument and _is_number(argument):
        return Fault(name, _status(429), (("Retry-After", argument),))
    if not argument and _is_number(name) and 400 <= int(name) < 600:
        return Fault(name, _status(int(name)))
    raise _unknown(name)


def script(names: Iterable[str]) -> tuple[Fault, ...]:
    """The faults of a script, one a request. Raises UsageMistake."""
    return tuple(fault(name.strip()) for name in names)


def shares(given: Mapping[str, float]) -> tuple[tuple[Fault, float], ...]:
    """The faults with the share of requests that meet them. Raises UsageMistake."""
    if not all(0 <= share <= 1 for share in given.values()) or sum(given.values()) > 1.000001:
        raise UsageMistake("the shares of faults are numbers from 0 to 1, together at most 1")
    return tuple((fault(name), share) for name, share in given.items())


def latency(shortest: float, longest: float) -> tuple[float, float]:
    """A range of seconds. Raises UsageMistake."""
    if not 0 <= shortest <= longest <= _TOO_LONG:
        raise UsageMistake("a latency is seconds, or two of them as SHORTEST-LONGEST, for example 0.1-0.5")
    return shortest, longest


def _unknown(name: str) -> UsageMistake:
    return UsageMistake(f'"{name}" is not a fault', _HINT)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def _status(status: int) -> Reply:
    phrase = HTTPStatus(status).phrase if status in list(HTTPStatus) else "Error"
    if status >= 500:
        return _page(status, f"{status} {phrase}")
    return Reply(status, dumped({"message": phrase}), JSON_TYPE)


def _page(status: int, title: str) -> Reply:
    text = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Reply(status, text.encode(), "text/html")
