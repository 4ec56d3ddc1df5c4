"""Who may use what is outside the API: programs of this machine, and no page of another origin."""

from __future__ import annotations

import socket
from collections.abc import Collection
from hmac import compare_digest
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from jsonbin_cli.config.keys import LOCAL_MASTER_KEY
from jsonbin_cli.local.api import errors
from jsonbin_cli.local.api.errors import Error
from jsonbin_cli.local.api.model import Refusal
from jsonbin_cli.local.server.messages import response_from
from jsonbin_cli.local.server.proxy_target import SERVICE

_HOST = Error(403, "Only names of this machine may be used here. Send the header Host: localhost", "choice")
_ORIGIN = Error(403, "Pages of another origin may not use this", "choice")


class Guard:
    """An ASGI middleware that refuses requests outside /v3 where they are not for this machine, or of a foreign page.

    A name that somebody else's DNS leads to this machine is not this machine's name: with it, a page of that name would
    be of the same origin as the server. `host` is where the server listens. Where the master key is not the public one,
    it is needed for all but the paths in `for_all`.
    """

    def __init__(self, app: ASGIApp, host: str, master_key: str, for_all: Collection[str] = ()) -> None:
        self._app = app
        self._for_all = for_all
        self._names = {"localhost", socket.gethostname().lower(), host.lower()}
        self._master_key = master_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        refused = None if scope["path"].startswith("/v3/") else self._refusal(scope, Headers(scope=scope))
        app = response_from(Refusal(refused, purpose="").reply()) if refused else self._app
        await app(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> Error | None:
        host, origin, key = headers.get("host", ""), headers.get("origin"), headers.get("x-master-key")
        through_proxy = scope["scheme"] == "https" or host.lower().partition(":")[0] == SERVICE
        if through_proxy:  # there is the service alone
            return errors.ROUTE_NOT_FOUND
        if not _names_one_of(host, {*self._names, scope["server"][0]}):
            return _HOST
        if origin is not None and origin.lower() != f"http://{host.lower()}":
            return _ORIGIN
        if self._master_key == LOCAL_MASTER_KEY or scope["path"] in self._for_all:
            return None
        if key is None:
            return errors.MASTER_KEY_MISSING
        return None if compare_digest(key.encode(), self._master_key.encode()) else errors.MASTER_KEY_INVALID


def _names_one_of(host: str, names: set[str]) -> bool:
    """Whether a Host header has one of these names, or an address that leads to the machine itself."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name in names or ip_address(name).is_loopback
    except ValueError:
        return False
