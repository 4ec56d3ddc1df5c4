"""JSONBin over HTTP on one address: uvicorn in a thread of its own, from its start to its stop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from functools import partial
from typing import Any, TypeVar

import uvicorn

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.local.api.model import Reply, Request
from jsonbin_cli.local.server.application import application
from jsonbin_cli.local.server.authority import Authority
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.file_limit import most_connections
from jsonbin_cli.local.server.proxy import Connection, Proxy
from jsonbin_cli.local.server.proxy_target import SERVICE
from jsonbin_cli.local.server.request_log import Log, traceback_of
from jsonbin_cli.local.server.write_queue import WriteQueue
from jsonbin_cli.local.store.sqlite import SqliteStore

T = TypeVar("T")
_BACKLOG = 1024
_LARGEST_HEAD = 64 * 1024
_IDLE_SECONDS = 75


class Server:
    """Serves one store on one address.

    A request body may take `body_seconds` to arrive; when the server stops, answers under way may take `grace` seconds.
    `at_end` gets the store before it is closed, in the thread that uses it. The address is that of `proxy` too.
    """

    def __init__(
        self,
        control: Control,
        log: Log,
        host: str = "127.0.0.1",
        *,
        body_seconds: float = 30,
        grace: int = 10,
        at_end: Callable[[SqliteStore], None] = lambda _: None,
        proxy: Proxy | None = None,
    ) -> None:
        self._control = control
        self._host = host
        self._queue = WriteQueue(lambda wrong: log.bugs(traceback_of(wrong)), at_end)
        self._stopping = asyncio.Event()
        self._proxy = proxy or Proxy(Authority(SERVICE), lambda _: None)
        config = uvicorn.Config(
            application(self._queue, control, log, self._stopping, body_seconds, host),
            http="h11",
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=most_connections(),
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=grace,
            h11_max_incomplete_event_size=_LARGEST_HEAD,
        )
        self._server = uvicorn.Server(config)
        config.load()
        config.http_protocol_class = _through(self._proxy, config.http_protocol_class)

    def start(self, port: int, open_store: Callable[[], SqliteStore]) -> int:
        """Listen, open the store, serve, and return the port. Raises UsageMistake or what `open_store` does."""
        with ExitStack() as unless_it_starts:
            listeners = [unless_it_starts.enter_context(_listening(self._host, port))]
            if self._proxy.also_direct:
                listeners.append(unless_it_starts.enter_context(_listening("127.0.0.1", 0)))
                self._proxy.tls_port = _port_of(listeners[1])
            self._queue.open(open_store)
            unless_it_starts.pop_all()
        bound_port = _port_of(listeners[0])
        loop: Future[asyncio.AbstractEventLoop] = Future()
        # In a thread other than the main one uvicorn leaves signals to the program.
        thread = ThreadPoolExecutor(1, "jsonbin-server")
        self._served = thread.submit(self._serve, listeners, loop)
        thread.shutdown(wait=False)
        self._loop = loop.result()
        return bound_port

    def wait(self) -> None:
        """Wait until it was told to stop, what was under way is answered, and the store is closed."""
        # With a time limit, since on Windows a wait without one keeps signals waiting too.
        while not wait([self._served], timeout=0.5).done:
            pass
        self._served.result()  # which raises what `at_end` did

    def stop(self) -> None:
        """Begin to stop: take no more requests, and finish those under way. May be called in a signal handler."""
        if not self._server.should_exit:
            self._server.should_exit = True
            self._loop.call_soon_threadsafe(self._stopping.set)

    def ask(self, request: Request) -> Reply:
        """What the rules answer, without the network, any fault, and the quota."""
        return self.run(self._queue.answer(request, self._control.settings._replace(quota=None)))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the server's own thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _serve(self, listeners: list[socket.socket], loop: Future[asyncio.AbstractEventLoop]) -> None:
        async def serve() -> None:
            loop.set_result(asyncio.get_running_loop())
            await self._server.serve(sockets=listeners)

        with closing(self._queue):
            asyncio.run(serve())


def _through(proxy: Proxy, http: type[asyncio.Protocol]) -> type[asyncio.Protocol]:
    """What a connection is for uvicorn, where `http` answers what is not for the proxy."""

    class Accepted(Connection):
        def __init__(self, **given: Any) -> None:
            super().__init__(partial(http, **given), given["server_state"].connections, proxy)

    return Accepted


def _port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def _listening(host: str, port: int) -> socket.socket:
    try:
        # Its protocol is set here too: only then asyncio sends small pieces at once (TCP_NODELAY).
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as wrong:
        reason = getattr(wrong, "strerror", None) or "not a name"
        raise UsageMistake(f"{host} is not an address to listen on: {reason}") from None
    try:
        # Without it the port of a server that has just stopped could not be used for a minute.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as wrong:
        listener.close()
        raise UsageMistake(
            f"port {port} of {host} cannot be used: {wrong.strerror}", "--port 0 picks a free one"
        ) from None
    return listener
