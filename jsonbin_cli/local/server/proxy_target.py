"""Where a request to a proxy is to go, and what the host there is to get in its place."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

SERVICE = "api.jsonbin.io"
_PORTS = {"http": 80, "https": 443}
# What is between client and proxy alone. The connection ends after one request: the next may be for another host.
_REPLACED = (b"connection", b"host", b"keep-alive", b"proxy-authorization", b"proxy-connection")


class Target(NamedTuple):
    """Where a request is to go. `head` is its head as that host takes it; a CONNECT has none."""

    encrypted: bool
    host: str
    port: int
    head: bytes


def target_of(head: bytes) -> Target | None:
    """Where the head of a request, without its empty line, leads; None where it is not for a proxy (RFC 9112, 3.2)."""
    line, *fields = head.split(b"\r\n")
    words = line.decode("latin-1").split(" ")
    if len(words) != 3:
        return None
    method, uri, version = words
    try:
        parts = urlsplit(f"//{uri}" if method == "CONNECT" else uri)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:  # not a port, or not an address
        return None
    if not host or not port:
        return None
    if method == "CONNECT":
        return Target(port == 443, host, port, b"")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [
        f"{method} {path} {version}".encode("latin-1"),
        b"Host: " + parts.netloc.rpartition("@")[2].encode("latin-1"),
        b"Connection: close",
        *(field for field in fields if field.partition(b":")[0].strip().lower() not in _REPLACED),
    ]
    return Target(parts.scheme == "https", host, port, b"\r\n".join(lines) + b"\r\n\r\n")
