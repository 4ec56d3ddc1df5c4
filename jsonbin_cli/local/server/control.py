"""What a local JSONBin does at the moment, how that is changed, and which requests it got."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.local.api import settings
from jsonbin_cli.local.api.model import Reply, Request
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.server import faults
from jsonbin_cli.local.server.recent import Recent, Seen, Withheld

_LARGEST_LISTED = 128 * 1024
_KEYS = ("x-master-key", "x-access-key", "authorization", "cookie")


class Control:
    """The settings and the plan of faults in force, and the last `remember` requests below /v3."""

    def __init__(self, start: Settings, plan: faults.Plan, remember: int) -> None:
        self._start = (start, plan)
        self.settings = start
        self.schedule = faults.Schedule(plan)
        self.seen = Recent(remember)
        self._bells: set[asyncio.Event] = set()

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever there is something new: a request, or another fault or setting."""
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            yield bell
        finally:
            self._bells.remove(bell)

    def reset(self) -> None:
        """Go back to the start, and forget the requests."""
        self.settings = self._start[0]
        self.schedule.start(self._start[1])
        self.forget()

    def forget(self) -> None:
        """Forget the requests."""
        self.seen.clear()
        self._ring()

    def remember(self, request: Request, reply: Reply, fault: faults.Fault, seconds: float) -> None:
        """Keep a request, to be listed, and what it is answered after so many seconds."""
        response = fault.part_of(reply.body)
        self.seen.add(
            Seen(
                request.method,
                request.path,
                {name: value for name, value in request.headers.items() if name not in _KEYS},
                request.body,
                0 if fault.sent is faults.Sent.NOTHING else reply.status,
                request.query,
                response,
                reply.content_type,
                time.time(),
                seconds * 1000,
                "" if fault is faults.GOOD else fault.name,
                Withheld({name: request.headers[name] for name in _KEYS if name in request.headers}),
                (len(request.body), len(response)),
            )
        )
        self._ring()

    def change(self, changes: Mapping[str, Any]) -> None:
        """Put each given member in force: `latency`, `shares`, `script`, `seed`, `settings`. Raises UsageMistake."""
        plan, chosen = self.schedule.plan, self.settings
        for name, value in changes.items():
            match name, value:
                case "latency", [shortest, longest] if _numbers([shortest, longest]):
                    plan = plan._replace(latency=faults.latency(float(str(shortest)), float(str(longest))))
                case "latency", seconds if _numbers([seconds]):
                    plan = plan._replace(latency=faults.latency(float(str(seconds)), float(str(seconds))))
                case "shares", dict() if _numbers(list(value.values())):
                    given = {fault: float(str(share)) for fault, share in value.items()}
                    plan = plan._replace(shares=faults.shares(given))
                case "script", [*names]:
                    plan = plan._replace(script=faults.script(str(name) for name in names))
                case "seed", int():
                    plan = plan._replace(seed=value)
                case "settings", dict():
                    chosen = settings.changed(chosen, {name: _text(one) for name, one in value.items()})
                case _:
                    raise UsageMistake(f'"{name}" cannot be changed like that', "see GET /control for its form")
        self.settings = chosen
        if plan != self.schedule.plan:
            self.schedule.start(plan)
        self._ring()

    def state(self) -> dict[str, object]:
        """What is in force, in the form that `change` takes."""
        plan = self.schedule.plan
        return {
            "latency": list(plan.latency),
            "shares": {fault.name: share for fault, share in plan.shares},
            "script": [fault.name for fault in plan.script],
            "seed": plan.seed,
            "settings": settings.described(self.settings),
        }

    def requests(self) -> list[dict[str, object]]:
        """The last requests, the oldest first."""
        return [_shown(one) for one in self.seen]

    def _ring(self) -> None:
        for bell in self._bells:
            bell.set()


def _numbers(values: list[Any]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _text(value: Any) -> str:
    return "none" if value is None else str(value)


def _shown(seen: Seen) -> dict[str, object]:
    """A request for the list, with the first 128 KiB of its body."""
    return {
        "method": seen.method,
        "path": seen.path,
        "headers": dict(seen.headers),
        "body": seen.body[:_LARGEST_LISTED].decode("utf-8", "replace"),
        "status": seen.status,
    }
