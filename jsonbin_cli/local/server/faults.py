"""How a local JSONBin fails on demand: the faults, and which request gets which."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Mapping
from enum import Enum
from http import HTTPStatus
from typing import NamedTuple

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.local.api.model import Reply, error_reply

# README holds the same table.
FAULTS = {
    "ok": "no fault: for a place in a script",
    "STATUS": "an error status, 400 to 599: from 500 on as a gateway's HTML page, below as JSON with a message",
    "429:SECONDS": "a 429 with Retry-After; plain 429 has none",
    "html": "a page in HTML with status 200, like the login page of a network",
    "edge": "403 with the plain text `error code: 1010`",
    "cut": "the answer breaks off in the middle; the request was carried out",
    "hang": "no answer at all until the client gives up; the request was not carried out",
    "late-FAULT": "any of these but cut, after the request was carried out: late-502, late-hang",
    "second-writer": "a good answer, and then another writer changes the same bin",
}
_HINT = f"the faults are: {', '.join(FAULTS)}"
_LONGEST_LATENCY = 3600.0


class Sent(Enum):
    """How much of an answer is sent."""

    WHOLE = "whole"
    HALF = "half"
    NOTHING = "nothing"


class Fault(NamedTuple):
    """One way to fail.

    A fault with a `reply` answers with it, and with `headers`, instead of carrying out the request; where it is `late`,
    after that. `sent` says how much of the answer is sent. With `second_writer` the bin is then changed again.
    """

    name: str
    reply: Reply | None = None
    headers: tuple[tuple[str, str], ...] = ()
    late: bool = False
    sent: Sent = Sent.WHOLE
    second_writer: bool = False

    def part_of(self, body: bytes) -> bytes:
        """What is sent of the body of an answer."""
        if self.sent is Sent.WHOLE:
            return body
        return body[: len(body) // 2] if self.sent is Sent.HALF else b""


GOOD = Fault("ok")


class Plan(NamedTuple):
    """What is to go wrong. `latency` is a range in seconds, `shares` a probability for each fault.

    The `script` is used up first, one fault a request; then random numbers decide, which start from `seed`.
    """

    latency: tuple[float, float] = (0.0, 0.0)
    shares: tuple[tuple[Fault, float], ...] = ()
    script: tuple[Fault, ...] = ()
    seed: int = 1


class Schedule:
    """A plan in use: gives each request its latency and its fault."""

    def __init__(self, plan: Plan) -> None:
        self.start(plan)

    def start(self, plan: Plan) -> None:
        """Use another plan, from its beginning."""
        self._plan = plan
        self._script = deque(plan.script)
        self._random = random.Random(plan.seed)

    @property
    def plan(self) -> Plan:
        """The plan, with what is left of its script."""
        return self._plan._replace(script=tuple(self._script))

    def next(self, *, reads: bool) -> tuple[float, Fault]:
        """How many seconds the next request waits, and its fault. `reads` says that it reads a bin.

        A second writer by share comes only after reads: its place is between a read and a write.
        """
        shortest, longest = self._plan.latency
        seconds = self._random.uniform(shortest, longest) if longest else 0.0
        if self._script:
            return seconds, self._script.popleft()
        number = self._random.random() if self._plan.shares else 0.0
        for fault, share in self._plan.shares:
            if number < share:
                return seconds, fault if reads or not fault.second_writer else GOOD
            number -= share
        return seconds, GOOD


def fault(name: str) -> Fault:
    """The fault with that name, written as in `FAULTS`. Raises UsageMistake."""
    if name.startswith("late-"):
        found = fault(name.removeprefix("late-"))
        if found.late or not found.reply:
            raise _unknown(name)
        return found._replace(name=name, late=True)
    if name in _NAMED:
        return _NAMED[name]
    status, _, seconds = name.partition(":")
    if status == "429" and _is_number(seconds):
        return Fault(name, _error(429), headers=(("Retry-After", seconds),))
    if _is_number(name) and 400 <= int(name) < 600:
        return Fault(name, _error(int(name)))
    raise _unknown(name)


def script(names: Iterable[str]) -> tuple[Fault, ...]:
    """The faults of a script, one a request. Raises UsageMistake."""
    return tuple(fault(name.strip()) for name in names)


def shares(given: Mapping[str, float]) -> tuple[tuple[Fault, float], ...]:
    """The faults, each with the share of requests that get it. Raises UsageMistake."""
    if not all(0 <= share <= 1 for share in given.values()) or sum(given.values()) > 1.000001:
        raise UsageMistake("the shares of faults are numbers from 0 to 1, together at most 1")
    return tuple((fault(name), share) for name, share in given.items())


def latency(shortest: float, longest: float) -> tuple[float, float]:
    """A range of seconds. Raises UsageMistake."""
    if not 0 <= shortest <= longest <= _LONGEST_LATENCY:
        raise UsageMistake("a latency is seconds, or two of them as SHORTEST-LONGEST, for example 0.1-0.5")
    return shortest, longest


def _unknown(name: str) -> UsageMistake:
    return UsageMistake(f'"{name}" is not a fault', _HINT)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def _error(status: int) -> Reply:
    phrase = HTTPStatus(status).phrase if status in list(HTTPStatus) else "Error"
    return _page(status, f"{status} {phrase}") if status >= 500 else error_reply(status, phrase)


def _page(status: int, title: str) -> Reply:
    text = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Reply(status, text.encode(), "text/html")


_NAMED = {
    fault.name: fault
    for fault in (
        GOOD,
        Fault("html", _page(200, "Sign in to this network")),
        Fault("edge", Reply(403, b"error code: 1010", "text/plain; charset=UTF-8")),
        Fault("cut", sent=Sent.HALF),
        # The reply is for a client that is still waiting when the server stops.
        Fault("hang", error_reply(503, "Service Unavailable"), sent=Sent.NOTHING),
        Fault("second-writer", second_writer=True),
    )
}
