"""The HTTPS server in a process of its own: it answers an update as JSONBin does, near or 40 ms away.

`python server.py CERTIFICATE` prints its two ports, the near and the far one, and ends with its standard input.
"""

import asyncio
import json
import os
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROUND_TRIP = 0.040
SEEN = "/seen"
"""Where the body of the last update can be read back."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    seen = b""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body leave in one piece, as from a server that knows its business.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Content-Type") != "application/json" or not self.headers.get("X-Master-Key"):
            self._reply(400, b'{"message":"no JSON, or no key"}')
            return
        self.server.seen = body
        metadata = json.dumps({"parentId": self.path.rsplit("/", 1)[-1], "private": True}, separators=(",", ":"))
        self._reply(200, b'{"record":%s,"metadata":%s}' % (body.strip(), metadata.encode()))

    def do_GET(self) -> None:
        self._reply(200 if self.path == SEEN else 404, self.server.seen)

    def _reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing on standard error."""


async def _far(port: int) -> asyncio.Server:
    """Relay to `port`, each byte half a round trip late."""

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        near_reader, near_writer = await asyncio.open_connection("127.0.0.1", port)
        # The first bytes wait a whole round trip more, in place of the TCP handshake before them. It counts from
        # their coming and not from the connection's, since a client may work between the two.
        await asyncio.gather(_late(reader, near_writer, ROUND_TRIP), _late(near_reader, writer, 0))

    return await asyncio.start_server(relay, "127.0.0.1", 0)


async def _late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, first: float) -> None:
    """Pass bytes on in order, half a round trip after they came, and the first ones `first` seconds later still."""
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def collect() -> None:
        hold, data = first, b"-"
        while data:
            data = await reader.read(65536)
            waiting.put_nowait((time.monotonic() + hold + ROUND_TRIP / 2, data))
            hold = 0

    async def pass_on() -> None:
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(due - time.monotonic())
            if not data:
                break
            writer.write(data)
            await writer.drain()

    try:
        await asyncio.gather(collect(), pass_on())
    except ConnectionError:
        pass  # the other side hung up first, which ends this side too
    finally:
        writer.close()


def _near(certificate: str) -> int:
    """Serve in a thread and return the port."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    server = _Server(("127.0.0.1", 0), _Handler)
    # The handshake belongs into the connection's own thread.
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return int(server.server_address[1])


async def _serve(certificate: str) -> None:
    near = _near(certificate)
    far = await _far(near)
    print(json.dumps({"near": near, "far": far.sockets[0].getsockname()[1]}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    # There is nothing to save, and what is still open would each be mourned in a traceback.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
