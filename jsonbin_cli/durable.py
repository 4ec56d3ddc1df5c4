"""A file that is written whole or not at all, and for its owner alone."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Replace `path` by `data`, mode 0600, so that a crash leaves the old file or the new one. Raises OSError."""
    from tempfile import mkstemp

    # mkstemp makes it 0600. It is closed before it is renamed, which Windows asks for.
    descriptor, temporary = mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)
    if os.name == "posix":  # pragma: no branch (elsewhere a folder cannot be opened)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name too
        finally:
            os.close(folder)
