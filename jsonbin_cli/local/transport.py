"""An httpx transport that answers in-process: the built-in profile `local`."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import httpx

from jsonbin_cli.account import Account
from jsonbin_cli.local import rules
from jsonbin_cli.local.store import SqliteStore
from jsonbin_cli.profiles import DEMO_BIN, LOCAL_MASTER_KEY

_DEMO_RECORD = b'{"hello": "world"}'


class LocalTransport(httpx.BaseTransport):
    """Answers from the store that the account's profile names, by the rules of the service."""

    def __init__(self, account: Account) -> None:
        profile = account.profile
        assert profile is not None
        assert profile.path is not None
        self._settings = rules.Settings(LOCAL_MASTER_KEY, profile.plan or "pro", profile.quota)
        self._store = SqliteStore(profile.path, rules.Bin(DEMO_BIN, _DEMO_RECORD, True, _now()))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request, in one transaction."""
        asked = rules.Request(
            request.method, request.url.path, dict(request.url.params), dict(request.headers), request.read()
        )
        with self._store.transaction():
            reply = rules.answer(asked, self._store, self._settings, _now(), _new_id)
        return httpx.Response(
            reply.status, headers={"Content-Type": "application/json; charset=utf-8"}, content=reply.body
        )

    def close(self) -> None:
        """Close the store."""
        self._store.close()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _new_id() -> str:
    """Four bytes of time and eight of chance, as MongoDB's ids are made."""
    return f"{int(datetime.now(UTC).timestamp()):08x}{os.urandom(8).hex()}"
