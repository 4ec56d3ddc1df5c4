"""What the command line would say of an answer: the error's name, its message, and the next step."""

from __future__ import annotations

import re

from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.config.keys import Key, Secret
from jsonbin_cli.failures import Failure
from jsonbin_cli.http import request as asking
from jsonbin_cli.http.reply import Answer, understand
from jsonbin_cli.local.api.model import JSON_TYPE
from jsonbin_cli.local.server.recent import Seen
from jsonbin_cli.records.document import Document
from jsonbin_cli.records.text import NotJSON, parse
from jsonbin_cli.terminal import errors

# So much of a key shows what is wrong with it.
_MOST_OF_A_KEY = 200
_VERBS = (
    ("update", r"PUT /v3/b/[^/]+"),
    ("create", r"POST /v3/b"),
    ("count", r"GET /v3/b/[^/]+/versions/count"),
    ("read", r"GET /v3/b/.+"),
    ("delete", r"DELETE .*"),
    ("list", r".*"),
)


def explained(seen: Seen, url: str) -> dict[str, str | None] | None:
    """`slug`, `message` and `hint` for an answer that is no success, None for one that is.

    They are those of a command that sent the same request to `url`, with its key from the environment.
    """
    if seen.status == 0 or seen.fault == "cut":
        return _row("no-answer", "the connection ended before there was a whole answer")
    verb = next(verb for verb, shape in _VERBS if re.fullmatch(shape, f"{seen.method} {seen.path}", re.DOTALL))
    if seen.status < 300 and seen.content_type == JSON_TYPE and verb not in ("update", "create"):
        return None
    request = _request(seen, verb)
    try:
        understand(request, Answer(seen.status, {}, seen.response), _account(seen, url))
    except Failure as failure:
        advice = errors.advice(failure)
        row = errors.rule_for(failure.message, failure.status)
        return {
            "slug": advice.slug,
            "message": failure.message,
            "hint": advice.hint or (row.fix if row and row.slug == advice.slug else None),
        }
    return None


def _row(slug: str, message: str) -> dict[str, str | None]:
    row = next(row for row in errors.RULES if row.slug == slug)
    return {"slug": slug, "message": message, "hint": row.fix}


def _request(seen: Seen, verb: str) -> asking.Request:
    found = re.match(r"/v3/b/([^/]+)", seen.path)
    target = Target(found[1]) if found else None
    versions = "the header X-Bin-Versioning" if seen.headers.get("x-bin-versioning") == "true" else None
    return asking.Request(
        verb, seen.method, seen.path, {}, "", target, _document(seen, verb), versioning_source=versions
    )


def _document(seen: Seen, verb: str) -> Document | None:
    """The record that was sent, where there was one that can be read."""
    if verb not in ("update", "create"):
        return None
    try:
        parse(seen.body.decode(), any_size=True)
    except (NotJSON, UnicodeDecodeError):
        return None
    return Document("stdin", seen.body)


def _account(seen: Seen, url: str) -> Account:
    for kind in ("master", "access"):
        text = seen.keys.values.get(f"x-{kind}-key")
        if text is not None:
            name = f"JSONBIN_{kind.upper()}_KEY"
            key = Key(kind, Secret(text[:_MOST_OF_A_KEY]), name, f"set {name} again, in single quotes")
            return Account(None, key, url, "JSONBIN_API_URL")
    return Account(None, None, url, "JSONBIN_API_URL")
