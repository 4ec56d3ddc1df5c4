"""The pace that threads share: a rate, a pause, and a stop."""

from __future__ import annotations

import time
from threading import Thread

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


def test_all_wait_while_the_service_is_busy() -> None:
    """Then they go on."""
    pace = Pace(None)
    pace.hold(0.2)
    started = time.monotonic()
    assert pace.turn()
    assert time.monotonic() - started > 0.19
    assert not pace.stopped.is_set()


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
    client = Client(ACCOUNT, None, turn=pace.turn, pause=pace.pause)
    with client, pytest.raises(Interrupted, match="nothing was sent"):
        client.send(list_collections())


def test_a_stop_ends_the_tries_to_connect() -> None:
    """The failure of the first try stands, and there is no second one."""
    pace = Pace(None)
    client = Client(
        ACCOUNT, open_early(ACCOUNT, 10), turn=pace.turn, pause=pace.pause, note=lambda _: pace.stopped.set()
    )
    with client, pytest.raises(NoAnswer, match="nothing was changed"):
        client.send(list_collections())
    assert pace.requests == 1


def test_nobody_sends_while_no_connection_can_be_made() -> None:
    """Each failed try of one is a pause for all, and the last one is none."""
    pauses: list[float] = []
    client = Client(ACCOUNT, open_early(ACCOUNT, 10), pause=lambda _: True, busy=pauses.append)
    with client, pytest.raises(NoAnswer, match="nothing was changed"):
        client.send(list_collections())
    first, second = pauses
    assert 0.5 <= first <= 1 <= second <= 2
