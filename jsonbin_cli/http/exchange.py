"""The progress of one request and its answer, and how long they may still take."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from jsonbin_cli.config.memory import give_back_what_is_free
from jsonbin_cli.http.room import Room

LONGEST_TO_CONNECT = 10.0  # seconds
_START_OF_HEAD = b"HTTP/"
_END_OF_HEAD = b"\r\n\r\n"
_END_OF_CHUNKS = b"0\r\n\r\n"


class Received:
    """The bytes of one answer, as far as they have come: `count` of them; `ended` is the end of the connection."""

    def __init__(self) -> None:
        self.count = 0
        self.ended = False
        self._head = b""
        self._after_head: int | None = None  # how many bytes came after it, once it has ended
        self._tail = b""

    def take(self, data: bytes) -> None:
        """Note the bytes that came; where there are none, the other side closed the connection."""
        self.ended = not data
        self.count += len(data)
        self._tail = (self._tail + data)[-len(_END_OF_CHUNKS) :]
        if self._after_head is not None:
            self._after_head += len(data)
            return
        self._head += data
        while (end := self._head.find(_END_OF_HEAD)) >= 0:
            head, self._head = self._head[:end], self._head[end + len(_END_OF_HEAD) :]
            if head[9:10] != b"1":  # a status of 1xx only announces the answer (RFC 9110, 15.2)
                self._after_head, self._head = len(self._head), b""
                return

    @property
    def is_http(self) -> bool:
        """Whether it begins as an answer in HTTP does, as far as it has come."""
        return _START_OF_HEAD.startswith(self._head[: len(_START_OF_HEAD)])

    def end_with(self, headers: Mapping[str, str]) -> bool:
        """Whether nothing came after the answer, so that the connection can be used again."""
        if "chunked" in headers.get("transfer-encoding", ""):
            return self._tail == _END_OF_CHUNKS
        return headers.get("content-length") == str(self._after_head)


class Exchange:
    """The progress of one request at a time; `begin` starts the next.

    Connecting may take `connect_seconds`. After the last byte was sent the answer has to be whole within `seconds`,
    however steadily it arrives: a socket's own time-out bounds only the time between two pieces of it. `sent` says
    whether any of the request was sent, so that it may have arrived. A large answer is kept in the `room`.
    """

    def __init__(self, connect_seconds: float, seconds: float, room: Room | None = None) -> None:
        self.connect_seconds = connect_seconds
        self.seconds = seconds
        self._room = room or Room()
        self.begin()

    def begin(self) -> None:
        """A new request, of which nothing is sent."""
        self.sent = False
        self.received = Received()
        self._until = time.monotonic() + self.connect_seconds

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Notice when the request is sent (the extension `trace` of httpcore); a proxy's CONNECT does not count."""
        if event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            self.sent = True
            self.received = Received()

    def left(self) -> float:
        """Seconds that are left. Raises TimeoutError where there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def sending(self) -> float:
        """Seconds that it may take to send the next piece; then the time of the answer starts. Raises TimeoutError."""
        if not self.sent:
            return self.left()
        self._until = time.monotonic() + self.seconds
        return self.seconds

    def make_room(self) -> None:
        """Wait until a large answer may be kept, which is no part of its time. Raises ConnectionAbortedError."""
        give_back_what_is_free()
        started = time.monotonic()
        self._room.take()
        self._until += time.monotonic() - started
