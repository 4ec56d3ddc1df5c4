"""The endpoint outside /v3 that changes how a local JSONBin behaves, and tells what it was asked."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.local.api import settings
from jsonbin_cli.local.api.model import JSON_TYPE, Refusal, Reply, Request, Settings, dumped
from jsonbin_cli.local.server import faults

PATH = "/control"
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
    """The settings and the misbehaviour in force, and the last `remember` requests under /v3."""

    def __init__(self, start: Settings, plan: faults.Plan, remember: int) -> None:
        self._start = (start, plan)
        self.settings = start
        self.misbehaviour = faults.Misbehaviour(plan)
        self.seen: deque[Seen] = deque(maxlen=remember)

    def reset(self) -> None:
        """Everything as it was at the start, and no request remembered."""
        self.settings = self._start[0]
        self.misbehaviour.follow(self._start[1])
        self.seen.clear()

    def remember(self, request: Request, status: int) -> None:
        """Keep a request for whoever asks for it."""
        headers = {name: value for name, value in request.headers.items() if name not in _KEYS}
        self.seen.append(Seen(request.method, request.path, headers, request.body[:_LARGEST_REMEMBERED], status))

    def change(self, changes: Mapping[str, Any]) -> None:
        """Put each given member in force: `latency`, `shares`, `script`, `seed`, `settings`. Raises UsageMistake."""
        plan, chosen = self.misbehaviour.plan, self.settings
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
        if plan != self.misbehaviour.plan:
            self.misbehaviour.follow(plan)

    def answer(self, request: Request) -> Reply:
        """What the endpoint answers."""
        match request.method, request.path.rstrip("/"):
            case "GET", "/control":
                return Reply(200, dumped(self._state()))
            case "PATCH", "/control":
                return self._patched(request)
            case "DELETE", "/control":
                self.reset()
                return Reply(200, dumped(self._state()))
            case "GET", "/control/requests":
                return Reply(200, dumped([_shown(one) for one in self.seen]))
            case "DELETE", "/control/requests":
                self.seen.clear()
                return Reply(200, b"[]")
        return Refusal(404, "Route not found!").reply()

    def _patched(self, request: Request) -> Reply:
        # A page in a browser cannot send this type across origins without asking first, and is not allowed to.
        if request.headers.get("content-type", "").split(";")[0].strip() != JSON_TYPE.split(";")[0]:
            return Refusal(400, "You need to pass Content-Type set to application/json").reply()
        try:
            changes = json.loads(request.body.decode())
            if not isinstance(changes, dict):
                raise UsageMistake("the body is an object with the members to change")
            self.change(changes)
        except (ValueError, RecursionError):
            return Refusal(400, "Invalid JSON. Please try again").reply()
        except UsageMistake as wrong:
            return Refusal(400, wrong.message + (f"; {wrong.hint}" if wrong.hint else "")).reply()
        return Reply(200, dumped(self._state()))

    def _state(self) -> dict[str, object]:
        plan = self.misbehaviour.plan
        return {
            "latency": list(plan.latency),
            "shares": {fault.name: share for fault, share in plan.shares},
            "script": [fault.name for fault in plan.script],
            "seed": plan.seed,
            "settings": settings.described(self.settings),
        }


def _numbers(values: list[Any]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _text(value: Any) -> str:
    return "none" if value is None else str(value)


def _shown(seen: Seen) -> dict[str, Any]:
    return {
        "method": seen.method,
        "path": seen.path,
        "headers": dict(seen.headers),
        "body": seen.body.decode("utf-8", "replace"),
        "status": seen.status,
    }
