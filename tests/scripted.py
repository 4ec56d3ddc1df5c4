"""A server on 127.0.0.1 that answers by a script and remembers each request."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self


class Sent(NamedTuple):
    """A request as it arrived."""

    method: str
    path: str
    body: bytes = b""


Behaviour = Callable[["_Handler", Sent], None]


class ScriptedServer:
    """Each `replies`, `echoes` and so on scripts one answer, in order."""

    def __init__(self, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.script: list[Behaviour] = []
        self.requests: list[Sent] = []
        self.headers: list[dict[str, str]] = []
        self.peers: list[tuple[str, int]] = []
        self.unexpected: list[Sent] = []
        self.arrived = threading.Event()
        self.released = threading.Event()
        self.hung_up = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
        self._http.daemon_threads = True
        self._http.scripted = self  # type: ignore[attr-defined]
        if tls:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._http.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/v3"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def replies(self, status: int, body: Any = None, headers: dict[str, str] | None = None) -> None:
        """Answer with a status and a body: bytes as they are, all else as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent_headers = {"Content-Type": "application/json; charset=utf-8"} | (headers or {})
        self.script.append(lambda handler, _: handler.reply(status, data, sent_headers))

    def echoes(self, **metadata: Any) -> None:
        """Answer as JSONBin does when all is well: the record as it came, and metadata."""

        def echo(handler: _Handler, sent: Sent) -> None:
            bin_id = sent.path.rsplit("/", 1)[-1]
            about = json.dumps({"parentId": bin_id, "private": True} | metadata, separators=(",", ":"))
            handler.reply(200, b'{"record":%s,"metadata":%s}' % (sent.body, about.encode()), {})

        self.script.append(echo)

    def hangs(self) -> None:
        """Take the request and say nothing until the test is over."""

        def hang(handler: _Handler, _: Sent) -> None:
            self.released.wait(60)
            handler.hang_up()

        self.script.append(hang)

    def late(self, seconds: float = 60.0) -> None:
        """Let the answer that was scripted last wait until the test releases it, or for so many seconds."""
        answer = self.script.pop()

        def wait(handler: _Handler, sent: Sent) -> None:
            self.released.wait(seconds)
            answer(handler, sent)

        self.script.append(wait)

    def drips(self, start: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n") -> None:
        """Begin an answer so, and go on with blanks, one after the other without end."""

        def drip(handler: _Handler, _: Sent) -> None:
            handler.hang_up()
            with contextlib.suppress(OSError):
                handler.wfile.write(start)
                while not self.released.wait(0.05):
                    handler.wfile.write(b" ")

        self.script.append(drip)

    def says(self, answer: bytes) -> None:
        """Send these bytes, whatever they are, and close the connection without having announced that."""

        def say(handler: _Handler, _: Sent) -> None:
            handler.hang_up()
            handler.wfile.write(answer)

        self.script.append(say)

    def writes(self, answer: bytes) -> None:
        """Send these bytes, whatever they are, and leave the connection open."""

        def write(handler: _Handler, _: Sent) -> None:
            handler.wfile.write(answer)

        self.script.append(write)

    def stop_listening(self) -> None:
        """Take no further connection, from within an answer."""
        # Closed alone, it would go on listening for as long as the thread that serves is looking at it.
        self._http.socket.shutdown(socket.SHUT_RDWR)
        self._http.socket.close()

    def stop(self) -> None:
        """Close the port."""
        self._http.shutdown()
        self._http.server_close()

    def closes_midway(self) -> None:
        """Break off in the middle of a good answer."""
        self.script.append(lambda handler, _: handler.reply(200, b'{"record":', {"Content-Length": "1000"}))

    def take(self, sent: Sent, headers: dict[str, str]) -> Behaviour | None:
        """Remember a request and return the behaviour that is its turn."""
        self.requests.append(sent)
        self.headers.append(headers)
        behaviour = self.script.pop(0) if self.script else None
        if behaviour is None:
            self.unexpected.append(sent)
        self.arrived.set()
        return behaviour


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        scripted: ScriptedServer = self.server.scripted  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        sent = Sent(self.command, self.path, body)
        scripted.peers.append(self.client_address)
        behaviour = scripted.take(sent, dict(self.headers.items()))
        if behaviour is None:
            self.reply(599, b"", {})
        else:
            behaviour(self, sent)

    do_GET = do_PUT = do_POST = do_DELETE = _answer

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Write an answer; one that announces more than it holds ends the connection."""
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.close_connection or headers.get("Content-Length", str(len(body))) != str(len(body))

    def hang_up(self) -> None:
        """End the connection without a word."""
        self.close_connection = True

    def finish(self) -> None:
        """Tell the test that the connection is closed."""
        super().finish()
        self.server.shutdown_request(self.request)
        self.server.scripted.hung_up.set()  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Say nothing on standard error."""
