"""What a local JSONBin does at the moment, how that is changed, and which requests it got."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.local.api import settings
from jsonbin_cli.local.api.model import Request
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.server import faults

_LARGEST_REMEMBERED = 128 * 1024
_KEYS = ("x-master-key", "x-access-key", "authorization", "cookie")


class Seen(NamedTuple):
    """A request as it came, without its keys, and the status it was answered with: 0 for none.

    Of a body its first 128 KiB are kept.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int


class Control:
    """The settings and the plan of faults in force, and the last `remember` requests below /v3."""

    def __init__(self, start: Settings, plan: faults.Plan, remember: int) -> None:
        self._start = (start, plan)
        self.settings = start
        self.schedule = faults.Schedule(plan)
        self.seen: deque[Seen] = deque(maxlen=remember)

    def reset(self) -> None:
        """Go back to the start, and forget the requests."""
        self.settings = self._start[0]
        self.schedule.start(self._start[1])
        self.seen.clear()

    def remember(self, request: Request, status: int) -> None:
        """Keep a request, to be listed."""
        headers = {name: value for name, value in request.headers.items() if name not in _KEYS}
        self.seen.append(Seen(request.method, request.path, headers, request.body[:_LARGEST_REMEMBERED], status))

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


def _numbers(values: list[Any]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _text(value: Any) -> str:
    return "none" if value is None else str(value)


def _shown(seen: Seen) -> dict[str, object]:
    return {
        "method": seen.method,
        "path": seen.path,
        "headers": dict(seen.headers),
        "body": seen.body.decode("utf-8", "replace"),
        "status": seen.status,
    }
