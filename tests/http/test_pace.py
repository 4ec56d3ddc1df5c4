"""The pace that threads share: a rate, a pause, and a stop."""

from __future__ import annotations

import time
from threading import Event, Thread

import pytest

from jsonbin_cli.config.account import Account
from jsonbin_cli.failures import Interrupted, NoAnswer
from jsonbin_cli.http.client import Client
from jsonbin_cli.http.connect import open_early
from jsonbin_cli.http.pace import Pace
from jsonbin_cli.http.request import list_collections

ACCOUNT = Account(None, None, "http://127.0.0.1:9/v3", "the default")


def test_requests_go_out_evenly() -> None:
    """The first at once, each other one a while after the one before it, however many wait."""
    pace = Pace(1200)
    started = time.monotonic()
    threads = [Thread(target=pace.turn) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pace.requests == 5
    assert time.monotonic() - started > 0.19


class Clock(Event):
    """A time that goes on while somebody waits, and only then."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.waited: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Let so much time go by."""
        assert timeout is not None
        self.waited.append(timeout)
        self.now += timeout
        return self.is_set()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time that all go by."""
    clock = Clock()
    monkeypatch.setattr("time.monotonic", lambda: clock.now)
    return clock


def test_how_long_each_waits(clock: Clock) -> None:
    """Until the next one of so many in a minute; what was not used up earlier does not add up."""
    pace = Pace(120)
    pace.stopped = clock
    assert [pace.turn() for _ in range(3)] == [True] * 3
    clock.now += 0.25
    assert pace.turn()
    clock.now += 60
    assert [pace.turn() for _ in range(2)] == [True] * 2
    assert (clock.waited, pace.requests) == ([0.5, 0.5, 0.25, 0.5], 6)


def test_all_wait_while_the_service_is_busy(clock: Clock) -> None:
    """Then they go on; the longest hold counts, and one of more than a minute stops all."""
    pace = Pace(None)
    pace.stopped = clock
    assert pace.turn()
    pace.hold(60)
    pace.hold(1)
    assert [pace.turn(), pace.turn(), pace.pause(2)] == [True] * 3
    assert (clock.waited, pace.requests) == ([60, 2], 3)
    pace.hold(60.1)
    assert [pace.turn(), pace.pause(2)] == [False] * 2
    assert pace.requests == 3


def test_who_was_held_counts_too(clock: Clock) -> None:
    """The next one goes out a while after it."""
    pace = Pace(120)
    pace.stopped = clock
    pace.hold(1)
    assert [pace.turn() for _ in range(2)] == [True] * 2
    assert clock.waited == [1, 0.5]


def test_a_stop_ends_each_wait() -> None:
    """Nothing goes out then."""
    pace = Pace(0.001)
    assert pace.turn()
    found: list[bool] = []
    waiting = [Thread(target=lambda: found.append(pace.turn())), Thread(target=lambda: found.append(pace.pause(60)))]
    for thread in waiting:
        thread.start()
    pace.hold(61)
    for thread in waiting:
        thread.join()
    assert found == [False, False]
    assert not pace.turn()
    assert pace.requests == 1


def test_a_client_sends_nothing_once_it_is_stopped() -> None:
    """And says so."""
    pace = Pace(None)
    pace.stopped.set()
    client = Client(ACCOUNT, None, timeout=10, retries=2, turn=pace.turn, pause=pace.pause)
    with client, pytest.raises(Interrupted, match="nothing was sent"):
        client.send(list_collections())


def test_a_stop_ends_the_tries_to_connect() -> None:
    """The failure of the first try stands, and there is no second one."""
    pace = Pace(None)
    client = Client(
        ACCOUNT,
        open_early(ACCOUNT, 10),
        timeout=10,
        retries=2,
        turn=pace.turn,
        pause=pace.pause,
        note=lambda _: pace.stopped.set(),
    )
    with client, pytest.raises(NoAnswer, match="nothing was changed"):
        client.send(list_collections())
    assert pace.requests == 1


def test_nobody_sends_while_no_connection_can_be_made() -> None:
    """Each failed try of one is a pause for all, and the last one is none."""
    pauses: list[float] = []
    client = Client(ACCOUNT, open_early(ACCOUNT, 10), timeout=10, retries=2, pause=lambda _: True, busy=pauses.append)
    with client, pytest.raises(NoAnswer, match="nothing was changed"):
        client.send(list_collections())
    first, second = pauses
    assert 0.5 <= first <= 1 <= second <= 2


def test_no_other_try_once_it_is_stopped() -> None:
    """The first pause is the last."""
    pauses: list[float] = []

    def stopped(seconds: float) -> bool:
        pauses.append(seconds)
        return False

    client = Client(ACCOUNT, open_early(ACCOUNT, 10), timeout=10, retries=2, pause=stopped)
    with client, pytest.raises(NoAnswer):
        client.send(list_collections())
    assert len(pauses) == 1
