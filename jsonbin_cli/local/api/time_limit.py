"""A limit on how long a library may work on an expression or a schema from outside."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from threading import local
from time import monotonic

_this = local()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block once it has run for so long.

    Python looks at the clock at each call of a function, in this thread only. A single call of a function written in C
    is not interrupted. Where Python drops the error, since it was raised while a generator is closed, it does not look
    at the clock any more: so what runs in the block should call `check_time` too.
    """
    before, _this.deadline = sys.getprofile(), monotonic() + seconds
    sys.setprofile(check_time)
    try:
        yield
    finally:
        sys.setprofile(before)
        del _this.deadline


def check_time(*_: object) -> None:
    """Raise TimeoutError where the time of the block is over."""
    if monotonic() > getattr(_this, "deadline", inf):
        raise TimeoutError
