"""How far a request has got, and the end of the wait for its answer."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any


class Progress:
    """Of one request at a time: whether it `reached` the point of being sent, and whether its time is `over`.

    An answer that is not whole after `seconds` is cut off, however steadily it drips: socket time-outs bound
    only the time between two pieces of it.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._socket: socket.socket | None = None
        self._timer: threading.Timer | None = None
        self.reached = self.over = False

    def begin(self, *, reached: bool) -> None:
        """A new request; `reached` says that there is no way for it to be lost."""
        self.reached, self.over = reached, False

    def connected(self, connection: socket.socket) -> None:
        """It goes over this connection."""
        self._socket = connection

    def sending(self) -> None:
        """From now on it may arrive."""
        self.reached = True

    def waiting(self) -> None:
        """It is sent."""
        self.end()
        self._timer = threading.Timer(self._seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        """The answer is whole, or there will be none."""
        if self._timer:
            self._timer.cancel()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """The same, as httpx's own transport tells it (the extension "trace" of httpcore)."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self.connected(info["return_value"].get_extra_info("socket"))
        # A proxy's CONNECT is not yet our request.
        elif event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            self.sending()
        elif event.endswith(".receive_response_headers.started"):
            self.waiting()

    def _cut(self) -> None:
        self.over = True
        assert self._socket is not None
        # That of an SSLSocket would do more than wake the thread that reads.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
