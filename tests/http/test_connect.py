"""Where the early connection goes, and how long it may take."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from jsonbin_cli.config.account import Account, Profile
from jsonbin_cli.failures import BadConfig
from jsonbin_cli.http.connect import begin, open_early


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names no proxy."""
    for name in ("HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("url", "timeout", "port", "seconds"),
    [
        ("http://127.0.0.1/v3", 30, 80, 10),
        ("http://127.0.0.1:9/v3", 9.9, 9, 9.9),
        ("https://127.0.0.1/v3", 10.1, 443, 10),
        ("https://127.0.0.1:9/v3", 3600, 9, 10),
    ],
)
def test_it_takes_ten_seconds_at_most(url: str, timeout: float, port: int, seconds: float) -> None:
    """And less where an answer may take less; the port is the usual one where the address names none."""
    connecting = open_early(Account(None, None, url, "the default"), timeout)
    assert connecting is not None
    connecting.drop()
    assert (connecting.host, connecting.port, connecting.seconds) == ("127.0.0.1", port, seconds)
    assert (connecting.context is not None) == url.startswith("https")
    again = connecting.again()
    again.drop()
    assert (again.host, again.port, again.seconds) == ("127.0.0.1", port, seconds)


def test_where_none_is_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """For a store on this machine, and where a proxy is in the way of https."""
    profile = Profile("shop", path=tmp_path)
    assert open_early(Account(profile, None, "http://local/v3", "the default"), 30) is None
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert open_early(Account(None, None, "https://jsonbin.test/v3", "the default"), 30) is None


def test_a_name_that_is_looked_up_for_long_keeps_no_process_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that opens the connection ends with the program, since no look-up can be stopped."""
    asked, ended = threading.Event(), threading.Event()

    def find(*_: object, **__: object) -> list[object]:
        asked.set()
        ended.wait()
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", find)
    before = set(threading.enumerate())
    connecting = open_early(Account(None, None, "http://127.0.0.1:9/v3", "the default"), 30)
    assert connecting is not None
    assert asked.wait(60)
    assert [thread.daemon for thread in set(threading.enumerate()) - before] == [True]
    ended.set()
    with pytest.raises(OSError):  # noqa: PT011 (it has no text)
        connecting.opened()


def test_a_small_request_does_not_wait_for_more() -> None:
    """Nagle's algorithm is off (RFC 9293, 3.7.4)."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v3"
        connecting = open_early(Account(None, None, url, "the default"), 30)
        assert connecting is not None
        assert connecting.opened().getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        connecting.drop()


def test_each_address_gets_its_share_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order; the last failure is the one that is raised."""
    now, seconds, closed = [100.0], [], []

    class Refused:
        """A socket that is refused after four seconds."""

        def __init__(self, *kind: object) -> None:
            assert kind == ("family", "kind", "protocol")

        def settimeout(self, timeout: float) -> None:
            seconds.append(timeout)

        def connect(self, address: str) -> None:
            now[0] += 4
            raise OSError(111, address)

        def close(self) -> None:
            closed.append(len(seconds))

    addresses = [("family", "kind", "protocol", "", address) for address in "abcd"]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)
    monkeypatch.setattr(socket, "socket", Refused)
    before = set(threading.enumerate())
    connecting = open_early(Account(None, None, "http://127.0.0.1:9/v3", "the default"), 30)
    assert connecting is not None
    for thread in set(threading.enumerate()) - before:
        thread.join()
    with pytest.raises(OSError, match="d"):
        connecting.opened()
    assert (seconds, closed) == ([10 / 4, 6 / 3, 2 / 2, 0.1], [1, 2, 3, 4])
    assert connecting.age == 16


def test_a_connection_that_is_dropped_is_closed() -> None:
    """Whether it is open by then or not."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v3"
        connecting = open_early(Account(None, None, url, "the default"), 30)
        assert connecting is not None
        connection = connecting.opened()
        assert connection.gettimeout() == 10
        connecting.drop()
        assert connection.fileno() == -1


def test_one_that_is_dropped_before_it_is_open_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the thread that opens it."""
    dropped, connect = threading.Event(), socket.socket.connect

    def slowly(self: socket.socket, address: tuple[str, int]) -> None:
        connect(self, address)
        dropped.wait(60)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setattr(socket.socket, "connect", slowly)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v3"
        connecting = open_early(Account(None, None, url, "the default"), 30)
        assert connecting is not None
        connecting.drop()
        dropped.set()
        assert connecting.opened().fileno() == -1


def test_what_was_begun_is_taken_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """For the same place, and with the time that is given then."""
    now = [100.0]

    def none(*_: object, **__: object) -> list[object]:
        raise OSError

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(socket, "getaddrinfo", none)

    def taken(url: str, timeout: float) -> tuple[float, float]:
        connecting = open_early(Account(None, None, url, "the default"), timeout)
        assert connecting is not None
        return connecting.age, connecting.seconds

    account = Account(None, None, "http://127.0.0.1:9/v3", "the default")
    begin(account)
    now[0] += 4
    assert taken(account.url, 3) == (4, 3)
    assert taken(account.url, 3) == (0, 3)
    for other in ("http://127.0.0.1:8/v3", "http://localhost:9/v3", "https://127.0.0.1:9/v3"):
        begin(account)
        now[0] += 4
        assert taken(other, 3) == (0, 3)
        assert taken(account.url, 3) == (0, 3)
    begin(Account(Profile("shop", path=tmp_path), None, "http://127.0.0.1:9/v3", "the default"))
    now[0] += 4
    assert taken(account.url, 3) == (0, 3)


def test_what_was_begun_in_vain_is_closed() -> None:
    """Where the first request goes somewhere else."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        begin(Account(None, None, f"http://127.0.0.1:{listener.getsockname()[1]}/v3", "the default"))
        other = open_early(Account(None, None, "http://127.0.0.1:9/v3", "the default"), 30)
        assert other is not None
        other.drop()
        with listener.accept()[0] as peer:
            peer.settimeout(60)
            assert peer.recv(1) == b""


def test_what_was_begun_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as a connection that is begun when it is needed."""
    found, find = threading.Event(), socket.getaddrinfo

    def slowly(*place: Any, **options: Any) -> Any:
        found.wait(60)
        return find(*place, **options)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setattr(socket, "getaddrinfo", slowly)
        account = Account(None, None, f"http://127.0.0.1:{listener.getsockname()[1]}/v3", "the default")
        begin(account)
        connecting = open_early(account, 30)
        assert connecting is not None
        timer = threading.Timer(0.1, found.set)
        timer.start()
        assert connecting.opened().fileno() >= 0
        timer.join()
        connecting.drop()


def test_tls_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is open before the context is there is not handed out without TLS, in which HTTP/1.1 is spoken."""
    connected, connect, spoken = threading.Event(), socket.socket.connect, list[str]()

    class Context(ssl.SSLContext):
        """What TLS is opened with."""

        def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
            spoken.extend(alpn_protocols)

    def tell(self: socket.socket, address: tuple[str, int]) -> None:
        connect(self, address)
        connected.set()

    def later(**_: object) -> ssl.SSLContext:
        connected.wait(60)
        return Context(ssl.PROTOCOL_TLS_CLIENT)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setattr(socket.socket, "connect", tell)
        monkeypatch.setattr(ssl, "create_default_context", later)
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/v3"
        connecting = open_early(Account(None, None, url, "the default"), 30)
        assert connecting is not None
        listener.accept()[0].close()
        with pytest.raises(OSError):  # noqa: PT011 (nobody shook hands)
            connecting.opened()
    assert spoken == ["http/1.1"]


def test_certificates_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """They are a mistake of the environment."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(BadConfig, match="SSL_CERT_FILE or SSL_CERT_DIR names no readable certificates"):
        open_early(Account(None, None, "https://127.0.0.1:9/v3", "the default"), 30)


def test_what_is_not_open_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up."""
    ended = threading.Event()

    def find(*_: object, **__: object) -> list[object]:
        ended.wait(60)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", find)
    connecting = open_early(Account(None, None, "http://127.0.0.1:9/v3", "the default"), 0.01)
    assert connecting is not None
    with pytest.raises(TimeoutError):
        connecting.opened()
    ended.set()
