"""The thread that uses the store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager

from jsonbin_cli.local.api.model import Request
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.server.write_queue import WriteQueue
from jsonbin_cli.local.store.initial import demo_bin
from jsonbin_cli.local.store.rows import Bin, Collection, SchemaDoc
from jsonbin_cli.local.store.sqlite import SqliteStore

SLOW = {"properties": {"x": {"pattern": "^(x|x)*$"}}}


def test_a_request_that_takes_long_is_the_last_of_its_transaction() -> None:
    """So its reply, and those before it, do not wait for what comes after it."""

    class Counting(SqliteStore):
        transactions = 0

        @contextmanager
        def transaction(self) -> Iterator[None]:
            self.transactions += 1
            with super().transaction():
                yield

    def open_store() -> Counting:
        store = Counting(None, demo_bin())
        store.put_schema(SchemaDoc("s", "slow", json.dumps(SLOW).encode(), ""))
        store.add_collection("c", "slow")
        store.change_collection(Collection("c", "slow", "", "s"))
        store.add(demo_bin()._replace(id="c" * 24, collection="c"))
        opened.append(store)
        return store

    opened: list[Counting] = []

    key = {"x-master-key": "key", "content-type": "application/json"}
    body = json.dumps({"x": "x" * 60 + "!"}).encode()
    slow = Request("PUT", f"/v3/b/{'c' * 24}", {}, key, body)
    quick = Request("GET", f"/v3/b/{demo_bin().id}", {}, key, b"")

    async def run() -> list[int]:
        queue = WriteQueue(lambda _: None)
        queue.open(open_store)
        opened[0].transactions = 0
        replies = await asyncio.gather(*(queue.answer(one, Settings("key")) for one in (quick, slow, quick)))
        queue.close()
        return [reply.status for reply in replies]

    assert asyncio.run(run()) == [200, 400, 200]
    assert opened[0].transactions == 2


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


def test_a_bug_is_the_answer_to_one_request_alone() -> None:
    """Of requests that are answered together the others get what they asked for."""

    class Broken(SqliteStore):
        def bin(self, bin_id: str) -> Bin | None:
            if bin_id == "0" * 24:
                raise LookupError("a bug")
            return super().bin(bin_id)

    reported: list[BaseException] = []

    async def run() -> list[int]:
        queue = WriteQueue(reported.append)
        queue.open(lambda: Broken(None, demo_bin()))
        asked = [Request("GET", f"/v3/b/{digit * 24}", {}, {"x-master-key": "key"}, b"") for digit in "102"]
        replies = await asyncio.gather(*(queue.answer(one, Settings("key")) for one in asked))
        queue.close()
        return [reply.status for reply in replies]

    assert asyncio.run(run()) == [404, 500, 404]
    assert [str(bug) for bug in reported] == ["a bug"]
