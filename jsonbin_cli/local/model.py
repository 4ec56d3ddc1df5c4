"""The words of the embedded store: request, reply, settings, what a store keeps, and a refusal."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from jsonbin_cli.json_text import JSON

JSON_TYPE = "application/json; charset=utf-8"


class Request(NamedTuple):
    """One request. `path` starts with `/v3`; `headers` have lower-case names."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Reply(NamedTuple):
    """A status and a body, which is JSON unless `content_type` says otherwise."""

    status: int
    body: bytes
    content_type: str = JSON_TYPE


class Settings(NamedTuple):
    """Whose account this is, and each choice that was made where the service's answer is not known.

    `local/settings.py` says what the choices mean and which values they take.
    """

    master_key: str
    plan: str = "pro"
    quota: int | None = None
    quota_check: str = "last"
    kilobyte: int = 1024
    size_of: str = "sent"
    bare_id: str = "latest"
    past_last_version: str = "update"
    permission_status: int = 401
    numbers: str = "exact"
    schema_draft: str = "7"
    edge: str = "on"
    malformed_id: int = 400
    owner: str = "account"


class Bin(NamedTuple):
    """A bin with its latest record, byte for byte, and how many versions it has.

    `base` is the record under its versions: the last one that was written without making a version.
    """

    id: str
    record: bytes
    private: bool
    created_at: str
    name: str | None = None
    collection: str | None = None
    versions: int = 0
    base: bytes | None = None


class Collection(NamedTuple):
    """A named group of bins, with the schema doc that their records must fit."""

    id: str
    name: str
    created_at: str
    schema: str | None = None


class SchemaDoc(NamedTuple):
    """A JSON Schema, byte for byte."""

    id: str
    name: str
    record: bytes
    created_at: str


class AccessKey(NamedTuple):
    """A restricted key. `permissions` are of `create`, `read`, `update`, `delete`."""

    id: str
    secret: str
    name: str
    permissions: frozenset[str]


class Store(Protocol):
    """What the rules need of a store. They run inside one transaction of it."""

    def bin(self, bin_id: str) -> Bin | None:
        """The bin, or None."""

    def add(self, new: Bin) -> None:
        """Keep a new bin."""

    def replace(self, bin_id: str, record: bytes, version: int | None) -> None:
        """Make `record` the latest one; where `version` is a number, keep it under that number too."""

    def describe(self, bin_id: str, *, name: str | None = None, private: bool | None = None) -> None:
        """Change the name or the privacy, whichever is given."""

    def delete(self, bin_id: str) -> None:
        """Forget a bin and its versions."""

    def version(self, bin_id: str, number: int) -> bytes | None:
        """The record of one version, or None."""

    def delete_versions(self, bin_id: str, *, preserve_latest: bool) -> None:
        """Forget all versions; the latest becomes the record under them, or that one becomes the latest."""

    def bins_of(self, collection_id: str | None, after: str | None, limit: int, *, ascending: bool) -> list[Bin]:
        """Up to `limit` bins of a collection (None: of no collection), those after the bin `after`."""

    def permissions(self, access_key: str) -> frozenset[str] | None:
        """What an access key may do to bins; None where it is unknown."""

    def access_keys(self) -> list[AccessKey]:
        """All access keys, the oldest first."""

    def add_access_key(self, secret: str, permissions: frozenset[str], key_id: str = "", name: str = "") -> None:
        """Keep a new access key."""

    def collection(self, collection_id: str) -> Collection | None:
        """The collection, or None."""

    def collections(self) -> list[Collection]:
        """All collections, the oldest first."""

    def add_collection(self, collection_id: str, name: str, created_at: str = "") -> None:
        """Keep a new collection."""

    def change_collection(self, changed: Collection) -> None:
        """Give a collection another name or schema doc."""

    def schema(self, schema_id: str) -> SchemaDoc | None:
        """The schema doc, or None."""

    def keep_schema(self, doc: SchemaDoc) -> None:
        """Keep a schema doc, a new one or another content for one that is there."""

    def count_request(self) -> int:
        """Count one request and return how many there were before it."""


class Case(NamedTuple):
    """One request with all that its answer depends on. `now` is an ISO 8601 instant in UTC."""

    request: Request
    store: Store
    settings: Settings
    now: str
    new_id: Callable[[], str]

    def header(self, name: str) -> str | None:
        """The value of a request header; `name` is in lower case."""
        return self.request.headers.get(name)


class Refusal(Exception):
    """The answer is an error. `more` stands beside the message in its body."""

    def __init__(self, status: int, message: str, more: Mapping[str, JSON] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.more = more or {}

    def reply(self) -> Reply:
        """The answer as it is sent."""
        return Reply(self.status, dumped({"message": self.message, **self.more}))


def dumped(value: object) -> bytes:
    """JSON as the service writes it, without blanks."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def reply(record: bytes, metadata: Mapping[str, JSON]) -> Reply:
    """A success: the record byte for byte, and metadata."""
    return Reply(200, b'{"record":' + record + b',"metadata":' + dumped(metadata) + b"}")
