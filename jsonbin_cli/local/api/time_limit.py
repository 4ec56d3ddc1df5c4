"""A limit on how long a library may work on an expression or a schema from outside."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block once it has run for so long.

    Python looks at the clock at each call of a function, in this thread only. A single call of a function written in C
    is not interrupted.
    """
    deadline = monotonic() + seconds
    before = sys.getprofile()

    def check(*_: object) -> None:  # pragma: no cover (coverage does not see what runs as a profiler)
        if monotonic() > deadline:
            raise TimeoutError

    sys.setprofile(check)
    try:
        yield
    finally:
        sys.setprofile(before)
