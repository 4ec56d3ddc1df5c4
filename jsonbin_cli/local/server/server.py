"""JSONBin over HTTP: listens, serves connections, and stops when what was begun is answered."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from email.utils import formatdate

from uvicorn.config import Config
from uvicorn.server import ServerState

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.local.api.model import Reply, Request
from jsonbin_cli.local.server.application import Application
from jsonbin_cli.local.server.connection import IDLE_SECONDS, LARGEST_HEAD, SECONDS, Connection
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.write_queue import Ledger
from jsonbin_cli.local.store.sqlite import SqliteStore

# How long an answer under way may take once the server is to stop.
_GRACE_SECONDS = 10.0
_BACKLOG = 1024


class Server:
    """Serves one store on one address. `log` receives a line for each request, and what a bug left.

    `seconds` is how long a request may take to arrive, and an answer to be taken.
    """

    def __init__(self, control: Control, log: Callable[[str], None], seconds: float = SECONDS) -> None:
        self._stopping = asyncio.Event()
        self._all_gone = asyncio.Event()
        self._state = ServerState()
        self._seconds = seconds
        self._control = control
        self._ledger = Ledger(lambda wrong: log(_traceback(wrong)))
        self._config = Config(
            Application(self._ledger, control, log, self._stopping),
            interface="asgi3",
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_keep_alive=IDLE_SECONDS,
            h11_max_incomplete_event_size=LARGEST_HEAD,
        )

    async def start(self, host: str, port: int, opener: Callable[[], SqliteStore]) -> int:
        """Open the store, listen, and return the port. Raises UsageMistake or what `opener` does."""
        with ExitStack() as unless_it_listens:
            listener = unless_it_listens.enter_context(_bound(host, port))
            await self._ledger.open(opener)
            self._config.load()
            self._tick()
            loop = asyncio.get_running_loop()
            self._listening = await loop.create_server(self._connection, sock=listener, backlog=_BACKLOG)
            unless_it_listens.pop_all()
        return int(listener.getsockname()[1])

    async def stop(self, grace: float = _GRACE_SECONDS) -> None:
        """Take no more requests, finish those under way within `grace` seconds, and let go of the store."""
        self._stopping.set()
        self._listening.close()
        for connection in tuple(self._state.connections):
            connection.shutdown()
        if self._state.connections:
            self._all_gone.clear()
            try:
                await asyncio.wait_for(self._all_gone.wait(), grace)
            except TimeoutError:
                for connection in tuple(self._state.connections):
                    connection.transport.abort()
        # What is left waits for nobody any more.
        for task in tuple(self._state.tasks):
            task.cancel()
        await asyncio.gather(*self._state.tasks, return_exceptions=True)
        self._clock.cancel()
        await self._ledger.close()

    async def ask(self, request: Request) -> Reply:
        """What the rules answer, without the network, any fault, and the quota."""
        return await self._ledger.answer(request, self._control.settings._replace(quota=None))

    def _connection(self) -> Connection:
        return Connection(self._config, self._state, self._seconds, self._gone)

    def _gone(self) -> None:
        if not self._state.connections:
            self._all_gone.set()

    def _tick(self) -> None:
        """Keep the Date header right."""
        self._state.default_headers = [(b"date", formatdate(time.time(), usegmt=True).encode())]
        self._clock = asyncio.get_running_loop().call_later(1, self._tick)


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as wrong:
        reason = getattr(wrong, "strerror", None) or "not a name"
        raise UsageMistake(f"{host} is not an address to listen on: {reason}") from None
    try:
        # Without it the port of a server that has just stopped could not be had for a minute.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as wrong:
        listener.close()
        raise UsageMistake(
            f"port {port} of {host} cannot be used: {wrong.strerror}", "--port 0 picks a free one"
        ) from None
    return listener


def _traceback(wrong: BaseException) -> str:
    import traceback

    return "".join(traceback.format_exception(wrong)).rstrip()
