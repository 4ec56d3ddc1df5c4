"""What a new connection is: one to the server itself, or one to the proxy for api.jsonbin.io."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

from jsonbin_cli.failures import shortened
from jsonbin_cli.local.server.authority import Authority
from jsonbin_cli.local.server.proxy_target import SERVICE, Target, target_of

_CONNECT_SECONDS = 30.0
_LARGEST_HEAD = 64 * 1024
_MOST_TOLD = 100
_HELP = "jsonbin help serve"
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Proxy:
    """Ends connections to the service here, as `authority` lets it.

    Other hosts are refused, and `tell` gets a line for each, unless `pass_through` allows them. With `also_direct` the
    server listens on `tls_port` too, where connections begin with TLS, for programs that know no proxy. A connection
    has `first_seconds` until it must have sent enough to be understood.
    """

    def __init__(
        self,
        authority: Authority,
        tell: Callable[[str], None],
        *,
        pass_through: bool = False,
        also_direct: bool = False,
        first_seconds: float = 75,
    ) -> None:
        self.authority = authority
        self.pass_through = pass_through
        self.also_direct = also_direct
        self.first_seconds = first_seconds
        self.tls_port: int | None = None
        self._tell = tell
        self._told: set[str] = set()

    def tell(self, line: str) -> None:
        """Pass on a line, unless it was passed on before."""
        if line not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(line)
            self._tell(line)


class Connection(asyncio.Protocol):
    """A connection whose first bytes decide what answers it.

    Requests to the server, and those for the service, are given to a protocol that `http` makes. Until then, and while
    it leads to another host, the connection is one of `connections`.
    """

    def __init__(self, http: Callable[[], asyncio.Protocol], connections: set[Any], proxy: Proxy) -> None:
        self._http = http
        self._connections = connections
        self._proxy = proxy
        self._loop = asyncio.get_running_loop()
        self._came = bytearray()
        self._next: Callable[[], None] = self._look
        self._far: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first bytes, but not for ever."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(self)
        self._deadline = self._loop.call_later(self._proxy.first_seconds, transport.abort)
        if transport.get_extra_info("sockname")[1] == self._proxy.tls_port:
            self._begin(self._encrypt())

    def data_received(self, data: bytes) -> None:
        """Go on with what has come so far."""
        self._came += data
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Forget the connection, and end the one to the other host."""
        self._deadline.cancel()
        self._connections.discard(self)
        if self._far:
            self._far.close()

    def pause_writing(self) -> None:
        """Read from the other host only what the client takes; nothing else is so much that this is called."""
        assert self._far
        self._far.pause_reading()

    def resume_writing(self) -> None:
        """Read from the other host again."""
        assert self._far
        self._far.resume_reading()

    def shutdown(self) -> None:
        """End it, since the server is to stop."""
        self._transport.abort()

    def _look(self) -> None:
        """Decide what answers, as soon as enough has come."""
        method, _, target = bytes(self._came[:32]).partition(b" ")
        if not (method.isalpha() and method.isupper()) or target[:1] in (b"/", b"*"):
            self._hand_over()
            return
        head, end, rest = self._came.partition(b"\r\n\r\n")
        if end:
            self._answer(target_of(bytes(head)), bytes(rest))
        elif len(head) > _LARGEST_HEAD:
            self._hand_over()  # which refuses it

    def _answer(self, target: Target | None, rest: bytes) -> None:
        if target is None:
            self._hand_over()
        elif target.host == SERVICE and target.port in (80, 443):
            self._came[:] = target.head + rest
            if target.head:
                self._hand_over()
                return
            self._transport.write(_ESTABLISHED)
            if target.encrypted:
                self._came.clear()  # what came before the answer is no part of it
                self._transport.pause_reading()
                self._begin(self._encrypt())
            else:
                self._next = self._hand_over
        elif self._proxy.pass_through:
            self._begin(self._pass_on(target, rest))
        else:
            message = f"{shortened(target.host)} was refused: without --pass-through only {SERVICE} can be reached"
            self._proxy.tell(message)
            self._refuse(403, "Refused by jsonbin serve", message)

    def _hand_over(self) -> None:
        """Let the server's own protocol answer, from the first byte on."""
        self._deadline.cancel()
        self._connections.discard(self)
        protocol = self._http()
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        protocol.data_received(bytes(self._came))

    async def _encrypt(self) -> None:
        """End TLS here; what comes then is for the server's own protocol."""
        self._next = _nothing
        transport = None
        try:
            transport = await self._loop.start_tls(
                self._transport,
                self,
                self._proxy.authority.context,
                server_side=True,
                ssl_handshake_timeout=_CONNECT_SECONDS,
            )
        except ssl.SSLError as wrong:
            self._proxy.tell(f"a client broke off its TLS connection to {SERVICE} ({wrong.reason}); see {_HELP}")
        except OSError:  # it took too long
            pass
        if transport is None:  # also where the client left
            self._transport.abort()
            self.connection_lost(None)
            return
        self._transport = transport
        self._next = self._hand_over
        if self._came:
            self._hand_over()

    async def _pass_on(self, target: Target, rest: bytes) -> None:
        """Connect to another host, and pass on what comes from either side."""
        self._transport.pause_reading()
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                far, _ = await self._loop.create_connection(
                    lambda: _Far(self._transport), target.host, target.port, ssl=target.encrypted and bool(target.head)
                )
        except OSError as wrong:
            reason = wrong.strerror or str(wrong) or "no answer"
            self._refuse(502, "Bad Gateway", f"{shortened(target.host)}:{target.port} cannot be reached: {reason}")
            return
        self._deadline.cancel()
        self._far = far
        self._next = self._send_far
        if not target.head:
            self._transport.write(_ESTABLISHED)
        self._came[:] = target.head + rest
        self._send_far()
        self._transport.resume_reading()

    def _send_far(self) -> None:
        assert self._far
        self._far.write(bytes(self._came))
        self._came.clear()

    def _refuse(self, status: int, phrase: str, message: str) -> None:
        """Answer, and let the client end the connection: where it is still sending, a reset would lose the answer."""
        body = f"{message}\n".encode()
        head = f"HTTP/1.1 {status} {phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self._next = self._came.clear
        self._transport.resume_reading()
        self._transport.write(head.encode() + body)
        self._transport.write_eof()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._work = self._loop.create_task(work)


class _Far(asyncio.Protocol):
    """The connection to another host: what it sends is passed on to the client."""

    def __init__(self, near: asyncio.Transport) -> None:
        self._near = near

    def data_received(self, data: bytes) -> None:
        self._near.write(data)

    def pause_writing(self) -> None:
        self._near.pause_reading()

    def resume_writing(self) -> None:
        self._near.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._near.close()


def _nothing() -> None:
    """What is to be done about bytes that wait for the end of a handshake."""
