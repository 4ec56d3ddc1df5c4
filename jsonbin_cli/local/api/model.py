"""What the API's rules work with: request, reply, refusal, and the context of one request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from jsonbin_cli.local.api.endpoints import Route
from jsonbin_cli.local.api.errors import Error
from jsonbin_cli.local.api.inputs import Parameter
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from jsonbin_cli.local.api.replies import RecordAnd

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
JSON_TYPE = "application/json; charset=utf-8"
T = TypeVar("T", covariant=True)
M = TypeVar("M")


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


class Success(Reply, Generic[T]):
    """The reply of a handler that succeeds; `T` is what its body holds."""

    __slots__ = ()


class Context(NamedTuple):
    """One request with everything that its answer depends on. `now` is an ISO 8601 instant in UTC."""

    request: Request
    store: SqliteStore
    settings: Settings
    now: str
    new_id: Callable[[], str]
    route: Route

    def given(self, parameter: Parameter) -> str | None:
        """The value of a header or query parameter. Raises LookupError where the endpoint's row does not have it."""
        if parameter not in self.route.takes and parameter not in self.route.needs:
            raise LookupError(f"{self.route.method} {self.route.path} does not take {parameter.name}")
        if parameter.place == "query":
            return self.request.query.get(parameter.name)
        return self.request.headers.get(parameter.name.lower())


class Refusal(Exception):
    """The answer is `error`, its message completed with `parts`, and with another status where one is given.

    `more` stands beside the message in the body.
    """

    def __init__(
        self, error: Error, more: Mapping[str, object] | None = None, status: int | None = None, **parts: str
    ) -> None:
        super().__init__(error.message)
        self.error = error
        self.status = status or error.status
        self.message = error.message.format(**parts)
        self.more = more or {}

    def reply(self) -> Reply:
        """The answer as it is sent."""
        return error_reply(self.status, self.message, self.more)


def error_reply(status: int, message: str, more: Mapping[str, object] | None = None) -> Reply:
    """An error in the shape that the service gives it (observed)."""
    return Reply(status, dumped({"message": message, **(more or {})}))


def dumped(value: object) -> bytes:
    """JSON as the service writes it: without white space, and not only ASCII (observed).

    Half of a surrogate pair, which UTF-8 does not have, is written as its escape.
    """
    return _ENCODER.encode(value).encode("utf-8", "backslashreplace")


def success(value: M) -> Success[M]:
    """A success; the service answers 200 to everything, also to what creates something (observed)."""
    return Success(200, dumped(value))


def with_record(record: bytes, metadata: M) -> Success[RecordAnd[M]]:
    """A success: the record byte for byte, and metadata (reference, observed)."""
    return Success(200, b'{"record":' + record + b',"metadata":' + dumped(metadata) + b"}")
