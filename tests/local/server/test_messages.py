"""Request bodies: how large they may be, and how slow."""

from __future__ import annotations

import pytest

from jsonbin_cli.local.server.messages import LARGEST_BODY
from jsonbin_cli.local.testing import LocalJSONBin
from tests.local.server.serving import KEY, answer, connected, port_of, serving

CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"
CHUNKED = b"PUT %b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_a_body_without_end_is_not_read_into_memory(jsonbin_server: LocalJSONBin) -> None:
    """Past the largest size the answer comes at once, and what is still sent is dropped."""
    with connected(port_of(jsonbin_server.url)) as connection:
        connection.sendall(CHUNKED % b"/v3/b/x" + CHUNK * (LARGEST_BODY // 65536))
        connection.sendall(b"1\r\nx\r\n")
        status, headers, body = answer(connection)
        assert (status, body) == (413, b'{"message":"request entity too large"}')
        assert headers["content-type"] == "application/json; charset=utf-8"
        connection.sendall(CHUNK * 20 + b"0\r\n\r\nGET /v3/x HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answer(connection)[2] == b'{"message":"Route not found!"}'
    seen = jsonbin_server.requests[0]
    assert (seen.method, seen.path, seen.body, seen.status) == ("PUT", "/v3/b/x", b"", 413)


def test_the_largest_body_is_read(jsonbin_server: LocalJSONBin) -> None:
    """It is then too big for the plan, which is the API's own refusal."""
    key = jsonbin_server.master_key.encode()
    body = b'["%b"]' % (b"x" * (LARGEST_BODY - 4))
    head = b"PUT /v3/b/%b HTTP/1.1\r\nHost: x\r\nX-Master-Key: %b\r\nContent-Type: application/json\r\n"
    with connected(port_of(jsonbin_server.url)) as connection:
        connection.sendall(head % (jsonbin_server.demo.encode(), key) + b"Content-Length: %d\r\n\r\n" % len(body))
        connection.sendall(body)
        assert answer(connection)[0] == 403


def test_a_broken_chunk_after_the_answer_ends_the_connection(jsonbin_server: LocalJSONBin) -> None:
    """The answer was given, so there is nothing more to say."""
    with connected(port_of(jsonbin_server.url)) as connection:
        connection.sendall(CHUNKED % b"/v3/b/x" + CHUNK * (LARGEST_BODY // 65536 + 1))
        assert answer(connection)[0] == 413
        connection.sendall(b"ZZ\r\n")
        assert connection.recv(1) == b""


@pytest.mark.parametrize(("method", "path"), [("PUT", "/v3/b/x"), ("PATCH", "/control")])
def test_a_body_that_does_not_arrive_is_given_up(method: str, path: str) -> None:
    """Also for the control endpoint; a request of the API is listed with its status."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nX-Master-Key: {KEY}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\nhalf"
    with serving(body_seconds=0.2) as served, connected(served.port) as connection:
        connection.sendall(head.encode())
        status, headers, body = answer(connection)
    assert (status, body) == (408, b'{"message":"Request Timeout"}')
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert [seen.status for seen in served.control.seen] == ([408] if path.startswith("/v3") else [])
