"""The network and its faults: code, message, and the truth about the bin."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import socket
import ssl
import threading
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpcore
import pytest

from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.failures import Interrupted, NoAnswer, Refused, Trouble
from jsonbin_cli.http.client import Client
from jsonbin_cli.http.connect import Connecting, open_early
from jsonbin_cli.http.exchange import Exchange, Received
from jsonbin_cli.http.request import Request, read, update
from jsonbin_cli.records.document import document_from
from tests.conftest import BIN, CANARY, Program, Run
from tests.http.tunnels import Tunnel, free_port
from tests.scripted import ScriptedServer, Sent

SENT = '{"n":1}'
BRIEF = "2"  # seconds, in which a busy machine too makes the connection
MAY_HAVE = f"the bin may have changed\nhint: see what it holds now: jsonbin get {BIN}\n"


class Connected(Connecting):
    """A connection that is open already."""

    def __init__(self, connection: socket.socket) -> None:
        self.host, self.port, self.seconds = "jsonbin.test", 80, 1.0
        self._since = time.monotonic()
        self.context = None
        self._there = connection

    def opened(self) -> socket.socket:
        """What it was made of."""
        return self._there


def an_account(url: str) -> Account:
    """Nobody's account, at an address of the test's."""
    return Account(None, None, url, "JSONBIN_API_URL")


def an_update(url: str, tmp_path: Path, versioning: bool | None = None) -> Request:
    """An update for a server."""
    (tmp_path / "data.json").write_text(SENT)
    return update(an_account(url), Target(BIN), document_from(str(tmp_path / "data.json")), versioning)


def client_for(url: str, **options: Any) -> Client:
    """What sends requests to a server, without a process of its own."""
    return Client(an_account(url), open_early(an_account(url), 30), **{"timeout": 30, "retries": 2} | options)


def test_the_request_is_what_the_reference_asks_for(jsonbin: Program, server: ScriptedServer) -> None:
    """Method, path, body and the headers that matter; no version header unless asked for."""
    server.echoes()
    assert jsonbin("update", BIN, stdin=SENT).code == 0
    assert server.requests == [Sent("PUT", f"/v3/b/{BIN}", SENT.encode())]
    headers = server.headers[0]
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Master-Key"] == CANARY
    assert headers["User-Agent"].startswith("jsonbin-cli/")
    assert not {"X-Bin-Versioning", "X-Access-Key"} & headers.keys()


@pytest.mark.parametrize(
    ("option", "setting", "sent"),
    [
        ("--versioning", "", "true"),
        ("--no-versioning", "", "false"),
        (None, "versioning = true", "true"),
        (None, "versioning = false", "false"),
        ("--no-versioning", "versioning = true", "false"),
    ],
)
def test_the_version_header(
    jsonbin: Program, server: ScriptedServer, option: str | None, setting: str, sent: str
) -> None:
    """The option decides, then the profile."""
    jsonbin.configure(f"[profiles.work]\n{setting}\n")
    server.echoes(version=3)
    run = jsonbin("update", BIN, "-p", "work", *([option] if option else []), stdin=SENT)
    assert (run.code, run.err) == (0, "")
    assert server.headers[0]["X-Bin-Versioning"] == sent


def test_a_version_that_was_not_made_is_told(jsonbin: Program, server: ScriptedServer) -> None:
    """Past 1000 versions JSONBin makes none, silently; the user hears of it."""
    server.echoes()
    run = jsonbin("update", BIN, "--versioning", stdin=SENT)
    assert run.code == 0
    assert run.err == (
        "note: --versioning asked for a version, and JSONBin made none; a bin that has 1000 versions gets no more\n"
    )


def test_the_reply_is_compared_with_what_was_sent(jsonbin: Program, server: ScriptedServer) -> None:
    """A record that came back different is exit 1, with the first places; written as text it stays."""
    server.replies(200, b'{"record": {"big": 12345678901234567000, "b": 1.1, "c": 3, "d": 4}, "metadata": {}}')
    run = jsonbin("update", BIN, "--errors", "json", stdin='{"big": 12345678901234567890, "b": 1.10, "x": 1, "y": 2}')
    error = json.loads(run.err.splitlines()[-1])["error"]
    assert (run.code, run.out, error["slug"], error["sent"], error["status"]) == (
        1,
        "",
        "stored-differently",
        True,
        200,
    )
    assert error["message"] == (
        "JSONBin stored something else than was sent: at /big 12345678901234567890 became 12345678901234567000, "
        "at /x something is missing, at /y something is missing, …"
    )
    server.replies(200, b'{"record": {"n": 1, "m": 2}, "metadata": {}}')
    run = jsonbin("update", BIN, stdin=SENT)
    assert run.err == "error: JSONBin stored something else than was sent: at /m something was added\n"
    server.replies(200, b'{"record": {"big": 12345678901234567000}, "metadata": {}}')
    run = jsonbin("update", BIN, stdin='{"big": 12345678901234567890}')
    assert run.err.splitlines()[1:] == [
        "error: JSONBin stored something else than was sent: at /big 12345678901234567890 became 12345678901234567000",
        "hint: write such numbers as strings, in double quotes, and they stay as they are",
    ]
    server.echoes()
    assert jsonbin("update", BIN, stdin='{"big": "12345678901234567890"}').code == 0
    server.replies(200, b'{"record": {"n": 2}, "metadata": {}}')
    assert (
        jsonbin("update", BIN, stdin=SENT).err
        == "error: JSONBin stored something else than was sent: at /n 1 became 2\n"
    )


@pytest.mark.parametrize("rest", [b",oops", b',"metadata":{}', b"},{}"])
def test_an_echo_followed_by_nonsense(jsonbin: Program, server: ScriptedServer, rest: bytes) -> None:
    """The record as it was sent does not make an answer JSON."""
    server.replies(200, b'{"record":' + SENT.encode() + rest)
    assert jsonbin("update", BIN, stdin=SENT).code == 5


@pytest.mark.parametrize(
    "reply", [b'{"record":{"n":1}}', b'{"record":{"n":1},"metadata":[]}', b' {"record" : {"n" : 1.0}}']
)
def test_a_reply_without_metadata(jsonbin: Program, server: ScriptedServer, reply: bytes) -> None:
    """What matters is the record; the rest goes out as it came."""
    server.replies(200, reply)
    assert jsonbin("update", BIN, stdin=SENT) == Run(0, reply.decode() + "\n", "")


def test_a_record_that_became_something_else_altogether(jsonbin: Program, server: ScriptedServer) -> None:
    """A difference at the top is named so, and without a hint where there is none to give."""
    server.replies(200, {"record": [1], "metadata": {}})
    assert jsonbin("update", BIN, stdin=SENT) == Run(
        1, "", "error: JSONBin stored something else than was sent: at the top an object became an array\n"
    )


def test_a_dead_port(jsonbin: Program) -> None:
    """Nothing was sent, and the hint names who chose the address."""
    port = free_port()
    run = jsonbin("update", BIN, "--retries", "0", stdin=SENT, env={"JSONBIN_API_URL": f"http://127.0.0.1:{port}/v3"})
    assert run == Run(
        3,
        "",
        f"error: no connection to 127.0.0.1:{port}: Connection refused; nothing was sent\n"
        "hint: the address comes from JSONBIN_API_URL; is something listening there?\n",
    )


def test_an_unresolvable_host(jsonbin: Program) -> None:
    """A name that leads nowhere: nothing was sent, and it is tried again first."""
    run = jsonbin("update", BIN, "--retries=1", stdin=SENT, env={"JSONBIN_API_URL": "https://jsonbin.invalid/v3"})
    first, error, hint = run.err.splitlines()
    assert (run.code, run.out) == (3, "")
    assert re.fullmatch(
        r"note: no connection to jsonbin.invalid: .*; nothing was sent; trying again in [01]\.\d s", first
    )
    assert re.fullmatch(r"error: no connection to jsonbin.invalid: .*; nothing was sent", error)
    assert hint == "hint: the address comes from JSONBIN_API_URL; is something listening there?"


def test_a_server_that_never_answers(jsonbin: Program, server: ScriptedServer) -> None:
    """After a time-out once it was sent nothing is sent again, and the bin may have changed; `get` tells."""
    server.hangs()
    run = jsonbin("update", BIN, "--timeout", BRIEF, stdin=SENT)
    assert run == Run(3, "", f"error: no answer from 127.0.0.1:{server.port} within {BRIEF} s; {MAY_HAVE}")
    server.replies(200, {"record": {"n": 1}, "metadata": {}})
    assert jsonbin.shell(run.err.split(": ")[-1]).code == 0


def test_an_answer_that_drips(jsonbin: Program, server: ScriptedServer) -> None:
    """The time-out is for the whole answer, not for each byte of it."""
    server.drips()
    run = jsonbin("update", BIN, "--timeout", BRIEF, stdin=SENT)
    assert run == Run(3, "", f"error: no answer from 127.0.0.1:{server.port} within {BRIEF} s; {MAY_HAVE}")


def test_headers_that_drip(jsonbin: Program, tls_server: ScriptedServer, trusted: Path) -> None:
    """The time-out is for the headers too, with a proxy in between and without."""
    jsonbin.env["SSL_CERT_FILE"] = str(trusted)
    late = Run(3, "", f"error: no answer from 127.0.0.1:{tls_server.port} within {BRIEF} s; {MAY_HAVE}")
    for env in ({}, {"HTTPS_PROXY": Tunnel().url}):
        tls_server.drips(b"HTTP/1.1 200 OK\r\nX-Long: ")
        assert jsonbin("update", BIN, "--timeout", BRIEF, stdin=SENT, env=env) == late


@pytest.mark.parametrize(("timeout", "seconds"), [(f"{BRIEF}", f"{BRIEF}"), ("60", "10")])
def test_a_greeting_that_drips(jsonbin: Program, timeout: str, seconds: str) -> None:
    """The time to connect is for all of it, ten seconds at most, and nothing was sent before its end."""
    over = threading.Event()

    def greet() -> None:
        client, _ = listener.accept()
        with client, contextlib.suppress(OSError):
            client.sendall(b"\x16\x03\x03\x40\x00")  # a TLS record of 16 kB
            while not over.wait(0.05):
                client.sendall(b"\x02")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=greet)
        thread.start()
        place = f"127.0.0.1:{listener.getsockname()[1]}"
        env = {"JSONBIN_API_URL": f"https://{place}/v3"}
        start = time.monotonic()
        run = jsonbin("update", BIN, f"--timeout={timeout}", "--retries=0", stdin=SENT, env=env)
        assert time.monotonic() - start < 50
        over.set()
        thread.join()
    assert run == Run(
        3,
        "",
        f"error: no connection to {place} within {seconds} s; nothing was sent\n"
        "hint: the address comes from JSONBIN_API_URL; is something listening there?\n",
    )


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HT",
        b"HTTP/1.1 200 OK\r\nContent-Len",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{",
    ],
)
def test_an_answer_that_is_not_whole(jsonbin: Program, server: ScriptedServer, answer: bytes) -> None:
    """Nothing and half an answer are none."""
    server.says(answer)
    assert jsonbin("update", BIN, stdin=SENT) == Run(
        3, "", f"error: 127.0.0.1:{server.port} closed the connection before its answer was whole; {MAY_HAVE}"
    )


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (b"hello\r\n\r\n", "something that is not HTTP"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "something that is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{", "something that is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nB\xc3\xa4d: name\r\n\r\n{}", "something that is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 300_000 + b"\r\n\r\n{}", "longer headers than are read"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n?", "in an encoding that was not asked for"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\n?", "in an encoding that was not asked for"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Encoding: gzip\r\n\r\n?",
            "in an encoding that was not asked for",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip", "gzip that cannot be decoded"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}", mtime=0)[:-1],
            "gzip that ends in the middle",
        ),
    ],
)
def test_an_answer_that_cannot_be_read(jsonbin: Program, server: ScriptedServer, answer: bytes, fault: str) -> None:
    """What is wrong with it is said, and not that there was none."""
    server.says(answer)
    how = "" if fault.startswith("in ") else "with "
    assert jsonbin("update", BIN, stdin=SENT) == Run(
        3, "", f"error: 127.0.0.1:{server.port} answered {how}{fault}; {MAY_HAVE}"
    )


def test_headers_of_unusual_size(jsonbin: Program, server: ScriptedServer) -> None:
    """Many headers, and a long one, are no reason not to read an answer."""
    answer = b'{"record":{"n":1},"metadata":{}}'
    many = b"".join(b"X-%d: y\r\n" % number for number in range(150))
    head = b"HTTP/1.1 200 OK\r\n%sX-Long: %s\r\nContent-Length: %d\r\n\r\n%s"
    server.says(head % (many, b"x" * 70_000, len(answer), answer))
    assert jsonbin("update", BIN, stdin=SENT) == Run(0, answer.decode() + "\n", "")


def test_an_answer_that_does_not_say_where_it_ends(jsonbin: Program, server: ScriptedServer) -> None:
    """It ends where the connection does; but what the time-out cuts off is not whole."""
    server.says(b'HTTP/1.1 200 OK\r\n\r\n{"record":{"n":1},"metadata":{}}')
    assert jsonbin("update", BIN, stdin=SENT).code == 0
    server.drips(b"HTTP/1.1 200 OK\r\n\r\n ")
    assert jsonbin("update", BIN, "--timeout", BRIEF, stdin=SENT).err.startswith(
        f"error: no answer from 127.0.0.1:{server.port} within {BRIEF} s; "
    )


def test_an_error_without_a_body(jsonbin: Program, server: ScriptedServer) -> None:
    """A gateway that says nothing but its status is tried again like any other."""
    server.says(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\n\r\n")
    server.echoes()
    run = jsonbin("update", BIN, stdin=SENT)
    assert (run.code, run.err) == (0, "note: JSONBin answered 503; trying again in 0.0 s\n")


def test_what_stands_before_and_around_an_answer(jsonbin: Program, server: ScriptedServer) -> None:
    """Answers that only announce the one, and headers with any bytes in them, do not hide it."""
    answer = b'{"record":{"n":1},"metadata":{}}'
    server.says(
        b"HTTP/1.1 100 Continue\r\n\r\n"
        b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"
        b"HTTP/1.1 102 Processing\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nServer: caf\xe9\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer)
    )
    assert jsonbin("update", BIN, stdin=SENT) == Run(0, answer.decode() + "\n", "")


@pytest.mark.parametrize("broken", [BrokenPipeError(), ConnectionResetError(), ssl.SSLEOFError(8, "EOF occurred")])
def test_a_refusal_before_all_was_sent(broken: OSError, tmp_path: Path) -> None:
    """A server that has enough, answers, and closes is heard."""

    class Closed(socket.socket):
        """Takes the headers and nothing more."""

        def sendall(self, data: Any, *_: Any) -> None:
            if not data.startswith(b"PUT"):
                raise broken

    here, there = socket.socketpair()
    with there:
        there.sendall(b'HTTP/1.1 413 Too Large\r\nContent-Length: 22\r\n\r\n{"message":"too much"}')
        request = an_update("http://jsonbin.test/v3", tmp_path)
        connected = Connected(Closed(fileno=here.detach()))
        with (
            Client(an_account("http://jsonbin.test/v3"), connected, timeout=30, retries=2) as client,
            pytest.raises(Refused) as told,
        ):
            client.send(request)
    assert told.value.message == "too much"


def test_time_is_counted_from_the_last_byte_that_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connecting has its own time; each piece of the request has all the time of the answer, which starts after it."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    exchange = Exchange(10, 30)
    now[0] += 9
    assert exchange.left() == 1
    assert exchange.sending() == 1  # to a proxy
    exchange.trace("http11.send_request_headers.started", {"request": httpcore.Request("PUT", "http://jsonbin.test")})
    assert exchange.sending() == 30
    now[0] += 29.5
    assert exchange.left() == 0.5
    assert exchange.sending() == 30
    now[0] += 30
    with pytest.raises(TimeoutError):
        exchange.left()


@pytest.mark.parametrize(
    ("pieces", "headers", "reusable"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"], {"content-length": "2"}, True),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r", b"\n{", b"}"], {"content-length": "2"}, True),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK"], {"content-length": "2"}, False),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{"], {"content-length": "2"}, False),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"], {"content-length": "2"}, False),
        ([b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", b"{}"], {"content-length": "2"}, True),
        ([b"HTTP/1.1 200 OK\r\n\r\n2\r\n{}\r\n0\r\n", b"\r\n"], {"transfer-encoding": "chunked"}, True),
        ([b"HTTP/1.1 200 OK\r\n\r\n2\r\n{}\r\n0\r\n\r\n?"], {"transfer-encoding": "chunked"}, False),
        ([b"HTTP/1.1 200 OK\r\n\r\n{}"], {}, False),
    ],
)
def test_what_came_after_an_answer(pieces: list[bytes], headers: dict[str, str], reusable: bool) -> None:
    """A connection is used again only where nothing came beyond the answer."""
    received = Received()
    for piece in pieces:
        received.take(piece)
    assert received.end_with(headers) is reusable
    assert (received.count, received.ended) == (sum(map(len, pieces)), False)
    received.take(b"")
    assert received.ended


def test_bytes_after_an_answer_are_not_the_next_answer(server: ScriptedServer, tmp_path: Path) -> None:
    """The second request goes over a connection of its own."""
    answer = b'{"record":{"n":1},"metadata":{}}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
    both = head % (len(answer), answer) + head % (21, b'{"message":"another"}')
    server.writes(both)
    server.replies(200, answer)
    request = an_update(server.url, tmp_path)
    with client_for(server.url) as client:
        assert [client.send(request).raw for _ in range(2)] == [answer, answer]
    assert len(set(server.peers)) == 2


def test_a_compressed_answer(jsonbin: Program, server: ScriptedServer) -> None:
    """What the server packs is unpacked."""
    server.replies(200, gzip.compress(b'{"record":{"n":1},"metadata":{}}'), {"Content-Encoding": "gzip"})
    assert jsonbin("update", BIN, stdin=SENT).out == '{"record":{"n":1},"metadata":{}}\n'


def test_a_connection_that_the_server_closed_is_not_used_again(server: ScriptedServer, tmp_path: Path) -> None:
    """One that stays open is."""
    answer = b'{"record":{"n":1},"metadata":{}}'
    for _ in range(2):
        server.replies(200, answer)
    server.says(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
    server.replies(200, answer)
    request = an_update(server.url, tmp_path)
    with client_for(server.url) as client:
        for number in range(4):
            if number == 3:
                assert server.hung_up.wait(60)
            client.send(request)
    assert len(set(server.peers[:3])) == 1
    assert len(set(server.peers)) == 2


def test_a_connection_that_rested_is_not_used_again(
    server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that was idle for long may have been closed unnoticed, and a request on it would be lost."""
    clock, later = time.monotonic, [0]
    monkeypatch.setattr(time, "monotonic", lambda: clock() + later[0])
    request = an_update(server.url, tmp_path)
    with client_for(server.url) as client:
        for later[0] in (0, 3, 9):
            server.echoes()
            client.send(request)
    assert server.peers[0] == server.peers[1] != server.peers[2]


def test_each_address_of_a_host_is_tried(
    server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is dead does not hide the next; where all are, the reason is that of the last."""
    request = an_update(server.url, tmp_path)
    addresses = [("127.0.0.1", free_port()), ("127.0.0.1", server.port)]

    def found(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", address) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    server.echoes()
    with client_for(server.url) as client:
        client.send(request)
    addresses.pop()
    with client_for(server.url, retries=0) as client, pytest.raises(NoAnswer) as told:
        client.send(request)
    assert told.value.message.endswith("Connection refused; nothing was sent")


def test_a_name_server_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """To find the address is part of connecting, and of its time."""
    over = threading.Event()

    def found(*_: object, **__: object) -> list[Any]:
        over.wait(60)
        raise OSError("nobody waits for this any more")

    monkeypatch.setattr(socket, "getaddrinfo", found)
    connecting = Connecting("jsonbin.test", 443, 0.1, tls=False)
    with pytest.raises(TimeoutError):
        connecting.opened()
    over.set()


def test_an_answer_without_end(jsonbin: Program, server: ScriptedServer) -> None:
    """No answer of the service is larger than some megabytes; reading stops."""
    server.replies(200, b" " * (33 * 1024 * 1024))
    run = jsonbin("update", BIN, stdin=SENT)
    assert run == Run(3, "", f"error: 127.0.0.1:{server.port} answered with more than JSONBin ever does; {MAY_HAVE}")


def test_what_silence_means_for_reading_and_creating(jsonbin: Program, server: ScriptedServer) -> None:
    """Reading changes nothing; a bin may have been created."""
    server.closes_midway()
    assert "; nothing was changed\n" in jsonbin("get", BIN).err
    server.closes_midway()
    assert "; the bin may have been created\n" in jsonbin("create", stdin=SENT).err


def test_three_502_then_200(jsonbin: Program, server: ScriptedServer) -> None:
    """An outage is waited out with growing pauses, each told."""
    for _ in range(3):
        server.replies(502, b"<html>")
    server.echoes()
    run = jsonbin("update", BIN, "--retries", "3", stdin=SENT)
    assert (run.code, len(server.requests)) == (0, 4)
    assert re.fullmatch(r"(note: JSONBin answered 502; trying again in \d\.\d s\n){3}", run.err)


def test_429_with_retry_after_is_obeyed(jsonbin: Program, server: ScriptedServer) -> None:
    """The server says when; in seconds or as a date."""
    server.replies(429, b"", {"Retry-After": "1"})
    server.replies(429, b"", {"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"})
    server.echoes()
    run = jsonbin("update", BIN, stdin=SENT)
    assert (run.code, run.err.splitlines()[0]) == (0, "note: JSONBin answered 429; trying again in 1.0 s")


def test_a_retry_after_over_a_minute_ends_the_tries(jsonbin: Program, server: ScriptedServer) -> None:
    """Nobody waits an hour at a prompt."""
    server.replies(429, b"", {"Retry-After": "61"})
    assert jsonbin("update", BIN, stdin=SENT).code == 5


@pytest.mark.parametrize("status", [502, 504])
def test_with_versions_a_gateways_error_is_not_sent_again(
    jsonbin: Program, server: ScriptedServer, status: int
) -> None:
    """Each try could leave a version, and each POST a bin."""
    server.replies(status, b"")
    assert jsonbin("update", BIN, "--versioning", stdin=SENT).code == 5
    server.replies(status, b"")
    assert jsonbin("create", stdin=SENT).code == 5


def test_pauses_grow_and_are_jittered(server: ScriptedServer, tmp_path: Path) -> None:
    """One, two, four … seconds, each shortened by up to half; an unreadable Retry-After changes nothing."""
    pauses: list[float] = []
    for _ in range(8):
        server.replies(503, b"", {"Retry-After": "1 Jan 99999999999999999999 1:1:1"})
    request = an_update(server.url, tmp_path)
    with client_for(server.url, retries=7, pause=pauses.append) as client, pytest.raises(Trouble):
        client.send(request)
    assert all(whole / 2 <= pause <= whole for pause, whole in zip(pauses, (1, 2, 4, 8, 16, 32, 32), strict=True))


@pytest.mark.parametrize(
    ("asked", "least", "most"), [("60", 60, 60), ("0", 0, 0), ("date", 1, 50), ("Thu, 01 Jan 1970 00:00:00 GMT", 0, 0)]
)
def test_the_pause_that_was_asked_for(
    server: ScriptedServer, tmp_path: Path, asked: str, least: float, most: float
) -> None:
    """Up to a minute, in seconds or until a date; a date that is over is no pause."""
    pauses: list[float] = []
    in_50_seconds = formatdate(time.time() + 50, usegmt=True)
    server.replies(429, b"", {"Retry-After": in_50_seconds if asked == "date" else asked})
    server.echoes()
    with client_for(server.url, pause=pauses.append) as client:
        client.send(an_update(server.url, tmp_path))
    assert [least <= pause <= most for pause in pauses] == [True]


@pytest.mark.parametrize(("headers", "least", "most"), [({"Retry-After": "7"}, 7, 7), ({}, 1, 2)])
def test_what_a_429_means_for_other_clients(
    server: ScriptedServer, tmp_path: Path, headers: dict[str, str], least: float, most: float
) -> None:
    """They send nothing for as long as JSONBin asked for, or else as this one waits. After other statuses they do."""
    busy: list[float] = []
    server.replies(503, b"")
    server.replies(429, b"", headers)
    server.echoes()
    with client_for(server.url, pause=lambda _: None, busy=busy.append) as client:
        client.send(an_update(server.url, tmp_path))
    assert [least <= seconds <= most for seconds in busy] == [True]


def test_a_server_that_comes_up_between_two_tries(tmp_path: Path) -> None:
    """The second try connects to it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/v3"
    with contextlib.ExitStack() as later:
        client = client_for(url, pause=lambda _: later.enter_context(ScriptedServer(port=port)).echoes())
        with client:
            assert client.send(an_update(url, tmp_path)).record.raw == SENT.encode()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_these_statuses_are_tried_again(server: ScriptedServer, tmp_path: Path, status: int) -> None:
    """An update without a version is the same however often it arrives."""
    server.replies(status, b"")
    server.echoes()
    with client_for(server.url, pause=lambda _: None) as client:
        assert client.send(an_update(server.url, tmp_path)).record.raw == SENT.encode()


@pytest.mark.parametrize("status", [428, 430, 500, 501, 505])
def test_other_statuses_are_not_tried_again(server: ScriptedServer, tmp_path: Path, status: int) -> None:
    """Only 429, 502, 503 and 504 say that another try may succeed."""
    server.replies(status, b"")
    with client_for(server.url) as client, pytest.raises(Trouble):
        client.send(an_update(server.url, tmp_path))


def test_after_a_502_the_bin_may_have_changed_whatever_follows(server: ScriptedServer, tmp_path: Path) -> None:
    """A gateway's error may have been carried out, so a dead network after it does not mean "nothing was sent"."""
    request = an_update(server.url, tmp_path)
    server.replies(502, b"", {"Connection": "close"})
    with client_for(server.url, retries=1, pause=lambda _: server.stop()) as client, pytest.raises(NoAnswer) as told:
        client.send(request)
    assert told.value.sent
    assert told.value.message.endswith("Connection refused; the bin may have changed")


@pytest.mark.parametrize("status", [403, 404, 429])
def test_a_refusal_after_a_502_is_no_certainty(jsonbin: Program, server: ScriptedServer, status: int) -> None:
    """The try before may have been carried out: exit 5, and the message says so; a read changes nothing."""
    for _ in range(3):
        server.replies(502, b"")
        server.replies(status, {"message": "Requests exhausted."})
    run = jsonbin("update", BIN, "--retries", "1", stdin=SENT)
    assert (run.code, run.out) == (5, "")
    assert "error: Requests exhausted.; an earlier try may have changed the bin\n" in run.err
    for reading in ("get", "history"):
        assert jsonbin(reading, BIN, "--retries", "1").code == (4 if status != 429 else 5)


def test_each_request_of_a_client_is_judged_by_itself(server: ScriptedServer, tmp_path: Path) -> None:
    """The outcome of the request before says nothing about this one."""
    request = an_update(server.url, tmp_path)
    server.replies(502, b"", {"Connection": "close"})
    with client_for(server.url, retries=0) as client:
        with pytest.raises(Trouble):
            client.send(request)
        server.stop()
        with pytest.raises(NoAnswer) as told:
            client.send(request)
    assert not told.value.sent


def test_ctrl_c_between_two_tries(server: ScriptedServer, tmp_path: Path) -> None:
    """Whether the bin may have changed depends on what was answered before."""

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    request = an_update(server.url, tmp_path)
    for status, sent in ((503, False), (502, True)):
        server.replies(status, b"")
        with pytest.raises(Interrupted) as told, client_for(server.url, pause=interrupt) as client:
            client.send(request)
        assert told.value.sent == sent


def test_ctrl_c_while_waiting(jsonbin: Program, server: ScriptedServer) -> None:
    """Exit 130, and the bin may have changed."""
    server.hangs()
    process = jsonbin.start("update", BIN)
    assert process.stdin
    process.stdin.write(SENT.encode())
    process.stdin.close()
    process.stdin = None
    assert server.arrived.wait(30)
    out, err = jsonbin.interrupt(process)
    assert jsonbin.checked(process.returncode, out, err) == Run(
        130, "", "error: interrupted; the bin may have changed\n"
    )


def test_a_certificate_that_is_not_trusted(jsonbin: Program, tls_server: ScriptedServer, trusted: Path) -> None:
    """Nothing is sent, nothing is tried again, and naming the authority helps."""
    run = jsonbin("update", BIN, stdin=SENT)
    assert run == Run(
        3,
        "",
        f"error: the certificate of 127.0.0.1:{tls_server.port} is not trusted: unable to get local issuer certificate; "
        "nothing was sent\n"
        "hint: where a proxy signs with a certificate of its own, name that in SSL_CERT_FILE\n",
    )
    tls_server.echoes()
    assert jsonbin("update", BIN, stdin=SENT, env={"SSL_CERT_FILE": str(trusted)}).code == 0


def test_a_server_that_does_not_speak_tls(jsonbin: Program, server: ScriptedServer) -> None:
    """A port that speaks http, asked for https."""
    run = jsonbin(
        "update", BIN, "--retries=0", stdin=SENT, env={"JSONBIN_API_URL": server.url.replace("http:", "https:")}
    )
    assert (run.code, run.out) == (3, "")
    assert re.match(
        r"error: no connection to 127.0.0.1:\d+: it does not speak TLS as it should \(\w+\); nothing was sent\n",
        run.err,
    )


def test_certificates_that_cannot_be_read(jsonbin: Program, tls_server: ScriptedServer) -> None:
    """A wrong SSL_CERT_FILE is named, and unsetting it brings back the system's."""
    run = jsonbin("update", BIN, stdin=SENT, env={"SSL_CERT_FILE": "none.pem"})
    assert run == Run(
        2,
        "",
        "error: SSL_CERT_FILE or SSL_CERT_DIR names no readable certificates\nhint: unset it, or correct it\n",
    )
    assert jsonbin("update", BIN, stdin=SENT).code == 3
    assert tls_server.requests == []


def test_verbose_tells_requests_and_answers_without_the_key(jsonbin: Program, server: ScriptedServer) -> None:
    """One line for what was sent, with the key's source, one for what came."""
    server.echoes()
    run = jsonbin("update", BIN, "-v", stdin=SENT)
    sent, came = run.err.splitlines()
    assert sent == f"PUT {server.url}/b/{BIN}, 7 bytes, master key from JSONBIN_MASTER_KEY"
    assert re.fullmatch(r"200 after \d\d?\.\d\d s, \d+ bytes", came)
    jsonbin.configure("")
    server.replies(200, {"record": {}, "metadata": {}})
    assert jsonbin("get", BIN, "-v").err.startswith(f"GET {server.url}/b/{BIN}/latest, 0 bytes, no key\n")


def test_ctrl_c_in_the_pause_after_a_refusal(server: ScriptedServer, tmp_path: Path) -> None:
    """The request was sent, and JSONBin said that it did nothing."""

    def pressed(_: float) -> None:
        raise KeyboardInterrupt

    server.replies(503, b"")
    unchanged = pytest.raises(Interrupted, match=r"^interrupted; nothing was changed$")
    with unchanged, client_for(server.url, pause=pressed) as client:
        client.send(an_update(server.url, tmp_path))


def test_ctrl_c_at_any_other_moment(server: ScriptedServer, tmp_path: Path) -> None:
    """Before the first request nothing was sent; after a reply it says what was done."""
    with pytest.raises(Interrupted, match=r"^interrupted; nothing was sent$"), client_for(server.url):
        raise KeyboardInterrupt
    early = open_early(an_account(server.url), 30)
    assert early
    early.opened()
    early.drop()
    assert early.opened().fileno() < 0
    for asked, said in (
        (an_update(server.url, tmp_path), f"interrupted, after it updated {BIN}"),
        (read(Target(BIN)), "interrupted; nothing was changed"),
    ):
        server.replies(200, {"record": {"n": 1}, "metadata": {}})
        with pytest.raises(Interrupted) as told, client_for(server.url) as client:  # noqa: PT012
            client.send(asked)
            raise KeyboardInterrupt
        assert (told.value.message, told.value.sent) == (said, True)


def test_doubt_outlives_an_answer_that_settles_nothing(server: ScriptedServer, tmp_path: Path) -> None:
    """After 502 and 503, a 403 does not say that the bin is as it was; a new request starts afresh."""
    with client_for(server.url, pause=lambda _: None) as client:
        for statuses, kind, may_be_done in (((502, 503, 403), Trouble, True), ((503, 503, 403), Refused, False)):
            for status in statuses:
                server.replies(status, {"message": "no"})
            with pytest.raises(kind) as told:
                client.send(an_update(server.url, tmp_path))
            assert ("an earlier try may have changed the bin" in told.value.message) is may_be_done
