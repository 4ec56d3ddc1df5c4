"""An httpx transport over one connection that `connecting` opens, without httpcore: that takes as long to import."""

from __future__ import annotations

import select
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from socket import socket

import httpx

from jsonbin_cli.connecting import Connecting
from jsonbin_cli.progress import Progress

_PIECE = 64 * 1024


class DirectTransport(httpx.BaseTransport):
    """Sends one request after the other, without a proxy, and tells `progress`.

    `seconds` is how long each piece of a request or an answer may take. Raises what `connecting` does, OSError, and
    httpx.RemoteProtocolError for an answer that is not HTTP, or not whole.
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
        return httpx.Response(response.status, headers=response.getheaders(), stream=_Body(response, self._line))

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
        with suppress(BrokenPipeError, ConnectionResetError):
            self._line.endheaders()
            for start in range(0, len(body), _PIECE):
                self._line.send(body[start : start + _PIECE])


class _Line(HTTPConnection):
    """The connection, made anew where it was closed."""

    def __init__(self, connecting: Connecting) -> None:
        super().__init__(connecting.host, connecting.port)
        self._next: Callable[[], Connecting] = lambda: connecting

    def ready(self) -> socket:
        """The open connection, which the server has not closed since its last answer."""
        if self.sock and select.select([self.sock], [], [], 0)[0]:
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

    def __iter__(self) -> Iterator[bytes]:
        response, empty = self._response, True
        # Neither its length nor chunks are announced where the connection was closed within the headers.
        endless = response.length is None and not response.chunked
        try:
            while piece := response.read(_PIECE):
                empty = False
                yield piece
        except HTTPException:
            raise httpx.RemoteProtocolError("") from None
        if response.length or (endless and empty):
            raise httpx.RemoteProtocolError("")

    def close(self) -> None:
        if not self._response.isclosed():
            self._response.close()
            self._line.close()
