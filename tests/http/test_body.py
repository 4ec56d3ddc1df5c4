"""The body of an answer: decoded up to a limit, to the byte."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Iterator

import pytest

from jsonbin_cli.http.body import LARGEST, body_of
from jsonbin_cli.http.unreachable import Unusable


def body(encoding: str | None, *pieces: bytes) -> bytes:
    """The body of an answer in that encoding, which came in these pieces."""
    return body_of({} if encoding is None else {"content-encoding": encoding}, pieces, lambda: None)


@pytest.mark.parametrize("encoding", [None, "", "identity", " Identity "])
def test_a_body_as_it_is(encoding: str | None) -> None:
    """In any number of pieces."""
    assert body(encoding, b"[1,", b"", b"2]") == b"[1,2]"
    assert body(encoding) == b""


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_body_in_gzip(size: int) -> None:
    """In pieces of any size; no bytes at all are an empty body."""
    packed = gzip.compress(b'{"n": 1.10}' * 50)
    pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert body("GZip", *pieces) == b'{"n": 1.10}' * 50
    assert body("gzip") == b""
    twice = random.Random(1).randbytes(30_000) * 2  # the second refers to the first, 30,000 bytes before it
    assert body("gzip", gzip.compress(twice)) == twice


def test_the_largest_body() -> None:
    """1 MiB and 64 KiB pass, one byte more does not, packed or not; packed pieces behind it are not decoded."""
    assert LARGEST == 1_114_112
    for encoding, packed in ((None, bytes), ("gzip", gzip.compress)):
        assert len(body(encoding, packed(b" " * LARGEST))) == LARGEST
        assert len(body(None, b" " * (LARGEST - 1), b" ")) == LARGEST
        with pytest.raises(Unusable) as told:
            body(encoding, packed(b" " * (LARGEST + 1)))
        assert told.value.fault == "answered with more than JSONBin ever does"


@pytest.mark.parametrize(
    ("encoding", "pieces", "fault"),
    [
        ("br", [b"x"], "answered in an encoding that was not asked for"),
        ("gzip, gzip", [b"x"], "answered in an encoding that was not asked for"),
        ("gzip", [b"x" * 20], "answered with gzip that cannot be decoded"),
        ("gzip", [zlib.compress(b"[1]")], "answered with gzip that cannot be decoded"),
        ("gzip", [gzip.compress(b"[1]")[:-1]], "answered with gzip that ends in the middle"),
    ],
)
def test_a_body_that_cannot_be_read(encoding: str, pieces: list[bytes], fault: str) -> None:
    """The fault is named."""
    with pytest.raises(Unusable) as told:
        body(encoding, *pieces)
    assert told.value.fault == fault


@pytest.mark.parametrize("packed", [False, True])
def test_room_is_made_before_more_than_64_kib_are_kept(packed: bool) -> None:
    """Once for each piece from there on; gzip is unpacked in such pieces."""
    kept: list[int] = []
    for size, times in ((65_536, 0), (65_537, 1), (3 * 65_536, 2 + packed)):
        kept.clear()
        raw = b" " * size
        pieces = [gzip.compress(raw)] if packed else [raw[start : start + 65_536] for start in range(0, size, 65_536)]
        headers = {"content-encoding": "gzip"} if packed else {}
        assert body_of(headers, pieces, lambda: kept.append(1)) == raw
        assert len(kept) == times


def test_what_follows_the_end_of_gzip_is_not_kept() -> None:
    """It is refused once it is more than 64 KiB."""
    asked = 0

    def pieces() -> Iterator[bytes]:
        nonlocal asked
        yield gzip.compress(b"[1]")
        for count in range(1000):
            asked = count
            yield b"x" * 16_384

    with pytest.raises(Unusable) as told:
        body_of({"content-encoding": "gzip"}, pieces(), lambda: None)
    assert told.value.fault == "answered with more than JSONBin ever does"
    assert asked == 4
