"""From an answer to a reply or a failure, at the limits of each."""

from __future__ import annotations

import json

import pytest

from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.failures import Answered, Refused, StoredDifferently, Trouble
from jsonbin_cli.http.reply import Answer, Reply, understand
from jsonbin_cli.http.request import Request, count_versions, create, delete_versions, list_collections, read, update
from jsonbin_cli.records.document import Document, document_of
from jsonbin_cli.records.text import JSON, MOST_CONTAINERS, parse
from jsonbin_cli.records.writing import text_of
from tests.conftest import BIN

ACCOUNT = Account(None, None, "https://api.jsonbin.io/v3", "the default")
TARGET = Target(BIN)


def sent(record: str, versioning: bool | None = None) -> Request:
    """An update with that record."""
    return update(ACCOUNT, TARGET, document_of("stdin", record.encode()), versioning)


def understood(request: Request, body: str, status: int = 200, *, may_be_done: bool = False) -> Reply:
    """What the program makes of an answer."""
    return understand(request, Answer(status, {}, body.encode()), ACCOUNT, may_be_done=may_be_done)


@pytest.mark.parametrize("status", [199, 200, 299, 300])
def test_a_success_is_200_to_299(status: int) -> None:
    """Any other status is a failure, whatever the body holds."""
    body = '{"record":[1],"metadata":{"id":"x"}}'
    if 200 <= status <= 299:
        assert understood(sent("[1]"), body, status).part("record") == b"[1]"
    else:
        with pytest.raises(Trouble):
            understood(sent("[1]"), body, status)


@pytest.mark.parametrize(
    "body", ['{"record":[1],}', '{"record":[1]]', '{"record":[1], 2}', "[1]", '{"metadata":{}}', ""]
)
def test_what_is_no_reply(body: str) -> None:
    """It may begin with the very record that was sent."""
    with pytest.raises(Trouble) as told:
        understood(sent("[1]"), body)
    assert told.value.message.startswith("200")


def test_the_parts_of_a_reply() -> None:
    """As the server wrote them, however it orders and spaces them; the record may be the bytes that were sent."""
    for body, metadata in (
        ('{"record":{"n":1.10},"metadata":{"id":"a"}}', b'{"id":"a"}'),
        ('{"record":{"n":1.10}  , "metaData": {"id":"a"} }', b'{"id":"a"}'),
        ('{"metadata":{"id":"a","versionCount":3},"record":{"n":1.10}}', b'{"id":"a","versionCount":3}'),
    ):
        reply = understood(sent(' {"n":1.10}\n'), body)
        assert (reply.part(None), reply.part("record"), reply.part("metadata")) == (
            body.encode(),
            b'{"n":1.10}',
            metadata,
        )
        assert reply.id == "a"
    assert understood(read(TARGET), '{"record":1}').part("metadata") == b"null"


def test_a_record_that_came_back_as_it_was_sent_is_not_parsed_again() -> None:
    """Otherwise one with more values than are compared would be refused, as it is where it stands elsewhere."""
    record = "[" + "[]," * MOST_CONTAINERS + "0]"
    request = update(ACCOUNT, TARGET, Document("stdin", record.encode()))
    for body in (f'{{"record":{record},"metadata":{{}}}}', f'{{"record":{record},"x":1,"metadata":{{}}}}'):
        assert understood(request, body).record.text == record
    with pytest.raises(Trouble, match="more than are compared"):
        understood(request, f'{{"metadata":{{}},"record":{record}}}')


def test_a_list() -> None:
    """It is an array, whatever is in it; anything else is no answer to that."""
    reply = understood(list_collections(), '[{"record":"x"}]')
    assert (reply.record.text, reply.done) == ('[{"record":"x"}]', "listed them")
    for body in ('{"record":[1]}', "1", "["):
        with pytest.raises(Trouble):
            understood(list_collections(), body)


@pytest.mark.parametrize(("count", "found"), [("3", 3), ("0", 0), ("-1", 0), ("1.5", 0), ('"3"', 0), ("null", 0)])
def test_a_count_of_versions_needs_no_record(count: str, found: int) -> None:
    """What is no whole number is none."""
    assert understood(count_versions(TARGET), f'{{"metadata":{{"versionCount":{count}}}}}').version_count == found


@pytest.mark.parametrize(
    ("metadata", "version", "private"),
    [('{"version":7,"private":true}', 7, True), ('{"version":"7","private":false}', None, False), ("{}", None, True)],
)
def test_what_the_metadata_says(metadata: str, version: int | None, private: bool) -> None:
    """A bin is private unless the reply says that it is not."""
    reply = understood(read(TARGET), f'{{"record":[1],"metadata":{metadata}}}')
    assert (reply.version, reply.private) == (version, private)


def test_what_was_done() -> None:
    """With the alias and the version where there are some; an id that is no string is none."""
    alias = Target(BIN, "flags")
    body = '{"record":[1],"metadata":{"version":2}}'
    assert understood(read(alias), body).done == f"read {BIN} (flags), version 2"
    assert understood(sent("[1]"), '{"record":[1],"metadata":{}}').done == f"updated {BIN}"
    assert understood(delete_versions(alias), '{"metadata":{}}').done == f"deleted the versions of {BIN} (flags)"
    new = understood(create(document_of("stdin", b"[1]")), '{"record":[1],"metadata":{"id":"x"}}')
    assert (new.done, new.id) == ("created x", "x")
    assert understood(read(alias), '{"record":[1],"metadata":{"id":1}}').id == ""


@pytest.mark.parametrize(
    ("versioning", "metadata", "notes"), [(True, "{}", 1), (True, '{"version":1}', 0), (None, "{}", 0)]
)
def test_a_version_that_was_asked_for_and_not_made(versioning: bool | None, metadata: str, notes: int) -> None:
    """It is noted."""
    reply = understood(sent("[1]", versioning), f'{{"record":[1],"metadata":{metadata}}}')
    assert len(reply.notes) == notes


@pytest.mark.parametrize(
    ("record", "stored", "said"),
    [
        ([1], [1, 2, 3, 4], "at /1 something was added, at /2 something was added, at /3 something was added"),
        ([1], [1, 2, 3, 4, 5], "at /1 something was added, at /2 something was added, at /3 something was added, …"),
        ([1, 2], [1], "at /1 something is missing"),
        (["x" * 40], [1], f'at /0 "{"x" * 40}" became 1'),
        (["x" * 41], [1], "at /0 a string became 1"),
        ([{}, []], [1, [2]], "at /0 an object became 1, at /1/0 something was added"),
        ([1], {"a": 1}, "at the top an array became an object"),
    ],
)
def test_a_record_that_came_back_changed(record: object, stored: object, said: str) -> None:
    """Up to three places are named."""
    numbers = {"record": text_of(_numbers(record)), "stored": text_of(_numbers(stored))}
    with pytest.raises(StoredDifferently) as told:
        understood(sent(numbers["record"]), f'{{"record":{numbers["stored"]},"metadata":{{}}}}')
    assert told.value.message == f"JSONBin stored something else than was sent: {said}"


@pytest.mark.parametrize(("before", "hint"), [(999, True), (1000, False)])
def test_of_many_changes_no_more_are_looked_at(before: int, hint: bool) -> None:
    """That a number lost digits is seen among the first 1000."""
    changed, lost = f"[{'1,' * before}1234567890123456789]", f"[{'2,' * before}1234567890123456800]"
    with pytest.raises(StoredDifferently) as told:
        understood(sent(changed), f'{{"record":{lost},"metadata":{{}}}}')
    assert (told.value.hint is not None) is hint


def _numbers(value: object) -> JSON:
    """A value as it is parsed."""
    return parse(json.dumps(value))


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (400, '{"message":"no"}', Refused, "no"),
        (499, '{"message":"no"}', Refused, "no"),
        (399, '{"message":"no"}', Trouble, "no"),
        (500, '{"message":"no"}', Trouble, "no"),
        (429, '{"message":"no"}', Trouble, "no"),
        (403, f'{{"message":"{"x" * 1001}"}}', Refused, "x" * 1000),
        (403, "error code: 1010", Refused, "403 Forbidden, error code: 1010"),
        (403, "error code: 1015", Trouble, "403 Forbidden, error code: 1015"),
        (403, '{"message":1}', Trouble, '403 Forbidden, with something else than a message: {"message":1}'),
        (404, "", Trouble, "404 Not Found, with nothing in it"),
        (404, " " * 19 + "<p>", Trouble, "404 Not Found, with a page in HTML instead of JSON"),
        (404, "x" * 19 + "<", Trouble, "404 Not Found, with a page in HTML instead of JSON"),
        (404, "x" * 20 + "<", Trouble, f"404 Not Found, with something else than a message: {'x' * 20}<"),
        (404, "x" * 81, Trouble, f"404 Not Found, with something else than a message: {'x' * 80}"),
        (404, " " * 399 + "xy", Trouble, "404 Not Found, with something else than a message: x"),
        (599, "", Trouble, "599, with nothing in it"),
    ],
)
def test_a_failure(status: int, body: str, kind: type[Answered], said: str) -> None:
    """Only a 4xx with a message of the service's, or of its edge, is a refusal."""
    with pytest.raises(Answered) as told:
        understood(sent("[1]"), body, status)
    assert (type(told.value), told.value.message) == (kind, said)


@pytest.mark.parametrize(
    ("named", "schema"),
    [
        (', "schemaDocName": "shape", "schemaDocID": "an-id"', "shape"),
        (', "schemaDocName": "", "schemaDocID": "an-id"', "an-id"),
        (', "schemaDocID": "an-id"', "an-id"),
        (', "schemaDocName": 1', None),
        ("", None),
    ],
)
def test_the_schema_that_a_record_does_not_fit(named: str, schema: str | None) -> None:
    """By its name, else by its id."""
    with pytest.raises(Refused) as told:
        understood(sent("[1]"), f'{{"message": "no"{named}}}', 400)
    assert told.value.schema == schema


def test_a_refusal_after_a_try_that_may_be_done() -> None:
    """The bin may have changed, unless the request only reads."""
    with pytest.raises(Trouble, match="; an earlier try may have changed the bin"):
        understood(sent("[1]"), '{"message":"no"}', 403, may_be_done=True)
    with pytest.raises(Refused, match="no"):
        understood(read(TARGET), '{"message":"no"}', 403, may_be_done=True)
    with pytest.raises(Refused, match="no"):
        understand(sent("[1]"), Answer(403, {}, b'{"message":"no"}'), ACCOUNT)
