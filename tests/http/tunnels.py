"""Proxies on 127.0.0.1: one that speaks HTTP, and one that speaks SOCKS 5."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading


def free_port() -> int:
    """A port where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


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
        while b"\r\n\r\n" not in head and (piece := client.recv(4096)):
            head += piece
        self.asked.append(head.decode().split("\r\n")[0])
        client.sendall(f"HTTP/1.1 {self.status}\r\n\r\n".encode())
        if not self.status.startswith("200"):
            client.close()
            return
        port = self.port or int(head.split()[1].decode().split(":")[1])
        self._join(client, socket.create_connection(("127.0.0.1", port)))

    def _join(self, client: socket.socket, server: socket.socket) -> None:
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        with target, contextlib.suppress(OSError):  # the other direction may have closed both
            while data := source.recv(65536):
                target.sendall(data)


class Socks(Tunnel):
    """A proxy that speaks SOCKS 5 (RFC 1928) to whoever gives no password."""

    def __init__(self) -> None:
        super().__init__()
        self.url = self.url.replace("http:", "socks5:")

    def _serve(self) -> None:
        with self._socket:
            client, _ = self._socket.accept()
        client.recv(2 + 255)
        client.sendall(b"\x05\x00")
        _, _, _, kind = client.recv(4)
        host = client.recv(client.recv(1)[0]).decode() if kind == 3 else socket.inet_ntoa(client.recv(4))
        (port,) = struct.unpack("!H", client.recv(2))
        self.asked.append(f"{host}:{port}")
        client.sendall(b"\x05\x00\x00\x01" + bytes(6))
        self._join(client, socket.create_connection((host, port)))
