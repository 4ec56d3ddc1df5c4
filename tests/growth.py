"""Whether the time that something takes grows with its input, or faster."""

from __future__ import annotations

import time
from collections.abc import Callable


def is_linear(work: Callable[[str], object], piece: str, length: int) -> bool:
    """Whether four times a text of `length` takes `work` about four times as long, and not sixteen times.

    A busy machine may disturb some of ten looks, and what grows faster stays below the limit in none of them.
    """
    short, long = (piece * (size // len(piece)) for size in (length, 4 * length))
    return any(_seconds(lambda: work(long)) < 9 * _seconds(lambda: work(short)) + 0.001 for _ in range(10))


def _seconds(work: Callable[[], object]) -> float:
    """The least processor time of some tries."""
    times = []
    for _ in range(5):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)
