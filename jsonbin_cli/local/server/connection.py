"""One connection over HTTP/1.1: uvicorn's, made patient with nobody and given JSONBin's own way to refuse."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from jsonbin_cli.local.api.model import JSON_TYPE, dumped

# How long a request may take to arrive, and an answer to be taken, from its first byte to its last.
SECONDS = 30.0
# How long a connection may lie idle between two requests.
IDLE_SECONDS = 75
# The largest head of a request.
LARGEST_HEAD = 64 * 1024

_silent = logging.getLogger("jsonbin_cli.local.server.connection")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


class Connection(H11Protocol):
    """Ends itself where the other side is too slow, so that it holds nothing for long.

    `over` is called at its end.
    """

    def __init__(self, config: Config, state: ServerState, seconds: float, over: Callable[[], None]) -> None:
        super().__init__(config, state, {"connection": self})
        self.logger = _silent
        self._seconds = seconds
        self._over = over
        self._clocks: dict[str, asyncio.TimerHandle] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, for a while."""
        super().connection_made(transport)
        self._start("arrival", self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all clocks."""
        super().connection_lost(exc)
        for name in tuple(self._clocks):
            self._stop(name)
        self._unset_keepalive_if_required()
        self._over()

    def data_received(self, data: bytes) -> None:
        """Run the clock from a request's first byte to its last."""
        super().data_received(data)
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._start("arrival", self._too_slow)
        else:
            self._stop("arrival")

    def pause_writing(self) -> None:
        """Run the clock while the client does not take its answer."""
        super().pause_writing()
        self._start("departure", self.transport.abort)

    def resume_writing(self) -> None:
        """Stop it."""
        super().resume_writing()
        self._stop("departure")

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (uvicorn's words)
        """Refuse what is not HTTP."""
        self._refuse(400, "Bad Request")

    def close(self) -> None:
        """End the connection after what was written."""
        self.transport.close()

    def _too_slow(self) -> None:
        self._refuse(408, "Request Timeout")

    def _refuse(self, status: int, message: str) -> None:
        """Answer in JSONBin's way and close; where an answer is under way already, only close."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = dumped({"message": message})
            headers: list[tuple[str, str]] = [
                ("Content-Type", JSON_TYPE),
                ("Content-Length", str(len(body))),
                ("Connection", "close"),
                ("Access-Control-Allow-Origin", "*"),
            ]
            events: list[Any] = [h11.Response(status_code=status, headers=headers), h11.Data(body), h11.EndOfMessage()]
            self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
        self.transport.close()

    def _start(self, name: str, at_the_end: Callable[[], None]) -> None:
        if name not in self._clocks:
            self._clocks[name] = self.loop.call_later(self._seconds, at_the_end)

    def _stop(self, name: str) -> None:
        clock = self._clocks.pop(name, None)
        if clock:
            clock.cancel()
