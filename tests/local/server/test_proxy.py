"""The proxy: what ends in the server itself, what is refused, and what is passed on."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import httpx
import pytest

from jsonbin_cli.local.server.authority import Authority
from jsonbin_cli.local.server.proxy import Proxy
from jsonbin_cli.local.server.proxy_target import SERVICE
from jsonbin_cli.local.store.initial import demo_bin
from tests.local.server.serving import KEY, Serving, answer, connected, send_until_nothing_is_taken, serving

READ = f"/v3/b/{demo_bin().id}/latest"
GET = f"GET {READ} HTTP/1.1\r\nHost: {SERVICE}\r\nX-Master-Key: {KEY}\r\n\r\n".encode()
CONNECT = f"CONNECT {SERVICE}:443 HTTP/1.1\r\nHost: {SERVICE}:443\r\n\r\n".encode()
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Proxied(NamedTuple):
    """A server that is a proxy too, what its proxy told, and a context that trusts it."""

    served: Serving
    proxy: Proxy
    told: list[str]

    @property
    def trusting(self) -> ssl.SSLContext:
        """What a client needs to know the service by its certificate."""
        return ssl.create_default_context(cadata=self.proxy.authority.certificate.decode())

    def client(self) -> httpx.Client:
        """A client that goes through the proxy."""
        address = f"http://127.0.0.1:{self.served.port}"
        return httpx.Client(proxy=address, verify=self.trusting, trust_env=False, headers={"x-master-key": KEY})

    def connected(self) -> socket.socket:
        """A bare connection to it."""
        return connected(self.served.port)

    def tunnel(self, target: str) -> socket.socket:
        """A connection through it."""
        connection = self.connected()
        connection.sendall(f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
        assert connection.recv(len(ESTABLISHED), socket.MSG_WAITALL) == ESTABLISHED
        return connection


@pytest.fixture
def proxied() -> Iterator[Proxied]:
    """A proxy that refuses other hosts."""
    yield from _proxied()


@pytest.fixture
def open_proxy() -> Iterator[Proxied]:
    """A proxy that passes other hosts through."""
    yield from _proxied(pass_through=True)


def _proxied(**options: bool) -> Iterator[Proxied]:
    told: list[str] = []
    proxy = Proxy(Authority(SERVICE), told.append, also_direct=True, **options)
    with serving(proxy=proxy, grace=0) as served:
        yield Proxied(served, proxy, told)


def test_the_service_ends_here(proxied: Proxied) -> None:
    """Over TLS and without, each request of a connection is answered by the server, and nothing is told."""
    with proxied.client() as client:
        for scheme in ("https", "http", "https", "http"):
            reply = client.get(f"{scheme}://{SERVICE}{READ}")
            assert (reply.status_code, reply.json()["record"]) == (200, {"hello": "world"})
    assert proxied.told == []


def test_only_the_api_is_there(proxied: Proxied) -> None:
    """What belongs to this machine is not to be had as the service, by whatever name it is asked for."""
    with proxied.client() as client:
        for path in ("/", "/control"):
            for scheme in ("http", "https"):
                for headers in ({}, {"Host": "localhost"}, {"Host": f"{SERVICE}:443"}):
                    reply = client.get(f"{scheme}://{SERVICE}{path}", headers=headers)
                    assert (reply.status_code, reply.text) == (404, '{"message":"Route not found!"}')


@pytest.mark.parametrize("also", ["", "https://"])
def test_a_request_may_come_in_pieces(also: str, proxied: Proxied) -> None:
    """Byte by byte, to the proxy and to the server itself."""
    request = GET.replace(b"GET ", f"GET {also}{SERVICE if also else ''}".encode())
    with proxied.connected() as connection:
        for byte in request:
            connection.sendall(bytes([byte]))
        assert answer(connection)[0] == 200


def test_a_plain_request_ends_its_connection(proxied: Proxied) -> None:
    """The next one may be for another host, which the server would not see."""
    with proxied.connected() as connection:
        connection.sendall(GET.replace(b"GET ", f"GET http://{SERVICE}".encode()))
        status, headers, _ = answer(connection)
        assert (status, headers["connection"]) == (200, "close")
        assert connection.recv(1) == b""


def test_a_tunnel_without_tls(proxied: Proxied) -> None:
    """Some clients ask for one to port 80."""
    with proxied.tunnel(f"{SERVICE}:80") as connection:
        for _ in range(2):
            connection.sendall(GET)
            assert answer(connection)[0] == 200


def test_a_port_that_begins_with_tls(proxied: Proxied) -> None:
    """For programs that know no proxy; what is sent at once is not lost."""
    assert proxied.proxy.tls_port
    with proxied.trusting.wrap_socket(connected(proxied.proxy.tls_port), server_hostname=SERVICE) as connection:
        for _ in range(2):
            connection.sendall(GET)
            assert answer(connection)[0] == 200


@pytest.mark.parametrize("sent", [b"GARBAGE" * 9_400, b"CONNECT nowhere HTTP/1.1\r\n\r\n", b"FOO bar HTTP/1.1\r\n\r\n"])
def test_what_is_neither_is_left_to_the_server(sent: bytes, proxied: Proxied) -> None:
    """It answers as it does without a proxy."""
    with proxied.connected() as connection:
        connection.sendall(sent)
        assert answer(connection)[0] in (400, 403, 404)


def test_other_hosts_are_refused(proxied: Proxied) -> None:
    """The answer says how to allow them, also to a client that is still sending, and each host is told once."""
    said = f"one.test was refused: without --pass-through only {SERVICE} can be reached"
    for request in (
        b"CONNECT one.test:443 HTTP/1.1\r\n\r\n",
        b"PUT http://one.test/ HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 9_000_000,
    ):
        with proxied.connected() as connection:
            connection.sendall(request)
            status, headers, body = answer(connection)
            assert (status, body.decode()) == (403, f"{said}\n")
            assert headers["connection"] == "close"
    with proxied.client() as client:
        for number in range(101):
            assert client.get(f"http://{number}.test/").status_code == 403
        with pytest.raises(httpx.ProxyError, match="403 Refused by jsonbin serve"):
            client.get(f"https://{SERVICE}:8443/")
    assert proxied.told[:2] == [said, said.replace("one", "0", 1)]
    assert len(proxied.told) == 100


def test_a_client_that_does_not_trust_it_is_told(proxied: Proxied) -> None:
    """Its own message often does not say why, so the server does."""
    context = ssl.create_default_context()
    with proxied.tunnel(f"{SERVICE}:443") as connection, pytest.raises(ssl.SSLCertVerificationError):
        context.wrap_socket(connection, server_hostname=SERVICE)
    with proxied.tunnel(f"{SERVICE}:443"):
        pass  # it left; that is nothing to tell
    with proxied.client() as client:
        assert client.get(f"https://{SERVICE}{READ}").status_code == 200
    (line,) = proxied.told
    assert (
        line == f"a client broke off its TLS connection to {SERVICE} (TLSV1_ALERT_UNKNOWN_CA); see jsonbin help serve"
    )


def test_who_sends_too_little_is_not_waited_for() -> None:
    """Without a first byte, or with a head that does not end, a connection ends after a time."""
    proxy = Proxy(Authority(SERVICE), print, first_seconds=0.1)
    with serving(proxy=proxy) as served:
        for sent in (b"", b"CONN", CONNECT[:-1]):
            with connected(served.port) as connection:
                connection.sendall(sent)
                with suppress(ConnectionResetError):
                    assert connection.recv(1) == b""
        with connected(served.port) as connection:
            connection.sendall(GET)
            assert answer(connection)[0] == 200


def test_what_waits_does_not_keep_the_server_from_ending() -> None:
    """It ends although one connection sent nothing and one is in the middle of its handshake."""
    proxy = Proxy(Authority(SERVICE), print)
    with serving(proxy=proxy) as served:
        silent, half = connected(served.port), connected(served.port)
        half.sendall(CONNECT)
        assert half.recv(1000) == ESTABLISHED
    for connection in (silent, half):
        with connection, suppress(ConnectionResetError):
            assert connection.recv(1) == b""


class Far:
    """Another host on this machine, which takes one connection and leaves it to the test."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.name = f"127.0.0.1:{self.listener.getsockname()[1]}"

    def accept(self) -> socket.socket:
        """The connection that the proxy made."""
        with self.listener:
            self.listener.settimeout(60)
            return self.listener.accept()[0]


def test_other_hosts_may_be_passed_through(open_proxy: Proxied) -> None:
    """A tunnel carries everything, in both directions, at the speed of who takes it, until one side ends it."""
    far = Far()
    data = bytes(range(256)) * 100_000
    with open_proxy.tunnel(far.name) as near, far.accept() as other:
        for source, sink in ((near, other), (other, near)):
            rest = send_until_nothing_is_taken(source, data)
            assert rest  # what nobody takes is not read either
            sender = threading.Thread(target=source.sendall, args=(rest,))
            sender.start()
            with sink.makefile("rb") as arriving:
                arrived = arriving.read(len(data)) == data
            sender.join()
            assert arrived
        other.close()
        assert near.recv(1) == b""
    assert open_proxy.told == []


def test_a_client_that_leaves_ends_its_tunnel(open_proxy: Proxied) -> None:
    """The other host sees the end."""
    far = Far()
    with open_proxy.tunnel(far.name) as near, far.accept() as other:
        near.close()
        assert other.recv(1) == b""


def test_a_plain_request_may_be_passed_through(open_proxy: Proxied) -> None:
    """The other host gets it as from the client itself, with its body, and the client the answer."""
    far = Far()
    head = f"PUT http://{far.name}/a?b HTTP/1.1\r\nHost: {far.name}\r\nContent-Length: 4\r\n\r\n".encode()
    with open_proxy.connected() as near:
        near.sendall(head + b"12")
        with far.accept() as other:
            expected = (
                f"PUT /a?b HTTP/1.1\r\nHost: {far.name}\r\nConnection: close\r\nContent-Length: 4\r\n\r\n12".encode()
            )
            assert other.recv(len(expected), socket.MSG_WAITALL) == expected
            near.sendall(b"34")
            assert other.recv(2, socket.MSG_WAITALL) == b"34"
            other.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        assert answer(near)[::2] == (200, b"ok")


def test_a_host_that_cannot_be_reached(open_proxy: Proxied) -> None:
    """502 and the reason, for a tunnel and for a request that wants TLS which the host does not have."""
    far = Far()
    with open_proxy.connected() as near:
        near.sendall(f"GET https://{far.name}/ HTTP/1.1\r\n\r\n".encode())
        with far.accept() as other:
            other.sendall(b"this is not TLS")
            status, _, body = answer(near)
    assert status == 502
    assert body.startswith(f"{far.name} cannot be reached: ".encode())
    with open_proxy.connected() as near:
        near.sendall(f"CONNECT {far.name} HTTP/1.1\r\n\r\n".encode())
        assert answer(near)[0] == 502


def test_the_end_of_the_server_is_that_of_its_tunnels() -> None:
    """Both sides see it."""
    far = Far()
    proxy = Proxy(Authority(SERVICE), print, pass_through=True)
    with serving(proxy=proxy) as served:
        near = Proxied(served, proxy, []).tunnel(far.name)
        other = far.accept()
    with near, other:
        assert other.recv(1) == b""
