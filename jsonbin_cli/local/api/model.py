"""What the rules of the API speak of: request, reply, settings, and a refusal."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from jsonbin_cli.local.store.sqlite import SqliteStore

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


class Case(NamedTuple):
    """One request with all that its answer depends on. `now` is an ISO 8601 instant in UTC."""

    request: Request
    store: SqliteStore
    settings: Settings
    now: str
    new_id: Callable[[], str]

    def header(self, name: str) -> str | None:
        """The value of a request header; `name` is in lower case."""
        return self.request.headers.get(name)


class Refusal(Exception):
    """The answer is an error. `more` stands beside the message in its body."""

    def __init__(self, status: int, message: str, more: Mapping[str, object] | None = None) -> None:
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


def reply(record: bytes, metadata: Mapping[str, object]) -> Reply:
    """A success: the record byte for byte, and metadata."""
    return Reply(200, b'{"record":' + record + b',"metadata":' + dumped(metadata) + b"}")
