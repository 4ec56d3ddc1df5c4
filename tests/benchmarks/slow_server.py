"""An HTTPS server in a process of its own that holds many bins and answers each request after a delay.

`python slow_server.py CERTIFICATE MILLISECONDS` prints its port, and ends with its standard input. It does little else,
so that what is measured is the client.
"""

import asyncio
import os
import re
import ssl
import sys

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_FIRST = b'{"n":0,"text":"as it was before"}'


class _Connection(asyncio.Protocol):
    """Answers one request after the other."""

    def __init__(self, bins: dict[bytes, bytes], delay: float) -> None:
        self._bins = bins
        self._delay = delay
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, end, rest = self._data.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        size = int(length[1]) if length else 0
        if not end or len(rest) < size:
            return
        self._data = rest[size:]
        path = head.split(b" ", 2)[1].split(b"/")[3]
        if head.startswith(b"PUT"):
            self._bins[path] = rest[:size].strip()
        asyncio.get_running_loop().call_later(self._delay, self._answer, path)

    def _answer(self, bin_id: bytes) -> None:
        record = self._bins.get(bin_id, _FIRST)
        body = b'{"record":%s,"metadata":{"parentId":"%s","private":true}}' % (record, bin_id)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        self._transport.write(head + body)


async def _serve(certificate: str, delay: float) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    bins: dict[bytes, bytes] = {}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(bins, delay), "127.0.0.1", 0, ssl=tls, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], float(sys.argv[2]) / 1000))
