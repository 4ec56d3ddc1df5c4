"""The one thread that owns the store: requests that wait together are answered in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from jsonbin_cli.failures import StoreFailure
from jsonbin_cli.local.api import routes
from jsonbin_cli.local.api.model import Reply, Request, Settings, dumped
from jsonbin_cli.local.store.ids import new_id, now
from jsonbin_cli.local.store.sqlite import SqliteStore

# They share one sync of the disk, which is what a write waits for; more at once would only make the first one wait.
_MOST_TOGETHER = 64


class _Waiting(NamedTuple):
    request: Request
    settings: Settings
    reply: asyncio.Future[Reply]


class Ledger:
    """Answers requests in their order. A reply is given when what it says is durable.

    `report` receives the exception of a request that met a bug.
    """

    def __init__(self, report: Callable[[BaseException], None]) -> None:
        self._report = report
        self._thread = ThreadPoolExecutor(1, "jsonbin-store")
        self._waiting: list[_Waiting] = []
        self._work: asyncio.Task[None] | None = None

    async def open(self, opener: Callable[[], SqliteStore]) -> None:
        """Open the store, in the thread that will use it. Raises what `opener` does."""
        self._store = await asyncio.get_running_loop().run_in_executor(self._thread, opener)

    async def close(self) -> None:
        """Let go of the store, after the requests under way."""
        if self._work:
            await self._work
        await asyncio.get_running_loop().run_in_executor(self._thread, self._store.close)
        self._thread.shutdown()

    async def answer(self, request: Request, settings: Settings) -> Reply:
        """The reply of the rules. 503 where the store is held by another program, 500 for a bug."""
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(request, settings, reply))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._until_none_waits())
        return await reply

    async def _until_none_waits(self) -> None:
        while self._waiting:
            together = self._waiting[:_MOST_TOGETHER]
            del self._waiting[:_MOST_TOGETHER]
            await self._settle(together)

    async def _settle(self, together: list[_Waiting]) -> None:
        # The one place where an answer over HTTP meets a bug of ours: gather hands any exception over as a value.
        thread = asyncio.get_running_loop().run_in_executor(self._thread, self._answer_all, together)
        (outcome,) = await asyncio.gather(thread, return_exceptions=True)
        if isinstance(outcome, BaseException) and not isinstance(outcome, StoreFailure) and len(together) > 1:
            # Nothing was written. One by one, only the request that has the bug fails.
            for one in together:
                await self._settle([one])
            return
        replies = [self._excuse(outcome)] * len(together) if isinstance(outcome, BaseException) else outcome
        for one, reply in zip(together, replies, strict=True):
            if not one.reply.done():  # its client may be gone
                one.reply.set_result(reply)

    def _answer_all(self, together: list[_Waiting]) -> list[Reply]:
        with self._store.transaction():
            return [routes.answer(one.request, self._store, one.settings, now(), new_id) for one in together]

    def _excuse(self, wrong: BaseException) -> Reply:
        if isinstance(wrong, StoreFailure):
            return Reply(503, dumped({"message": wrong.message}))
        self._report(wrong)
        return Reply(500, dumped({"message": "Internal Server Error"}))
