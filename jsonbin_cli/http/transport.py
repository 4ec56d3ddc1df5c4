"""Requests over httpcore, on the connection that was opened early, and with a limit on the whole of an answer.

httpcore is what httpx itself sends requests with. Importing httpx would take a fifth of a run, and its clients would
add cookies, redirects and hooks, which nothing here uses.
"""

from __future__ import annotations

import selectors
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from socket import socket
from typing import Any
from urllib.parse import urlsplit

import httpcore

from jsonbin_cli.http.body import body_of
from jsonbin_cli.http.connect import Connecting, tls_context
from jsonbin_cli.http.exchange import Exchange
from jsonbin_cli.http.unreachable import NoProxy, Unusable

# A connection that was idle for longer may have been closed unnoticed, and a request on it would be lost.
_KEPT_SECONDS = 5.0
# Unlike epoll and kqueue, poll takes one call of the system; Windows has only select.
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)
# httpcore reads no more than this of an answer's head.
_LARGEST_HEAD = 100 * 1024
# As much as TLS gives at a time. httpcore asks for more, and each of many connections would hold several times that.
_PIECE = 16 * 1024


class Transport:
    """Sends one request after the other to the base address `url`: on `connecting`, or, where that is None, by a proxy.

    Every failure on the way is an OSError: NoProxy, Unusable, TimeoutError, or the operating system's own.
    Raises BadConfig where the proxy or the trusted certificates cannot be used.
    """

    def __init__(self, url: str, exchange: Exchange, connecting: Connecting | None) -> None:
        self._base = urlsplit(url)
        self._exchange = exchange
        settings: dict[str, Any] = {
            "ssl_context": connecting.context if connecting else tls_context(),
            "max_connections": 1,
            "keepalive_expiry": _KEPT_SECONDS,
            "network_backend": _Backend(connecting, exchange),
        }
        if connecting:
            self._pool = httpcore.ConnectionPool(**settings)
        else:
            from jsonbin_cli.http.proxies import proxied_pool

            self._pool = proxied_pool(self._base.hostname or "", settings)

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers by their names in lower case, and decoded body of the answer to one request.

        `path` comes after the base address. Raises BadConfig where the host of a proxy cannot have that name.
        """
        base = self._base
        url = httpcore.URL(scheme=base.scheme, host=base.hostname or "", port=base.port, target=base.path + path)
        asked = self._pool.stream(
            method,
            url,
            headers=[("Host", base.netloc), *headers.items()],
            content=body,
            extensions={"trace": self._exchange.trace},
        )
        whole = False
        try:
            with _as_os_errors(self._exchange), asked as answer:
                found = _by_name(answer.headers)
                decoded = body_of(found, answer.iter_stream(), self._exchange.make_room)
            whole = self._exchange.received.end_with(found)
        finally:
            if not whole:
                # The rest would be read as the next answer; a tunnel that was not made would keep the only place.
                self._pool.close()
        return answer.status, found, decoded

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()


def _by_name(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their names in lower case; the values of one that came several times are joined (RFC 9110, 5.3)."""
    found: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("ascii").lower(), value.decode("utf-8", "replace")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


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
            try:
                tcp = httpcore.SyncBackend()
                inner = tcp.connect_tcp(host, port, self._exchange.left(), local_address, socket_options)
            except httpcore.ConnectError as wrong:
                raise NoProxy(f"cannot be reached: {_cause(wrong).strerror or 'it was closed'}") from None
            except UnicodeError:
                from jsonbin_cli.http.proxies import no_url

                raise no_url() from None
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
        data = self._inner.read(min(max_bytes, _PIECE), self._exchange.left())
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


def _cause(wrong: httpcore.NetworkError) -> OSError:
    """What the operating system said; httpcore's pool takes it away as a cause, and leaves it as an argument."""
    return next((cause for cause in wrong.args if isinstance(cause, OSError)), ConnectionError())


@contextmanager
def _as_os_errors(exchange: Exchange) -> Iterator[None]:
    """Turn httpcore's exceptions, whose text could hold a key, into OSErrors without text."""
    try:
        yield
    except httpcore.TimeoutException:
        raise TimeoutError from None
    except httpcore.NetworkError as wrong:
        raise _cause(wrong) from None
    except httpcore.ProxyError as wrong:
        status = str(wrong)[:3]
        if not status.isdigit():
            raise NoProxy("did not make one") from None
        raise NoProxy(f"answered {status}", status) from None
    except httpcore.ProtocolError:
        if exchange.received.ended and exchange.received.is_http:
            raise ConnectionResetError from None
        too_long = exchange.received.count > _LARGEST_HEAD
        fault = "answered with longer headers than are read" if too_long else "answered with something that is not HTTP"
        raise Unusable(fault) from None


def _is_readable(connection: socket) -> bool:
    """Whether something came, or the end of the connection; httpcore then uses it no more."""
    with _Selector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        return bool(selector.select(0))
