"""What answers in-process in the place of a server: the built-in profile `local`."""

from __future__ import annotations

from collections.abc import Mapping

from jsonbin_cli.config.account import Account
from jsonbin_cli.config.keys import LOCAL_MASTER_KEY
from jsonbin_cli.local.api.model import Reply, Request
from jsonbin_cli.local.api.routes import answer
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.store.ids import new_id, now
from jsonbin_cli.local.store.initial import demo_bin
from jsonbin_cli.local.store.sqlite import SqliteStore


class LocalTransport:
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

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers by their names in lower case, and body of the answer. `path` comes after `/v3`."""
        lower = {name.lower(): value for name, value in headers.items()}
        reply = self.handle(Request(method, f"/v3{path}", {}, lower, body or b""))
        return reply.status, {"content-type": reply.content_type}, reply.body

    def handle(self, request: Request) -> Reply:
        """The reply to one request, in one transaction."""
        with self._store.transaction():
            return answer(request, self._store, self.settings, now(), new_id)

    def close(self) -> None:
        """Close the store."""
        self._store.close()
