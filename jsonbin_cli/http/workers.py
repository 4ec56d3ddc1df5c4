"""Threads that send requests, each with a client of its own, whose connection is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from queue import Empty, SimpleQueue
from threading import Event, Thread
from types import TracebackType
from typing import Any, Generic, NamedTuple, Self, TypeVar

from jsonbin_cli.failures import Failure
from jsonbin_cli.http.client import Client

Item = TypeVar("Item")
Made = TypeVar("Made")
# So many items wait for each thread, so that none waits for the main thread.
_AHEAD = 2
_BEAT = 0.1


class Outcome(NamedTuple, Generic[Item, Made]):
    """What became of one item: what was made of it, or why not; neither where it was not begun."""

    item: Item
    made: Made | None = None
    failure: Failure | None = None


class Workers:
    """`jobs` threads, from the start of the `with` to its end. `stopped` is set once nothing more is to be begun.

    `left_alone` is set once what is under way is not waited for any more either; the end of the process ends it.
    """

    def __init__(self, client: Callable[[], Client], jobs: int, stopped: Event) -> None:
        self.left_alone = Event()
        self._client = client
        self._jobs = jobs
        self._stopped = stopped
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(jobs)]
        self._to_do: SimpleQueue[tuple[Callable[[Client, Any], Any], Any] | None] = SimpleQueue()
        # What is no Failure and ended a thread is in it too, so that nobody waits for that thread.
        self._done: SimpleQueue[Outcome[Any, Any] | BaseException] = SimpleQueue()

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, where: TracebackType | None
    ) -> None:
        self._stopped.set()
        for _ in self._threads:
            self._to_do.put(None)
        if not self.left_alone.is_set():
            for thread in self._threads:
                thread.join()

    def each(
        self,
        work: Callable[[Client, Item], Made],
        items: Iterable[Item],
        beat: Callable[[], None] = lambda: None,
    ) -> Iterator[Outcome[Item, Made]]:
        """What became of each item that was taken up, in the order in which they end; `beat` is called while none does.

        What is under way when it is stopped is finished, unless it is left alone. What is no Failure is raised.
        """
        waiting = iter(items)
        under_way = sum(self._begin(work, waiting) for _ in range(self._jobs * _AHEAD))
        while under_way:
            try:
                found = self._done.get(timeout=_BEAT)
            except Empty:
                if self.left_alone.is_set():
                    return
                beat()
                continue
            if isinstance(found, BaseException):
                raise found
            under_way -= 1
            under_way += self._begin(work, waiting)
            yield found

    def _begin(self, work: Callable[[Client, Item], Made], waiting: Iterator[Item]) -> int:
        """Hand one item to the threads, and return how many that were."""
        if self._stopped.is_set():
            return 0
        for item in waiting:
            self._to_do.put((work, item))
            return 1
        return 0

    def _work(self) -> None:
        """Work until there is None to do. Each thread closes its client itself, as the embedded store asks for."""
        with ExitStack() as at_end:
            at_end.push(self._ended)
            client: Client | None = None
            for work, item in iter(self._to_do.get, None):
                if self._stopped.is_set():
                    self._done.put(Outcome(item))
                    continue
                try:
                    client = client or at_end.enter_context(self._client())
                    self._done.put(Outcome(item, work(client, item)))
                except Failure as failure:
                    failure.__context__ = None
                    # A traceback holds what was in the functions' variables, of which there may be much.
                    self._done.put(Outcome(item, failure=failure.with_traceback(None)))
                finally:
                    if client:
                        client.room.give_back()

    def _ended(
        self, _kind: type[BaseException] | None, wrong: BaseException | None, _where: TracebackType | None
    ) -> bool:
        """Hand what ended a thread, and is no Failure, to the main thread."""
        if wrong:
            self._done.put(wrong)
        return True
