"""The thread that owns the store."""

from __future__ import annotations

import asyncio

from jsonbin_cli.local.api.model import Request, Settings
from jsonbin_cli.local.server.write_queue import Ledger
from jsonbin_cli.local.store.seeds import demo
from jsonbin_cli.local.store.sqlite import SqliteStore


def test_a_client_that_is_gone_holds_nobody_up() -> None:
    """Of requests that are answered together, the reply that nobody waits for is dropped."""
    request = Request("GET", f"/v3/b/{demo().id}", {}, {"x-master-key": "key"}, b"")

    async def run() -> int:
        ledger = Ledger(lambda _: None)
        await ledger.open(lambda: SqliteStore(None, demo()))
        waiting = [asyncio.create_task(ledger.answer(request, Settings("key"))) for _ in range(3)]
        await asyncio.sleep(0)  # each has asked
        waiting[1].cancel()
        replies = await asyncio.gather(*waiting, return_exceptions=True)
        await ledger.close()
        assert isinstance(replies[1], asyncio.CancelledError)
        return len([reply for reply in replies if not isinstance(reply, BaseException) and reply.status == 200])

    assert asyncio.run(run()) == 2
