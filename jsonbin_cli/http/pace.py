"""When the next request may go out: one rate, one pause and one stop for all who send."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Lock, RLock

from jsonbin_cli.http.room import Places

_LONGEST_HOLD = 60.0
"""Whoever asks for more is not waited for."""
_KEY = "requests"


class Pace:
    """Shared by the threads that send. `per_minute` is how many requests may go out in a minute, None sets no limit.

    `values` is held by the one thread that makes values of texts, since large ones take much memory. `requests` counts
    those that went out, each try of them. `places` bounds how many threads hold large texts; nobody waits for one
    while it holds `values`. `stopped` is set once no more are to be begun.
    """

    def __init__(self, per_minute: float | None) -> None:
        self.stopped = Event()
        self.requests = 0
        self.values = RLock()
        self.places = Places()
        self._lock = Lock()
        self._tokens = _tokens(per_minute / 60) if per_minute else None
        self._held_until = 0.0

    def turn(self) -> bool:
        """Wait until a request may go out. False where it is stopped, and none may."""
        if self.stopped.is_set():
            return False
        # Whoever waits keeps the lock, so that the others wait behind it, in their order.
        with self._lock:
            while not self.stopped.is_set():
                wait = self._wait()
                if wait <= 0:
                    self.requests += 1
                    return True
                self.stopped.wait(wait)
        return False

    def pause(self, seconds: float) -> bool:
        """Wait before a request is sent again. False where it is stopped meanwhile, and is not to be."""
        return not self.stopped.wait(seconds)

    def hold(self, seconds: float) -> None:
        """Let nobody send for so long: the service is busy, or out of reach. A longer pause than a minute stops all."""
        self._held_until = max(self._held_until, time.monotonic() + seconds)
        if seconds > _LONGEST_HOLD:
            self.stopped.set()

    def _wait(self) -> float:
        """Seconds until a request may go out, 0 where that is now; it then counts as gone."""
        held = self._held_until - time.monotonic()
        if held > 0:
            return held
        return self._tokens() if self._tokens else 0.0


def _tokens(per_second: float) -> Callable[[], float]:
    """Takes a token where there is one; else returns in how many seconds there will be."""
    from token_bucket import Limiter, MemoryStorage

    storage = MemoryStorage()
    limiter = Limiter(per_second, 1, storage)

    def take() -> float:
        return 0.0 if limiter.consume(_KEY) else (1 - storage.get_token_count(_KEY)) / per_second

    return take
