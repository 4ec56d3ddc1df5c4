"""Every endpoint and every error of the API, as a table: what is asked, and the whole answer."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

OLD = '{"was": 1.10}'
VERSION = '{"was": 2}'
NEW = '{"n": 1.10,\n "s":"ü"}'
SCHEMA = '{"required": ["username"], "properties": {"username": {"type": "string"}}}'
OK, BAD, UNAUTHORIZED, FORBIDDEN, MISSING = 200, 400, 401, 403, 404
CREATED = {"id": "<new>", "private": True, "createdAt": "<time>"}
TOO_BIG = (
    "Free users cannot create a record over 100kb. "
    "Upgrade to Pro plan https://jsonbin.io/pricing to create records upto 1mb"
)
WRONG_MASTER = "X-Master-Key is invalid or the bin doesn't belong to your account"
NO_READER = "X-Access-Key is invalid or the bin doesn't belong to your account"
EXHAUSTED = "Requests exhausted. Buy additional requests at https://jsonbin.io/pricing"
NOBODYS = (
    "Bins not associated to any user are now blocked. Contact the admin at https://jsonbin.io/contact for further info"
)


class Row(NamedTuple):
    """One row of the API: a request, and the whole answer. A text as answer is the error's message.

    `key` is one of `World.keys`, None for no key. In paths, headers and answers `<bin>` and the like stand
    for ids. `then` are paths of bins, and the record that is read there afterwards.
    """

    says: str
    method: str
    path: str
    status: int
    answer: Any
    content: str | bytes | None = None
    key: str | None = "master"
    headers: dict[str, str] = {}  # noqa: RUF012 (never changed)
    plan: str = "pro"
    quota: int | None = None
    settings: dict[str, str] = {}  # noqa: RUF012 (never changed)
    then: list[tuple[str, str]] = []  # noqa: RUF012 (never changed)


def put(says: str, status: int, answer: Any, **rest: Any) -> Row:
    """A PUT of the record in `content` to a private bin, or to `path`."""
    row = Row(says, "PUT", "/b/<bin>", status, answer, NEW)
    given = {"content-type": "application/json"} | rest.pop("headers", {})
    return row._replace(headers={name: value for name, value in given.items() if value is not None}, **rest)


def post(says: str, path: str, status: int, answer: Any, content: str, **rest: Any) -> Row:
    """A POST of JSON."""
    headers = {"content-type": "application/json"} | rest.pop("headers", {})
    return Row(says, "POST", path, status, answer, content, headers=headers, **rest)


def updated(private: bool = True, version: int | None = None, name: str = "<bin>") -> str:
    """What a good PUT answers, byte for byte."""
    metadata = {"parentId": name, "private": private} | ({"version": version} if version else {})
    return f'{{"record":{NEW},"metadata":{json.dumps(metadata, separators=(",", ":"))}}}'


ROWS = [
    # PUT /b/ID
    put("a record is replaced", OK, updated()),
    put("an id counts in capitals too", OK, updated(), path="/b/<BIN>"),
    put("an access key with the permission updates", OK, updated(), key="updater"),
    put("versioning makes a version", OK, updated(version=2), headers={"x-bin-versioning": "true"}),
    put("no versioning makes none", OK, updated(), headers={"x-bin-versioning": "false"}),
    put(
        "a public bin needs no key and keeps versions", OK, updated(False, 1, "<public>"), path="/b/<public>", key=None
    ),
    put(
        "its owner may do without the version",
        OK,
        updated(False, name="<public>"),
        path="/b/<public>",
        headers={"x-bin-versioning": "false"},
    ),
    put(
        "nobody else may",
        OK,
        updated(False, 1, "<public>"),
        path="/b/<public>",
        key=None,
        headers={"x-bin-versioning": "false"},
    ),
    put(
        "no content type", BAD, "You need to pass Content-Type set to application/json", headers={"content-type": None}
    ),
    put(
        "a form's content type",
        BAD,
        "You need to pass Content-Type set to application/json",
        headers={"content-type": "text/plain"},
    ),
    put("a charset is fine", OK, updated(), headers={"content-type": "application/json; charset=utf-8"}),
    put("an id is looked at first", BAD, "Invalid Bin Id provided", path="/b/nonsense", headers={"content-type": None}),
    put("as in 2021", 422, "Invalid Record ID", path="/b/nonsense", settings={"malformed_id": "422"}),
    put("no body", BAD, "Bin cannot be blank", content=""),
    put("an empty object", BAD, "Bin cannot be blank", content=" {} "),
    put("an empty array", BAD, "Bin cannot be blank", content="[]"),
    put("half an object", BAD, "Invalid JSON. Please try again", content='{"a":'),
    put("NaN", BAD, "Invalid JSON. Please try again", content="[NaN]"),
    put("a single value", BAD, "Invalid JSON. Please try again", content='"text"'),
    put("not UTF-8", BAD, "Invalid JSON. Please try again", content=b'{"a":"\xff"}'),
    put("a body is looked at before the bin", BAD, "Bin cannot be blank", path=f"/b/{'0' * 24}", content=""),
    put("no such bin", MISSING, "Bin not found", path=f"/b/{'0' * 24}", key=None),
    put("a bin that belongs to nobody", FORBIDDEN, NOBODYS, settings={"owner": "nobody"}),
    put(
        "no key",
        UNAUTHORIZED,
        "You need to pass X-Master-Key or X-Access-Key in the header to update a private bin",
        key=None,
    ),
    put(
        "a wrong master key",
        UNAUTHORIZED,
        "Invalid X-Master-Key provided or the bin does not belong to your account",
        key="wrong",
    ),
    put("a wrong access key", UNAUTHORIZED, NO_READER, key="wrong access"),
    put(
        "an access key without the permission",
        UNAUTHORIZED,
        "X-Access-Key passed does not have permission to update the bin.",
        key="reader",
    ),
    put(
        "versioning on the free plan",
        FORBIDDEN,
        "Versioning is not available for the Free users. "
        "Upgrade to Pro plan http://api.jsonbin.io/pricing to avail this feature",
        plan="free",
        headers={"x-bin-versioning": "true"},
    ),
    put(
        "over 100 kB on the free plan",
        FORBIDDEN,
        TOO_BIG,
        plan="free",
        content=json.dumps(["x" * 102_400]),
    ),
    put(
        "over 1 MB on the pro plan",
        FORBIDDEN,
        "Pro users cannot create a record over 1mb.",
        content=json.dumps(["x" * 1_048_576]),
    ),
    put("keys are looked at before the plan", UNAUTHORIZED, NO_READER, key="wrong access", plan="free", quota=0),
    put(
        "no requests left",
        FORBIDDEN,
        EXHAUSTED,
        quota=0,
    ),
    put(
        "a record that does not fit the schema",
        BAD,
        {
            "message": "Schema Doc Validation Mismatch:  Should have required property 'username'",
            "schemaDocID": "<schema>",
            "schemaDocName": "people",
        },
        path="/b/<person>",
    ),
    put(
        "a record that fits",
        OK,
        {"record": {"username": "ann"}, "metadata": {"parentId": "<person>", "private": True}},
        path="/b/<person>",
        content='{"username": "ann"}',
    ),
    put(
        "the edge refuses a library's name",
        FORBIDDEN,
        b"error code: 1010",
        headers={"user-agent": "Python-urllib/3.11"},
    ),
    put(
        "an update without a version rewrites the last one",
        OK,
        updated(),
        then=[("/b/<bin>/latest", NEW), ("/b/<bin>/1", NEW), ("/b/<bin>", OLD)],
    ),
    put(
        "or the base",
        OK,
        updated(),
        settings={"unversioned_update": "base"},
        then=[("/b/<bin>/latest", NEW), ("/b/<bin>/1", VERSION), ("/b/<bin>", NEW)],
    ),
    put(
        "a second version leaves the first one and the base",
        OK,
        updated(version=2),
        headers={"x-bin-versioning": "true"},
        then=[("/b/<bin>/latest", NEW), ("/b/<bin>/2", NEW), ("/b/<bin>/1", VERSION), ("/b/<bin>", OLD)],
    ),
    # GET /b/ID
    Row("the base is read", "GET", "/b/<bin>", OK, {"record": {"was": 1.1}, "metadata": CREATED | {"id": "<bin>"}}),
    Row(
        "or the latest",
        "GET",
        "/b/<bin>",
        OK,
        {"record": {"was": 2}, "metadata": CREATED | {"id": "<bin>"}},
        settings={"bare_id": "latest"},
    ),
    Row(
        "a bin without versions has one record",
        "GET",
        "/b/<person>",
        OK,
        {"record": {"username": "bob"}, "metadata": CREATED | {"id": "<person>", "collectionId": "<collection>"}},
    ),
    Row("its latest too", "GET", "/b/<bin>/latest", OK, {"record": {"was": 2}, "metadata": CREATED | {"id": "<bin>"}}),
    Row("and a version", "GET", "/b/<bin>/1", OK, {"record": {"was": 2}, "metadata": CREATED | {"id": "<bin>"}}),
    Row("by an access key too", "GET", "/b/<bin>/latest?meta=false", OK, b'{"was": 2}', key="reader"),
    Row("the bare record by header", "GET", "/b/<bin>/latest", OK, b'{"was": 2}', headers={"x-bin-meta": "false"}),
    Row(
        "a path picks from it",
        "GET",
        "/b/<bin>",
        OK,
        '{"record":[1.10],"metadata":{"id":"<bin>","private":true,"createdAt":"<time>"}}',
        headers={"x-json-path": "$.was"},
    ),
    Row("of a version too", "GET", "/b/<bin>/1?meta=false", OK, b"[2]", headers={"x-json-path": "$..was"}),
    Row("without $. too", "GET", "/b/<bin>?meta=false", OK, b"[1.10]", headers={"x-json-path": "was"}),
    Row("a path that finds nothing", "GET", "/b/<bin>?meta=false", OK, b"[]", headers={"x-json-path": "$.no.such"}),
    Row("a blank path picks nothing", "GET", "/b/<bin>?meta=false", OK, b'{"was": 1.10}', headers={"x-json-path": ""}),
    Row("a broken path", "GET", "/b/<bin>", BAD, "Invalid JSON Path provided", headers={"x-json-path": "$.was["}),
    Row("a key comes first", "GET", "/b/<bin>", UNAUTHORIZED, NO_READER, "", "wrong access", {"x-json-path": "["}),
    Row(
        "a public bin with its name",
        "GET",
        "/b/<public>",
        OK,
        {
            "record": {"was": 1.1},
            "metadata": {"id": "<public>", "private": False, "createdAt": "<time>", "name": "open"},
        },
        key=None,
    ),
    Row("a bin of nobody's to read", "GET", "/b/<bin>", FORBIDDEN, NOBODYS, settings={"owner": "nobody"}),
    Row("no such version", "GET", "/b/<bin>/2", MISSING, "Bin version not found"),
    Row("version nought", "GET", "/b/<bin>/0", BAD, "Bin version is invalid"),
    Row("a version that is no number", "GET", "/b/<bin>/first", BAD, "Bin version is invalid"),
    Row("a bad id", "GET", "/b/12", BAD, "Invalid Bin Id provided"),
    Row("no such bin to read", "GET", f"/b/{'0' * 24}", MISSING, "Bin not found or it doesn't belong to your account"),
    Row(
        "no key to read",
        "GET",
        "/b/<bin>",
        UNAUTHORIZED,
        "You need to pass X-Master-Key or X-Access-Key in the header to read a private bin",
        key=None,
    ),
    Row(
        "a wrong key to read",
        "GET",
        "/b/<bin>",
        UNAUTHORIZED,
        "X-Master-Key is invalid or the bin doesn't belong to your account",
        key="wrong",
    ),
    Row("a wrong access key to read", "GET", "/b/<bin>", UNAUTHORIZED, NO_READER, key="wrong access"),
    Row(
        "no requests left to read",
        "GET",
        "/b/<bin>",
        FORBIDDEN,
        EXHAUSTED,
        quota=0,
    ),
    # POST /b
    post(
        "a bin is created",
        "/b",
        OK,
        f'{{"record":{NEW},"metadata":{{"id":"<new>","createdAt":"<time>","private":true}}}}',
        NEW,
    ),
    post(
        "public, named, in a collection",
        "/b",
        OK,
        '{"record":{"username":"x"},"metadata":{"id":"<new>","createdAt":"<time>","private":false,"name":"x",'
        '"collectionId":"<collection>"}}',
        '{"username":"x"}',
        headers={"x-bin-private": "false", "x-bin-name": "x", "x-collection-id": "<collection>"},
    ),
    post(
        "no key to create",
        "/b",
        UNAUTHORIZED,
        "You need to pass X-Master-Key or X-Access-Key in the header to create a bin",
        NEW,
        key=None,
    ),
    post("a wrong key to create", "/b", UNAUTHORIZED, "Invalid X-Master-Key provided", NEW, key="wrong"),
    post(
        "an access key that may not create",
        "/b",
        UNAUTHORIZED,
        "X-Access-Key passed does not have permission to create the bin.",
        NEW,
        key="reader",
    ),
    post(
        "a blank name",
        "/b",
        BAD,
        "X-Bin-Name cannot be blank or over 128 characters",
        NEW,
        headers={"x-bin-name": ""},
    ),
    post(
        "a name of 129 characters",
        "/b",
        BAD,
        "X-Bin-Name cannot be blank or over 128 characters",
        NEW,
        headers={"x-bin-name": "n" * 129},
    ),
    post(
        "no such collection",
        "/b",
        BAD,
        "Collection not found or the Collection does not belong to the X-Master-Key provided",
        NEW,
        headers={"x-collection-id": "0" * 24},
    ),
    post(
        "a bad id of a collection",
        "/b",
        BAD,
        "Invalid X-Collection-Id provided",
        NEW,
        headers={"x-collection-id": "0" * 23},
    ),
    post("or none", "/b", BAD, "Invalid X-Collection-Id provided", NEW, headers={"x-collection-id": ""}),
    post(
        "over 100 kB to create",
        "/b",
        FORBIDDEN,
        TOO_BIG,
        json.dumps(["x" * 102_400]),
        plan="free",
    ),
    post(
        "a new record that does not fit the schema",
        "/b",
        BAD,
        {
            "message": "Schema Doc Validation Mismatch:  Should be string",
            "schemaDocID": "<schema>",
            "schemaDocName": "people",
        },
        '{"username": 1}',
        headers={"x-collection-id": "<collection>"},
    ),
    # DELETE /b/ID, versions
    Row(
        "a bin is deleted",
        "DELETE",
        "/b/<bin>",
        OK,
        {"metadata": {"id": "<bin>", "versionsDeleted": 1}, "message": "Bin deleted successfully"},
    ),
    Row(
        "no such bin to delete",
        "DELETE",
        f"/b/{'0' * 24}",
        MISSING,
        "Bin not found or it doesn't belong to your account",
    ),
    Row(
        "no key to delete, even a public bin",
        "DELETE",
        "/b/<public>",
        UNAUTHORIZED,
        "You need to pass X-Master-Key or X-Access-Key in the header to delete a bin",
        key=None,
    ),
    Row("a wrong key to delete", "DELETE", "/b/<bin>", UNAUTHORIZED, WRONG_MASTER, key="wrong"),
    Row(
        "an access key that may not delete",
        "DELETE",
        "/b/<bin>",
        UNAUTHORIZED,
        "X-Access-Key passed does not have permission to delete the bin.",
        key="reader",
    ),
    Row(
        "versions are counted",
        "GET",
        "/b/<bin>/versions/count",
        OK,
        {"metadata": {"id": "<bin>", "versionCount": 1, "private": True}},
    ),
    Row(
        "of a public bin without a key",
        "GET",
        "/b/<public>/versions/count",
        OK,
        {"metadata": {"id": "<public>", "versionCount": 0, "private": False}},
        key=None,
    ),
    Row(
        "of a private one not",
        "GET",
        "/b/<bin>/versions/count",
        UNAUTHORIZED,
        "You need to pass X-Master-Key or X-Access-Key in the header to get version count for the private bin",
        key=None,
    ),
    Row("nor with a wrong key", "GET", "/b/<bin>/versions/count", UNAUTHORIZED, WRONG_MASTER, key="wrong"),
    Row(
        "versions are deleted",
        "DELETE",
        "/b/<bin>/versions",
        OK,
        {
            "metadata": {"id": "<bin>", "versionsDeleted": 1},
            "message": "Versions for the Bin are deleted successfully",
        },
        then=[("/b/<bin>", OLD), ("/b/<bin>/latest", OLD)],
    ),
    Row(
        "but for the latest",
        "DELETE",
        "/b/<bin>/versions",
        OK,
        {
            "metadata": {"id": "<bin>", "versionsDeleted": 1},
            "message": "Versions for the Bin are deleted successfully and latest version preserved on the base record.",
        },
        headers={"x-preserve-latest": "true"},
        then=[("/b/<bin>", VERSION), ("/b/<bin>/latest", VERSION)],
    ),
    Row("no versions to delete", "DELETE", "/b/<public>/versions", MISSING, "No versions found"),
    Row(
        "only the master key deletes versions",
        "DELETE",
        "/b/<bin>/versions",
        UNAUTHORIZED,
        "You need to pass X-Master-Key in the header",
        key="reader",
    ),
    # PUT /b/ID/meta
    Row(
        "a bin is made public",
        "PUT",
        "/b/<bin>/meta/privacy",
        OK,
        {"record": "<bin>", "metadata": {"private": False}},
        headers={"x-bin-private": "false"},
    ),
    Row(
        "but how",
        "PUT",
        "/b/<bin>/meta/privacy",
        BAD,
        "You need to provide X-Bin-Private header to change the Bin privacy",
    ),
    Row(
        "true or false",
        "PUT",
        "/b/<bin>/meta/privacy",
        BAD,
        "You need to provide X-Bin-Private header to change the Bin privacy",
        headers={"x-bin-private": "maybe"},
    ),
    Row(
        "a bin is named",
        "PUT",
        "/b/<bin>/meta/name",
        OK,
        {"record": "<bin>", "metadata": {"name": "flags"}},
        headers={"x-bin-name": "flags"},
    ),
    Row("with a name", "PUT", "/b/<bin>/meta/name", BAD, "You need to pass X-Bin-Name header to Update the Bin Name"),
    Row(
        "that is not blank",
        "PUT",
        "/b/<bin>/meta/name",
        BAD,
        "X-Bin-Name cannot be blank or over 128 characters",
        headers={"x-bin-name": ""},
    ),
    Row(
        "by its owner",
        "PUT",
        "/b/<bin>/meta/name",
        UNAUTHORIZED,
        "Invalid X-Master-Key provided",
        key="wrong",
        headers={"x-bin-name": "flags"},
    ),
    # /c
    Row(
        "a collection is created",
        "POST",
        "/c",
        OK,
        {"record": "<new>", "metadata": {"createdAt": "<time>", "name": "mine"}},
        headers={"x-collection-name": "mine"},
    ),
    Row(
        "a collection needs a name",
        "POST",
        "/c",
        BAD,
        "You need to pass X-Collection-Name header to set a name for the Schema Doc",
    ),
    Row("not a blank one", "POST", "/c", BAD, "X-Collection-Name cannot be blank", headers={"x-collection-name": ""}),
    Row(
        "of 32 characters at most",
        "POST",
        "/c",
        BAD,
        "Name of the Collection cannot be above 32 characters",
        headers={"x-collection-name": "n" * 33},
    ),
    Row("collections need a key", "POST", "/c", UNAUTHORIZED, "You need to pass X-Master-Key in the header", key=None),
    Row("the right one", "GET", "/c", UNAUTHORIZED, "Invalid X-Master-Key provided", key="wrong"),
    Row(
        "collections are listed",
        "GET",
        "/c",
        OK,
        [
            {
                "record": "<collection>",
                "collectionMeta": {"name": "people"},
                "createdAt": "<time>",
                "schemaDocId": "<schema>",
            },
            {"record": "<bare>", "collectionMeta": {"name": "bare"}, "createdAt": "<time>"},
        ],
    ),
    Row(
        "the bins of a collection",
        "GET",
        "/c/<collection>/bins",
        OK,
        [{"snippetMeta": {}, "private": True, "record": "<person>", "createdAt": "<time>"}],
    ),
    Row("those after the last one", "GET", "/c/<collection>/bins/<person>", OK, []),
    Row(
        "the bins of none, oldest first, after the demo",
        "GET",
        "/c/uncategorized/bins/de30de30de30de30de30de30",
        OK,
        [
            {"snippetMeta": {}, "private": True, "record": "<bin>", "createdAt": "<time>"},
            {"snippetMeta": {"name": "open"}, "private": False, "record": "<public>", "createdAt": "<time>"},
        ],
        headers={"x-sort-order": "ascending"},
    ),
    Row("after a bad id", "GET", "/c/uncategorized/bins/last", BAD, "Invalid Bin Id provided"),
    Row("of no collection there is", "GET", f"/c/{'0' * 24}/bins", MISSING, "Collection not found"),
    Row("of a bad id", "GET", "/c/12/bins", BAD, "Invalid Collection Id provided"),
    Row(
        "a collection is renamed",
        "PUT",
        "/c/<collection>/meta/name",
        OK,
        {"record": "<collection>", "metadata": {"name": "folk"}},
        headers={"x-collection-name": "folk"},
    ),
    Row(
        "not to a blank name",
        "PUT",
        "/c/<collection>/meta/name",
        BAD,
        "X-Collection-Name cannot be blank",
        headers={"x-collection-name": ""},
    ),
    Row(
        "a schema is taken off",
        "PUT",
        "/c/<collection>/schemadoc/remove",
        OK,
        {
            "collectionName": "people",
            "schemaDocId": "<schema>",
            "metadata": {"id": "<collection>", "createdAt": "<time>"},
        },
    ),
    Row(
        "a schema is put on",
        "PUT",
        "/c/<collection>/schemadoc/add",
        OK,
        {
            "collectionName": "people",
            "schemaDocId": "<schema>",
            "metadata": {"id": "<collection>", "createdAt": "<time>"},
        },
        headers={"x-schema-doc-id": "<schema>"},
    ),
    Row("which", "PUT", "/c/<collection>/schemadoc/add", BAD, "You need to pass X-Schema-Doc-Id in the header"),
    Row(
        "no such schema",
        "PUT",
        "/c/<collection>/schemadoc/add",
        MISSING,
        "Schema Doc not found",
        headers={"x-schema-doc-id": "0" * 24},
    ),
    Row(
        "a bad id of a schema",
        "PUT",
        "/c/<collection>/schemadoc/add",
        BAD,
        "Invalid Schema Id provided",
        headers={"x-schema-doc-id": "0" * 25},
    ),
    # /s
    post(
        "a schema doc is created",
        "/s",
        OK,
        {"record": {"type": "object"}, "metadata": {"id": "<new>", "name": "s", "createdAt": "<time>"}},
        '{"type":"object"}',
        headers={"x-schema-doc-name": "s"},
    ),
    post(
        "a schema doc needs a name",
        "/s",
        BAD,
        "You need to pass X-Schema-Doc-Name header to set a name for the Schema Doc",
        SCHEMA,
    ),
    post(
        "a short one",
        "/s",
        BAD,
        "Name of the Schema Doc cannot be above 32 characters",
        SCHEMA,
        headers={"x-schema-doc-name": "n" * 33},
    ),
    post(
        "and a schema",
        "/s",
        BAD,
        "Invalid Schema Doc provided",
        '{"type": "nonsense"}',
        headers={"x-schema-doc-name": "s"},
    ),
    post("that is not blank", "/s", BAD, "Schema Doc cannot be blank", "", headers={"x-schema-doc-name": "s"}),
    Row(
        "a schema doc is read",
        "GET",
        "/s/<schema>",
        OK,
        {"record": json.loads(SCHEMA), "metadata": {"id": "<schema>", "name": "people", "createdAt": "<time>"}},
    ),
    Row("a bad id of a schema doc", "GET", "/s/12", BAD, "Invalid Schema Id provided"),
    Row("no such schema doc", "GET", f"/s/{'0' * 24}", MISSING, "Schema Doc not found"),
    put(
        "a schema doc is updated",
        OK,
        {"record": {"type": "array"}, "metadata": {"id": "<schema>", "name": "people", "createdAt": "<time>"}},
        path="/s/<schema>",
        content='{"type":"array"}',
    ),
    put(
        "a schema doc is renamed",
        OK,
        {"record": json.loads(SCHEMA), "metadata": {"id": "<schema>", "name": "folk", "createdAt": "<time>"}},
        path="/s/<schema>",
        content=" { }",
        headers={"x-schema-doc-name": "folk"},
    ),
    put("with a name", BAD, "Schema Doc cannot be blank", path="/s/<schema>", content="{}"),
    put(
        "of letters",
        BAD,
        "You need to pass X-Schema-Doc-Name header to set a name for the Schema Doc",
        path="/s/<schema>",
        content="{}",
        headers={"x-schema-doc-name": ""},
    ),
    Row(
        "and at its other address",
        "PUT",
        "/s/<schema>/meta/name",
        OK,
        {"record": "<schema>", "metadata": {"name": "folk"}},
        headers={"x-schema-doc-name": "folk"},
    ),
    Row(
        "by its owner",
        "PUT",
        "/s/<schema>/meta/name",
        UNAUTHORIZED,
        "Invalid X-Master-Key provided",
        key="wrong",
        headers={"x-schema-doc-name": "folk"},
    ),
    Row(
        "with a name there too",
        "PUT",
        "/s/<schema>/meta/name",
        BAD,
        "You need to pass X-Schema-Doc-Name header to set a name for the Schema Doc",
    ),
    # /a
    post(
        "an access key is created",
        "/a",
        OK,
        {
            "accessKey": "<access key>",
            "keyPermissions": {"bins": {"create": False, "read": True, "update": False, "delete": False}},
            "accessKeyId": "<new>",
            "metadata": {"name": "ro"},
        },
        '{"bins": {"read": true, "update": false}}',
        headers={"x-key-name": "ro"},
    ),
    post(
        "an access key needs a name",
        "/a",
        BAD,
        "You need to pass X-Key-Name header to set a name for the Access Key",
        '{"bins": {"read": true}}',
    ),
    post(
        "of few letters",
        "/a",
        BAD,
        "Name of the Access Key cannot be above 32 characters",
        '{"bins": {"read": true}}',
        headers={"x-key-name": "n" * 33},
    ),
    post(
        "and permissions",
        "/a",
        BAD,
        "Invalid Access Key permissions provided",
        "[1]",
        headers={"x-key-name": "n"},
    ),
    Row(
        "access keys are listed",
        "GET",
        "/a",
        OK,
        [
            {
                "accessKey": f"<{name}>",
                "keyPermissions": {
                    "bins": {verb: verb == may for verb in ("create", "read", "update", "delete")},
                },
                "accessKeyId": f"<{name} id>",
                "metadata": {"name": name},
            }
            for name, may in (("reader", "read"), ("updater", "update"))
        ],
    ),
    Row(
        "for the owner",
        "GET",
        "/a",
        UNAUTHORIZED,
        "You need to pass X-Master-Key in the header to fetch a list of Access Keys.",
        key="reader",
    ),
    Row(
        "an access key is deleted",
        "DELETE",
        "/a/<reader id>",
        OK,
        {"metadata": {"id": "<reader id>"}, "message": "Access Key deleted successfully"},
    ),
    Row("no such access key", "DELETE", f"/a/{'0' * 24}", MISSING, "Access Key not found"),
    Row("a bad id of an access key", "DELETE", "/a/12", BAD, "Invalid Access Key Id provided"),
    Row(
        "by the owner",
        "DELETE",
        "/a/<reader id>",
        UNAUTHORIZED,
        "You need to pass X-Master-Key in the header",
        key="reader",
    ),
    # Served by the service, and not here
    Row("a link of the quick store", "GET", "/qs/abc", MISSING, "Route not found!"),
    post("a large bin", "/xl/b", MISSING, "Route not found!", NEW),
    Row("request logs", "GET", "/l", MISSING, "Route not found!"),
    # Anything else
    Row("an unknown route", "GET", "/nonsense", MISSING, "Route not found!"),
    Row("a method that a bin has not", "PATCH", "/b/<bin>", MISSING, "Route not found!", NEW),
    Row("a route below a collection", "GET", "/c/<collection>", MISSING, "Route not found!"),
]
