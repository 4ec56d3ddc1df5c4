"""What is outside the API answers to programs of this machine only."""

from __future__ import annotations

import socket

import httpx
import pytest

from jsonbin_cli.local.testing import LocalJSONBin
from tests.local.server.serving import KEY, answer, connected, port_of, serving

HOST = {"message": "Only names of this machine may be used here. Send the header Host: localhost"}
ORIGIN = {"message": "Pages of another origin may not use this"}
PATHS = ["/", "/page/page.js", "/page/events", "/page/bins", "/page/as-owner/v3/b/12"]
PATHS += ["/control", "/control/requests", "/openapi.json", "/nonsense", "/v3"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["attacker.example", "127.0.0.1.attacker.example", "192.0.2.1", "", "[", "localhost.x:1"]
)
def test_a_name_that_is_not_this_machines_is_refused(host: str, path: str, control: httpx.Client) -> None:
    """Somebody else's DNS may lead such a name here, and a page of that name would be of the same origin."""
    reply = control.get(path, headers={"host": host})
    assert (reply.status_code, reply.json()) == (403, HOST)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8900", "127.0.0.1", "127.5.5.5:80", "[::1]:8900", socket.gethostname()]
)
def test_a_name_of_this_machine_is_taken(host: str, control: httpx.Client) -> None:
    """With any port, and in capitals too."""
    assert control.get("/control", headers={"host": host}).status_code == 200


def test_a_request_without_a_name_is_refused(jsonbin_server: LocalJSONBin) -> None:
    """HTTP/1.0 has requests like that."""
    with connected(port_of(jsonbin_server.url)) as connection:
        connection.sendall(b"GET /control HTTP/1.0\r\n\r\n")
        assert answer(connection)[0] == 403


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "origin", ["http://attacker.example", "null", "http://localhost:3000", "https://{host}", "http://{host}0"]
)
def test_a_page_of_another_origin_is_refused(origin: str, path: str, control: httpx.Client) -> None:
    """Also one of this machine, and in a preflight."""
    headers = {"origin": origin.format(host=control.base_url.netloc.decode())}
    for method in ("GET", "OPTIONS", "PATCH", "DELETE"):
        reply = control.request(method, path, headers=headers | {"access-control-request-method": "PATCH"})
        assert (reply.status_code, reply.json()) == (403, ORIGIN)
        assert "access-control-allow-origin" not in reply.headers


def test_a_page_of_the_server_itself_is_taken(control: httpx.Client) -> None:
    """Its origin is the name that it was asked for."""
    origin = f"http://{control.base_url.netloc.decode()}"
    assert control.get("/control", headers={"origin": origin}).status_code == 200


def test_the_api_has_none_of_this(client: httpx.Client) -> None:
    """Below /v3 any name and any origin may ask, as at the service."""
    headers = {"host": "jsonbin:8900", "origin": "http://attacker.example"}
    assert client.get("/b/12", headers=headers).status_code == 400


def test_a_key_of_ones_own_is_needed() -> None:
    """The public one is not: everybody knows it."""
    with serving() as served:
        url = f"http://127.0.0.1:{served.port}/control"
        replies = [
            httpx.request(method, url, headers=headers, trust_env=False, verify=False)
            for method, headers in (
                ("GET", []),
                ("DELETE", []),
                ("GET", [(b"x-master-key", b"k\xe9y")]),
                ("GET", [(b"x-master-key", KEY.encode())]),
            )
        ]
    assert [reply.status_code for reply in replies] == [401, 401, 401, 200]
    assert replies[0].json() == {"message": "You need to pass X-Master-Key in the header"}
    assert replies[2].json() == {"message": "Invalid X-Master-Key provided"}


def test_a_key_of_ones_own_is_needed_for_all_that_the_page_asks_for() -> None:
    """Its own files hold nothing, and a browser asks for them without a key."""
    with (
        serving() as served,
        httpx.Client(base_url=f"http://127.0.0.1:{served.port}", trust_env=False, verify=False) as client,
    ):
        for path in ("/", "/page/page.js", "/page/page.css"):
            assert client.get(path).status_code == 200
        for path in (
            "/page/choices",
            "/page/events",
            "/page/requests",
            "/page/bins",
            "/page/bins.zip",
            "/page/as-owner/v3/a",
        ):
            assert client.get(path).status_code == 401
        assert client.get("/page/choices", headers={"x-master-key": KEY}).status_code == 200
