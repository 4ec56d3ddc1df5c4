"""The one thread that uses the store: requests that wait at the same time are answered in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import NamedTuple, TypeVar

from jsonbin_cli.failures import Failure, StoreFailure
from jsonbin_cli.local.api import errors
from jsonbin_cli.local.api.model import Reply, Request, error_reply
from jsonbin_cli.local.api.routes import answer
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.store.ids import new_id, now
from jsonbin_cli.local.store.sqlite import SqliteStore

T = TypeVar("T")
# After so many seconds a transaction ends, and who is left waits for the next one.
_LONGEST = 0.5
# A write waits mostly for the disk's sync, which all requests of one transaction share. With more of them, the first
# one would only wait longer.
_MOST_TOGETHER = 64


class _Waiting(NamedTuple):
    request: Request
    settings: Settings
    reply: asyncio.Future[Reply]


class WriteQueue:
    """Answers requests in their order. A reply is given once what it says is durable.

    `report` gets the exception of a request that met a bug, `at_end` the store before it is closed.
    """

    def __init__(
        self, report: Callable[[BaseException], None], at_end: Callable[[SqliteStore], None] = lambda _: None
    ) -> None:
        self._report = report
        self._at_end = at_end
        self._thread = ThreadPoolExecutor(1, "jsonbin-store")
        self._waiting: list[_Waiting] = []
        self._work: asyncio.Task[None] | None = None

    def open(self, open_store: Callable[[], SqliteStore]) -> None:
        """Open the store, in the thread that will use it. Raises what `open_store` does."""
        opening = self._thread.submit(open_store)
        if opening.exception():
            self._thread.shutdown()
        self._store = opening.result()

    def close(self) -> None:
        """Close the store, after the transaction under way. Raises what `at_end` does."""
        try:
            self._thread.submit(self._at_end, self._store).result()
        finally:
            self._thread.submit(self._store.close).result()
            self._thread.shutdown()

    async def answer(self, request: Request, settings: Settings) -> Reply:
        """The reply of the API's rules. 503 where another program holds the store, 500 for a bug."""
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(request, settings, reply))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._until_none_waits())
        return await reply

    async def use(self, work: Callable[[SqliteStore], T]) -> T:
        """What `work` makes of the store, in a transaction of its own. Raises what `work` does, and StoreFailure."""

        def in_its_thread() -> T:
            with self._store.transaction():
                return work(self._store)

        return await asyncio.get_running_loop().run_in_executor(self._thread, in_its_thread)

    async def _until_none_waits(self) -> None:
        while self._waiting:
            together = self._waiting[:_MOST_TOGETHER]
            del self._waiting[:_MOST_TOGETHER]
            await self._settle(together)

    async def _settle(self, together: list[_Waiting]) -> None:
        # gather returns any exception as a value: a bug in the rules becomes one answer 500, here and nowhere else.
        thread = asyncio.get_running_loop().run_in_executor(self._thread, self._answer_all, together)
        (outcome,) = await asyncio.gather(thread, return_exceptions=True)
        if isinstance(outcome, BaseException) and not isinstance(outcome, StoreFailure) and len(together) > 1:
            # Nothing was written. One by one, only the request with the bug fails.
            for one in together:
                await self._settle([one])
            return
        replies = [self._error(outcome)] * len(together) if isinstance(outcome, BaseException) else outcome
        self._waiting[:0] = together[len(replies) :]
        for one, reply in zip(together, replies, strict=False):
            if not one.reply.done():  # where it is, its client has left
                one.reply.set_result(reply)

    def _answer_all(self, together: list[_Waiting]) -> list[Reply]:
        """The replies to as many as can be answered in time, from the first one on."""
        replies: list[Reply] = []
        with self._store.transaction():
            instant, end = now(), monotonic() + _LONGEST
            for one in together:
                replies.append(answer(one.request, self._store, one.settings, instant, new_id))
                if monotonic() > end:
                    break
        return replies

    def _error(self, wrong: BaseException) -> Reply:
        if isinstance(wrong, Failure):  # the store, or one of its rows
            return error_reply(errors.UNAVAILABLE.status, wrong.message)
        self._report(wrong)
        return error_reply(500, "Internal Server Error")
