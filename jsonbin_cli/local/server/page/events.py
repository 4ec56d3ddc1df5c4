"""The requests and the faults in force, live: server-sent events (HTML Standard, 9.2)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from typing import Any
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from jsonbin_cli.local.api.model import dumped
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.page.listing import line_of

# A page gets what is new at once, and then no more before this has passed: under load, many requests at a time.
_SECONDS_BETWEEN = 0.2
_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")],
}


class Events:
    """An ASGI application: one stream for each page, until the page leaves or `stopping` is set.

    Nothing waits for a page: it has no queue, but a place among the last requests, and gets those that came after it
    and are still kept. `?after=RUN-NUMBER` starts behind that request of this run of the server. An event `state` holds
    what is in force, an event `requests` a list of lines. A page that takes nothing for `patience` seconds is left; it
    asks again for what it missed.
    """

    def __init__(self, control: Control, stopping: asyncio.Event, patience: float = 10.0) -> None:
        self._control = control
        self._stopping = stopping
        self._patience = patience
        self._run = os.urandom(4).hex()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One page."""
        await receive()  # its body, which is empty
        over: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(receive()),
            asyncio.ensure_future(self._stopping.wait()),
        ]
        try:
            await send(_START)
            await self._send_all(self._after(scope), over, send)
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            return
        finally:
            for one in over:
                one.cancel()

    async def _send_all(self, after: int, over: list[asyncio.Future[Any]], send: Send) -> None:
        """Send what is new, until one of `over` is done. Raises TimeoutError where nobody takes it."""
        state = b""
        with self._control.listening() as bell:
            while not any(one.done() for one in over):
                bell.clear()
                new, latest = self._control.seen.after(after), self._state()
                events = _event("state", latest) if latest != state else b""
                if new:
                    events += _event("requests", dumped([line_of(one) for one in new]))
                after, state = self._control.seen.last, latest
                async with asyncio.timeout(self._patience):
                    await send({"type": "http.response.body", "body": events, "more_body": True})
                await _until(asyncio.sleep(_SECONDS_BETWEEN), over)
                await _until(bell.wait(), over)

    def _after(self, scope: Scope) -> int:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]
        run, _, number = given.partition("-")
        return int(number) if run == self._run and number.isascii() and number.isdigit() else 0

    def _state(self) -> bytes:
        return dumped(self._control.state() | {"run": self._run, "first": self._control.seen.first})


def _event(name: str, data: bytes) -> bytes:
    return f"event: {name}\ndata: ".encode() + data + b"\n\n"


async def _until(waited: Coroutine[Any, Any, object], over: list[asyncio.Future[Any]]) -> None:
    """Wait for the first of these."""
    waiting = asyncio.ensure_future(waited)
    await asyncio.wait([waiting, *over], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
