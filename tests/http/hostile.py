"""Replies that no honest server gives: what each holds, how it is sent, and what has to come of it."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from itertools import count
from typing import Literal, NamedTuple, TypeAlias

from jsonbin_cli.records.text import MOST_CONTAINERS

Outcome: TypeAlias = Literal["reply", "different", "refused", "trouble", "no-answer"]

GOOD = b'{"record":{"n":1},"metadata":{"parentId":"x"}}'
_MIB = 1024 * 1024
# Just not too large to be read.
_LARGEST = _MIB + 63 * 1024
_ESCAPES = "\x1b[2J\x1b]0;title\x07\u202e\u2066\x00\x9b31m"


class Reply(NamedTuple):
    """One reply: its bytes, and what the server does after them.

    `close` closes the connection, `keep` leaves it open, `reset` breaks it, `drip` goes on with the last byte for ever.
    """

    name: str
    sent: bytes
    expected: tuple[Outcome, ...]
    after: Literal["close", "keep", "reset", "drip"] = "close"

    @property
    def ends(self) -> bool:
        """Whether it comes to an end without the client's own time-out."""
        return self.after in ("close", "reset") or (b"\r\n\r\n" in self.sent and self.expected != ("no-answer",))


def http(body: bytes = GOOD, *headers: bytes, status: bytes = b"200 OK", length: bool = True) -> bytes:
    """A reply with a head."""
    announced = [b"Content-Length: %d" % len(body)] if length else []
    return b"\r\n".join([b"HTTP/1.1 " + status, *announced, *headers, b"", body])


def replies() -> list[Reply]:
    """All of them."""
    return [
        *_status_lines(),
        *_headers(),
        *_encodings(),
        *_bodies(),
        *_errors(),
        *_framing(),
        *_interim(),
        *_silences(),
    ]


def _status_lines() -> Iterator[Reply]:
    rest = b"\r\nContent-Length: %d\r\n\r\n%s" % (len(GOOD), GOOD)
    for line in (b"HTTP/1.1 200", b"HTTP/1.0 200 OK", b"HTTP/1.1 200 " + b"OK " * 5000, b"HTTP/1.1 200 caf\xe9"):
        yield Reply(f"status line {line[:30]!r}", line + rest, ("reply",))
    for line in (
        b"",
        b"\0",
        b"ICY 200 OK",
        b"HTTP/1.1",
        b"HTTP/1.1 20",
        b"HTTP/1.1 2000 OK",
        b"HTTP/1.1 -20 OK",
        b"HTTP/1.1 two OK",
        b"HTTP/x.y 200 OK",
        b"HTTP/1.1 200\tOK",
        b"\x16\x03\x01\x02\x00",
        b"SSH-2.0-OpenSSH_9.2",
        b"+OK POP3 ready",
        b"x" * 200_000,
    ):
        yield Reply(f"status line {line[:30]!r}", line + rest, ("no-answer",))
    yield Reply("status line of SSH, and no more", b"SSH-2.0-OpenSSH_9.2\r\n", ("no-answer",))
    for line in (
        b"HTTP/2 200",
        b"http/1.1 200 OK",
        b"HTTP/1.1  200 OK",
        b"HTTP/1.1 200OK",
        b"HTTP/9.9 200 OK",
        b"HTTP/1.1 200 \x1b[2J",
    ):
        yield Reply(f"status line {line[:30]!r}", line + rest, ("no-answer", "reply"))
    for status in (0, 1, 99, 600, 700, 999):
        yield Reply(f"status {status}", http(status=b"%03d X" % status), ("no-answer", "trouble"))
    for status in (201, 202, 206, 226, 299):
        yield Reply(f"status {status}", http(status=b"%d Y" % status), ("reply",))
    for status in (204, 205, 304):
        yield Reply(f"status {status}", http(b"", status=b"%d Y" % status), ("trouble", "no-answer"))


def _headers() -> Iterator[Reply]:
    fine = {
        "100 headers": [b"X-%d: y" % n for n in range(100)],
        "1,000 headers": [b"X-%d: y" % n for n in range(1000)],
        "a line of 70 kB": [b"X-Long: " + b"x" * 70_000],
        "bytes that are no text": [b"Server: \xff\xfe\xe9"],
        "an empty value": [b"X-Empty:"],
        "a folded line": [b"X-Folded: a", b" b"],
        "the length twice": [b"Content-Length: %d" % len(GOOD)],
        "an odd date": [b"Date: never"],
        "cookies": [b"Set-Cookie: a=b; Path=/; Domain=example.com"] * 50,
        "another type": [b"Content-Type: text/html; charset=utf-7"],
        "a type of 60 kB": [b"Content-Type: " + b"a" * 60_000],
        "keep-alive for ever": [b"Connection: keep-alive", b"Keep-Alive: timeout=99999999"],
        "an upgrade": [b"Upgrade: h2c", b"Connection: upgrade"],
        "alternatives": [b'Alt-Svc: h3=":443"; ma=86400'],
        "an escape": [b"X-A: \x1b[2J"],
        "a refresh": [b"Refresh: 0; url=http://example.com/"],
    }
    for name, headers in fine.items():
        yield Reply(f"headers: {name}", http(GOOD, *headers), ("reply",))
    broken = {
        "no colon": [b"nonsense"],
        "a blank before the colon": [b"X-A : b"],
        "no name": [b": b"],
        "a name that is no ASCII": [b"B\xc3\xa4d: b"],
        "a NUL": [b"X-A: b\0c"],
        "a bare CR": [b"X-A: b\rX-B: c"],
        "two lengths": [b"Content-Length: 5"],
        "10,000 headers": [b"X-%d: yyyyyyyyy" % n for n in range(10_000)],
        "a line of 300 kB": [b"X-Long: " + b"x" * 300_000],
        "a name of 300 kB": [b"x" * 300_000 + b": y"],
    }
    for name, headers in broken.items():
        yield Reply(f"headers: {name}", http(GOOD, *headers), ("no-answer",))
    for length in (b"-1", b"+5", b"0x10", b"5.0", b"five", b"", b"9" * 30, b"5, 6", b"1e3"):
        raw = http(GOOD, b"Content-Length: " + length, length=False)
        yield Reply(f"headers: length {length!r}", raw, ("no-answer",))
    yield Reply("headers: no length", http(GOOD, length=False), ("reply",))
    yield Reply("headers: lines end in LF", http().replace(b"\r\n", b"\n"), ("reply", "no-answer"))
    for status in (301, 302, 303, 307, 308):
        raw = http(b"", b"Location: http://example.com/", status=b"%d Moved" % status)
        yield Reply(f"headers: {status} elsewhere", raw, ("trouble",))
    for what, place in (
        ("60k backslashes", b"\\" * 60_000),
        ("60k dollars", b"$" * 60_000),
        ("a data URL", b"data:text/html,<script>"),
        ("escapes", b"http://\xc2\x9b31m/"),
        ("nothing", b""),
    ):
        yield Reply(
            f"headers: to {what}", http(b"", b"Location: " + place, status=b"302 Found"), ("trouble", "no-answer")
        )
    for value in (b"never", b"-1", b"1e9", b"9" * 400, b"Mon, 99 Foo 9999 99:99:99 GMT", b"NaN", b"\xc2\xb2"):
        raw = http(b"", b"Retry-After: " + value, status=b"429 Too Many Requests")
        yield Reply(f"headers: again after {value[:20]!r}", raw, ("trouble",))


def _encodings() -> Iterator[Reply]:
    packed = gzip.compress(GOOD, mtime=0)
    for encoding in (b"gzip", b"GZIP", b" gzip "):
        yield Reply(f"encoding {encoding!r}", http(packed, b"Content-Encoding: " + encoding), ("reply",))
    for encoding in (b"identity", b""):
        yield Reply(f"encoding {encoding!r}", http(GOOD, b"Content-Encoding: " + encoding), ("reply",))
    for encoding in (
        b"gzip, gzip",
        b"br",
        b"zstd",
        b"deflate",
        b"compress",
        b"gzip, identity",
        b"x" * 5000,
        b"gzip;q=1",
    ):
        yield Reply(f"encoding {encoding[:20]!r}", http(packed, b"Content-Encoding: " + encoding), ("no-answer",))
    bomb = zlib.compressobj(9, wbits=31)
    zeros = b"".join(bomb.compress(b" " * _MIB) for _ in range(200)) + bomb.flush()
    for name, body in (
        ("200 MiB of blanks", zeros),
        ("the same behind a record", gzip.compress(GOOD[:-1], mtime=0) + zeros),
        ("garbage", b"not gzip at all"),
        ("half of it", packed[: len(packed) // 2]),
        ("all but its sum", packed[:-8]),
        ("a wrong sum", packed[:-8] + bytes(8)),
        ("nothing but a head", packed[:10]),
        ("2 MiB behind its end", packed + bytes(2 * _MIB)),
    ):
        yield Reply(f"gzip: {name}", http(body, b"Content-Encoding: gzip"), ("no-answer", "trouble"))
    twice = gzip.compress(packed, mtime=0)
    yield Reply("gzip: twice", http(twice, b"Content-Encoding: gzip"), ("trouble",))
    yield Reply("gzip: two parts", http(packed + packed, b"Content-Encoding: gzip"), ("reply", "no-answer"))
    yield Reply("gzip: no body", http(b"", b"Content-Encoding: gzip"), ("trouble",))


def _bodies() -> Iterator[Reply]:
    for body in (
        GOOD,
        b' {"record" : {"n" : 1.0}, "metadata" : null} ',
        b'{"metadata":{},"record":{"n":10e-1}}',
        b'{"record":{"n":2},"record":{"n":1},"metadata":[]}',
        b'{"record":{"n":1}}',
        b'{"record":{"n":1},"metadata":"x"}',
        b'{"record":{"n":1},"metadata":{"version":1e999}}',
        b'{"metadata":{"version":"\\ud800"},"record":{"n":1}}',
    ):
        yield Reply(f"body {body[:40]!r}", http(body), ("reply",))
    for body in (
        b'{"record":null,"metadata":{}}',
        b'{"record":[],"metadata":{}}',
        b'{"record":{"n":1e400},"metadata":{}}',
        b'{"record":{"n":' + b"1" * 5000 + b'},"metadata":{}}',
        b'{"record":{"n":1,"' + _ESCAPES.encode("utf-8", "ignore").replace(b"\0", b"") + b'":1}}',
        b'{"record":{"n":1,"' + b"$" * 500_000 + b'":1},"metadata":{}}',
        b'{"record":{"n":1,"x":' + b"[" * 400 + b"]" * 400 + b'},"metadata":{}}',
    ):
        yield Reply(f"body {body[:40]!r}", http(body), ("different", "trouble"))
    for body in (
        b"",
        b"null",
        b"1",
        b'"x"',
        b"[]",
        b"{}",
        b'{"metadata":{}}',
        b'{"record":NaN}',
        b'{"record":{"n":1},"metadata":{}',
        b'{"record":{"n":1},"metadata":{}}}',
        b'{"record":{"n":1} "metadata":{}}',
        b'{"record":{"n":1},}',
        b'{record:{"n":1}}',
        b"<html>Please log in</html>",
        b"<" * 100_000,
        b"\xff\xfe" + GOOD.decode().encode("utf-16-le"),
        b"\xef\xbb\xbf" + GOOD,
        b'{"record":"\xff"}',
        b"[" * 100_000,
        b'{"record":' * 100_000,
        b" " * 1_000_000,
        b"{" + b'"a":1,' * 100_000,
        b'{"record":{"n":1},"metadata":{}}' * 1000,
        b"\0" * 10_000,
        _ESCAPES.encode("utf-8", "ignore"),
        b"data: {}\n\n",
        b"--boundary\r\nContent-Type: text/plain\r\n\r\nx\r\n--boundary--",
    ):
        yield Reply(f"body {body[:40]!r}", http(body), ("trouble",))
    for name, item in (
        ("empty arrays", b"[]"),
        ("nested arrays", b"[" * 100 + b"]" * 100),
        ("objects", b'{"":0}'),
        ("nested objects", b'{"":' * 100 + b"0" + b"}" * 100),
        ("numbers", b"12"),
        ("strings", b'"ab"'),
    ):
        for beside, first in (("", b"0"), (" beside an emoji", '"\N{GRINNING FACE}"'.encode())):
            items = b",".join([first, *[item] * (_LARGEST // (len(item) + 1))])
            outcome: Outcome = "different" if name in ("numbers", "strings") else "trouble"
            yield Reply(f"body: 1 MiB of {name}{beside}", http(b'{"record":[%s],"metadata":{}}' % items), (outcome,))
    for name, item, each in (
        ("arrays", b"[" * 97 + b"]" * 97, 97),
        ("objects", b'{"":12345}', 1),
        ("nested objects", b'{"":' * 97 + b"12345" + b"}" * 97, 97),
    ):
        for beside, last in (("", b"0"), (" beside an emoji", '"\N{GRINNING FACE}"'.encode())):
            body = _most_values(item, each, last)
            yield Reply(f"body: as many {name} as are read{beside}", http(body), ("different",))
    for name, body in (
        ("2 MiB", b'{"record":"' + b"x" * (2 * _MIB) + b'"}'),
        ("31 MiB", b'{"record":[' + b"1," * (15 * _MIB) + b"1]}"),
    ):
        yield Reply(f"body: {name}", http(body), ("no-answer",))


def _most_values(item: bytes, each: int, last: bytes) -> bytes:
    """A reply whose values take as much memory as any can: `item` holds `each` arrays and objects, `last` none."""
    items = [item] * ((MOST_CONTAINERS - 10) // each)
    rest = _MIB - 4096 - len(item) * len(items) - len(items)
    record = b"0," + b",".join([*items, *[b"54321"] * (rest // 6), last])
    return b'{"record":[%s],"metadata":{"id":"x","version":4,"versionCount":3}}' % record


def _errors() -> Iterator[Reply]:
    for status in (400, 401, 403, 404, 409, 418, 422, 451):
        for message in ("", "no", "x" * 1_000_000, _ESCAPES, "$2b$10$" * 20_000, "<html>"):
            raw = json.dumps({"message": message}).encode()
            yield Reply(f"{status} {message[:20]!r}", http(raw, status=b"%d No" % status), ("refused",))
    for status in (429, 500, 502, 503, 504, 520, 599):
        yield Reply(f"{status} message", http(b'{"message":"no"}', status=b"%d No" % status), ("trouble",))
    for status in (400, 429, 500):
        for body in (b"", b"[]", b"{}", b'{"message":1}', b'{"message":["no"]}', b"<html>no</html>", b"\xff" * 1000):
            yield Reply(f"{status} {body[:20]!r}", http(body, status=b"%d No" % status), ("trouble",))
    for name, schema in (("1 MB of dollars", "$" * 1_000_000), ("escapes", _ESCAPES), ("a list", ["x"])):
        raw = json.dumps({"message": "Schema Doc Validation Mismatch:  no", "schemaDocName": schema}).encode()
        yield Reply(f"schema named by {name}", http(raw, status=b"400 Bad Request"), ("refused",))


def _framing() -> Iterator[Reply]:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    whole = b"%x\r\n%s\r\n0\r\n\r\n" % (len(GOOD), GOOD)
    single = b"".join(b"1\r\n%c\r\n" % byte for byte in GOOD) + b"0\r\n\r\n"
    for name, raw in (
        ("whole", whole),
        ("byte by byte", single),
        ("with an extension", whole.replace(b"\r\n", b";name=value\r\n", 1)),
        ("with a trailer", whole[:-2] + b"X-A: b\r\n\r\n"),
        ("with more behind it", whole + b"HTTP/1.1 200 OK\r\n\r\n"),
        ("20,000 blanks, one a chunk", b"1\r\n \r\n" * 20_000 + whole),
    ):
        yield Reply(f"chunked: {name}", chunked + raw, ("reply",))
    for name, raw in (
        ("a negative size", b"-5\r\n" + GOOD),
        ("no size", b"\r\n" + GOOD),
        ("a size that is no number", b"zz\r\n" + GOOD),
        ("more than there is", b"ffffffffffffffff\r\n" + GOOD),
        ("a size of 100 digits", b"f" * 100 + b"\r\n" + GOOD),
        ("no end", whole[:-5]),
        ("cut in a chunk", whole[:20]),
        ("an extension of 1 MB", b"1;" + b"x" * 1_000_000 + b"\r\n{\r\n0\r\n\r\n"),
        ("trailers of 1 MB", whole[:-2] + b"X-A: b\r\n" * 125_000 + b"\r\n"),
        ("a chunk without its end", b"2\r\n{}xx0\r\n\r\n"),
    ):
        yield Reply(f"chunked: {name}", chunked + raw, ("no-answer",))
    both = chunked.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n") + whole
    yield Reply("chunked, and a length", both, ("reply", "no-answer"))
    for encoding in (b"gzip", b"chunked, chunked", b"gzip, chunked", b"identity"):
        raw = chunked.replace(b"chunked", encoding) + whole
        yield Reply(f"transfer encoding {encoding!r}", raw, ("no-answer", "trouble"))
    head, body = http().split(b"\r\n\r\n")
    for cut in (0, 5, 17, len(head) - 1, len(head) + 2, len(head) + 4):
        yield Reply(f"cut after {cut} bytes", http()[:cut], ("no-answer",))
    for cut in (1, len(body) // 2, len(body) - 1):
        yield Reply(f"cut in the body after {cut}", http()[: len(head) + 4 + cut], ("no-answer",))
    yield Reply("bytes behind the answer", http() + b"garbage", ("reply",), "keep")
    yield Reply("an answer behind the answer", http() + http(b'{"message":"no"}'), ("reply",), "keep")
    yield Reply("reset in the body", http()[:-5], ("no-answer",), "reset")
    yield Reply("reset at once", b"", ("no-answer",), "reset")


def _interim() -> Iterator[Reply]:
    for number, status in zip(
        count(1), (b"100 Continue", b"102 Processing", b"103 Early Hints", b"199 X"), strict=False
    ):
        yield Reply(f"{status!r} first", b"HTTP/1.1 %s\r\n\r\n" % status * number + http(), ("reply",))
    yield Reply("100 Continue, 5,000 times", b"HTTP/1.1 100 Continue\r\n\r\n" * 5000 + http(), ("reply",))
    yield Reply("only 100 Continue", b"HTTP/1.1 100 Continue\r\n\r\n", ("no-answer",))
    switching = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n\x81\x05hello"
    yield Reply("101 Switching Protocols", switching, ("trouble", "no-answer"))


def _silences() -> Iterator[Reply]:
    for name, start in (
        ("at once", b""),
        ("in the status line", b"HTTP/1.1 2"),
        ("in a header", b"HTTP/1.1 200 OK\r\nX-Long: x"),
        ("before the body", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
        ("in the body", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"),
        ("in a chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n{"),
        ("in a body without a length", b"HTTP/1.1 200 OK\r\n\r\n "),
        ("between interim answers", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ):
        yield Reply(f"silence {name}", start, ("no-answer",), "keep")
        if start:
            yield Reply(f"dripping {name}", start, ("no-answer",), "drip")
