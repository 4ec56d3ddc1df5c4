"""No reply makes the program hang, crash, or say what is not true."""

from __future__ import annotations

import gzip
import ssl
import sys
from collections.abc import Iterator

import pytest
import trustme

from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.failures import Failure
from jsonbin_cli.http.client import Client
from jsonbin_cli.http.connect import open_early
from jsonbin_cli.http.request import Request, update
from jsonbin_cli.records.document import document_of
from tests.benchmarks.hostile import cost
from tests.conftest import BIN, Program, unmeasured
from tests.http.hostile import GOOD, Outcome, Reply, http, replies
from tests.http.raw import RawServer

pytestmark = pytest.mark.costly

REPLIES = replies()
OUTCOMES: dict[str, Outcome] = {
    "Refused": "refused",
    "Trouble": "trouble",
    "NoAnswer": "no-answer",
    "StoredDifferently": "different",
}
EXIT_CODES: dict[Outcome, int] = {"reply": 0, "different": 1, "no-answer": 3, "refused": 4, "trouble": 5}


@pytest.fixture(scope="module", params=["tcp", "tls"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    """One for all, over TCP and over TLS; the certificate's authority is trusted."""
    if request.param == "tcp":
        with RawServer() as server:
            yield server
        return
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    path = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    with pytest.MonkeyPatch.context() as patch, RawServer(context) as server:
        patch.setenv("SSL_CERT_FILE", str(path))
        yield server


def test_there_are_enough_of_them() -> None:
    """Each has a name of its own."""
    assert len({reply.name for reply in REPLIES}) == len(REPLIES) >= 200


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: reply.name)
def test_each_reply_ends_as_it_should(server: RawServer, reply: Reply) -> None:
    """A reply, or a failure that says the truth: where no answer was understood, the bin may have changed."""
    server.reply = reply
    account = Account(None, None, server.url, "JSONBIN_API_URL")
    document = document_of("data.json", b'{"n":1}')
    timeout = 30 if reply.ends else 0.3
    outcome, failure = _outcome(
        Client(account, open_early(account, 30), timeout=timeout, retries=0), update(account, Target(BIN), document)
    )
    assert outcome in reply.expected
    assert failure is None or failure.sent
    assert outcome != "no-answer" or str(failure).endswith("; the bin may have changed")


def _outcome(client: Client, request: Request) -> tuple[Outcome, Failure | None]:
    try:
        with client:
            client.send(request)
    except Failure as failure:
        return OUTCOMES[type(failure).__name__], failure
    return "reply", None


@pytest.mark.parametrize("reply", REPLIES[::12], ids=lambda reply: reply.name)
def test_a_sample_through_the_program(jsonbin: Program, reply: Reply) -> None:
    """The exit code is that of the outcome, and no failure leaves anything on standard output."""
    with RawServer() as server:
        server.reply = reply
        jsonbin.env["JSONBIN_API_URL"] = server.url
        timeout = "30" if reply.ends else "0.3"
        run = jsonbin("update", BIN, "--retries=0", "--timeout", timeout, stdin='{"n":1}')
    assert run.code in [EXIT_CODES[outcome] for outcome in reply.expected]
    assert bool(run.out) == (run.code == 0)
    assert len(run.err) < 10_000


def test_a_large_reply_on_a_terminal(jsonbin: Program) -> None:
    """It is shown whole."""
    record = b"[" + b'"0123456789",' * 80_000 + b"0]"
    body = b'{"record":%s,"metadata":{}}' % record
    with RawServer() as server:
        server.reply = Reply("", b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body), ("reply",))
        jsonbin.env["JSONBIN_API_URL"] = server.url
        with jsonbin.on_terminal("get", BIN, "--record") as terminal:
            assert terminal.finish() == 0
    assert terminal.screen.count('"0123456789"') == 80_000


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("packed", [False, True])
def test_how_long_an_answer_may_be(jsonbin: Program, more: int, packed: bool) -> None:
    """1,114,112 bytes once it is unpacked: the largest record, and 64 KiB for what stands around it."""
    body = b'{"record":"%s"}' % (b"x" * (1_114_112 - len('{"record":""}') + more))
    with RawServer() as server:
        raw = http(gzip.compress(body), b"Content-Encoding: gzip") if packed else http(body)
        server.reply = Reply("", raw, ("reply",))
        jsonbin.env["JSONBIN_API_URL"] = server.url
        run = jsonbin("get", BIN, "--retries=0")
        host = server.url.split("/")[2]
    assert (run.code, run.out) == ((3, "") if more else (0, body.decode() + "\n"))
    assert run.err.startswith(f"error: {host} answered with more than JSONBin ever does; nothing was" if more else "")


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("name", ["31 MiB", "as many arrays as are read", "1 MiB of numbers"])
def test_a_large_reply_takes_little_memory(jsonbin: Program, name: str, terminal: bool) -> None:
    """At most 64 MiB more than a small one, in a pipe and at a terminal, where it is spread over lines."""
    if sys.platform == "win32":
        pytest.skip("Windows does not say what a process took")
    reply = next(reply for reply in REPLIES if reply.name == f"body: {name}")
    env = unmeasured(jsonbin.env)
    with RawServer() as server:
        small, large = (
            cost(server, sent, 60, jsonbin.home / "peak", env, terminal=terminal)
            for sent in (Reply("", http(GOOD), ("reply",)), reply)
        )
    assert small.code == 0
    assert large.code == (3 if name == "31 MiB" else 0 if terminal else 1)
    assert large.memory < small.memory + 64


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["set", BIN, "/0:=1", "--merge"], 1),
        (["patch", BIN, "--json-patch"], 1),
        (["update", BIN, "large.json", "--backup"], 1),
        (["diff", BIN, "large.json"], 1),
        (["history", BIN, "--lost"], 0),
        (["apply", "many", "--check", "--jobs", "4"], 1),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_several_large_replies_take_little_memory(jsonbin: Program, command: list[str], code: int) -> None:
    """At most 64 MiB more than one small one, where a command reads several, and a file besides."""
    if sys.platform == "win32":
        pytest.skip("Windows does not say what a process took")
    reply = next(reply for reply in REPLIES if reply.name == "body: as many objects as are read beside an emoji")
    record = reply.sent.partition(b'"record":')[2].partition(b',"metadata"')[0].replace(b"[0,", b"[7,")
    (jsonbin.home / "large.json").write_bytes(record)
    (jsonbin.home / "many").mkdir()
    for number in range(4):
        (jsonbin.home / "many" / f"{number:024}.json").write_bytes(record)
    stdin = b'[{"op":"replace","path":"/0","value":5}]'
    command = [str(jsonbin.home / word) if word in ("large.json", "many") else word for word in command]
    env, peak = unmeasured(jsonbin.env), jsonbin.home / "peak"
    with RawServer() as server:
        small = cost(server, Reply("", http(GOOD), ("reply",)), 60, peak, env)
        large = cost(server, reply, 60, peak, env, command=command, stdin=stdin)
    assert (small.code, large.code) == (0, code)
    assert large.memory < small.memory + 64
