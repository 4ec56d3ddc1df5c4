"""A server on 127.0.0.1 that reads a request and sends bytes, whatever they are."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
import threading
from typing import Self

from tests.http.hostile import Reply


class RawServer:
    """Answers each request with `reply`, over TLS where `tls` is given.

    `heard` says whether any byte of a request came since it was last set to False; `asked` is released for each that
    is whole.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.reply = Reply("", b"", ("no-answer",))
        self.heard = False
        self.asked = threading.Semaphore(0)
        self._tls = tls
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}/v3"
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in (self._accepting, *self._threads):
            thread.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # that it was closed
            while True:
                connection, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(connection, self.reply)))
                self._threads[-1].start()

    def _serve(self, connection: socket.socket, reply: Reply) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(30)
            stream = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            with stream:
                self._read_request(stream)
                self.asked.release()
                with contextlib.suppress(OSError):  # the client may have enough before the end
                    stream.sendall(reply.sent)
                self._go_on(stream, reply)

    def _go_on(self, stream: socket.socket, reply: Reply) -> None:
        if reply.after == "reset":
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif reply.after == "drip":
            while not self._over.wait(0.02):
                stream.sendall(reply.sent[-1:])
        elif reply.after == "keep":
            stream.settimeout(None if reply.ends else 30)
            while stream.recv(65536):
                pass
        elif isinstance(stream, ssl.SSLSocket):
            stream.unwrap()

    def _read_request(self, stream: socket.socket) -> None:
        """Up to its end, or to where the client left."""
        request = b""
        while piece := stream.recv(65536):
            self.heard = True
            request += piece
            head, separator, body = request.partition(b"\r\n\r\n")
            announced = re.search(rb"(?i)content-length: (\d+)", head)
            if separator and len(body) >= (int(announced[1]) if announced else 0):
                return
