"""Thousands of requests that nobody should send."""

from __future__ import annotations

import http.client
import json
import random
import re
import socket

import httpx
import pytest

from jsonbin_cli.local.api.model import dumped
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.server.page.listing import whole
from jsonbin_cli.local.testing import LocalJSONBin

pytestmark = pytest.mark.costly

METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "BREW", "P\xd6ST", ""]
PIECES = [
    "v3",
    "b",
    "c",
    "s",
    "a",
    "latest",
    "versions",
    "count",
    "meta",
    "name",
    "privacy",
    "bins",
    "schemadoc",
    "add",
]
ROUTES = [
    *["PUT /v3/b/ID"] * 6,
    *["POST /v3/b", "GET /v3/b/ID", "GET /v3/b/ID/latest", "GET /v3/b/ID/1"] * 2,
    "DELETE /v3/b/ID/versions",
    "GET /v3/b/ID/versions/count",
    "PUT /v3/b/ID/meta/privacy",
    "PUT /v3/b/ID/meta/name",
    "POST /v3/c",
    "GET /v3/c",
    "GET /v3/c/ID/bins",
    "GET /v3/c/ID/bins/ID",
    "GET /v3/c/uncategorized/bins/ID",
    "PUT /v3/c/ID/meta/name",
    *["PUT /v3/c/ID/schemadoc/add"] * 2,
    "PUT /v3/c/ID/schemadoc/remove",
    *["POST /v3/s", "PUT /v3/s/ID"] * 2,
    "GET /v3/s/ID",
    "POST /v3/a",
    "GET /v3/a",
    "GET /control",
]
ODD = [
    "..",
    ".",
    "%2e%2e",
    "%00",
    "%",
    "%zz",
    "%ff%fe",
    "*",
    "\\",
    ";",
    "a" * 3000,
    "-1",
    "99999999999",
    "control",
    "u",
]
HEADERS = [
    "X-Master-Key",
    "X-Access-Key",
    "X-Bin-Private",
    "X-Bin-Name",
    "X-Bin-Versioning",
    "X-Bin-Meta",
    "X-Collection-Id",
    "X-Collection-Name",
    "X-Schema-Doc-Id",
    "X-Schema-Doc-Name",
    "X-Key-Name",
    "X-Preserve-Latest",
    "X-Sort-Order",
    "Content-Encoding",
    "Expect",
    "Upgrade",
    "Connection",
    "Range",
    "If-Match",
    "Cookie",
    "Origin",
    "Access-Control-Request-Headers",
    "Content-Type",
    "b\xe4d",
    "",
]
VALUES = [
    "true",
    "false",
    "",
    " ",
    "x" * 200,
    "\xff\xfe",
    "gzip",
    "100-continue",
    "h2c",
    "keep-alive",
    "a\tb",
    "\x00",
    "\x1b[31m",
]
BODIES = [
    b"",
    b"{}",
    b"[]",
    b"[1]",
    b'{"a":1.10,"a":2}',
    b"null",
    b"NaN",
    b'{"a":',
    b"\xff\xfe{\x00",
    b"\xef\xbb\xbf[1]",
    b"\x1f\x8b\x08\x00",
    b"[" * 5000,
    b"[" * 900 + b"]" * 900,
    b"1" * 6000,
    b"[" + b"9" * 6000 + b"]",
    b'["\\ud800"]',
    b'{"\\u0000":1E999999999999999999999}',
    b'{"type":"object","$ref":"#"}',
    b'{"properties":{"a":{"pattern":"("}}}',
    b'{"$schema":["x"],"required":"a"}',
    b'{"bins":{"read":true}}',
    b"<xml/>",
    b'["' + b"x" * 120_000 + b'"]',
]


class Fuzzer:
    """Makes requests from a seed, most of them nearly right."""

    def __init__(self, seed: int, ids: list[str], keys: list[str]) -> None:
        self.random = random.Random(seed)
        self.ids = ids
        self.keys = keys

    def request(self) -> bytes:
        """One whole request, in HTTP or nearly."""
        rng = self.random
        method, path = self.route()
        query = rng.choice(["", "", "", "?meta=false", "?meta=%ff&meta", "?" + "&" * 50])
        body = self.body()
        lines = [f"{method} {path}{query} HTTP/1.{rng.choice('1111111109')}", "Host: x"]
        lines += [f"{self.header()}" for _ in range(rng.randrange(6))]
        if rng.random() < 0.8:
            lines.append(f"X-Master-Key: {self.keys[0] if rng.random() < 0.8 else rng.choice(self.keys)}")
        if rng.random() < 0.8:
            lines.append("Content-Type: application/json")
        framing = rng.random()
        if framing < 0.75:
            lines.append(f"Content-Length: {len(body)}")
        elif framing < 0.9:
            lines.append("Transfer-Encoding: chunked")
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
        elif framing < 0.95:
            lines.append(f"Content-Length: {rng.choice(['-1', 'x', '1, 2', '0x10'])}")
        else:
            body = b""
        end = rng.choice(["\r\n"] * 19 + ["\n"])
        return (end.join(lines) + end * 2).encode("latin-1") + body

    def route(self) -> tuple[str, str]:
        """A method and a path, most often ones that belong together."""
        rng = self.random
        if rng.random() < 0.75:
            method, path = rng.choice(ROUTES).split()
            return method, re.sub("ID", lambda _: rng.choice(self.ids), path)
        method = rng.choice(METHODS[:5] if rng.random() < 0.6 else METHODS)
        choices = PIECES + self.ids * 3 + (ODD if rng.random() < 0.5 else [])
        return method, "/".join(["/v3", *(rng.choice(choices) for _ in range(rng.randrange(5)))])

    def header(self) -> str:
        """A header line, of those that mean something or not."""
        rng = self.random
        name = rng.choice(HEADERS if rng.random() < 0.1 else HEADERS[:13])
        return f"{name}: {rng.choice(VALUES + self.ids + self.keys)}"

    def body(self) -> bytes:
        """A body, at times with a few bytes changed."""
        rng = self.random
        body = rng.choice(BODIES[:22] if rng.random() < 0.98 else BODIES)
        if body and rng.random() < 0.2:
            place = rng.randrange(len(body))
            body = body[:place] + rng.randbytes(rng.randrange(4)) + body[place + rng.randrange(3) :]
        return body


def things_in(server: LocalJSONBin) -> list[str]:
    """The ids of a few bins, of a collection with a schema and a bin, and of nothing."""
    key = {"x-master-key": server.master_key, "content-type": "application/json"}
    with httpx.Client(base_url=server.url, headers=key, trust_env=False, verify=False) as client:
        schema = client.post("/s", content='{"required":["a"]}', headers={"x-schema-doc-name": "s"}).json()
        collection = client.post("/c", headers={"x-collection-name": "c"}).json()["record"]
        client.put(f"/c/{collection}/schemadoc/add", headers={"x-schema-doc-id": schema["metadata"]["id"]})
        kept = client.post("/b", content='{"a":1}', headers={"x-collection-id": collection}).json()
    ids = [schema["metadata"]["id"], collection, kept["metadata"]["id"]]
    return [*ids, server.create({"a": 1}), server.create([1], public=True), server.demo, "0" * 24]


def shape_of(status: int, headers: dict[str, str], body: bytes) -> str | None:
    """What is wrong with the shape of an answer; None where it is the API's own."""
    if status == 500:
        return "a 500"
    if status == 403 and body == b"error code: 1010":
        return None
    if status == 400 and body == b"Invalid HTTP request received.":
        return None
    if headers.get("content-type") != "application/json; charset=utf-8":
        return f"of type {headers.get('content-type')}"
    value = json.loads(body, parse_int=float)
    if status >= 400 and not (isinstance(value, dict) and isinstance(value.get("message"), str)):
        return "an error without a message"
    return None if 200 <= status < 500 else f"a {status}"


@pytest.mark.parametrize("part", range(2))
def test_whatever_is_sent_the_answer_is_of_the_apis_shape(part: int, thorough: bool) -> None:
    """Fuzzed requests, 10,000 where it is to be thorough: an answer each, never a traceback, never a 500.

    The page can show each of them.
    """
    requests = 5_000 if thorough else 800
    log: list[str] = []
    with LocalJSONBin(log=log.append) as server:
        ids = things_in(server)
        fuzzer = Fuzzer(part, ids, [server.master_key, server.access_key("read", "update"), "nonsense"])
        host, port = server.url.split("/")[2].split(":")
        connection, answers = None, 0
        for number in range(requests):
            connection = connection or socket.create_connection((host, int(port)), timeout=60)
            request = fuzzer.request()
            connection.sendall(request)
            response = http.client.HTTPResponse(connection, method=request.split(b" ")[0].decode("latin-1"))
            response.begin()
            if response.status == 100:  # pragma: no cover (http.client skips it itself)
                response.begin()
            headers = {name.lower(): value for name, value in response.getheaders()}
            body = response.read()
            if body or not request.startswith(b"HEAD"):
                wrong = shape_of(response.status, headers, body)
                assert wrong is None, f"{wrong} for request {number}: {request[:300]!r}"
            answers += 1
            if response.will_close:
                connection.close()
                connection = None
        if connection:
            connection.close()
        for seen in server.requests[::5]:
            assert json.loads(dumped(whole(seen, server.url, Settings(""))))["number"] == seen.number
    assert answers == requests
    assert not [line for line in log if "Traceback" in line]
