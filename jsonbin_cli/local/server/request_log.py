"""What a server logs: a line for each request, without keys, and the traceback of a bug."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOTE = "note"
"""The name in a request's state under which an endpoint leaves a note for its line."""

UNLOGGED = "/page/"
"""What the page asks for has no lines: they would hide those of the program that is tested."""


class Log(NamedTuple):
    """Where the lines about requests go, None for nowhere, and the tracebacks of bugs."""

    requests: Callable[[str], None] | None
    bugs: Callable[[str], None]


class RequestLog:
    """An ASGI middleware that gives `log` a line for each request: what was asked, what was answered, and how fast."""

    def __init__(self, app: ASGIApp, log: Callable[[str], None]) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        started, size, status = time.monotonic(), 0, "no answer"

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            return message

        async def noted(message: Message) -> None:
            nonlocal status
            status = str(message.get("status", status))
            await send(message)

        scope.setdefault("state", {})
        await self._app(scope, counted, noted)
        if scope["path"].startswith(UNLOGGED):
            return
        note = f" ({scope['state'][NOTE]})" if NOTE in scope["state"] else ""
        milliseconds = (time.monotonic() - started) * 1000
        self._log(f"{scope['method']} {scope['path']} {size} bytes: {status}{note}, {milliseconds:.1f} ms")


def traceback_of(wrong: BaseException) -> str:
    """The traceback of an exception as Python prints it."""
    return "".join(traceback.format_exception(wrong)).rstrip()
