"""Whether a file is a store: checked before SQLite opens it, since SQLite may write to what it opens."""

from __future__ import annotations

import stat
from pathlib import Path
from struct import unpack_from

APPLICATION_ID = 0x4A42494E  # "JBIN"
"""What the header of a store's file names as its program (https://www.sqlite.org/fileformat.html, 1.3)."""

_MAGIC = b"SQLite format 3\0"
_HEADER_SIZE = 100
_SCHEMA_COOKIE, _USER_VERSION, _APPLICATION = 40, 60, 68  # places in the header
# Stores had no application id at first. They have this in their first page, which may still be in the write-ahead log.
_OLDER_STORE = b"CREATE TABLE access_keys (secret TEXT PRIMARY KEY"
_READ = 64 * 1024


def reason_against(path: Path) -> str | None:
    """Why the file is not a store, None for a store and for a file that is still empty. Raises OSError."""
    if not stat.S_ISREG(path.stat().st_mode):
        return "it is not a regular file"
    head = _start_of(path)
    if not head:
        return None
    if len(head) < _HEADER_SIZE or not head.startswith(_MAGIC):
        return "file is not a database"
    application, cookie, layout = (
        unpack_from(">i", head, place)[0] for place in (_APPLICATION, _SCHEMA_COOKIE, _USER_VERSION)
    )
    if application == APPLICATION_ID:
        return None
    log = _start_of(path.with_name(f"{path.name}-wal"))
    if application == 0 and (_OLDER_STORE in head or _OLDER_STORE in log):
        return None
    if application == cookie == layout == 0 and not log:  # nothing was ever put into it
        return None
    return "it is a database of another program"


def _start_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_READ)
    except FileNotFoundError:
        return b""
