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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.failures import Interrupted, NoAnswer, Refused, Trouble
from jsonbin_cli.http.client import Client
from jsonbin_cli.http.connect import Connecting, ahead
from jsonbin_cli.http.deadline import Progress
from jsonbin_cli.http.request import Request, update
from jsonbin_cli.records.document import document_from
from tests.conftest import BIN, CANARY, Program, Run
from tests.scripted import ScriptedServer, Sent

SENT = '{"n":1}'
BRIEF = "2"  # seconds, in which a busy machine too makes the connection
MAY_HAVE = f"the bin may have changed\nhint: see what it holds now: jsonbin get {BIN}\n"


@pytest.fixture
def authority() -> trustme.CA:
    """A certificate authority that nobody trusts yet."""
    return trustme.CA()


@pytest.fixture
def tls_server(authority: trustme.CA, jsonbin: Program) -> Iterator[ScriptedServer]:
    """The scripted server over HTTPS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with ScriptedServer(context) as server:
        jsonbin.env["JSONBIN_API_URL"] = server.url
        yield server
    assert server.script == []
    assert server.unexpected == []


@pytest.fixture
def trusted(authority: trustme.CA, jsonbin: Program) -> Path:
    """The authority's certificate as a file."""
    path = jsonbin.home / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


class Tunnel:
    """A proxy that answers CONNECT and passes bytes on, or refuses."""

    def __init__(self, status: str = "200 OK", port: int | None = None) -> None:
        self.status = status
        self.port = port
        self.asked: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with self._socket:
            client, _ = self._socket.accept()
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(4096)
        self.asked.append(head.decode().split("\r\n")[0])
        client.sendall(f"HTTP/1.1 {self.status}\r\n\r\n".encode())
        if not self.status.startswith("200"):
            client.close()
            return
        port = self.port or int(head.split()[1].decode().split(":")[1])
        server = socket.create_connection(("127.0.0.1", port))
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        with target, contextlib.suppress(OSError):  # the other direction may have closed both
            while data := source.recv(65536):
                target.sendall(data)


def free_port() -> int:
    """A port where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Connected(Connecting):
    """A connection that is there already."""

    def __init__(self, connection: socket.socket) -> None:
        self.host, self.port, self.seconds = "jsonbin.test", 80, 1.0
        self._there = connection

    def opened(self) -> socket.socket:
        """What it was made of."""
        return self._there


def a_request(url: str, tmp_path: Path, versioning: bool | None = None) -> Request:
    """An update for a server."""
    (tmp_path / "data.json").write_text(SENT)
    account = Account(None, None, url, "JSONBIN_API_URL")
    return update(account, Target(BIN), document_from(str(tmp_path / "data.json")), versioning)


def client_for(request: Request, **options: Any) -> Client:
    """What sends such requests, without a process of its own."""
    return Client(request.account, ahead(request.account, 30), **options)


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
        "JSONBin stored something else than was sent: at /x is missing, at /y is missing, at /c was added, …"
    )
    server.replies(200, b'{"record": {"big": 12345678901234567000}, "metadata": {}}')
    run = jsonbin("update", BIN, stdin='{"big": 12345678901234567890}')
    assert run.err.splitlines()[1:] == [
        "error: JSONBin stored something else than was sent: at /big 12345678901234567890 became 12345678901234567000",
        "hint: write such numbers as text, in double quotes, and they stay as they are",
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


def test_no_network_and_no_address_of_ones_own(jsonbin: Program) -> None:
    """With the service's own address the hint speaks of the network and proxies."""
    port = free_port()
    run = jsonbin("update", BIN, "--retries=0", stdin=SENT, env={"HTTPS_PROXY": f"http://127.0.0.1:{port}"})
    assert (run.code, run.out) == (3, "")
    assert run.err.endswith(
        "; nothing was sent\nhint: check this machine's network, and HTTPS_PROXY where it needs a proxy\n"
    )


def test_a_server_that_never_answers(jsonbin: Program, server: ScriptedServer) -> None:
    """After a time-out past sending nothing is sent again, and the bin may have changed; `get` tells."""
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


def test_a_greeting_that_drips(jsonbin: Program) -> None:
    """The time to connect is for all of it, and nothing was sent before its end."""
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
        run = jsonbin(
            *("update", BIN, "--timeout=0.5", "--retries=0"), stdin=SENT, env={"JSONBIN_API_URL": f"https://{place}/v3"}
        )
        over.set()
        thread.join()
    assert run == Run(
        3,
        "",
        f"error: no connection to {place} within 0.5 s; nothing was sent\n"
        "hint: the address comes from JSONBIN_API_URL; is something listening there?\n",
    )


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Len",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{",
    ],
)
def test_an_answer_that_is_not_whole(jsonbin: Program, server: ScriptedServer, answer: bytes) -> None:
    """Nothing, something else than HTTP, and half an answer are none."""
    server.says(answer)
    assert jsonbin("update", BIN, stdin=SENT) == Run(
        3, "", f"error: 127.0.0.1:{server.port} closed the connection before its answer was whole; {MAY_HAVE}"
    )


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
        request = a_request("http://jsonbin.test/v3", tmp_path)
        connected = Connected(Closed(fileno=here.detach()))
        with Client(request.account, connected) as client, pytest.raises(Refused) as told:
            client.send(request)
    assert told.value.message == "too much"


def test_an_answer_without_a_length_that_was_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only the end of the connection would be its end, what the time-out ended is not whole."""
    monkeypatch.setattr(threading.Timer, "start", lambda timer: timer.function(*timer.args))
    here, there = socket.socketpair()
    with there:
        there.sendall(b'HTTP/1.1 200 OK\r\n\r\n{"record":{"n":1},"metadata":{}}')
        request = a_request("http://jsonbin.test/v3", tmp_path)
        with Client(request.account, Connected(here)) as client, pytest.raises(NoAnswer) as told:
            client.send(request)
    assert told.value.message == "no answer from jsonbin.test within 30 s; the bin may have changed"


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
    request = a_request(server.url, tmp_path)
    with client_for(request) as client:
        for number in range(4):
            if number == 3:
                assert server.hung_up.wait(60)
            client.send(request)
    assert len(set(server.peers[:3])) == 1
    assert len(set(server.peers)) == 2


def test_a_connection_that_rested_is_not_used_again(
    server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was idle for long may be gone without a word, and a request that is lost on it would leave a doubt."""
    clock, later = time.monotonic, [0]
    monkeypatch.setattr(time, "monotonic", lambda: clock() + later[0])
    request = a_request(server.url, tmp_path)
    with client_for(request) as client:
        for later[0] in (0, 3, 9):
            server.echoes()
            client.send(request)
    assert server.peers[0] == server.peers[1] != server.peers[2]


def test_each_address_of_a_host_is_tried(
    server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is dead does not hide the next; where all are, the reason is that of the last."""
    request = a_request(server.url, tmp_path)
    addresses = [("127.0.0.1", free_port()), ("127.0.0.1", server.port)]

    def found(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", address) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    server.echoes()
    with client_for(request) as client:
        client.send(request)
    addresses.pop()
    with client_for(request, retries=0) as client, pytest.raises(NoAnswer) as told:
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


def test_without_a_thread_to_watch_the_time(
    server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request is sent already, so its answer is waited for all the same."""

    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Timer, "start", start)
    server.echoes()
    request = a_request(server.url, tmp_path)
    with client_for(request) as client:
        assert client.send(request).metadata == {"parentId": BIN, "private": True}


def test_time_that_is_over_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the timer goes off at the moment the answer is whole, the next request is not cut off for it."""
    monkeypatch.setattr(threading.Timer, "cancel", lambda _: None)
    here, there = socket.socketpair()
    progress = Progress(0.05)
    with here, there:
        progress.connected(here)
        progress.waiting()
        progress.end()
        for timer in [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]:
            timer.join()
        progress.begin(reached=False)
        here.sendall(b"?")
        assert there.recv(1) == b"?"
    assert not progress.over


def test_time_that_is_over_on_the_way_through_a_proxy() -> None:
    """A proxy that was too slow lets nothing be sent any more."""
    here, there = socket.socketpair()
    progress = Progress(0.05)
    with here, there:
        progress.connected(here)
        progress.waiting()
        assert there.recv(1) == b""
        with pytest.raises(TimeoutError):
            progress.sending()
    assert not progress.reached


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
    server.replies(429, b"", {"Retry-After": "3600"})
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
    for _ in range(5):
        server.replies(503, b"", {"Retry-After": "1 Jan 99999999999999999999 1:1:1"})
    request = a_request(server.url, tmp_path)
    with client_for(request, retries=4, pause=pauses.append) as client, pytest.raises(Trouble):
        client.send(request)
    assert all(whole / 2 <= pause <= whole for pause, whole in zip(pauses, (1, 2, 4, 8), strict=True))


def test_after_a_502_the_bin_is_in_doubt_whatever_follows(server: ScriptedServer, tmp_path: Path) -> None:
    """A gateway's error may have been carried out, so a dead network after it does not mean "nothing was sent"."""
    request = a_request(server.url, tmp_path)
    server.replies(502, b"", {"Connection": "close"})
    with client_for(request, retries=1, pause=lambda _: server.stop()) as client, pytest.raises(NoAnswer) as told:
        client.send(request)
    assert told.value.sent
    assert told.value.message.endswith("Connection refused; the bin may have changed")


@pytest.mark.parametrize("status", [403, 404, 429])
def test_a_refusal_after_a_502_is_no_certainty(jsonbin: Program, server: ScriptedServer, status: int) -> None:
    """The try before may have been carried out: exit 5, and the message says so; reading is never in doubt."""
    for _ in range(3):
        server.replies(502, b"")
        server.replies(status, {"message": "Requests exhausted."})
    run = jsonbin("update", BIN, "--retries", "1", stdin=SENT)
    assert (run.code, run.out) == (5, "")
    assert "error: Requests exhausted.; an earlier try may have changed the bin\n" in run.err
    for reading in ("get", "history"):
        assert jsonbin(reading, BIN, "--retries", "1").code == (4 if status != 429 else 5)


def test_each_request_of_a_client_is_judged_by_itself(server: ScriptedServer, tmp_path: Path) -> None:
    """What became of the one before is no doubt about this one."""
    request = a_request(server.url, tmp_path)
    server.replies(502, b"", {"Connection": "close"})
    with client_for(request, retries=0) as client:
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

    request = a_request(server.url, tmp_path)
    for status, sent in ((503, False), (502, True)):
        server.replies(status, b"")
        with client_for(request, pause=interrupt) as client, pytest.raises(Interrupted) as told:
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


def test_through_a_proxy(jsonbin: Program, tls_server: ScriptedServer, trusted: Path) -> None:
    """What the edge refuses from here passes through a proxy, as the hint says."""
    jsonbin.env["SSL_CERT_FILE"] = str(trusted)
    tls_server.replies(403, b"error code: 1010")
    run = jsonbin("update", BIN, stdin=SENT)
    assert run == Run(
        5,
        "",
        "error: 403 Forbidden, with something else than a message: error code: 1010\n"
        "hint: send it from another network, or through a proxy named in HTTPS_PROXY\n",
    )
    tunnel = Tunnel()
    tls_server.echoes()
    assert jsonbin("update", BIN, stdin=SENT, env={"HTTPS_PROXY": tunnel.url}).code == 0
    assert tunnel.asked == [f"CONNECT 127.0.0.1:{tls_server.port} HTTP/1.1"]


def test_a_proxy_that_refuses(jsonbin: Program, tls_server: ScriptedServer, trusted: Path) -> None:
    """A refused CONNECT sent nothing to JSONBin."""
    tunnel = Tunnel("407 Proxy Authentication Required")
    run = jsonbin(
        "update", BIN, "--retries=0", stdin=SENT, env={"HTTPS_PROXY": tunnel.url, "SSL_CERT_FILE": str(trusted)}
    )
    assert run == Run(
        3,
        "",
        f"error: no connection to 127.0.0.1:{tls_server.port}: the proxy in HTTPS_PROXY did not make one; nothing was sent\n"
        "hint: the address comes from JSONBIN_API_URL; is something listening there?\n",
    )


def test_the_services_own_address_and_a_proxy_that_takes_out_headers(
    jsonbin: Program, authority: trustme.CA, trusted: Path
) -> None:
    """With the service's own address, what is lost on the way was lost in the proxy; another one passes it on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.jsonbin.io").configure_cert(context)
    jsonbin.env["SSL_CERT_FILE"] = str(trusted)
    with ScriptedServer(context) as server:
        server.replies(400, {"message": "You need to pass Content-Type set to application/json"})
        server.echoes()
        run = jsonbin("update", BIN, stdin=SENT, env={"HTTPS_PROXY": Tunnel(port=server.port).url})
        assert run.err.splitlines()[1] == (
            "hint: jsonbin sent that header, so something on the way took it out: look at the proxy that HTTPS_PROXY names, "
            "if there is one"
        )
        assert jsonbin("update", BIN, stdin=SENT, env={"HTTPS_PROXY": Tunnel(port=server.port).url}).code == 0


@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        (
            "nonsense://user:password@127.0.0.1",
            "error: the proxy in HTTPS_PROXY or ALL_PROXY is not a URL\nhint: write it as http://HOST:PORT\n",
        ),
        (
            "socks5://127.0.0.1:1",
            "error: a SOCKS proxy is set, and its support is not installed\nhint: pip install 'httpx[socks]'\n",
        ),
    ],
)
def test_a_proxy_that_cannot_be_used(jsonbin: Program, proxy: str, said: str) -> None:
    """Exit 2 before anything is sent, and nothing of the proxy's address is shown."""
    assert jsonbin("update", BIN, stdin=SENT, env={"HTTPS_PROXY": proxy}) == Run(2, "", said)


def test_plain_http_never_goes_through_a_proxy(jsonbin: Program, server: ScriptedServer) -> None:
    """On loopback the key stays on this machine, whatever HTTP_PROXY says."""
    server.echoes()
    run = jsonbin("update", BIN, stdin=SENT, env={"HTTP_PROXY": f"http://127.0.0.1:{free_port()}"})
    assert run.code == 0


def test_verbose_tells_requests_and_answers_without_the_key(jsonbin: Program, server: ScriptedServer) -> None:
    """One line for what was sent, with the key's source, one for what came."""
    server.echoes()
    run = jsonbin("update", BIN, "-v", stdin=SENT)
    sent, came = run.err.splitlines()
    assert sent == f"PUT {server.url}/b/{BIN}, 7 bytes, master key from JSONBIN_MASTER_KEY"
    assert re.fullmatch(r"200 after \d+\.\d\d s, \d+ bytes", came)
    jsonbin.configure("")
    server.replies(200, {"record": {}, "metadata": {}})
    assert jsonbin("get", BIN, "-v").err.startswith(f"GET {server.url}/b/{BIN}/latest, 0 bytes, no key\n")
