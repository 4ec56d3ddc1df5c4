"""What came back: the reply, or the exception that says what came instead. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from itertools import islice
from typing import NamedTuple, cast

from jsonbin_cli.failures import Answered, Refused, StoredDifferently, Trouble
from jsonbin_cli.http.request import Request
from jsonbin_cli.records.changes import differences
from jsonbin_cli.records.text import JSON, members, parse

# What is longer is no message of the service's.
_LONGEST_MESSAGE = 1000


class Reply(NamedTuple):
    """A successful answer.

    `raw` is the server's own JSON object with `record` and `metadata`. `metadata` is the second of them:
    `parentId` (update) or `id`, `private`, and `version` where one was made.
    """

    raw: bytes
    metadata: dict[str, JSON]
    notes: tuple[str, ...] = ()

    def part(self, name: str) -> bytes:
        """`record` or `metadata`, cut out of the server's own bytes."""
        return members(self.raw.decode()).get(name, "null").encode()


class Answer(NamedTuple):
    """An answer of any kind, as it came; `body` is without its transfer and content encoding."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def value(self) -> JSON:
        """The body as JSON. Raises ValueError where it is not."""
        return parse(self.body.decode())


def understand(request: Request, answer: Answer, doubt: bool = False) -> Reply:
    """The reply in a successful answer, its record compared with what was sent.

    `doubt` says whether an earlier try may have been carried out. Raises Refused, Trouble or StoredDifferently.
    """
    if not 200 <= answer.status < 300:
        raise _failure(request, answer, doubt and request.method != "GET")
    beside = _beside_an_echo(request, answer.body)
    if beside is None:
        beside = _beside_the_record(request, answer)
    metadata = beside.get("metadata")
    if not isinstance(metadata, dict):
        metadata = {}
    if request.versioning_source and "version" not in metadata:
        note = (
            f"{request.versioning_source} asked for a version, and JSONBin made none; "
            "a bin that has 1000 versions gets no more"
        )
        return Reply(answer.body, metadata, (note,))
    return Reply(answer.body, metadata)


def _beside_an_echo(request: Request, body: bytes) -> dict[str, JSON] | None:
    """The rest of a reply whose record is the very bytes that were sent; None where it is not.

    Those bytes were parsed before they were sent, so there is nothing to parse and to compare once more.
    """
    start = b'{"record":'
    sent = request.document.raw.strip() if request.document else b""
    end = len(start) + len(sent)
    if not sent or not body.startswith(start) or not body.startswith(sent, len(start)) or body[end : end + 1] != b",":
        return None
    try:
        beside = parse("{" + body[end + 1 :].decode())
    except ValueError:
        return None
    return cast(dict[str, JSON], beside)


def _beside_the_record(request: Request, answer: Answer) -> dict[str, JSON]:
    """A reply as a value, its record compared with the one that was sent."""
    try:
        value = answer.value()
    except ValueError:
        raise Trouble(answer.status, _described(answer), request.facts()) from None
    if request.verb == "count" and isinstance(value, dict):
        # Older answers spell it metaData.
        return {"metadata": value.get("metadata", value.get("metaData"))}
    if not isinstance(value, dict) or "record" not in value:
        raise Trouble(answer.status, f"{answer.status} without a record", request.facts())
    if request.document:
        _compare(request, request.document.value, value["record"])
    return value


def _compare(request: Request, sent: JSON, stored: JSON) -> None:
    found = list(islice(differences(sent, stored), 4))
    if not found:
        return
    places = ", ".join(f"at {difference.pointer or 'the top'} {difference.change}" for difference in found[:3])
    raise StoredDifferently(
        f"JSONBin stored something else than was sent: {places}{', …' if len(found) > 3 else ''}",
        "write such numbers as text, in double quotes, and they stay as they are"
        if any(difference.of_lost_digits for difference in found)
        else None,
        bin=request.facts().bin,
    )


def _failure(request: Request, answer: Answer, doubt: bool) -> Answered:
    """The exception for an answer that is not a success."""
    kind: type[Answered] = Trouble
    text, schema = _described(answer), None
    try:
        value = answer.value()
    except ValueError:
        value = None
    if isinstance(value, dict) and isinstance(value.get("message"), str):
        text = " ".join(str(value["message"])[:_LONGEST_MESSAGE].split())
        schema = value.get("schemaDocName") or value.get("schemaDocID")
        if 400 <= answer.status < 500 and answer.status != 429 and not doubt:
            kind = Refused
    return kind(answer.status, text, request.facts(), doubt=doubt, schema=str(schema) if schema else None)


def _described(answer: Answer) -> str:
    """An answer without a message in one line: its status, and its text where that is short and plain."""
    try:
        phrase = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    except ValueError:
        phrase = str(answer.status)
    text = " ".join(answer.body[:400].decode("utf-8", "replace").split())
    if answer.headers.get("Location"):
        return f"{phrase}, to {answer.headers['Location']}"
    if "<" in text[:20]:
        return f"{phrase}, with a page in HTML instead of JSON"
    if not text:
        return f"{phrase}, with nothing in it"
    return f"{phrase}, with something else than a message: {text[:80]}"
