"""Memory that is given back to the system as soon as it is free."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import cache

LARGE = 64 * 1024
"""How many bytes a text has, or more, that is worth the call."""
_THRESHOLD = 128 * 1024  # what glibc begins with
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # in its malloc.h


@cache
def give_back_what_is_free() -> None:
    """Let the C library give each large piece of memory back once it is free, in the whole process.

    glibc stops that for pieces as large as the largest that was ever free, and then each thread keeps what its texts
    took (mallopt(3), M_MMAP_THRESHOLD). Threads that are started after this share one heap, since each of several would
    keep some (M_ARENA_MAX). Other libraries have no such call, and need none.
    """
    if sys.platform == "linux":  # pragma: no branch (the gate measures coverage there)
        with suppress(ImportError, OSError, AttributeError):
            import ctypes

            library = ctypes.CDLL(None)
            library.mallopt(_M_MMAP_THRESHOLD, _THRESHOLD)
            library.mallopt(_M_ARENA_MAX, 1)
