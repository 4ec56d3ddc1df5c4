"""Which route leads to which handler, and what is decided before: the edge, the quota, and the ids in the path."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import cast

from jsonbin_cli.local.api import checks, errors
from jsonbin_cli.local.api.endpoints import ROUTES, Route
from jsonbin_cli.local.api.inputs import SEGMENTS, Segment
from jsonbin_cli.local.api.model import Context, Refusal, Reply, Request
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.store.sqlite import SqliteStore

# The edge in front of the service turns away the names of some HTTP libraries, before any of its rules (observed).
_REFUSED_BY_EDGE = ("python-urllib",)
_PARTS = [(route, route.path.split("/")[1:]) for route in ROUTES]
# What the service has beside these, by the first segment after /v3. Here it is a 404.
_NOT_SERVED = {
    "qs": "links of the dashboard's quick store are not served here",  # observed once
    "xl": "large bins are not served here",  # reference
    "l": "request logs are not served here",  # reference
}


def answer(request: Request, store: SqliteStore, settings: Settings, now: str, new_id: Callable[[], str]) -> Reply:
    """What JSONBin answers, the store changed accordingly. `now` is an ISO 8601 instant in UTC."""
    agent = request.headers.get("user-agent", "").lower()
    if settings.edge == "on" and agent.startswith(_REFUSED_BY_EDGE):
        return Reply(errors.EDGE.status, errors.EDGE.message.encode(), "text/plain; charset=UTF-8")
    route = None
    try:
        checks.count(store, settings, "first")
        route, variable = _found(request.method, request.path)
        context = Context(request, store, settings, now, new_id, route)
        return _handler(route.handler)(context, *(_checked(settings, *one) for one in variable))
    except Refusal as refusal:
        return refused(refusal, route)


def refused(refusal: Refusal, route: Route | None) -> Reply:
    """The answer of a refusal. Raises LookupError where the endpoint's row does not have the error."""
    if route is not None and refusal.error not in route.refusals():
        raise LookupError(f"{route.method} {route.path} does not answer: {refusal.error.message}")
    return refusal.reply()


def not_served(path: str) -> str | None:
    """What a path means that the service serves, and this program does not; None for any other."""
    _, root, *rest = f"{path}//".split("/")
    return _NOT_SERVED.get(rest[0]) if root == "v3" else None


def _found(method: str, path: str) -> tuple[Route, list[tuple[Segment, str]]]:
    """The first route that fits, and what stands in the path for each of its variable parts."""
    root, *given = path.strip("/").split("/")
    for route, parts in _PARTS if root == "v3" else ():
        if route.method == method and len(parts) == len(given):
            pairs = list(zip(parts, given, strict=True))
            if all(part == text or part[0] == "{" for part, text in pairs):
                return route, [(SEGMENTS[part[1:-1]], text) for part, text in pairs if part[0] == "{"]
    raise Refusal(errors.ROUTE_NOT_FOUND)


def _checked(settings: Settings, segment: Segment, given: str) -> str:
    """An id in lower case; anything else as it is. Ids are checked before anything else (observed)."""
    if not segment.is_id:
        return given
    if checks.is_id(given):
        return given.lower()
    raise Refusal(segment.errors[-1] if settings.malformed_id == 422 else segment.errors[0])


@cache
def _handler(name: str) -> Callable[..., Reply]:
    module, function = name.split(":")
    return cast(Callable[..., Reply], getattr(import_module(f"jsonbin_cli.local.api.{module}"), function))
