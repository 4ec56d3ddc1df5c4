"""A connection to JSONBin that a thread opens, while the HTTP library that will use it is still being imported."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from urllib.parse import urlsplit

from jsonbin_cli.config.account import Account
from jsonbin_cli.config.environment import proxy_for, trusted_certificates
from jsonbin_cli.failures import BadConfig
from jsonbin_cli.http.exchange import LONGEST_TO_CONNECT


class Connecting:
    """A TCP connection to `host`, with TLS in it where `tls` is a context, opened from now on.

    `seconds` is how long all of it may take: finding the addresses, connecting to one of them, and TLS.
    """

    def __init__(self, host: str, port: int, seconds: float, *, tls: bool) -> None:
        self.host, self.port, self.seconds = host, port, seconds
        self._tls = tls
        self._until = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self._dropped = False
        self._failure: OSError | ValueError | None = None
        self.context: ssl.SSLContext | None = None
        self._context_is_ready = threading.Event()
        self._thread = threading.Thread(target=self._open, daemon=True)
        self._thread.start()
        # The context takes some milliseconds to make, and the connection some to be opened: both go on at once.
        try:
            self.context = tls_context() if tls else None
        finally:
            self._context_is_ready.set()

    def opened(self) -> socket.socket:
        """The open connection; waits until it is there.

        Raises OSError where none could be made, ValueError where `host` is not a valid name.
        """
        self._thread.join(max(0.0, self._left()))
        if self._failure:
            raise self._failure
        if self._socket is None:
            raise TimeoutError
        return self._socket

    @property
    def age(self) -> float:
        """Seconds since it was begun."""
        return self.seconds - self._left()

    def drop(self) -> None:
        """Close the connection, which was not used."""
        self._dropped = True
        if self._socket:
            self._socket.close()

    def again(self) -> Connecting:
        """Another connection to the same place."""
        return Connecting(self.host, self.port, self.seconds, tls=self._tls)

    def _open(self) -> None:
        try:
            connection = self._connected()
            connection.settimeout(self.seconds)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._context_is_ready.wait()
            if self.context:
                self.context.set_alpn_protocols(["http/1.1"])
                connection = self.context.wrap_socket(connection, server_hostname=self.host.encode())
            self._socket = connection
            if self._dropped:
                connection.close()
        except (OSError, ValueError) as failure:
            self._failure = failure

    def _connected(self) -> socket.socket:
        """Connected to the first address that answers; each gets its share of the time."""
        addresses = socket.getaddrinfo(self.host.encode(), self.port, type=socket.SOCK_STREAM)
        while True:
            family, kind, protocol, _, address = addresses.pop(0)
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(max(0.1, self._left() / (len(addresses) + 1)))
                connection.connect(address)
                return connection
            except OSError:
                connection.close()
                if not addresses:
                    raise

    def _left(self) -> float:
        return self._until - time.monotonic()


def open_early(account: Account, timeout: float) -> Connecting | None:
    """The connection for the first request of `account`; None where it has a store, or a proxy is in the way.

    Opening it takes at most ten seconds, and at most `timeout`. Raises BadConfig as `tls_context` does.
    """
    parts = urlsplit(account.url)
    tls, host = parts.scheme == "https", parts.hostname or ""
    # Plain http stays on this machine, and a proxy would carry the key away unencrypted.
    if account.store or (tls and proxy_for(host)):
        return None
    return Connecting(host, parts.port or (443 if tls else 80), min(LONGEST_TO_CONNECT, timeout), tls=tls)


def tls_context() -> ssl.SSLContext:
    """What opens TLS connections, with whom to trust. Raises BadConfig where those certificates cannot be read."""
    file, folder = trusted_certificates()
    try:
        return ssl.create_default_context(cafile=file, capath=folder)
    except (OSError, ssl.SSLError):
        raise BadConfig(
            "SSL_CERT_FILE or SSL_CERT_DIR names no readable certificates", "unset it, or correct it"
        ) from None
