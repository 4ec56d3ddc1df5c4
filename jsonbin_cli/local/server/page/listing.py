"""A request as the page lists it, and all of it."""

from __future__ import annotations

from urllib.parse import urlencode

from jsonbin_cli.config.key_shapes import MASK
from jsonbin_cli.failures import shortened
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.server.page.copies import copies
from jsonbin_cli.local.server.page.explained import explained
from jsonbin_cli.local.server.recent import Seen

_LONGEST_PATH = 2000
_KEYS = {"x-master-key": "master", "x-access-key": "access"}


def line_of(seen: Seen) -> dict[str, object]:
    """What the list shows of a request: `time` in milliseconds since 1970, `key` the kind of the first key.

    A long path is cut.
    """
    return {
        "number": seen.number,
        "time": round(seen.time * 1000),
        "method": seen.method,
        "path": shortened(seen.path + (f"?{urlencode(seen.query)}" if seen.query else ""), _LONGEST_PATH),
        "status": seen.status,
        "ms": round(seen.milliseconds, 1),
        "sent": seen.sizes[0],
        "size": seen.sizes[1],
        "key": next((kind for name, kind in _KEYS.items() if name in seen.keys.values), ""),
        "fault": seen.fault,
    }


def whole(seen: Seen, url: str, settings: Settings) -> dict[str, object]:
    """All of a request but its keys. `url` is the base address, `settings` are those in force."""
    return line_of(seen) | {
        "headers": [*seen.headers.items(), *((name, MASK) for name in seen.keys.values)],
        "body": _text(seen.body),
        "response": _text(seen.response),
        "type": seen.content_type,
        "emptied": seen.emptied,
        "explained": explained(seen, url),
        "copies": copies(seen, url, settings),
    }


def holds(seen: Seen, text: str) -> bool:
    """Whether the path or one of the bodies holds `text`, in capitals or not (ASCII)."""
    wanted = text.encode().lower()
    return any(wanted in part.lower() for part in (seen.path.encode(), seen.body, seen.response))


def _text(body: bytes) -> dict[str, object]:
    """A body as text. `exact` is False where it is not UTF-8."""
    text = body.decode("utf-8", "replace")
    return {"text": text, "exact": text.encode() == body}
