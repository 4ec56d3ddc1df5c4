"""An httpx transport over one connection that `connecting` opens.

It does without httpcore, whose import would take a seventh of a short run.
"""

from __future__ import annotations

import selectors
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from socket import socket

import httpx

from jsonbin_cli.http.connect import Connecting
from jsonbin_cli.http.deadline import Progress

_PIECE = 64 * 1024
# A connection that nothing went over for longer may be gone without a word, and a request on it in doubt.
_KEPT_SECONDS = 5.0


class DirectTransport(httpx.BaseTransport):
    """Sends one request after the other, without a proxy, and tells `progress`.

    `seconds` is how long each piece of a request or an answer may take. Raises what `connecting` does, OSError for a
    connection that broke, and httpx.RemoteProtocolError for an answer that is not HTTP, or not whole.
    """

    def __init__(self, connecting: Connecting, progress: Progress, seconds: float) -> None:
        self._line = _Line(connecting)
        self._progress = progress
        self._seconds = seconds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the answer, its body still to be read."""
        try:
            with ExitStack() as unless_answered:
                unless_answered.callback(self._line.close)
                self._send(request)
                self._progress.waiting()
                response = self._line.getresponse()
                unless_answered.pop_all()
        except HTTPException:
            raise httpx.RemoteProtocolError("") from None
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.getheaders()]
        return httpx.Response(response.status, headers=headers, stream=_Body(response, self._line))

    def close(self) -> None:
        """Close the connection."""
        self._line.close()

    def _send(self, request: httpx.Request) -> None:
        connection = self._line.ready()
        connection.settimeout(self._seconds)
        self._progress.connected(connection)
        self._line.putrequest(request.method, request.url.raw_path.decode(), skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers.raw:
            self._line.putheader(name, value)
        body = request.read()
        self._progress.sending()
        # A server that has enough may have answered before it closed.
        with suppress(ConnectionError, ssl.SSLEOFError):
            self._line.endheaders()
            for start in range(0, len(body), _PIECE):
                self._line.send(body[start : start + _PIECE])


class _Answer(HTTPResponse):
    """The answer after all that only announce it (RFC 9110, 15.2), of which http.client knows 100 alone."""

    def begin(self) -> None:
        super().begin()
        while 101 < self.status < 200:
            self.headers = None  # type: ignore[assignment]
            super().begin()


class _Line(HTTPConnection):
    """The connection, made anew where it was closed."""

    response_class = _Answer
    used = 0.0  # when the last answer ended

    def __init__(self, connecting: Connecting) -> None:
        super().__init__(connecting.host, connecting.port)
        self._next: Callable[[], Connecting] = lambda: connecting

    def ready(self) -> socket:
        """An open connection: a new one, or one just used on which nothing has come since, such as its end."""
        if self.sock and (time.monotonic() - self.used > _KEPT_SECONDS or _has_news(self.sock)):
            self.close()
        if not self.sock:
            self.connect()
        return self.sock

    def connect(self) -> None:
        connecting = self._next()
        self._next = connecting.again
        self.sock = connecting.opened()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: HTTPResponse, line: _Line) -> None:
        self._response = response
        self._line = line
        self._whole = False

    def __iter__(self) -> Iterator[bytes]:
        response, empty = self._response, True
        # Neither its length nor chunks are announced where the connection was closed within the headers.
        endless = response.length is None and not response.chunked
        try:
            while piece := response.read(_PIECE):
                empty = False
                yield piece
        except (HTTPException, ValueError):  # the latter for a chunk of less than nothing
            raise httpx.RemoteProtocolError("") from None
        if response.length or (endless and empty and response.status < 300):
            raise httpx.RemoteProtocolError("")
        self._whole = True

    def close(self) -> None:
        self._line.used = time.monotonic()
        if not self._whole:
            self._response.close()
            self._line.close()


def _has_news(connection: socket) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        return bool(selector.select(0))
