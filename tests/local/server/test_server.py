"""JSONBin over HTTP: where it listens, how it treats odd clients, and how it ends."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import httpx
import pytest

from jsonbin_cli.failures import BadConfig, UsageMistake
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.faults import Plan, fault
from jsonbin_cli.local.server.request_log import Log
from jsonbin_cli.local.server.server import Server
from jsonbin_cli.local.store.initial import demo_bin
from jsonbin_cli.local.store.sqlite import SqliteStore
from jsonbin_cli.local.testing import LocalJSONBin
from tests.local.server.serving import (
    KEY,
    Serving,
    answer,
    connected,
    files_at_most,
    port_of,
    send_until_nothing_is_taken,
    serving,
)

GET = b"GET /v3/x HTTP/1.1\r\nHost: x\r\n"
HALF = b"PUT /v3/b/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"
NO_ROUTE = b'{"message":"Route not found!"}'


def test_a_connection_serves_many_requests(jsonbin_server: LocalJSONBin) -> None:
    """Also where they are sent in one piece, before the first answer."""
    with connected(port_of(jsonbin_server.url)) as connection, connection.makefile("rb") as answers:
        connection.sendall((GET + b"\r\n") * 2 + GET + b"Connection: close\r\n\r\n")
        said = answers.read()
    assert said.count(b"HTTP/1.1 404 ") == said.count(NO_ROUTE) == 3


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
def test_what_is_not_http_is_refused(sent: bytes, jsonbin_server: LocalJSONBin) -> None:
    """The answer is 400, the connection ends, and the next client is served."""
    port = port_of(jsonbin_server.url)
    with connected(port) as connection:
        connection.sendall(sent)
        assert answer(connection)[0] == 400
        assert connection.recv(1) == b""
    with connected(port) as connection:
        connection.sendall(GET + b"\r\n")
        assert answer(connection)[2] == NO_ROUTE


def test_a_client_that_leaves_in_the_middle_is_forgotten(jsonbin_server: LocalJSONBin) -> None:
    """Half a request leaves no trace, and the next client is served."""
    port = port_of(jsonbin_server.url)
    with connected(port) as connection:
        connection.sendall(HALF)
    with connected(port) as connection:
        connection.sendall(GET + b"Connection: close\r\n\r\n")
        assert answer(connection)[0] == 404
    assert [seen.path for seen in jsonbin_server.requests] == ["/v3/x"]


def test_slow_clients_do_not_stop_the_others(jsonbin_server: LocalJSONBin, client: httpx.Client) -> None:
    """With 200 half requests open, a whole one is answered."""
    half = [connected(port_of(jsonbin_server.url)) for _ in range(200)]
    for connection in half:
        connection.sendall(HALF)
    assert client.get("/x").status_code == 404
    for connection in half:
        connection.close()


def test_more_connections_than_a_process_may_open_are_turned_away() -> None:
    """Here from 200 on the answer is 503; what was connected before goes on, and those who leave make room."""
    with files_at_most(324):
        server = LocalJSONBin()
    with server:
        port = port_of(server.url)
        early = [connected(port) for _ in range(199)]
        with connected(port) as late:
            late.sendall(GET + b"\r\n")
            assert answer(late)[0] == 503
        early.pop().close()
        early[0].sendall(GET + b"\r\n")
        assert answer(early[0])[0] == 404
        for connection in early:
            connection.close()


RECORD = b'["%b"]' % (b"x" * 1_000_000)
LARGE = (
    b"POST /v3/b HTTP/1.1\r\nHost: x\r\nX-Master-Key: %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
    % (KEY.encode(), len(RECORD), RECORD)
)


def test_answers_that_are_not_taken_stop_nobody() -> None:
    """A client that sends and reads nothing is waited for; the others are served, and the server can stop."""
    with serving(grace=0) as served, connected(served.port) as connection:
        send_until_nothing_is_taken(connection, LARGE * 40)
        with connected(served.port) as other:
            other.sendall(GET + b"\r\n")
            assert answer(other)[2] == NO_ROUTE


def test_answers_that_are_taken_late_arrive_whole() -> None:
    """A client may be slow, as long as it goes on."""
    with serving() as served, connected(served.port) as connection, connection.makefile("rb") as answers:
        rest = send_until_nothing_is_taken(connection, LARGE * 8 + GET + b"Connection: close\r\n\r\n")
        sender = threading.Thread(target=connection.sendall, args=(rest,))
        sender.start()
        said = answers.read()
        sender.join()
    assert said.count(RECORD) == 8
    assert said.endswith(NO_ROUTE)


def under_way(served: Serving) -> socket.socket:
    """A connection whose request has reached its fault: the server's script is used up."""
    connection = connected(served.port)
    connection.sendall(GET + b"\r\n")
    with httpx.Client(base_url=f"http://127.0.0.1:{served.port}", trust_env=False, verify=False) as client:
        while client.get("/control", headers={"x-master-key": KEY}).json()["script"]:
            pass
    return connection


def test_what_was_begun_is_answered_before_the_end() -> None:
    """A request that waits when the server is told to stop gets its answer, and then the connection ends."""
    with serving(Plan(latency=(0.5, 0.5), script=(fault("ok"),))) as served:
        connection = under_way(served)
    assert answer(connection)[2] == NO_ROUTE
    assert connection.recv(1) == b""
    connection.close()


def test_what_takes_too_long_is_given_up_at_the_end() -> None:
    """A server that is told to stop does so within its grace; the client is told that it got no answer."""
    with serving(Plan(latency=(60, 60), script=(fault("ok"),)), grace=0) as served:
        connection = under_way(served)
    assert answer(connection)[0] == 500
    connection.close()


def test_a_server_that_hangs_can_be_stopped() -> None:
    """A client that was left hanging is told so, at once."""
    with serving(Plan(script=(fault("hang"),))) as served:
        connection = under_way(served)
    assert answer(connection)[::2] == (503, b'{"message":"Service Unavailable"}')
    connection.close()


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 70, "192.0.2.1"])
def test_an_address_that_is_not_here_is_a_mistake(host: str, tmp_path: Path) -> None:
    """The message names it, and no store is created."""
    store = tmp_path / "store.sqlite3"
    server = Server(Control(Settings(KEY), Plan(), 10), Log(None, print), host)
    with pytest.raises(UsageMistake) as raised:
        server.start(0, lambda: SqliteStore(store, None))
    assert host in raised.value.message
    assert not store.exists()


def test_a_store_that_cannot_be_opened_leaves_no_thread(tmp_path: Path) -> None:
    """The reason is passed on."""
    before = set(threading.enumerate())
    with pytest.raises(BadConfig), LocalJSONBin(tmp_path):
        pass  # pragma: no cover
    assert set(threading.enumerate()) <= before


def test_a_port_that_was_served_is_free_again() -> None:
    """A server that has ended leaves nothing listening."""
    with LocalJSONBin() as server:
        port = port_of(server.url)
    with pytest.raises(ConnectionRefusedError):
        connected(port)


def test_a_server_can_keep_a_file(tmp_path: Path) -> None:
    """What was written is there after the end, in a file for the owner only."""
    path = tmp_path / "store.sqlite3"
    with LocalJSONBin(path) as server:
        bin_id = server.create({"n": 1}, public=True, name="kept")
    with LocalJSONBin(path) as server:
        assert server.record(bin_id) == {"n": 1}
        server.reset()
        assert server.record(bin_id) == {"n": 1}
        assert server.record(demo_bin().id) == {"hello": "world"}
    assert path.stat().st_mode & 0o777 == 0o600
