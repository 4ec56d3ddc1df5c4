"""The API's decisions: request in, reply out.

Facts are from the reference of the Bins API v3 and from answers seen live. Where those are silent, a
choice was made and is marked as one: clients must not rely on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from jsonbin_cli.json_text import JSON, NotJSON, parse

MOST_VERSIONS = 1000
_LARGEST_NAME = 128
# Choice: a kB is 1024 bytes, and the body is measured as it was sent.
_LARGEST = {"free": 100 * 1024, "pro": 1024 * 1024}
_ID = re.compile(r"[0-9a-fA-F]{24}")
_PRICING = "http://api.jsonbin.io/pricing"


class Request(NamedTuple):
    """One request. `path` starts with `/v3`; `headers` have lower-case names."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Reply(NamedTuple):
    """A status and a body, which is always JSON."""

    status: int
    body: bytes


class Settings(NamedTuple):
    """Whose account this is. `quota` None counts nothing."""

    master_key: str
    plan: str = "pro"
    quota: int | None = None


class Bin(NamedTuple):
    """A bin with its latest record, byte for byte, and how many versions it has."""

    id: str
    record: bytes
    private: bool
    created_at: str
    name: str | None = None
    collection: str | None = None
    versions: int = 0


class Store(Protocol):
    """What the rules need of a store. They run inside one transaction of it."""

    def bin(self, bin_id: str) -> Bin | None:
        """The bin, or None."""

    def add(self, new: Bin) -> None:
        """Keep a new bin."""

    def replace(self, bin_id: str, record: bytes, version: int | None) -> None:
        """Make `record` the latest one; where `version` is a number, keep it under that number too."""

    def version(self, bin_id: str, number: int) -> bytes | None:
        """The record of one version, or None."""

    def permissions(self, access_key: str) -> frozenset[str] | None:
        """What an access key may do to bins (`create`, `read`, `update`, `delete`); None where it is unknown."""

    def has_collection(self, collection_id: str) -> bool:
        """Whether there is such a collection."""

    def count_request(self) -> int:
        """Count one request and return how many there were before it."""


class _Refusal(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def answer(request: Request, store: Store, settings: Settings, now: str, new_id: Callable[[], str]) -> Reply:
    """What JSONBin answers, the store changed accordingly. `now` is an ISO 8601 instant in UTC."""
    parts = request.path.strip("/").split("/")
    try:
        match request.method, parts:
            case "PUT", ["v3", "b", bin_id]:
                return _update(request, store, settings, bin_id)
            case "GET", ["v3", "b", bin_id, *which] if len(which) < 2:
                return _read(request, store, settings, bin_id, which[0] if which else "latest")
            case "POST", ["v3", "b"]:
                return _create(request, store, settings, now, new_id)
            case _:
                raise _Refusal(404, "Route not found!")
    except _Refusal as refusal:
        return Reply(refusal.status, _json({"message": refusal.message}))


def _update(request: Request, store: Store, settings: Settings, bin_id: str) -> Reply:
    _check_id(bin_id)
    _check_record(request)
    bin = store.bin(bin_id.lower())
    if bin is None:
        raise _Refusal(404, "Bin not found")
    owner = request.headers.get("x-master-key") == settings.master_key
    if bin.private:
        _check_key(
            request,
            store,
            settings,
            "update",
            "Invalid X-Master-Key provided or the bin does not belong to your account",
        )
    version = _version_to_make(request, settings, bin, owner)
    _check_size(request, settings, "update")
    _check_quota(store, settings)
    store.replace(bin.id, request.body.strip(), version)
    metadata: dict[str, JSON] = {"parentId": bin.id, "private": bin.private}
    if version is not None:
        metadata["version"] = version
    return _reply(request.body, metadata)


def _read(request: Request, store: Store, settings: Settings, bin_id: str, which: str) -> Reply:
    _check_id(bin_id)
    if which != "latest" and not (which.isascii() and which.isdigit() and int(which[:9]) > 0):
        raise _Refusal(400, "Bin version is invalid")
    bin = store.bin(bin_id.lower())
    if bin is None:
        raise _Refusal(404, "Bin not found or it doesn't belong to your account")
    if bin.private:
        _check_key(
            request, store, settings, "read", "X-Master-Key is invalid or the bin doesn't belong to your account"
        )
    # Choice: the bare id reads the latest record, as /latest does.
    record = bin.record if which == "latest" else store.version(bin.id, int(which[:9]))
    if record is None:
        raise _Refusal(404, "Bin version not found")
    _check_quota(store, settings)
    if request.headers.get("x-bin-meta") == "false" or request.query.get("meta") == "false":
        return Reply(200, record)
    return _reply(record, _metadata(bin))


def _create(request: Request, store: Store, settings: Settings, now: str, new_id: Callable[[], str]) -> Reply:
    _check_record(request)
    _check_key(request, store, settings, "create", "Invalid X-Master-Key provided")
    name, collection = request.headers.get("x-bin-name"), request.headers.get("x-collection-id")
    if name is not None and not 0 < len(name) <= _LARGEST_NAME:
        raise _Refusal(400, "X-Bin-Name cannot be blank or over 128 characters")
    if collection is not None and not store.has_collection(collection):
        raise _Refusal(400, "Invalid X-Collection-Id provided")
    _check_size(request, settings, "create")
    _check_quota(store, settings)
    private = request.headers.get("x-bin-private", "true") != "false"
    bin = Bin(new_id(), request.body.strip(), private, now, name, collection)
    store.add(bin)
    return _reply(request.body, _metadata(bin))


def _check_id(bin_id: str) -> None:
    if not _ID.fullmatch(bin_id):
        raise _Refusal(400, "Invalid Bin Id provided")


def _check_record(request: Request) -> None:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise _Refusal(400, "You need to pass Content-Type set to application/json")
    if not request.body.strip():
        raise _Refusal(400, "Bin cannot be blank")
    try:
        value = parse(request.body.decode())
    except (NotJSON, UnicodeDecodeError):
        raise _Refusal(400, "Invalid JSON. Please try again") from None
    # Choice: a single value is called invalid JSON, as body parsers in strict mode do.
    if not isinstance(value, dict | list):
        raise _Refusal(400, "Invalid JSON. Please try again")
    if not value:
        raise _Refusal(400, "Bin cannot be blank")


def _check_key(request: Request, store: Store, settings: Settings, verb: str, wrong_master: str) -> None:
    master, access = request.headers.get("x-master-key"), request.headers.get("x-access-key")
    if master is not None:
        if master != settings.master_key:
            raise _Refusal(401, wrong_master)
    elif access is not None:
        allowed = store.permissions(access)
        if allowed is None:
            raise _Refusal(401, "X-Access-Key is invalid or the bin doesn't belong to your account")
        if verb not in allowed:
            raise _Refusal(401, f"X-Access-Key passed does not have permission to {verb} the bin.")
    else:
        what = "a bin" if verb == "create" else "a private bin"
        raise _Refusal(401, f"You need to pass X-Master-Key or X-Access-Key in the header to {verb} {what}")


def _version_to_make(request: Request, settings: Settings, bin: Bin, owner: bool) -> int | None:
    asked = request.headers.get("x-bin-versioning")
    if asked == "true" and settings.plan == "free":
        raise _Refusal(
            403,
            f"Versioning is not available for the Free users. Upgrade to Pro plan {_PRICING} to avail this feature",
        )
    wanted = asked == "true" if bin.private else not (asked == "false" and owner)
    # Choice: past the last version the record still changes.
    return bin.versions + 1 if wanted and bin.versions < MOST_VERSIONS else None


def _check_size(request: Request, settings: Settings, verb: str) -> None:
    if len(request.body) <= _LARGEST[settings.plan]:
        return
    if settings.plan == "free":
        raise _Refusal(
            403,
            f"Free users cannot {verb} a record over 100kb. Upgrade to Pro plan {_PRICING} to {verb} records upto 1mb",
        )
    # Choice: the words for a pro account are not known.
    raise _Refusal(403, f"Pro users cannot {verb} a record over 1mb.")


def _check_quota(store: Store, settings: Settings) -> None:
    if settings.quota is not None and store.count_request() >= settings.quota:
        raise _Refusal(403, "Requests exhausted. Buy additional requests at https://jsonbin.io/pricing")


def _metadata(bin: Bin) -> dict[str, JSON]:
    metadata: dict[str, JSON] = {"id": bin.id, "private": bin.private, "createdAt": bin.created_at}
    if bin.name:
        metadata["name"] = bin.name
    if bin.collection:
        metadata["collectionId"] = bin.collection
    return metadata


def _reply(record: bytes, metadata: Mapping[str, JSON]) -> Reply:
    return Reply(200, b'{"record":' + record.strip() + b',"metadata":' + _json(metadata) + b"}")


def _json(value: Mapping[str, JSON]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
