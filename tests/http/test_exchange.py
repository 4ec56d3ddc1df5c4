"""The bytes of an answer: where its head ends, and whether anything came after it."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from jsonbin_cli.http.exchange import Exchange, Received

HEAD = b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\n\r\n"


def received(data: bytes, size: int) -> Received:
    """An answer that came in pieces of that size."""
    answer = Received()
    for start in range(0, len(data), size):
        answer.take(data[start : start + size])
    return answer


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
@pytest.mark.parametrize("before", [b"", HINTS, HINTS + HINTS])
@pytest.mark.parametrize(("body", "whole"), [(b"[1]", True), (b"[1", False), (b"[1]x", False), (b"", False)])
def test_an_answer_with_a_length(size: int, before: bytes, body: bytes, whole: bool) -> None:
    """It is whole where exactly so many bytes follow the head that is not a 1xx."""
    answer = received(before + HEAD + body, size)
    assert answer.count == len(before + HEAD + body)
    assert answer.end_with({"content-length": "3"}) is whole
    assert answer.end_with({"content-length": "three"}) is False
    assert answer.end_with({}) is False


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_an_answer_in_chunks(size: int) -> None:
    """It is whole where the last chunk comes last."""
    chunked = {"transfer-encoding": "chunked"}
    assert received(HEAD + b"3\r\n[1]\r\n0\r\n\r\n", size).end_with(chunked)
    assert not received(HEAD + b"3\r\n[1]\r\n0\r\n\r\nx", size).end_with(chunked)
    assert not received(HEAD + b"3\r\n[1]\r\n0\r\n\r", size).end_with(chunked)


def test_an_answer_without_a_whole_head() -> None:
    """It is no answer that another could follow."""
    assert not received(b"HTTP/1.1 200 OK\r\n\r", 4).end_with({"content-length": "0"})
    assert received(b"HTTP/1.1 200 OK\r\n\r\n", 4).end_with({"content-length": "0"})
    assert not received(b"", 1).end_with({"content-length": "0"})


@pytest.mark.parametrize(
    ("data", "is_http"), [(b"", True), (b"HT", True), (b"HTTP/1.1 2", True), (HEAD + b"x", True), (b"SSH", False)]
)
def test_what_begins_like_http(data: bytes, is_http: bool) -> None:
    """Also what ends before that can be told."""
    assert received(data, 1).is_http is is_http


def test_the_end_of_a_connection() -> None:
    """A piece of no bytes says so."""
    answer = Received()
    assert not answer.ended
    answer.take(b"x")
    assert not answer.ended
    answer.take(b"")
    assert answer.ended


def test_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """That for connecting until the request is sent; with each piece of it that of the answer starts anew."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    exchange = Exchange(10, 30)
    assert (exchange.left(), exchange.sending(), exchange.sent) == (10, 10, False)
    now[0] += 9
    assert (exchange.left(), exchange.sending()) == (1, 1)
    for method, sent in ((b"CONNECT", False), (b"PUT", True)):
        exchange.trace("http11.send_request_headers.started", {"request": SimpleNamespace(method=method)})
        assert exchange.sent is sent
    assert (exchange.left(), exchange.sending(), exchange.left()) == (1, 30, 30)
    now[0] += 30
    with pytest.raises(TimeoutError):
        exchange.left()
    assert (exchange.sending(), exchange.left()) == (30, 30)
    exchange.begin()
    assert (exchange.left(), exchange.sent) == (10, False)
