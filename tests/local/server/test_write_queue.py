"""The thread that uses the store."""

from __future__ import annotations

import asyncio

from jsonbin_cli.local.api.model import Request
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.server.write_queue import WriteQueue
from jsonbin_cli.local.store.initial import demo_bin
from jsonbin_cli.local.store.sqlite import SqliteStore


def test_a_client_that_has_left_delays_nobody() -> None:
    """Of requests that are answered together, the reply that nobody waits for is dropped."""
    request = Request("GET", f"/v3/b/{demo_bin().id}", {}, {"x-master-key": "key"}, b"")

    async def run() -> int:
        queue = WriteQueue(lambda _: None)
        queue.open(lambda: SqliteStore(None, demo_bin()))
        waiting = [asyncio.create_task(queue.answer(request, Settings("key"))) for _ in range(3)]
        await asyncio.sleep(0)  # each has asked
        waiting[1].cancel()
        replies = await asyncio.gather(*waiting, return_exceptions=True)
        queue.close()
        assert isinstance(replies[1], asyncio.CancelledError)
        return len([reply for reply in replies if not isinstance(reply, BaseException) and reply.status == 200])

    assert asyncio.run(run()) == 2
