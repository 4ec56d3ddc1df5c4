"""The requests and the faults in force, live: server-sent events (HTML Standard, 9.2)."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Coroutine
from typing import Any
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from jsonbin_cli.local.api.model import dumped
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.page.listing import line_of
from jsonbin_cli.local.server.recent import Seen

# A page gets what is new at once, and then no more before such a pause has passed, many requests at a time. With more
# pages it is longer, so that all of them together take little of the server's time; 100 pages still see it in a second.
_SECONDS_BETWEEN = 0.2
_SECONDS_FOR_A_PAGE = 0.005
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
        self._pages = 0
        self._lines: dict[int, bytes] = {}
        self._state_of: tuple[object, bytes] = (None, b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One page."""
        await receive()  # its body, which is empty
        over: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(receive()),
            asyncio.ensure_future(self._stopping.wait()),
        ]
        self._pages += 1
        try:
            await send(_START)
            await self._send_all(self._after(scope), over, send)
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            return
        finally:
            self._pages -= 1
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
                    events += _event("requests", b"[" + b",".join(map(self._line, new)) + b"]")
                after, state = self._control.seen.last, latest
                async with asyncio.timeout(self._patience):
                    await send({"type": "http.response.body", "body": events, "more_body": True})
                # Not the same for all pages, else all would take their turn at the same time.
                pause = (_SECONDS_BETWEEN + _SECONDS_FOR_A_PAGE * self._pages) * random.uniform(0.8, 1.2)
                await _until(asyncio.sleep(pause), over)
                await _until(bell.wait(), over)

    def _after(self, scope: Scope) -> int:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]
        run, _, number = given.partition("-")
        return int(number) if run == self._run and number.isascii() and number.isdigit() else 0

    def _line(self, seen: Seen) -> bytes:
        """The line of a request, made once for all pages."""
        if seen.number not in self._lines:
            if len(self._lines) >= 2 * self._control.seen.most:
                self._lines.clear()
            self._lines[seen.number] = dumped(line_of(seen))
        return self._lines[seen.number]

    def _state(self) -> bytes:
        """What is in force, made once for all pages."""
        seen, schedule = self._control.seen, self._control.schedule
        now = (schedule.plan, self._control.settings, seen.cleared)
        if now != self._state_of[0]:
            more = {"run": self._run, "cleared": seen.cleared, "most": seen.most}
            self._state_of = (now, dumped(self._control.state() | more))
        return self._state_of[1]


def _event(name: str, data: bytes) -> bytes:
    return f"event: {name}\ndata: ".encode() + data + b"\n\n"


async def _until(waited: Coroutine[Any, Any, object], over: list[asyncio.Future[Any]]) -> None:
    """Wait for the first of these."""
    waiting = asyncio.ensure_future(waited)
    await asyncio.wait([waiting, *over], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
