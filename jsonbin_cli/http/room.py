"""Room in memory for large texts: how many of the requests that are under way may hold some."""

from __future__ import annotations

from threading import Semaphore

_MOST = 3
"""With so many, 64 threads that each wait for a full-size answer, or hold one, take less than 64 MiB together."""


class Places:
    """Shared by the clients of one run."""

    def __init__(self) -> None:
        self._free = Semaphore(_MOST)
        self._given_up = False

    def take(self) -> None:
        """Wait for a place. Raises ConnectionAbortedError once they are given up."""
        self._free.acquire()
        if self._given_up:
            self._free.release()  # for the next who waits
            raise ConnectionAbortedError

    def give_back(self) -> None:
        """Leave a place to the next who waits."""
        self._free.release()

    def give_up(self) -> None:
        """Let nobody wait any more, since nobody looks at what they do."""
        self._given_up = True
        self._free.release()


class Room:
    """The place of one client, which it needs once for all the large texts of one piece of work.

    A client that shares no `places` has one of its own.
    """

    def __init__(self, places: Places | None = None) -> None:
        self._places = places
        self._is_taken = False

    def take(self) -> None:
        """Wait for a place, unless there is one already. Raises ConnectionAbortedError."""
        if self._places and not self._is_taken:
            self._places.take()
            self._is_taken = True

    def give_back(self) -> None:
        """Leave the place to others: nothing large is held any more."""
        if self._places and self._is_taken:
            self._is_taken = False
            self._places.give_back()
