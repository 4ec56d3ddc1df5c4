"""A connection to JSONBin that a thread opens, while what will use it is still being imported."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jsonbin_cli.config.account import Account
from jsonbin_cli.config.environment import proxy_for, trusted_certificates
from jsonbin_cli.failures import BadConfig
from jsonbin_cli.http.exchange import LONGEST_TO_CONNECT

if TYPE_CHECKING:
    import ssl

# What `begin` opened, until `open_early` takes it.
_begun: list[Connecting] = []


class Connecting:
    """A TCP connection to `host`, with TLS in it where `tls` is a context, opened from now on.

    `seconds` is how long all of it may take: finding the addresses, connecting to one of them, and TLS.
    """

    def __init__(self, host: str, port: int, seconds: float, *, tls: bool) -> None:
        self.host, self.port, self.seconds = host, port, seconds
        self._tls = tls
        self._since = time.monotonic()
        self._until = self._since + seconds
        self._socket: socket.socket | None = None
        self._dropped = False
        self._failure: OSError | ValueError | None = None
        self.context: ssl.SSLContext | None = None
        self._context_is_ready = threading.Event()
        self._thread = threading.Thread(target=self._open, daemon=True)
        self._thread.start()
        # Importing ssl and making the context take some milliseconds, as does the connection: both go on at once.
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
        return time.monotonic() - self._since

    def leads_to(self, host: str, port: int, *, tls: bool) -> bool:
        """Whether it is a connection to this place."""
        return (self.host, self.port, self._tls) == (host, port, tls)

    def limit(self, seconds: float) -> None:
        """Let it take so many seconds more at most, and one opened by `again` as many."""
        self.seconds, self._until = seconds, time.monotonic() + seconds

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


def begin(account: Account) -> None:
    """Begin to open the connection that `open_early` is to return for an account with this address.

    Raises BadConfig as `tls_context` does.
    """
    connecting = open_early(account, LONGEST_TO_CONNECT)
    if connecting:
        _begun.append(connecting)


def open_early(account: Account, timeout: float) -> Connecting | None:
    """The connection for the first request of `account`; None where it has a store, or a proxy is in the way.

    Opening it takes at most ten seconds, and at most `timeout`. Raises BadConfig as `tls_context` does.
    """
    parts = urlsplit(account.url)
    tls, host = parts.scheme == "https", parts.hostname or ""
    # Plain http stays on this machine, and a proxy would carry the key away unencrypted.
    if account.store or (tls and proxy_for(host)):
        return None
    port, seconds = parts.port or (443 if tls else 80), min(LONGEST_TO_CONNECT, timeout)
    with suppress(IndexError):
        begun = _begun.pop()
        if begun.leads_to(host, port, tls=tls):
            begun.limit(seconds)
            return begun
        begun.drop()
    return Connecting(host, port, seconds, tls=tls)


def tls_context() -> ssl.SSLContext:
    """What opens TLS connections, with whom to trust. Raises BadConfig where those certificates cannot be read."""
    import ssl

    file, folder = trusted_certificates()
    try:
        return ssl.create_default_context(cafile=file, capath=folder)
    except OSError:  # of which SSLError is one
        raise BadConfig(
            "SSL_CERT_FILE or SSL_CERT_DIR names no readable certificates", "unset it, or correct it"
        ) from None
