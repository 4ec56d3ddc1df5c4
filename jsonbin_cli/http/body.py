"""The body of an answer, decoded within a limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping

from jsonbin_cli.config.memory import LARGE, give_back_what_is_free
from jsonbin_cli.http.unreachable import Unusable

# The largest record of an update, and 64 KiB for what stands around it. The values in a longer text could take more
# than 64 MiB of memory.
LARGEST = (1024 + 64) * 1024
_GZIP = zlib.MAX_WBITS + 16


def body_of(headers: Mapping[str, str], pieces: Iterable[bytes]) -> bytes:
    """The decoded body of an answer, from its headers and the pieces that come. Raises Unusable.

    It is decoded no further than the limit: a few kilobytes of gzip can hold gigabytes.
    """
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise Unusable("answered in an encoding that was not asked for")
    decoder = zlib.decompressobj(_GZIP) if encoding == "gzip" else None
    body, empty = bytearray(), True
    for piece in pieces:
        empty = False
        try:
            body += decoder.decompress(piece, LARGEST + 1 - len(body)) if decoder else piece
        except zlib.error:
            raise Unusable("answered with gzip that cannot be decoded") from None
        if len(body) > LARGEST:
            raise Unusable("answered with more than JSONBin ever does")
        if len(body) > LARGE:
            give_back_what_is_free()
    if decoder and not (empty or decoder.eof):
        raise Unusable("answered with gzip that ends in the middle")
    return bytes(body)
