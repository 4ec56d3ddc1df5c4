"""The body of an answer, decoded within a limit."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping

from jsonbin_cli.config.memory import LARGE
from jsonbin_cli.http.unreachable import Unusable

# The largest record of an update, and 64 KiB for what stands around it. The values in a longer text could take more
# than 64 MiB of memory.
LARGEST = (1024 + 64) * 1024
_GZIP = zlib.MAX_WBITS + 16


def body_of(headers: Mapping[str, str], pieces: Iterable[bytes], make_room: Callable[[], None]) -> bytes:
    """The decoded body of an answer, from its headers and the pieces that come.

    `make_room` is called before each piece that makes it longer than LARGE. Raises Unusable, and what `make_room` does.
    """
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise Unusable("answered in an encoding that was not asked for")
    body = bytearray()
    for piece in _unpacked(pieces) if encoding == "gzip" else pieces:
        if len(body) + len(piece) > LARGE:
            make_room()
        body += piece
        if len(body) > LARGEST:
            raise _too_long()
    return bytes(body)


def _unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What is in gzip, in pieces of up to LARGE bytes: a few kilobytes can hold gigabytes. Raises Unusable."""
    decoder, empty = zlib.decompressobj(_GZIP), True
    for packed in pieces:
        empty = False
        try:
            piece = decoder.decompress(packed, LARGE)
            yield piece
            while decoder.unconsumed_tail or len(piece) == LARGE:
                piece = decoder.decompress(decoder.unconsumed_tail, LARGE)
                yield piece
        except zlib.error:
            raise Unusable("answered with gzip that cannot be decoded") from None
        if len(decoder.unused_data) > LARGE:  # what follows the end is kept
            raise _too_long()
    if not (empty or decoder.eof):
        raise Unusable("answered with gzip that ends in the middle")


def _too_long() -> Unusable:
    return Unusable("answered with more than JSONBin ever does")
