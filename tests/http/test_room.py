"""Room for large texts: few requests hold some at a time, and who waits for room loses no time."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from jsonbin_cli.http.exchange import Exchange
from jsonbin_cli.http.room import Places, Room
from tests.benchmarks.hostile import cost
from tests.conftest import Program, unmeasured
from tests.http.hostile import GOOD, Reply, http
from tests.http.raw import RawServer

# Its last byte never comes.
ENDLESS = Reply("", http(b'{"record":"%s"}' % (b"x" * 1_100_000))[:-1], ("no-answer",), "keep")
IDS = [f"{number:024}" for number in range(64)]


def started(work: Callable[[], None]) -> threading.Thread:
    """A thread that does it."""
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_fourth_waits_for_one_of_three() -> None:
    """Whoever has a place gets no second one, and gives one back once."""
    places, taken = Places(), threading.Event()
    first, *others = rooms = [Room(places) for _ in range(3)]
    for room in rooms * 2:
        room.take()
    fourth = Room(places)

    def take() -> None:
        fourth.take()
        taken.set()

    thread = started(take)
    assert not taken.wait(0.1)
    first.give_back()
    first.give_back()
    thread.join()
    assert taken.is_set()
    again = started(first.take)
    again.join(0.1)
    assert again.is_alive()
    others[0].give_back()
    again.join()


def test_a_room_of_ones_own() -> None:
    """Nobody waits for it."""
    alone = Room()
    alone.take()
    alone.take()
    alone.give_back()


def test_nobody_waits_once_the_places_are_given_up() -> None:
    """Each that waits then, or later, is told."""
    places, told = Places(), []
    for _ in range(3):
        places.take()

    def take() -> None:
        with pytest.raises(ConnectionAbortedError):
            places.take()
        told.append(True)

    waiting = [started(take) for _ in range(3)]
    places.give_up()
    for thread in (*waiting, started(take)):
        thread.join()
    assert len(told) == 4


def test_who_waits_for_room_loses_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute of waiting is no part of the answer's 30 seconds; all others are."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    class Slow(Room):
        def take(self) -> None:
            now[0] += 60

    exchange = Exchange(10, 30, Slow())
    exchange.sent = True
    exchange.sending()
    now[0] += 29
    exchange.make_room()
    assert exchange.left() == 1


@pytest.mark.costly
def test_many_large_replies_at_once_take_little_memory(jsonbin: Program) -> None:
    """Of 64 that do not end, three are kept, and the others are left where they are until those are given up."""
    if sys.platform == "win32":
        pytest.skip("Windows does not say what a process took")
    env, peak = unmeasured(jsonbin.env), jsonbin.home / "peak"
    command = ["pull", str(jsonbin.home / "many"), *IDS, "--jobs=64"]
    with RawServer() as server:
        small = cost(server, Reply("", http(GOOD), ("reply",)), 60, peak, env)
        large = cost(server, ENDLESS, 0.5, peak, env, command=command)
    assert (small.code, large.code) == (0, 3)
    assert large.memory < small.memory + 40


@pytest.mark.costly
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_a_second_ctrl_c_waits_for_no_room(jsonbin: Program) -> None:
    """It ends after the 2 seconds of one answer, and not of the twenty-two that it would have waited for."""
    with RawServer() as server:
        server.reply = ENDLESS
        jsonbin.env["JSONBIN_API_URL"] = server.url
        process = jsonbin.start("pull", "many", *IDS, "--jobs=64", "--timeout=2", env=unmeasured(jsonbin.env))
        for _ in IDS:
            assert server.asked.acquire(timeout=60)
        for _ in range(2):
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.5)
        process.communicate(timeout=20)
    assert process.returncode == 130
