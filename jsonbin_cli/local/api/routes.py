"""The API's decisions: request in, reply out. Which route leads where."""

from __future__ import annotations

from collections.abc import Callable

from jsonbin_cli.local.api import bins, checks
from jsonbin_cli.local.api.model import Case, Refusal
from jsonbin_cli.local.api.model import Reply as Reply
from jsonbin_cli.local.api.model import Request as Request
from jsonbin_cli.local.api.model import Settings as Settings
from jsonbin_cli.local.store.sqlite import SqliteStore

# The edge in front of the service turns away the names of some HTTP libraries, before any of its rules.
_REFUSED_BY_EDGE = ("python-urllib",)


def answer(request: Request, store: SqliteStore, settings: Settings, now: str, new_id: Callable[[], str]) -> Reply:
    """What JSONBin answers, the store changed accordingly. `now` is an ISO 8601 instant in UTC."""
    agent = request.headers.get("user-agent", "").lower()
    if settings.edge == "on" and agent.startswith(_REFUSED_BY_EDGE):
        return Reply(403, b"error code: 1010", "text/plain; charset=UTF-8")
    case = Case(request, store, settings, now, new_id)
    try:
        checks.quota(case, "first")
        return _routed(case)
    except Refusal as refusal:
        return refusal.reply()


def _routed(case: Case) -> Reply:
    match case.request.method, case.request.path.strip("/").split("/"):
        case "PUT", ["v3", "b", bin_id]:
            return bins.update(case, bin_id)
        case "GET", ["v3", "b", bin_id, *which] if len(which) < 2:
            return bins.read(case, bin_id, which[0] if which else "")
        case "POST", ["v3", "b"]:
            return bins.create(case)
        case "DELETE", ["v3", "b", bin_id]:
            return bins.delete(case, bin_id)
        case "GET", ["v3", "b", bin_id, "versions", "count"]:
            return bins.count_versions(case, bin_id)
        case "DELETE", ["v3", "b", bin_id, "versions"]:
            return bins.delete_versions(case, bin_id)
        case "PUT", ["v3", "b", bin_id, "meta", "privacy"]:
            return bins.change_privacy(case, bin_id)
        case "PUT", ["v3", "b", bin_id, "meta", "name"]:
            return bins.rename(case, bin_id)
        case method, ["v3", "c" | "s" | "a" as kind, *rest]:
            return _of_the_account(case, method, kind, rest)
    raise Refusal(404, "Route not found!")


def _of_the_account(case: Case, method: str, kind: str, rest: list[str]) -> Reply:
    """What is asked for less often than bins, and so imported only then."""
    from jsonbin_cli.local.api import access, schemas
    from jsonbin_cli.local.api import collections as collection

    match method, kind, rest:
        case "POST", "c", []:
            return collection.create(case)
        case "GET", "c", []:
            return collection.listing(case)
        case "GET", "c", [collection_id, "bins", *last] if len(last) < 2:
            return collection.bins(case, collection_id, last[0] if last else None)
        case "PUT", "c", [collection_id, "meta", "name"]:
            return collection.rename(case, collection_id)
        case "PUT", "c", [collection_id, "schemadoc", "add"]:
            return collection.add_schema(case, collection_id)
        case "PUT", "c", [collection_id, "schemadoc", "remove"]:
            return collection.remove_schema(case, collection_id)
        case "POST", "s", []:
            return schemas.create(case)
        case "GET", "s", [schema_id]:
            return schemas.read(case, schema_id)
        case "PUT", "s", [schema_id]:
            return schemas.update(case, schema_id)
        case "POST", "a", []:
            return access.create(case)
        case "GET", "a", []:
            return access.listing(case)
    raise Refusal(404, "Route not found!")
