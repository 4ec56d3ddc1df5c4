"""What a run over many bins shows of each at its end: in memory as long as that is little, else in an unnamed file."""

from __future__ import annotations

import json
from functools import cached_property
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import Any, NamedTuple

_MOST_IN_MEMORY = 4 * 1024 * 1024


class Difference(NamedTuple):
    """The difference of one bin. It lasts until the `place` where it is kept is closed."""

    place: Differences
    start: int
    length: int

    @property
    def steps(self) -> list[Any]:
        """The operations of a JSON Patch, or pairs of an operation and its line."""
        found: list[Any] = json.loads(self.place.read(self.start, self.length))
        return found


class Differences:
    """Those of all bins of a run; many threads may add to them. Raises OSError where the disk is full."""

    def __init__(self) -> None:
        self._lock = Lock()

    def keep(self, text: str) -> Difference:
        """Add one, a JSON array."""
        data = text.encode()
        with self._lock:
            start = self._file.seek(0, 2)
            self._file.write(data)
        return Difference(self, start, len(data))

    def read(self, start: int, length: int) -> bytes:
        """The bytes of one."""
        with self._lock:
            self._file.seek(start)
            return self._file.read(length)

    def close(self) -> None:
        """Forget all."""
        self._file.close()

    @cached_property
    def _file(self) -> SpooledTemporaryFile[bytes]:
        return SpooledTemporaryFile(_MOST_IN_MEMORY)
