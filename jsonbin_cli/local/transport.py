"""An httpx transport that answers in-process: the built-in profile `local`."""

from __future__ import annotations

import httpx

from jsonbin_cli.config.account import Account
from jsonbin_cli.config.keys import LOCAL_MASTER_KEY
from jsonbin_cli.local.api.model import Request
from jsonbin_cli.local.api.routes import answer
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.store.ids import new_id, now
from jsonbin_cli.local.store.initial import demo_bin
from jsonbin_cli.local.store.sqlite import SqliteStore


class LocalTransport(httpx.BaseTransport):
    """Answers from the store that the account's profile names, by the rules of the service.

    `settings` are those of the profile at first. Where another program holds the store, this one waits for up to
    `patience` seconds.
    """

    def __init__(self, account: Account, patience: float = 30.0) -> None:
        profile = account.profile
        assert profile is not None
        assert profile.path is not None
        self.settings = Settings(LOCAL_MASTER_KEY, "free" if profile.plan == "free" else "pro", profile.quota)
        self._store = SqliteStore(profile.path, demo_bin(), patience)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request, in one transaction."""
        asked = Request(
            request.method, request.url.path, dict(request.url.params), dict(request.headers), request.read()
        )
        with self._store.transaction():
            reply = answer(asked, self._store, self.settings, now(), new_id)
        headers = {"Content-Type": reply.content_type}
        return httpx.Response(reply.status, headers=headers, stream=httpx.ByteStream(reply.body))

    def close(self) -> None:
        """Close the store."""
        self._store.close()
