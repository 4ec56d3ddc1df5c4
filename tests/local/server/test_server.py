"""JSONBin over HTTP: connections, hostile clients, browsers, and the end of the server."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import sqlite3
import threading
from pathlib import Path

import httpx
import pytest

from jsonbin_cli.failures import BadConfig, UsageMistake
from jsonbin_cli.local.api.model import Settings
from jsonbin_cli.local.server import faults
from jsonbin_cli.local.server.application import LARGEST_BODY
from jsonbin_cli.local.server.cli import opener
from jsonbin_cli.local.server.connection import Connection
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.server import Server
from jsonbin_cli.local.store.rows import Bin
from jsonbin_cli.local.store.seeds import demo
from jsonbin_cli.local.store.sqlite import SqliteStore
from jsonbin_cli.local.testing import LocalJSONBin


def connected(server: LocalJSONBin) -> socket.socket:
    """A bare connection."""
    host, port = server.url.split("/")[2].split(":")
    return socket.create_connection((host, int(port)), timeout=30)


def answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Read one answer: status, headers, body."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return response.status, headers, response.read()


def test_a_connection_serves_many_requests(jsonbin_server: LocalJSONBin) -> None:
    """Also where they come in one piece, one behind the other."""
    request = b"GET /v3/x HTTP/1.1\r\nHost: x\r\n"
    with connected(jsonbin_server) as connection, connection.makefile("rb") as answers:
        connection.sendall((request + b"\r\n") * 2 + request + b"Connection: close\r\n\r\n")
        said = answers.read()
    assert said.count(b"HTTP/1.1 404 ") == said.count(b'{"message":"Route not found!"}') == 3


def test_a_head_request_gets_no_body(client: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """HEAD is answered as GET, without the record."""
    reply = client.head(f"/b/{jsonbin_server.demo}")
    assert (reply.status_code, reply.content) == (200, b"")


def test_a_browser_is_let_through(client: httpx.Client) -> None:
    """A preflight is granted whatever it asks for, and every answer may be read by a page, errors included."""
    asked = {"origin": "http://localhost:3000", "access-control-request-headers": "content-type,x-master-key"}
    preflight = client.options("/b/12", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert preflight.headers["access-control-allow-headers"] == "content-type,x-master-key"
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    assert "access-control-allow-headers" not in client.options("/b/12").headers
    assert client.get("/b/12").headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "sent",
    [
        b"NONSENSE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /v3/\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 70_000,
        b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    ],
    ids=["nonsense", "TLS", "bytes in the path", "length", "long head", "chunk"],
)
def test_what_is_not_http_is_refused_in_jsons_words(sent: bytes, jsonbin_server: LocalJSONBin) -> None:
    """Even then the answer is a message in JSON."""
    with connected(jsonbin_server) as connection:
        connection.sendall(sent)
        status, headers, body = answer(connection)
    assert (status, body) == (400, b'{"message":"Bad Request"}')
    assert headers["content-type"] == "application/json; charset=utf-8"


def test_a_body_without_end_is_not_read_into_memory(jsonbin_server: LocalJSONBin) -> None:
    """Past the largest size the answer comes at once, and what is sent after it is let go."""
    with connected(jsonbin_server) as connection:
        connection.sendall(b"PUT /v3/b/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        for _ in range(LARGEST_BODY // 65536 + 1):
            connection.sendall(chunk)
        status, _, body = answer(connection)
        connection.sendall(chunk * 20 + b"0\r\n\r\nGET /v3/x HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answer(connection)[2] == b'{"message":"Route not found!"}'
        connection.sendall(b"PUT /v3/b/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n" + chunk * 70)
        assert answer(connection)[0] == 413
        connection.sendall(b"x")
    assert (status, body) == (413, b'{"message":"request entity too large"}')


def test_a_broken_chunk_after_the_answer_ends_the_connection(jsonbin_server: LocalJSONBin) -> None:
    """The answer was given, so there is nothing more to say."""
    with connected(jsonbin_server) as connection:
        connection.sendall(b"PUT /v3/b/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(LARGEST_BODY // 65536 + 1):
            connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        assert answer(connection)[0] == 413
        connection.sendall(b"ZZ\r\n")
        assert connection.recv(1) == b""


def test_a_client_that_leaves_in_the_middle_is_forgotten(jsonbin_server: LocalJSONBin) -> None:
    """Half a request leaves no trace, and the next client is served."""
    with connected(jsonbin_server) as connection:
        connection.sendall(b"PUT /v3/b/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
    with connected(jsonbin_server) as connection:
        connection.sendall(b"GET /v3/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert answer(connection)[0] == 404
    assert [seen.path for seen in jsonbin_server.requests] == ["/v3/x"]


class Noting(faults.Misbehaviour):
    """Tells when a request has come to it."""

    def __init__(self, plan: faults.Plan) -> None:
        super().__init__(plan)
        self.asked = asyncio.Event()

    def next(self, *, reads: bool) -> tuple[float, faults.Fault]:
        """The fault, and the event."""
        self.asked.set()
        return super().next(reads=reads)


class Own:
    """A server with a patience and a latency of its own, in this thread's loop."""

    def __init__(self, seconds: float, latency: float = 0) -> None:
        self.log: list[str] = []
        control = Control(Settings("key"), faults.Plan(), 10)
        control.misbehaviour = self.misbehaviour = Noting(faults.Plan(latency=(latency, latency)))
        self.server = Server(control, self.log.append, seconds)
        self.paused = paused = asyncio.Event()
        connection = self.server._connection

        class Watched(Connection):
            def pause_writing(self) -> None:
                super().pause_writing()
                paused.set()

        def watched() -> Connection:
            made = connection()
            made.__class__ = Watched
            return made

        self.server._connection = watched  # type: ignore[method-assign]

    async def start(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Start, and connect."""
        self.port = await self.server.start("127.0.0.1", 0, opener(None, []))
        return await asyncio.open_connection("127.0.0.1", self.port)


@pytest.mark.parametrize(
    "sent", [b"", b"GET /v3/x HT", b"PUT /v3/b/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"]
)
def test_a_request_that_does_not_arrive_is_given_up(sent: bytes) -> None:
    """Whoever says nothing, or not all of it, is told so and disconnected."""

    async def run() -> bytes:
        own = Own(seconds=0.2)
        reader, writer = await own.start()
        writer.write(sent)
        said = await reader.read()
        writer.close()
        await own.server.stop()
        return said

    said = asyncio.run(run())
    assert said.startswith(b"HTTP/1.1 408 ")
    assert said.endswith(b'{"message":"Request Timeout"}')


RECORD = json.dumps(["x" * 1_000_000]).encode()
LARGE = b"POST /v3/b HTTP/1.1\r\nHost: x\r\nX-Master-Key: key\r\nContent-Type: application/json\r\n"
LARGE += b"Content-Length: %d\r\n\r\n%b" % (len(RECORD), RECORD)


def test_an_answer_that_is_not_taken_is_given_up() -> None:
    """A client that sends requests and reads no answers holds nothing for long, and stops nobody."""

    async def run() -> None:
        own = Own(seconds=0.5)
        _, writer = await own.start()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(LARGE * 12)
        await asyncio.wait_for(own.server._all_gone.wait(), 30)
        writer.transport.abort()
        assert (await asyncio.wait_for(_get(own.port), 10)).startswith(b"HTTP/1.1 404")
        await own.server.stop()

    asyncio.run(run())


def test_an_answer_that_is_taken_late_arrives_whole() -> None:
    """A client may be slow, as long as it goes on."""

    async def run() -> bytes:
        own = Own(seconds=30)
        reader, writer = await own.start()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(LARGE * 8 + b"GET /v3/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        await own.paused.wait()
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        said = await reader.read()
        writer.close()
        await own.server.stop()
        return said

    said = asyncio.run(run())
    assert said.count(RECORD) == 8
    assert said.endswith(b'{"message":"Route not found!"}')


async def _get(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /v3/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    said = await reader.read()
    writer.close()
    return said


def test_slow_clients_do_not_stop_the_others(jsonbin_server: LocalJSONBin, client: httpx.Client) -> None:
    """With 200 half requests open, a whole one is answered."""
    half = [connected(jsonbin_server) for _ in range(200)]
    for connection in half:
        connection.sendall(b"PUT /v3/b/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
    assert client.get("/x").status_code == 404
    for connection in half:
        connection.close()


def test_what_was_begun_is_answered_before_the_end() -> None:
    """A request that waits when the server is told to stop gets its answer, and then the connection ends."""

    async def run() -> bytes:
        own = Own(seconds=30, latency=0.3)
        reader, writer = await own.start()
        _, idle = await asyncio.open_connection("127.0.0.1", own.port)
        writer.write(b"GET /v3/x HTTP/1.1\r\nHost: x\r\n\r\n")
        await own.misbehaviour.asked.wait()
        await own.server.stop()
        said = await reader.read()
        for one in (writer, idle):
            one.close()
        return said

    assert b"Route not found!" in asyncio.run(run())


def test_what_takes_too_long_is_cut_off_at_the_end() -> None:
    """A server that is told to stop does so within its grace."""

    async def run() -> bytes:
        own = Own(seconds=30, latency=60)
        reader, writer = await own.start()
        writer.write(b"GET /v3/x HTTP/1.1\r\nHost: x\r\n\r\n")
        await own.misbehaviour.asked.wait()
        await own.server.stop(grace=0.05)
        said = await reader.read()
        writer.close()
        return said

    assert asyncio.run(run()) == b""


def test_a_bug_is_one_500_and_in_the_log() -> None:
    """Of requests that are answered together only the one with the bug fails, in the API's shape."""

    class Broken(SqliteStore):
        def bin(self, bin_id: str) -> Bin | None:
            if bin_id == "0" * 24:
                raise LookupError("a bug")
            return super().bin(bin_id)

    async def run() -> tuple[list[int], list[str]]:
        own = Own(seconds=30)
        port = await own.server.start("127.0.0.1", 0, lambda: Broken(None, demo()))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=False) as client:
            paths = ["/v3/b/" + "1" * 24, "/v3/b/" + "0" * 24, "/v3/b/" + "2" * 24]
            replies = await asyncio.gather(*(client.get(path) for path in paths))
            await own.server.stop()
        assert replies[1].json() == {"message": "Internal Server Error"}
        return [reply.status_code for reply in replies], own.log

    statuses, log = asyncio.run(run())
    assert statuses == [404, 500, 404]
    assert sum("LookupError: a bug" in line for line in log) == 1


def test_a_store_that_others_hold_is_a_503(tmp_path: Path) -> None:
    """A client hears that the store is held, never the database's own words; afterwards all is well."""
    path = tmp_path / "store.sqlite3"

    async def run() -> list[httpx.Response]:
        own = Own(seconds=30)
        port = await own.server.start("127.0.0.1", 0, lambda: SqliteStore(path, demo(), patience=0.05))
        other = sqlite3.connect(path, isolation_level=None)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=False) as client:
            other.execute("BEGIN IMMEDIATE")
            held = await client.get("/v3/b/x")
            other.execute("ROLLBACK")
            other.close()
            free = await client.get("/v3/b/x")
            await own.server.stop()
        return [held, free]

    held, free = asyncio.run(run())
    assert held.status_code == 503
    message = f"the local store {path} failed: another program holds it; the bin is unchanged"
    assert held.json() == {"message": message}
    assert free.status_code == 400


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 70, "192.0.2.1"])
def test_an_address_that_is_not_here_is_a_mistake(host: str) -> None:
    """The message names it, and nothing is left behind."""

    async def run() -> None:
        await Own(1).server.start(host, 0, opener(None, []))

    with pytest.raises(UsageMistake) as raised:
        asyncio.run(run())
    assert host in raised.value.message


def test_a_store_that_cannot_be_opened_frees_the_port(tmp_path: Path) -> None:
    """The reason is passed on."""

    async def run() -> None:
        await Own(1).server.start("127.0.0.1", 0, opener(tmp_path, []))

    with pytest.raises(BadConfig):
        asyncio.run(run())
    with pytest.raises(BadConfig), LocalJSONBin(tmp_path):
        pass  # pragma: no cover
    assert [thread.name for thread in threading.enumerate() if thread.name == "jsonbin-server"] == []


def test_a_server_can_keep_a_file(tmp_path: Path) -> None:
    """What was written is there after the end, in a file for the owner only."""
    path = tmp_path / "store.sqlite3"
    with LocalJSONBin(path) as server:
        bin_id = server.create({"n": 1}, private=False, name="kept")
    with LocalJSONBin(path) as server:
        assert server.record(bin_id) == {"n": 1}
        server.reset()
    assert path.stat().st_mode & 0o777 == 0o600
