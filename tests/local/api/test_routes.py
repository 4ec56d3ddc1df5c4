"""JSONBin on this machine: its decisions, row by row, and the order of its checks."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Literal

import pytest

from jsonbin_cli.local.api import errors, inputs
from jsonbin_cli.local.api.endpoints import ROUTES, Route
from jsonbin_cli.local.api.model import Context, Refusal, Reply, Request
from jsonbin_cli.local.api.routes import answer, not_served, refused
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.store.rows import Bin
from jsonbin_cli.local.store.sqlite import SqliteStore

MASTER, READER, WRITER = "the-master", "the-reader", "the-writer"
PRIVATE, PUBLIC, MISSING = "a" * 24, "b" * 24, "c" * 24
COLLECTION = "d" * 24
NOW = "2026-01-02T03:04:05.678Z"
UPDATE_KEYS = "You need to pass X-Master-Key or X-Access-Key in the header to update a private bin"
TOO_BIG = (
    "Free users cannot create a record over 100kb. "
    "Upgrade to Pro plan https://jsonbin.io/pricing to create records upto 1mb"
)


class Api:
    """The rules on a store of their own."""

    def __init__(self, path: Path) -> None:
        self.store = SqliteStore(path, Bin(PRIVATE, b'{"n": 0}', True, NOW))
        self.settings = Settings(MASTER)
        self._ids = (f"{number:024x}" for number in itertools.count(1))
        with self.store.transaction():
            self.store.add(Bin(PUBLIC, b'{"n": 0}', False, NOW))
            self.store.add_access_key(READER, frozenset({"read"}))
            self.store.add_access_key(WRITER, frozenset({"update", "create"}))
            self.store.add_collection(COLLECTION, "things")

    def __call__(self, method: str, path: str, body: bytes = b"", query: str = "", **headers: str) -> Reply:
        """One request, with X_Master_Key for X-Master-Key and so on."""
        sent = {name.lower().replace("_", "-"): value for name, value in headers.items()}
        queries = dict([query.split("=")]) if query else {}
        with self.store.transaction():
            return answer(
                Request(method, path, queries, sent, body), self.store, self.settings, NOW, lambda: next(self._ids)
            )

    def put(self, bin_id: str = PRIVATE, body: bytes = b'{"n": 1}', **headers: str) -> Reply:
        """An update with the master key, unless `headers` say otherwise."""
        given = {"Content_Type": "application/json", "X_Master_Key": MASTER} | headers
        return self("PUT", f"/v3/b/{bin_id}", body, **{name: value for name, value in given.items() if value})

    def post(self, body: bytes = b'{"n": 1}', **headers: str) -> Reply:
        """A new bin with the master key, unless `headers` say otherwise."""
        given = {"Content_Type": "application/json", "X_Master_Key": MASTER} | headers
        return self("POST", "/v3/b", body, **{name: value for name, value in given.items() if value})

    def record(self, bin_id: str = PRIVATE) -> bytes:
        """The record that is kept."""
        return self("GET", f"/v3/b/{bin_id}/latest", X_Master_Key=MASTER, X_Bin_Meta="false").body


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_route_has_a_handler_and_a_source(route: Route) -> None:
    """Its handler's docstring begins with it, and its source is one of the known words."""
    module, function = route.handler.split(":")
    handler = getattr(import_module(f"jsonbin_cli.local.api.{module}"), function)
    names = re.sub("LAST|NUMBER", "ID", handler.__doc__.partition(": ")[0])
    assert names == f"{route.method} {re.sub(r'{[a-z]+}', 'ID', route.path)}"
    assert is_source(route.source)


def test_each_error_has_a_source_and_is_used() -> None:
    """No error is there for nothing, and none is without a source."""
    rows = {name: error for name, error in vars(errors).items() if isinstance(error, errors.Error)}
    used = "".join(path.read_text() for path in Path(errors.__file__).parent.parent.rglob("*.py"))
    assert [name for name in rows if f"errors.{name}" not in used] == []
    assert [name for name, error in rows.items() if not is_source(error.source)] == []
    assert all(400 <= error.status < 500 for error in rows.values() if error is not errors.UNAVAILABLE)


def test_nothing_is_read_or_refused_that_the_row_does_not_have() -> None:
    """A handler reads a request through the row of its endpoint, so that none is described but in part."""
    row = next(route for route in ROUTES if route.handler == "bins:update")
    store = SqliteStore(None, None)
    context = Context(Request("PUT", "/v3/b/x", {}, {}, b""), store, Settings(MASTER), NOW, lambda: "", row)
    assert context.given(inputs.VERSIONING) is None
    with pytest.raises(LookupError, match="does not take X-Bin-Name"):
        context.given(inputs.BIN_NAME)
    assert refused(Refusal(errors.BIN_NOT_FOUND), row).status == 404
    with pytest.raises(LookupError, match="does not answer: No versions found"):
        refused(Refusal(errors.NO_VERSIONS), row)
    store.close()
    modules = {route.handler.split(":")[0] for route in ROUTES}
    sources = "".join((Path(errors.__file__).parent / f"{module}.py").read_text() for module in modules)
    assert not re.search(r"request\.(headers|query)", sources)


def is_source(text: str) -> bool:
    """Whether a text begins with one of the words that `errors` explains."""
    return text.split(",")[0].split(";")[0].split(":")[0].split(" for ")[0].split(" from ")[0].rstrip(
        " 0123456789"
    ) in (*("reference", "older reference", "observed", "observed once", "inferred", "choice"),)


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """A private bin, a public one, access keys and a collection."""
    api = Api(tmp_path / "store.sqlite3")
    yield api
    api.store.close()


def refusal(status: int, message: str) -> Reply:
    """An error as the service words it: a message and nothing else."""
    return Reply(status, json.dumps({"message": message}, separators=(",", ":"), ensure_ascii=False).encode())


def metadata(reply: Reply) -> dict[str, object]:
    """The metadata of a good reply."""
    assert reply.status == 200
    found: dict[str, object] = json.loads(reply.body)["metadata"]
    return found


def test_an_update_echoes_the_record_and_keeps_its_bytes(api: Api) -> None:
    """200 with record and metadata: parentId and private, and no version unless one was made."""
    reply = api.put(body=b' {"n": 1.10, "n": 1E400} \n')
    assert reply == Reply(
        200, b'{"record":{"n": 1.10, "n": 1E400},"metadata":{"parentId":"%s","private":true}}' % PRIVATE.encode()
    )
    assert api.record() == b'{"n": 1.10, "n": 1E400}'


CHECKS = [
    ("x", {}, b"", refusal(400, "Invalid Bin Id provided")),
    (MISSING, {"Content_Type": ""}, b"", refusal(400, "You need to pass Content-Type set to application/json")),
    (
        MISSING,
        {"Content_Type": "text/plain"},
        b"[1]",
        refusal(400, "You need to pass Content-Type set to application/json"),
    ),
    (MISSING, {}, b"", refusal(400, "Bin cannot be blank")),
    (MISSING, {}, b" {} ", refusal(400, "Bin cannot be blank")),
    (MISSING, {}, b"[]", refusal(400, "Bin cannot be blank")),
    (MISSING, {}, b'{"a":', refusal(400, "Invalid JSON. Please try again")),
    (MISSING, {}, b"[NaN]", refusal(400, "Invalid JSON. Please try again")),
    (MISSING, {}, b"\xff", refusal(400, "Invalid JSON. Please try again")),
    (MISSING, {}, b'"text"', refusal(400, "Invalid JSON. Please try again")),
    (MISSING, {"X_Master_Key": "wrong"}, b"[1]", refusal(404, "Bin not found")),
    (PRIVATE, {"X_Master_Key": ""}, b"[1]", refusal(401, UPDATE_KEYS)),
    (
        PRIVATE,
        {"X_Master_Key": "wrong", "X_Bin_Versioning": "true"},
        b"[1]",
        refusal(401, "Invalid X-Master-Key provided or the bin does not belong to your account"),
    ),
    (
        PRIVATE,
        {"X_Master_Key": "", "X_Access_Key": "wrong"},
        b"[1]",
        refusal(401, "X-Access-Key is invalid or the bin doesn't belong to your account"),
    ),
    (
        PRIVATE,
        {"X_Master_Key": "", "X_Access_Key": READER},
        b"[1]",
        refusal(401, "X-Access-Key passed does not have permission to update the bin."),
    ),
    (
        PRIVATE,
        {"X_Bin_Versioning": "true"},
        b'["' + b"x" * 200_000 + b'"]',
        refusal(
            403,
            "Versioning is not available for the Free users. Upgrade to Pro plan http://api.jsonbin.io/pricing to avail this feature",
        ),
    ),
    (
        PRIVATE,
        {},
        b'["' + b"x" * 200_000 + b'"]',
        refusal(
            403,
            TOO_BIG,
        ),
    ),
    (PRIVATE, {}, b"[1]", refusal(403, "Requests exhausted. Buy additional requests at https://jsonbin.io/pricing")),
]


@pytest.mark.parametrize(("bin_id", "headers", "body", "refused"), CHECKS)
def test_the_checks_of_an_update_in_their_order(
    api: Api, bin_id: str, headers: dict[str, str], body: bytes, refused: Reply
) -> None:
    """Each row fails all later checks too, and is told the earliest; nothing is changed."""
    api.settings = Settings(MASTER, plan="free", quota=0)
    assert api.put(bin_id, body, **headers) == refused
    api.settings = Settings(MASTER)
    assert api.record() == b'{"n": 0}'


def test_the_pro_plan_has_a_limit_too(api: Api) -> None:
    """One megabyte."""
    assert api.put(body=b'["' + b"x" * (1024 * 1024 - 4) + b'"]').status == 200
    assert api.put(body=b'["' + b"x" * (1024 * 1024 - 3) + b'"]').status == 403


def test_an_access_key_with_the_permission(api: Api) -> None:
    """It updates; reading takes another permission."""
    assert api.put(X_Master_Key="", X_Access_Key=WRITER).status == 200
    assert api("GET", f"/v3/b/{PRIVATE}", X_Access_Key=WRITER).status == 401
    assert api("GET", f"/v3/b/{PRIVATE}", X_Access_Key=READER).status == 200


def test_versions_are_counted_from_one(api: Api) -> None:
    """Each update that asks for one makes one; others rewrite the last one."""
    assert metadata(api.put(body=b"[1]", X_Bin_Versioning="true"))["version"] == 1
    assert metadata(api.put(body=b"[2]", X_Bin_Versioning="true"))["version"] == 2
    assert "version" not in metadata(api.put(body=b"[3]", X_Bin_Versioning="false"))
    assert api.record() == b"[3]"
    for number in (1, 2):
        reply = api("GET", f"/v3/b/{PRIVATE}/{number}", X_Master_Key=MASTER, query="meta=false")
        assert reply == Reply(200, b"[%d]" % {1: 1, 2: 3}[number])


def test_past_the_last_version_none_is_made(api: Api) -> None:
    """The record still changes, which is this program's choice."""
    with api.store.transaction():
        api.store.add_version(PRIVATE, 999, b"[0]")
    assert metadata(api.put(body=b"[1000]", X_Bin_Versioning="true"))["version"] == 1000
    assert "version" not in metadata(api.put(body=b"[1]", X_Bin_Versioning="true"))
    assert api.record() == b"[1]"


def test_a_public_bin_takes_anybodys_update_and_keeps_versions(api: Api) -> None:
    """Only its owner turns versions off."""
    assert metadata(api.put(PUBLIC, X_Master_Key="")) == {"parentId": PUBLIC, "private": False, "version": 1}
    assert metadata(api.put(PUBLIC, X_Master_Key="wrong", X_Bin_Versioning="false"))["version"] == 2
    assert "version" not in metadata(api.put(PUBLIC, X_Bin_Versioning="false"))
    assert api("GET", f"/v3/b/{PUBLIC}/latest").status == 200


def test_a_new_bin(api: Api) -> None:
    """200, not 201; private unless told otherwise; name and collection only where given."""
    assert metadata(api.post()) == {"id": f"{1:024x}", "createdAt": NOW, "private": True}
    about = metadata(api.post(X_Bin_Private="false", X_Bin_Name="menu", X_Collection_Id=COLLECTION))
    assert about == {"id": f"{2:024x}", "createdAt": NOW, "private": False, "name": "menu", "collectionId": COLLECTION}
    assert metadata(api("GET", f"/v3/b/{2:024X}"))["name"] == "menu"
    assert api.post(X_Master_Key="", X_Access_Key=WRITER).status == 200


@pytest.mark.parametrize(
    ("headers", "body", "refused"),
    [
        ({}, b"{}", refusal(400, "Bin cannot be blank")),
        (
            {"X_Master_Key": ""},
            b"[1]",
            refusal(401, "You need to pass X-Master-Key or X-Access-Key in the header to create a bin"),
        ),
        ({"X_Master_Key": "wrong"}, b"[1]", refusal(401, "Invalid X-Master-Key provided")),
        ({"X_Bin_Name": "x" * 129}, b"[1]", refusal(400, "X-Bin-Name cannot be blank or over 128 characters")),
        ({"X_Collection_Id": "12"}, b"[1]", refusal(400, "Invalid X-Collection-Id provided")),
        (
            {},
            b'["' + b"x" * 200_000 + b'"]',
            refusal(
                403,
                TOO_BIG,
            ),
        ),
    ],
)
def test_a_bin_that_is_not_made(api: Api, headers: dict[str, str], body: bytes, refused: Reply) -> None:
    """The refusals of POST, in the words of POST."""
    api.settings = Settings(MASTER, plan="free")
    assert api.post(body, **headers) == refused


@pytest.mark.parametrize(
    ("path", "key", "refused"),
    [
        ("/v3/b/x", MASTER, refusal(400, "Invalid Bin Id provided")),
        (f"/v3/b/{PRIVATE}/0", MASTER, refusal(400, "Bin version is invalid")),
        (f"/v3/b/{PRIVATE}/first", MASTER, refusal(400, "Bin version is invalid")),
        (f"/v3/b/{MISSING}", MASTER, refusal(404, "Bin not found or it doesn't belong to your account")),
        (
            f"/v3/b/{PRIVATE}",
            "wrong",
            refusal(401, "X-Master-Key is invalid or the bin doesn't belong to your account"),
        ),
        (
            f"/v3/b/{PRIVATE}",
            None,
            refusal(401, "You need to pass X-Master-Key or X-Access-Key in the header to read a private bin"),
        ),
        (f"/v3/b/{PRIVATE}/1", MASTER, refusal(404, "Bin version not found")),
        (f"/v3/b/{PRIVATE}/" + "9" * 5000, MASTER, refusal(404, "Bin version not found")),
        ("/v3/b", MASTER, refusal(404, "Route not found!")),
        (f"/v3/b/{PRIVATE}/1/2", MASTER, refusal(404, "Route not found!")),
        ("/v2/b/x", MASTER, refusal(404, "Route not found!")),
    ],
)
def test_reading_that_is_refused(api: Api, path: str, key: str | None, refused: Reply) -> None:
    """The refusals of GET, in the words of GET."""
    assert (api("GET", path, X_Master_Key=key) if key else api("GET", path)) == refused


def test_the_quota_counts_requests(api: Api) -> None:
    """So many are answered, the next is refused, whatever it asks."""
    api.settings = Settings(MASTER, quota=2)
    assert [api.put().status, api("GET", f"/v3/b/{PRIVATE}", X_Master_Key=MASTER).status] == [200, 200]
    assert [api.put().status, api.post().status] == [403, 403]


def test_a_bin_that_is_made_public_is_read_by_everybody(api: Api) -> None:
    """And private again it is not."""
    for private, status in (("false", 200), ("true", 401)):
        reply = api("PUT", f"/v3/b/{PRIVATE}/meta/privacy", X_Master_Key=MASTER, X_Bin_Private=private)
        assert metadata(reply) == {"private": private == "true"}
        assert api("GET", f"/v3/b/{PRIVATE}").status == status


def test_a_bin_that_was_named_and_deleted(api: Api) -> None:
    """It has the name, and then it is not there."""
    assert api("PUT", f"/v3/b/{PRIVATE}/meta/name", X_Master_Key=MASTER, X_Bin_Name="flags").status == 200
    assert metadata(api("GET", f"/v3/b/{PRIVATE}", X_Master_Key=MASTER))["name"] == "flags"
    assert api("DELETE", f"/v3/b/{PRIVATE}", X_Master_Key=MASTER).status == 200
    assert api("GET", f"/v3/b/{PRIVATE}", X_Master_Key=MASTER).status == 404


def test_a_collection_that_was_renamed(api: Api) -> None:
    """It is listed with its new name."""
    path = f"/v3/c/{COLLECTION}/meta/name"
    assert api("PUT", path, X_Master_Key=MASTER, X_Collection_Name="stuff").status == 200
    (listed,) = json.loads(api("GET", "/v3/c", X_Master_Key=MASTER).body)
    assert listed["collectionMeta"] == {"name": "stuff"}


def test_a_schema_doc_that_was_taken_off_a_collection(api: Api) -> None:
    """It is renamed, refuses what does not fit it as long as it belongs to the collection, and then nothing more."""
    headers = {"X_Master_Key": MASTER, "Content_Type": "application/json", "X_Schema_Doc_Name": "numbers"}
    doc = str(metadata(api("POST", "/v3/s", b'{"required": ["n"]}', **headers))["id"])
    assert api("PUT", f"/v3/s/{doc}/meta/name", X_Master_Key=MASTER, X_Schema_Doc_Name="digits").status == 200
    assert metadata(api("GET", f"/v3/s/{doc}", X_Master_Key=MASTER))["name"] == "digits"
    for action, status in (("add", 400), ("remove", 200)):
        asked = api("PUT", f"/v3/c/{COLLECTION}/schemadoc/{action}", X_Master_Key=MASTER, X_Schema_Doc_Id=doc)
        assert asked.status == 200, asked.body
        assert api.post(b'{"m": 1}', X_Collection_Id=COLLECTION).status == status


def test_a_schema_doc_fits_the_plan_too(api: Api) -> None:
    """Like a record."""
    api.settings = api.settings._replace(plan="free")
    headers = {"X_Master_Key": MASTER, "Content_Type": "application/json", "X_Schema_Doc_Name": "large"}
    for length, status in ((100_000, 200), (110_000, 403)):
        body = json.dumps({"description": "x" * length}).encode()
        assert api("POST", "/v3/s", body, "", **headers).status == status


def test_names_of_128_characters(api: Api) -> None:
    """The longest that a bin takes."""
    assert metadata(api.post(X_Bin_Name="n" * 128))["name"] == "n" * 128


@pytest.mark.parametrize(("plan", "largest"), [("free", 102_400), ("pro", 1_048_576)])
def test_the_largest_record(api: Api, plan: Literal["free", "pro"], largest: int) -> None:
    """To the byte; a kB is 1024 bytes unless the settings say otherwise."""
    api.settings = api.settings._replace(plan=plan)
    for extra, status in ((0, 200), (1, 403)):
        body = b'["' + b"x" * (largest - 4 + extra) + b'"]'
        assert api.put(body=body).status == status
        api.settings = api.settings._replace(size_of="compact")
        assert api.put(body=body.replace(b"[", b"[ \n")).status == status
        api.settings = api.settings._replace(size_of="sent")
        assert api.put(body=body.replace(b"[", b"[ \n")).status == 403


def test_a_record_of_very_many_values(api: Api) -> None:
    """What commands refuse to compare is stored all the same."""
    assert api.put(body=b"[" + b"[]," * 60_000 + b"0]").status == 200


@pytest.mark.parametrize(
    ("path", "header", "body", "said"),
    [
        ("/v3/c", "X_Collection_Name", b"", "Name of the Collection cannot be above 32 characters"),
        ("/v3/s", "X_Schema_Doc_Name", b'{"type": "object"}', "Name of the Schema Doc cannot be above 32 characters"),
        ("/v3/a", "X_Key_Name", b'{"bins": {"read": true}}', "Name of the Access Key cannot be above 32 characters"),
    ],
)
def test_names_of_32_characters(api: Api, path: str, header: str, body: bytes, said: str) -> None:
    """The longest that collections, schema docs and access keys take."""
    for length, status in ((32, 200), (33, 400)):
        headers = {"Content_Type": "application/json", "X_Master_Key": MASTER, header: "n" * length}
        reply = api("POST", path, body, **headers)
        assert reply.status == status
        assert (said.encode() in reply.body) == (status == 400)


def test_a_page_of_ten_bins(api: Api) -> None:
    """The newest first, unless the header says ascending, and nothing else."""
    ids = [metadata(api.post(X_Collection_Id=COLLECTION))["id"] for _ in range(11)]
    for order, expected in (("", ids[:0:-1]), ("descending", ids[:0:-1]), ("Ascending", ids[:10])):
        reply = api("GET", f"/v3/c/{COLLECTION}/bins", X_Master_Key=MASTER, X_Sort_Order=order)
        assert [found["record"] for found in json.loads(reply.body)] == expected


def test_a_schema_doc_is_renamed_by_an_empty_body_only(api: Api) -> None:
    """Another body is another schema, with the name that it comes with."""
    own = {"Content_Type": "application/json", "X_Master_Key": MASTER}
    doc = metadata(api("POST", "/v3/s", b'{"type": "object"}', X_Schema_Doc_Name="one", **own))["id"]
    path = f"/v3/s/{doc}"
    for body, status, record in (
        (b" { } ", 200, {"type": "object"}),
        (b'{"type": "array"}', 200, {"type": "array"}),
        (b"[1]", 400, {"type": "array"}),
    ):
        assert api("PUT", path, body, X_Schema_Doc_Name="two", **own).status == status
        assert json.loads(api("GET", path, X_Master_Key=MASTER).body)["record"] == record


def test_what_the_service_has_and_this_program_has_not() -> None:
    """By the first segment after /v3, whatever follows."""
    for path, said in (("/v3/qs/1/2", "quick store"), ("/v3/xl/b", "large bins"), ("/v3/l", "request logs")):
        assert said in (not_served(path) or "")
    for path in ("/v2/qs/1", "/v3/b/qs", "/qs", "/v3", "/"):
        assert not_served(path) is None
