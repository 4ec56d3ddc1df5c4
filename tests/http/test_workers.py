"""Threads that send: what becomes of each item, and how they end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count
from typing import Self, cast

import pytest

from jsonbin_cli.failures import Failure, InvalidInput
from jsonbin_cli.http.client import Client
from jsonbin_cli.http.room import Room
from jsonbin_cli.http.workers import Outcome, Workers


class Clients:
    """Makes clients, and keeps which threads opened and closed them."""

    def __init__(self) -> None:
        self.opened: list[int] = []
        self.closed: list[int] = []
        self.stopped = threading.Event()
        self.room = Room()

    def __call__(self) -> Client:
        """Another one."""
        return cast(Client, self)

    def workers(self, jobs: int) -> Workers:
        """So many threads with these clients."""
        return Workers(self, jobs, self.stopped)

    def __enter__(self) -> Self:
        self.opened.append(threading.get_ident())
        return self

    def __exit__(self, *_: object) -> None:
        self.closed.append(threading.get_ident())


def until(last: int, taken: threading.Event) -> Iterator[int]:
    """Items without an end; the event is set when this one is taken."""
    for item in count():
        if item == last:
            taken.set()
        yield item


def test_each_item_is_worked_on() -> None:
    """By threads that each have a client, which they close themselves at the end."""
    clients = Clients()
    with clients.workers(3) as workers:
        both = threading.Barrier(3)

        def double(client: Client, item: int) -> int:
            assert client is cast(object, clients)
            if item < 3:
                both.wait(60)  # so that each thread has one
            return item * 2

        found = list(workers.each(double, range(20)))
        assert sorted(found) == [Outcome(item, item * 2) for item in range(20)]
        assert list(workers.each(double, [30])) == [Outcome(30, 60)]
        assert list(workers.each(double, [])) == []
        assert clients.closed == []
    assert len(clients.opened) == 3
    assert sorted(clients.opened) == sorted(clients.closed)
    assert threading.get_ident() not in clients.opened
    assert clients.stopped.is_set()


def test_no_client_is_made_for_a_thread_without_work() -> None:
    """It would open a connection for nothing."""
    clients = Clients()
    with clients.workers(4) as workers:
        assert list(workers.each(lambda _, item: item, [1])) == [Outcome(1, 1)]
    assert len(clients.opened) == 1


def test_a_failure_is_what_became_of_an_item() -> None:
    """Without the values that were at hand where it was raised; the others go on."""

    def fail(_: Client, item: int) -> int:
        try:
            return 4 // item
        except ZeroDivisionError:
            raise InvalidInput("no") from None

    with Clients().workers(1) as workers:
        first, second = workers.each(fail, [0, 2])
    assert isinstance(first.failure, Failure)
    assert (first.item, first.made, first.failure.message) == (0, None, "no")
    assert (first.failure.__traceback__, first.failure.__context__) == (None, None)
    assert second == Outcome(2, 2)


def test_a_client_that_cannot_be_made_is_a_failure_too() -> None:
    """Of each item."""

    def none() -> Client:
        raise InvalidInput("no certificates")

    with Workers(none, 1, threading.Event()) as workers:
        found = [outcome.failure for outcome in workers.each(lambda _, item: item, [1, 2])]
    assert [failure.message for failure in found if failure] == ["no certificates"] * 2


def test_what_is_no_failure_is_raised() -> None:
    """Nobody waits for the thread that it ended."""
    with Clients().workers(1) as workers, pytest.raises(ZeroDivisionError):
        list(workers.each(lambda _, item: 1 // item, [0]))


def test_items_are_taken_up_as_they_are_needed() -> None:
    """Two for each thread, and one more for each that has ended."""
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(9):
            taken.append(item)
            yield item

    with Clients().workers(2) as workers:
        found = workers.each(lambda _, item: item, items())
        for count in (5, 6, 7, 8, 9, 9):
            next(found)
            assert len(taken) == count
        assert len(list(found)) == 3


def test_once_it_is_stopped_nothing_more_is_begun() -> None:
    """What is under way is finished; what was taken up and not begun is given back."""
    clients, taken = Clients(), threading.Event()

    def stop(_: Client, item: int) -> int:
        taken.wait(60)
        clients.stopped.set()
        return item

    with clients.workers(1) as workers:
        assert list(workers.each(stop, until(1, taken))) == [Outcome(0, 0), Outcome(1)]
        assert list(workers.each(stop, range(9))) == []


def test_what_was_not_begun_is_given_back_while_another_item_is_under_way() -> None:
    """All of it, by a thread that has nothing else to do."""
    clients, taken, busy, gone_on = Clients(), threading.Event(), threading.Event(), threading.Event()

    def work(_: Client, item: int) -> bool:
        if item == 0:
            busy.set()
            return gone_on.wait(60)
        busy.wait(60)
        taken.wait(60)
        clients.stopped.set()
        return False

    with clients.workers(2) as workers:
        found = workers.each(work, until(3, taken))
        assert [next(found) for _ in range(3)] == [Outcome(1, False), Outcome(2), Outcome(3)]
        gone_on.set()
        assert list(found) == [Outcome(0, True)]


def test_there_is_a_beat_while_nothing_ends() -> None:
    """Until something does."""
    gone_on = threading.Event()

    with Clients().workers(1) as workers:
        found = workers.each(lambda _, __: gone_on.wait(60), [1], gone_on.set)
        assert list(found) == [Outcome(1, True)]


def test_what_is_left_alone_is_not_waited_for() -> None:
    """What has ended is given back all the same."""
    clients, gone_on, ended = Clients(), threading.Event(), threading.Event()

    def work(_: Client, item: int) -> bool:
        if item == 1:
            return True
        gone_on.wait(60)
        ended.set()
        return False

    with clients.workers(2) as workers:
        assert list(workers.each(work, [0, 1], workers.left_alone.set)) == [Outcome(1, True)]
    assert not ended.is_set()
    gone_on.set()
    assert ended.wait(60)
