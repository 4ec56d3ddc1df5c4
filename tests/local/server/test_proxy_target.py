"""Which requests are for a proxy, and what the host is to get."""

import pytest

from jsonbin_cli.local.server.proxy_target import Target, target_of


@pytest.mark.parametrize(
    ("head", "target"),
    [
        (b"CONNECT api.jsonbin.io:443 HTTP/1.1\r\nHost: x", Target(True, "api.jsonbin.io", 443, b"")),
        (b"CONNECT API.JSONBIN.IO:80 HTTP/1.1", Target(False, "api.jsonbin.io", 80, b"")),
        (b"CONNECT [::1]:99 HTTP/1.1", Target(False, "::1", 99, b"")),
        (
            b"GET HTTP://a.test/b/c?d=e&f HTTP/1.1",
            Target(False, "a.test", 80, b"GET /b/c?d=e&f HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"),
        ),
        (
            b"PUT https://me:secret@a.test:8443 HTTP/1.0\r\nHost: other\r\nProxy-Connection: x\r\nKEEP-ALIVE:1\r\n"
            b"Proxy-Authorization: Basic x\r\nConnection: keep-alive\r\nContent-Length: 2\r\nX: \xff",
            Target(
                True,
                "a.test",
                8443,
                b"PUT / HTTP/1.0\r\nHost: a.test:8443\r\nConnection: close\r\nContent-Length: 2\r\nX: \xff\r\n\r\n",
            ),
        ),
    ],
)
def test_where_a_request_leads(head: bytes, target: Target) -> None:
    """Host and port, and the request as that host takes it: for its path alone, and for one request only."""
    assert target_of(head) == target


@pytest.mark.parametrize(
    "line",
    [
        b"GET /v3/b HTTP/1.1",
        b"CONNECT api.jsonbin.io HTTP/1.1",
        b"CONNECT api.jsonbin.io:99999 HTTP/1.1",
        b"CONNECT :443 HTTP/1.1",
        b"GET ftp://a.test/ HTTP/1.1",
        b"GET http:// HTTP/1.1",
        b"GET http://[::1/ HTTP/1.1",
        b"GET http://a.test/",
        b"GET http://a.test/ b HTTP/1.1",
    ],
)
def test_what_is_not_for_a_proxy(line: bytes) -> None:
    """It is left to the server, whose answer is that of an ordinary request."""
    assert target_of(line) is None
