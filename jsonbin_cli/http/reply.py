"""Makes a reply of an answer, or the exception for an answer that is not a success. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from jsonbin_cli.config.account import Account
from jsonbin_cli.failures import Answered, Refused, StoredDifferently, Trouble, shortened
from jsonbin_cli.http.request import Request
from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.text import JSON, Member, TooManyValues, members, parse

if TYPE_CHECKING:
    from jsonbin_cli.records.compare import Change

# Longer messages are cut; none of the service's is so long (observed).
_LONGEST_MESSAGE = 1000
# How the edge in front of JSONBin refuses a request, with status 403 (observed). 1015 is its rate limit
# (Cloudflare's reference, "Cloudflare 1xxx errors").
_REFUSED_BY_THE_EDGE = rb"\s*error code: 10(?!15)\d\d\s*"
# Of what differs in a record that came back, no more is looked at.
_MOST_CHANGES = 1000
# How JSONBin's reply begins (observed), so that a record that came back as it was sent need not be parsed again.
_BEFORE_THE_RECORD = b'{"record":'


class Reply(NamedTuple):
    """A successful answer.

    `raw` is the server's own JSON object, with `record` and `metadata`. `done` completes "it …", in the words of the
    request. `notes` are sentences about what the user may not expect.
    """

    raw: bytes
    record: Member
    metadata: Member
    done: str
    notes: tuple[str, ...] = ()

    def part(self, name: str | None) -> bytes:
        """`record` or `metadata` as the server wrote it; None is all of it."""
        return {"record": self.record, "metadata": self.metadata}[name].raw if name else self.raw

    @property
    def id(self) -> str:
        """The id of the bin that was created, where one was; else nothing."""
        found = _members_of(self.metadata.value).get("id")
        return found if isinstance(found, str) else ""

    @property
    def version(self) -> int | None:
        """The number of the version that an update made; None where it made none."""
        version = _members_of(self.metadata.value).get("version")
        return int(version.text) if isinstance(version, Number) and version.text.isdigit() else None

    @property
    def private(self) -> bool:
        """Whether the bin is private; True also where the reply does not say."""
        return _members_of(self.metadata.value).get("private") is not False

    @property
    def version_count(self) -> int:
        """How many versions the bin has, where that was asked for (the reference, Bin Versions Count, 2026)."""
        count = _members_of(self.metadata.value).get("versionCount")
        return int(count.text) if isinstance(count, Number) and count.text.isdigit() else 0


class Answer(NamedTuple):
    """An answer of any kind: `headers` have lower-case names, `body` is without its transfer and content encoding."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def understand(request: Request, answer: Answer, account: Account, *, may_be_done: bool = False) -> Reply:
    """The reply in a successful answer, its record compared with what was sent.

    `may_be_done` says whether an earlier try may have been carried out. Raises Refused, Trouble or StoredDifferently.
    """
    if not 200 <= answer.status < 300:
        raise _failure(request, answer, account, may_be_done=may_be_done and request.writes)
    parts = _echo(request, answer.body) or _parts(request, answer, account)
    # `metaData` was observed in older answers.
    metadata = parts.get("metadata") or parts.get("metaData") or Member(b"null")
    reply = Reply(answer.body, parts.get("record", Member(b"null")), metadata, _done(request, metadata.value))
    if request.versioning_source and "version" not in _members_of(metadata.value):
        note = (
            f"{request.versioning_source} asked for a version, and JSONBin made none; "
            "a bin that has 1000 versions gets no more"  # the reference, bins/update, 2026
        )
        return reply._replace(notes=(note,))
    return reply


def _echo(request: Request, body: bytes) -> dict[str, Member] | None:
    """The parts of a reply whose record is exactly the bytes that were sent; None for any other.

    Those bytes were parsed before they were sent, so they are not parsed and compared once more.
    """
    if request.document is None:
        return None
    sent = request.document.raw.strip()
    end = len(_BEFORE_THE_RECORD) + len(sent)
    start = len(_BEFORE_THE_RECORD)
    if not body.startswith(_BEFORE_THE_RECORD) or not body.startswith(sent, start) or body[end : end + 1] != b",":
        return None
    try:
        others = members("{" + body[end + 1 :].decode())
    except ValueError:
        return None
    if not others:  # a comma, and nothing after it
        return None
    return {"record": Member(sent)} | others


def _parts(request: Request, answer: Answer, account: Account) -> dict[str, Member]:
    """The members of a reply, its record compared with the one that was sent. Raises Trouble, StoredDifferently."""
    try:
        if request.verb == "list":
            return {"record": _listed(answer.body)}
        parts = members(answer.body.decode(), any_size=request.any_size)
    except TooManyValues as wrong:
        raise Trouble(
            answer.status, f"{answer.status} with {wrong.reason}, more than are compared", request, account
        ) from None
    except ValueError:
        raise Trouble(answer.status, _described(answer), request, account) from None
    if request.verb not in ("count", "delete") and "record" not in parts:
        raise Trouble(answer.status, f"{answer.status} without a record", request, account)
    if request.document:
        _compare(request, request.document.value, parts["record"].value)
    return parts


def _listed(body: bytes) -> Member:
    """The array in the answer to `list`. Raises ValueError."""
    if not isinstance(parse(body.decode()), list):
        raise ValueError
    return Member(body)


def _compare(request: Request, sent: JSON, stored: JSON) -> None:
    from jsonbin_cli.records.compare import differences

    found = list(islice(differences(sent, stored), _MOST_CHANGES))
    if not found:
        return
    places = ", ".join(f"at {shortened(change.pointer) or 'the top'} {_became(change)}" for change in found[:3])
    raise StoredDifferently(
        f"JSONBin stored something else than was sent: {places}{', …' if len(found) > 3 else ''}",
        "write such numbers as strings, in double quotes, and they stay as they are"
        if any(change.loses_digits for change in found)
        else None,
        bin=request.bin,
    )


def _became(change: Change) -> str:
    match change.op:
        case "add":
            return "something was added"
        case "remove":
            return "something is missing"
        case _:
            return f"{_shown(change.old)} became {_shown(change.new)}"


def _shown(value: JSON) -> str:
    from jsonbin_cli.records.compare import short

    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    return "a string" if isinstance(value, str) and len(value) > 40 else short(value)


def _failure(request: Request, answer: Answer, account: Account, *, may_be_done: bool) -> Answered:
    """The exception for an answer that is not a success."""
    text, schema = _described(answer), None
    refused = re.fullmatch(_REFUSED_BY_THE_EDGE, answer.body) is not None
    try:
        value = _members_of(parse(answer.body.decode()))
    except ValueError:
        value = {}
    message = value.get("message")
    if isinstance(message, str):
        text = " ".join(message[:_LONGEST_MESSAGE].split())
        named = value.get("schemaDocName") or value.get("schemaDocID")
        schema = shortened(named) if isinstance(named, str) else None
        refused = True
    refused = refused and 400 <= answer.status < 500 and answer.status != 429 and not may_be_done
    kind = Refused if refused else Trouble
    return kind(answer.status, text, request, account, may_be_done=may_be_done, schema=schema)


def _described(answer: Answer) -> str:
    """An answer without a message in one line: its status, and its text where that is short and plain."""
    from http import HTTPStatus

    try:
        phrase = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    except ValueError:
        phrase = str(answer.status)
    text = " ".join(answer.body[:400].decode("utf-8", "replace").split())
    if answer.headers.get("location"):
        return f"{phrase}, to {shortened(answer.headers['location'])}"
    if "<" in text[:20]:
        return f"{phrase}, with a page in HTML instead of JSON"
    if not text:
        return f"{phrase}, with nothing in it"
    if re.fullmatch(r"error code: \d+", text):
        return f"{phrase}, {text}"
    return f"{phrase}, with something else than a message: {text[:80]}"


def _done(request: Request, metadata: JSON) -> str:
    """What a successful request did, in a few words."""
    about, target = _members_of(metadata), request.target
    if request.verb == "list":
        return "listed them"
    if target is None:
        return f"created {about.get('id')}"
    alias = f" ({target.alias})" if target.alias else ""
    version = about.get("version")
    what = {"update": "updated", "delete": "deleted the versions of"}.get(request.verb, "read")
    return f"{what} {target.id}{alias}" + (f", version {version}" if version is not None else "")


def _members_of(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}
