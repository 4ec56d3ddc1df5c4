"""What a dry run shows of a request: all that would be sent, but for the key. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jsonbin_cli.config.key_shapes import MASK

if TYPE_CHECKING:
    from jsonbin_cli.config.account import Account
    from jsonbin_cli.http.request import Request

_SHOWN_BYTES = 2000


def as_json(request: Request, account: Account) -> str:
    """For scripts. `body` is the start of it, `bytes` its whole length, `key` where the key comes from."""
    key = account.key
    return json.dumps(
        {
            "method": request.method,
            "url": account.url + request.path,
            **({"store": str(account.store)} if account.store else {}),
            "headers": request.headers | ({key.header: MASK} if key else {}),
            "key": key.source if key else None,
            "bytes": len(request.body or b""),
            "body": None if request.body is None else _start(request.body),
        },
        ensure_ascii=False,
    )


def as_text(request: Request, account: Account) -> str:
    """For people: the lines of the request."""
    key = account.key
    lines = [
        f"{request.method} {account.url}{request.path}",
        *(f"{name}: {value}" for name, value in request.headers.items()),
        f"{key.header}: {MASK} from {key.source}" if key else "no key",
    ]
    if account.store:
        lines.append(f"answered by the store {account.store}")
    if request.body is not None:
        start = _start(request.body)
        more = len(request.body) - len(start.encode())
        lines += ["", start.rstrip("\n"), *([f"… and {more:,} more bytes"] if more else [])]
    return "\n".join(lines)


def _start(body: bytes) -> str:
    """The first bytes of a body, up to a whole character."""
    return body[:_SHOWN_BYTES].decode("utf-8", "ignore")
