"""Threads that send requests, each with a client of its own, whose connection is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from queue import Empty, SimpleQueue
from threading import Barrier, Event, local
from types import TracebackType
from typing import Any, Generic, NamedTuple, Self, TypeVar

from jsonbin_cli.failures import Failure
from jsonbin_cli.http.client import Client

Item = TypeVar("Item")
Made = TypeVar("Made")
# So many items wait for each thread, so that none waits for the main thread.
_AHEAD = 2
_BEAT = 0.5


class Outcome(NamedTuple, Generic[Item, Made]):
    """What became of one item: what was made of it, or why not; neither where it was not begun."""

    item: Item
    made: Made | None = None
    failure: Failure | None = None


class Workers:
    """`jobs` threads, from the start of the `with` to its end. `stopped` is set once nothing more is to be begun."""

    def __init__(self, client: Callable[[], Client], jobs: int, stopped: Event) -> None:
        self._client = client
        self._jobs = jobs
        self._stopped = stopped
        self._pool = ThreadPoolExecutor(jobs, "jsonbin")
        self._own = local()
        self._done: SimpleQueue[tuple[Any, Future[Any]]] = SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, where: TracebackType | None
    ) -> None:
        self._stopped.set()
        # Each thread closes its own client, as the embedded store asks for: none takes a second turn.
        together = Barrier(self._jobs)
        for _ in range(self._jobs):
            self._pool.submit(self._close, together)
        self._pool.shutdown()

    def each(
        self,
        work: Callable[[Client, Item], Made],
        items: Iterable[Item],
        beat: Callable[[], None] = lambda: None,
    ) -> Iterator[Outcome[Item, Made]]:
        """What became of each item that was taken up, in the order in which they end; `beat` is called in between.

        What is under way when it is stopped is finished. What is no Failure is raised.
        """
        waiting = iter(items)
        under_way = sum(self._begin(work, waiting) for _ in range(self._jobs * _AHEAD))
        while under_way:
            try:
                item, future = self._done.get(timeout=_BEAT)
            except Empty:
                beat()
                continue
            under_way -= 1
            under_way += self._begin(work, waiting)
            wrong = future.exception()
            if isinstance(wrong, Failure):
                wrong.__context__ = None
                # A traceback holds what was in the functions' variables, of which there may be much.
                yield Outcome(item, failure=wrong.with_traceback(None))
            else:
                yield Outcome(item, future.result())
            beat()

    def _begin(self, work: Callable[[Client, Item], Made], waiting: Iterator[Item]) -> int:
        """Hand one item to the threads, and return how many that were."""
        if self._stopped.is_set():
            return 0
        for item in waiting:
            self._submit(work, item)
            return 1
        return 0

    def _submit(self, work: Callable[[Client, Item], Made], item: Item) -> None:
        self._pool.submit(self._one, work, item).add_done_callback(lambda done: self._done.put((item, done)))

    def _one(self, work: Callable[[Client, Item], Made], item: Item) -> Made | None:
        if self._stopped.is_set():
            return None
        if not hasattr(self._own, "client"):
            self._own.open = ExitStack()
            self._own.client = self._own.open.enter_context(self._client())
        return work(self._own.client, item)

    def _close(self, together: Barrier) -> None:
        together.wait()
        if hasattr(self._own, "open"):
            self._own.open.close()
