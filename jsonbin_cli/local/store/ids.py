"""The time, and new ids."""

from __future__ import annotations

import os
from datetime import UTC, datetime


def now() -> str:
    """The time in UTC as JSONBin writes it (ISO 8601, milliseconds)."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_id() -> str:
    """Four bytes of time and eight random ones, as in MongoDB's ids (inferred)."""
    return f"{int(datetime.now(UTC).timestamp()):08x}{os.urandom(8).hex()}"
