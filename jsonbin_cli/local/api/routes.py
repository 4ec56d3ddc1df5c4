"""Which route leads to which handler, and what is decided before: the edge, the quota, and the ids in the path."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import NamedTuple, cast

from jsonbin_cli.local.api import checks, errors
from jsonbin_cli.local.api.model import Context, Refusal, Reply, Request
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.store.sqlite import SqliteStore

# The edge in front of the service turns away the names of some HTTP libraries, before any of its rules (observed).
_REFUSED_BY_EDGE = ("python-urllib",)


class Route(NamedTuple):
    """One endpoint. `path` comes after `/v3`; what stands in braces is handed to the handler, ids in lower case.

    `handler` is `module:function` in this folder, imported when it is first asked for. `source` says how the endpoint
    is known, in the words of `errors`.
    """

    method: str
    path: str
    handler: str
    source: str


ROUTES = (
    Route("PUT", "/b/{bin}", "bins:update", "reference, observed"),
    Route("GET", "/b/{bin}", "bins:read_bare", "reference, observed"),
    Route("GET", "/b/{bin}/latest", "bins:read_latest", "reference, observed"),
    Route("GET", "/b/{bin}/{version}", "bins:read_version", "reference, observed"),
    Route("POST", "/b", "bins:create", "reference, observed"),
    Route("DELETE", "/b/{bin}", "bins:delete", "reference, observed"),
    Route("GET", "/b/{bin}/versions/count", "bins:count_versions", "reference, observed"),
    Route("DELETE", "/b/{bin}/versions", "bins:delete_versions", "reference, observed"),
    Route("PUT", "/b/{bin}/meta/privacy", "bins:change_privacy", "reference, observed"),
    Route("PUT", "/b/{bin}/meta/name", "bins:rename", "reference, observed"),
    Route("POST", "/c", "collections:create", "reference, observed"),
    Route("GET", "/c", "collections:listing", "reference, observed"),
    Route("GET", "/c/uncategorized/bins", "collections:bins_of_none", "reference"),
    Route("GET", "/c/uncategorized/bins/{bin}", "collections:bins_of_none", "reference"),
    Route("GET", "/c/{collection}/bins", "collections:bins", "reference, observed"),
    Route("GET", "/c/{collection}/bins/{bin}", "collections:bins", "reference, observed"),
    Route("PUT", "/c/{collection}/meta/name", "collections:rename", "reference"),
    Route("PUT", "/c/{collection}/schemadoc/add", "collections:add_schema", "reference, observed"),
    Route("PUT", "/c/{collection}/schemadoc/remove", "collections:remove_schema", "reference, observed"),
    Route("POST", "/s", "schemas:create", "reference, observed"),
    Route("GET", "/s/{schema}", "schemas:read", "reference"),
    Route("PUT", "/s/{schema}", "schemas:update", "reference"),
    Route("PUT", "/s/{schema}/meta/name", "schemas:rename", "observed once"),
    Route("POST", "/a", "access:create", "reference"),
    Route("GET", "/a", "access:listing", "reference"),
    Route("DELETE", "/a/{key}", "access:delete", "reference"),
)

# What the service has beside these, by the first segment after /v3. Here it is a 404.
_NOT_SERVED = {
    "qs": "links of the dashboard's quick store are not served here",  # observed once
    "xl": "large bins are not served here",  # reference
    "l": "request logs are not served here",  # reference
}

_IDS = {
    "{bin}": errors.INVALID_BIN_ID,
    "{collection}": errors.INVALID_COLLECTION_ID,
    "{schema}": errors.INVALID_SCHEMA_ID,
    "{key}": errors.INVALID_KEY_ID,
}


def answer(request: Request, store: SqliteStore, settings: Settings, now: str, new_id: Callable[[], str]) -> Reply:
    """What JSONBin answers, the store changed accordingly. `now` is an ISO 8601 instant in UTC."""
    agent = request.headers.get("user-agent", "").lower()
    if settings.edge == "on" and agent.startswith(_REFUSED_BY_EDGE):
        return Reply(403, b"error code: 1010", "text/plain; charset=UTF-8")
    context = Context(request, store, settings, now, new_id)
    try:
        checks.quota(context, "first")
        handler, arguments = _found(request.method, request.path)
        return _handler(handler)(context, *(_checked(context, *one) for one in arguments))
    except Refusal as refusal:
        return refusal.reply()


def not_served(path: str) -> str | None:
    """What a path means that the service serves, and this program does not; None for any other."""
    _, root, *rest = f"{path}//".split("/")
    return _NOT_SERVED.get(rest[0]) if root == "v3" else None


def _found(method: str, path: str) -> tuple[str, list[tuple[str, str]]]:
    """The handler of the first route that fits, and what stands in the path for its braces."""
    root, *given = path.strip("/").split("/")
    if root == "v3":
        for segments, handler in _by_size().get((method, len(given)), ()):
            pairs = list(zip(segments, given, strict=True))
            if all(segment == one or segment[0] == "{" for segment, one in pairs):
                return handler, [pair for pair in pairs if pair[0][0] == "{"]
    raise Refusal(errors.ROUTE_NOT_FOUND)


@cache
def _by_size() -> dict[tuple[str, int], list[tuple[list[str], str]]]:
    """The segments and the handler of each route, by method and number of segments."""
    table: dict[tuple[str, int], list[tuple[list[str], str]]] = {}
    for route in ROUTES:
        segments = route.path.strip("/").split("/")
        table.setdefault((route.method, len(segments)), []).append((segments, route.handler))
    return table


def _checked(context: Context, segment: str, given: str) -> str:
    """An id in lower case; anything else as it is. Ids are checked before anything else (observed)."""
    if segment not in _IDS:
        return given
    if checks.is_id(given):
        return given.lower()
    if segment == "{bin}" and context.settings.malformed_id == 422:
        raise Refusal(errors.INVALID_RECORD_ID)
    raise Refusal(_IDS[segment])


@cache
def _handler(name: str) -> Callable[..., Reply]:
    module, function = name.split(":")
    return cast(Callable[..., Reply], getattr(import_module(f"jsonbin_cli.local.api.{module}"), function))
