"""Bare connections, and servers with limits of their own."""

from __future__ import annotations

import http.client
import select
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.faults import Plan
from jsonbin_cli.local.server.proxy import Proxy
from jsonbin_cli.local.server.request_log import Log
from jsonbin_cli.local.server.server import Server
from jsonbin_cli.local.store.initial import demo_bin
from jsonbin_cli.local.store.sqlite import SqliteStore

KEY = "key"


class Serving(NamedTuple):
    """A running server, what controls it, its port, and its log."""

    server: Server
    control: Control
    port: int
    log: list[str]


@contextmanager
def serving(
    plan: Plan = Plan(),  # noqa: B008 (never changed)
    open_store: Callable[[], SqliteStore] = lambda: SqliteStore(None, demo_bin()),
    proxy: Proxy | None = None,
    **limits: float,
) -> Iterator[Serving]:
    """A server for the length of the block, with the master key `KEY`."""
    log: list[str] = []
    control = Control(Settings(KEY), plan, 100)
    server = Server(control, Log(log.append, log.append), proxy=proxy, **limits)  # type: ignore[arg-type]
    port = server.start(0, open_store)
    try:
        yield Serving(server, control, port, log)
    finally:
        server.stop()
        server.wait()


@contextmanager
def files_at_most(number: int) -> Iterator[None]:
    """In the block this process may open so many files, and raise that number to what the system allows."""
    if sys.platform == "win32":
        pytest.skip("Windows has no such limit")
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def connected(port: int) -> socket.socket:
    """A bare connection to a server on this machine."""
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def send_until_nothing_is_taken(connection: socket.socket, data: bytes) -> bytes:
    """Send without reading, until the server reads no more either; what could not be sent."""
    connection.setblocking(False)
    while data and select.select([], [connection], [], 0.5)[1]:
        data = data[connection.send(data) :]
    connection.settimeout(60)
    return data


def answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Read one answer: status, headers, body."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return response.status, headers, response.read()


def port_of(url: str) -> int:
    """The port of a base address."""
    return int(url.split(":")[2].split("/")[0])
