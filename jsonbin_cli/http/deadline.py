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
        self._lock = threading.Lock()
        self.reached = self.over = False

    def begin(self, *, reached: bool) -> None:
        """A new request; one for the embedded store has `reached` it from the start."""
        self.reached, self.over = reached, False

    def connected(self, connection: socket.socket) -> None:
        """It goes over this connection."""
        self._socket = connection

    def sending(self) -> None:
        """From now on it may arrive. Raises TimeoutError where the way there took too long."""
        self.end()
        if self.over:
            raise TimeoutError
        self.reached = True

    def waiting(self) -> None:
        """It is sent."""
        self.end()
        timer = threading.Timer(self._seconds, self._cut)
        timer.args = [timer]
        timer.daemon = True
        self._timer = timer
        # Where no more threads are to be had, the socket's own time-outs have to do.
        with contextlib.suppress(RuntimeError):
            timer.start()

    def end(self) -> None:
        """The answer is whole, or there will be none."""
        with self._lock:
            timer, self._timer = self._timer, None
        if timer:
            timer.cancel()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """The same, as httpx's own transport tells it (the extension "trace" of httpcore)."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self.connected(info["return_value"].get_extra_info("socket"))
        # A proxy's CONNECT is not yet our request.
        elif event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            self.sending()
        elif event.endswith(".receive_response_headers.started"):
            self.waiting()

    def _cut(self, timer: threading.Timer) -> None:
        with self._lock:
            if timer is not self._timer:  # it went off too late to be cancelled
                return
            self.over = True
            assert self._socket is not None
            # That of an SSLSocket would do more than wake the thread that reads.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
