"""The last requests below /v3: what came, and what was answered, within a bound of memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

MOST_BYTES = 32 * 1024 * 1024
"""So much the bodies may take together. Two bodies of the largest size are less."""


class Withheld:
    """The headers of a request that carry keys: only their names are for anybody to see."""

    __slots__ = ("values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def __repr__(self) -> str:
        return f"Withheld({', '.join(self.values)})"


_NO_KEYS = Withheld({})


class Seen(NamedTuple):
    """A request as it came, without its keys, and what it was answered.

    `status` is 0 for no answer, `response` what was sent of it. `time` counts seconds since 1970; `milliseconds` passed
    until the answer was ready. `fault` is the name of the fault that it got. `sizes` are the bytes of both bodies;
    where `emptied` is True, they themselves are gone. `keys` are the headers with keys. `number` counts from 1.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    query: Mapping[str, str] = MappingProxyType({})
    response: bytes = b""
    content_type: str = ""
    time: float = 0.0
    milliseconds: float = 0.0
    fault: str = ""
    keys: Withheld = _NO_KEYS
    sizes: tuple[int, int] = (0, 0)
    emptied: bool = False
    number: int = 0


class Recent:
    """The last `most` requests. Where their bodies take more than `most_bytes`, the oldest lose theirs."""

    def __init__(self, most: int, most_bytes: int = MOST_BYTES) -> None:
        self.most = most
        self._most_bytes = most_bytes
        self._kept: deque[Seen] = deque()
        self._bytes = 0
        self._emptied = 0  # so many at the start have lost their bodies
        self.last = 0
        """The number of the newest; 0 before the first one."""
        self.cleared = 0
        """The number of the newest of those that were forgotten together."""

    def __iter__(self) -> Iterator[Seen]:
        return iter(self._kept)

    @property
    def first(self) -> int:
        """The number of the oldest, or of the next one where there is none."""
        return self.last - len(self._kept) + 1

    def add(self, seen: Seen) -> None:
        """Keep one more, with the next number."""
        self.last += 1
        if len(self._kept) == self.most:
            self._bytes -= _weight(self._kept.popleft())
            self._emptied = max(0, self._emptied - 1)
        self._kept.append(seen._replace(number=self.last))
        self._bytes += _weight(seen)
        while self._bytes > self._most_bytes:
            oldest = self._kept[self._emptied]
            self._bytes -= _weight(oldest)
            self._kept[self._emptied] = oldest._replace(body=b"", response=b"", emptied=True)
            self._emptied += 1

    def clear(self) -> None:
        """Forget them. The numbers go on."""
        self._kept.clear()
        self._bytes = self._emptied = 0
        self.cleared = self.last

    def find(self, number: int) -> Seen | None:
        """The one with that number, where it is still kept."""
        return self._kept[number - self.first] if self.first <= number <= self.last else None

    def after(self, number: int) -> list[Seen]:
        """Those that came after the one with that number, the oldest first."""
        return list(islice(self._kept, max(0, number - self.first + 1), None))


def _weight(seen: Seen) -> int:
    return len(seen.body) + len(seen.response)
