"""httpx over httpcore, on the connection that was opened early, and with a limit on the whole of an answer."""

from __future__ import annotations

import selectors
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from socket import socket
from typing import Any

import httpcore
import httpx

from jsonbin_cli.http.connect import Connecting
from jsonbin_cli.http.exchange import Exchange
from jsonbin_cli.http.unreachable import ProxyRefused, Unusable

# A connection that was idle for longer may have been closed unnoticed, and a request on it would be lost.
_KEPT_SECONDS = 5.0
# Unlike epoll and kqueue, poll takes one call of the system; Windows has only select.
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)
# httpcore reads no more than this of an answer's head.
_LARGEST_HEAD = 100 * 1024


class Transport(httpx.BaseTransport):
    """Sends one request after the other: on `connecting`, or, where that is None, through `proxy`.

    Every failure on the way is an OSError: ProxyRefused, Unusable, TimeoutError, or the operating system's own.
    `context` is what opens TLS connections; `connecting` may have used it already.
    """

    def __init__(
        self,
        exchange: Exchange,
        context: ssl.SSLContext | None,
        connecting: Connecting | None,
        proxy: httpx.Proxy | None = None,
    ) -> None:
        self._exchange = exchange
        settings: dict[str, Any] = {
            "ssl_context": context,
            "max_connections": 1,
            "keepalive_expiry": _KEPT_SECONDS,
            "network_backend": _Backend(connecting, exchange),
        }
        self._pool = httpcore.ConnectionPool(**settings) if proxy is None else _proxied(proxy, settings)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the answer, its body still to be read."""
        assert isinstance(request.stream, httpx.SyncByteStream)
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions={"trace": self._exchange.trace},
        )
        with _as_os_errors(self._exchange):
            answer = self._pool.handle_request(asked)
        assert isinstance(answer.stream, Iterable)
        headers = httpx.Headers(answer.headers)
        return httpx.Response(answer.status, headers=headers, stream=_Body(answer, self._exchange, headers))

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, exchange: Exchange, headers: httpx.Headers) -> None:
        self._answer = answer
        self._exchange = exchange
        self._headers = headers

    def __iter__(self) -> Iterator[bytes]:
        with _as_os_errors(self._exchange):
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
        if not self._exchange.received.end_with(self._headers):
            self._answer.extensions["network_stream"].close()  # else the rest would be read as the next answer


class _Backend(httpcore.NetworkBackend):
    """Connects for httpcore: the first time with `connecting`, then with others to the same place."""

    def __init__(self, connecting: Connecting | None, exchange: Exchange) -> None:
        self._exchange = exchange
        self._connecting = connecting
        self._connected = False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 (`exchange` knows it)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A stream to `host`, which is that of `connecting` where there is one. Raises OSError."""
        if self._connecting is None:
            inner = httpcore.SyncBackend().connect_tcp(host, port, self._exchange.left(), local_address, socket_options)
        else:
            connecting = self._connecting
            if self._connected or connecting.age > _KEPT_SECONDS:  # what was opened early may be gone too
                connecting.drop()
                connecting = connecting.again()
            self._connected = True
            inner = _Socket(connecting.opened())
        return _Stream(inner, self._exchange)


class _Stream(httpcore.NetworkStream):
    """A stream within the limits of `exchange`."""

    def __init__(self, inner: httpcore.NetworkStream, exchange: Exchange) -> None:
        self._inner = inner
        self._exchange = exchange

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        data = self._inner.read(max_bytes, self._exchange.left())
        self._exchange.received.take(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._inner.write(buffer, self._exchange.sending())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        self._inner = self._inner.start_tls(ssl_context, server_hostname, self._exchange.left())
        return self

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Socket(httpcore.NetworkStream):
    """A connection that is open, with TLS in it where that is asked for."""

    def __init__(self, connection: socket) -> None:
        self._socket = connection

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._socket.settimeout(timeout)
        return self._socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._socket.settimeout(timeout)
        try:
            self._socket.sendall(buffer)
        except (ConnectionError, ssl.SSLEOFError):
            # A server that has enough may have answered before it closed; httpcore then reads that answer.
            raise httpcore.WriteError from None

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,  # noqa: ARG002
        server_hostname: str | None = None,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object":
            return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
        return _is_readable(self._socket) if info == "is_readable" else None


def _proxied(proxy: httpx.Proxy, settings: dict[str, Any]) -> httpcore.ConnectionPool:
    raw = proxy.url
    url = httpcore.URL(scheme=raw.raw_scheme, host=raw.raw_host, port=raw.port, target=raw.raw_path)
    if raw.scheme.startswith("socks"):
        return httpcore.SOCKSProxy(url, proxy_auth=proxy.raw_auth, **settings)
    return httpcore.HTTPProxy(url, proxy_auth=proxy.raw_auth, proxy_headers=proxy.headers.raw, **settings)


@contextmanager
def _as_os_errors(exchange: Exchange) -> Iterator[None]:
    """Turn httpcore's exceptions, whose text could hold a key, into OSErrors without text."""
    try:
        yield
    except httpcore.TimeoutException:
        raise TimeoutError from None
    except httpcore.NetworkError as wrong:
        raise (wrong.__cause__ if isinstance(wrong.__cause__, OSError) else ConnectionError()) from None
    except httpcore.ProxyError:
        raise ProxyRefused from None
    except httpcore.ProtocolError:
        if exchange.received.ended:
            raise ConnectionResetError from None
        too_long = exchange.received.count > _LARGEST_HEAD
        fault = "answered with longer headers than are read" if too_long else "answered with something that is not HTTP"
        raise Unusable(fault) from None


def _is_readable(connection: socket) -> bool:
    """Whether something came, or the end of the connection; httpcore then uses it no more."""
    if connection.fileno() < 0:
        return True
    with _Selector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        return bool(selector.select(0))
