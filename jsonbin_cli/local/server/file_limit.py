"""How many connections a process can have, each of which is an open file."""

from __future__ import annotations

import sys

_ENOUGH = 10_240  # which macOS allows at most where it sets no limit
_USUAL = 1024
_FOR_THE_REST = 124


def raise_file_limit() -> None:
    """Let this process open as many files as the system allows it, up to 10,240."""
    if sys.platform != "win32":  # pragma: no branch (Windows has no such limit)
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _finite(hard)
        if _finite(soft) < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def most_connections() -> int:
    """How many connections leave enough files for the rest of the process."""
    if sys.platform == "win32":  # pragma: no cover (the gate measures coverage on Linux)
        return _USUAL - _FOR_THE_REST
    import resource

    return _finite(resource.getrlimit(resource.RLIMIT_NOFILE)[0]) - _FOR_THE_REST


def _finite(limit: int) -> int:
    """A limit, or what is enough; "no limit" is a negative number."""
    return min(limit, _ENOUGH) if limit >= 0 else _ENOUGH
