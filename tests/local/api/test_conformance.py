"""Every endpoint and every error of the API, answered over HTTP and in-process alike."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from jsonbin_cli.config.account import Account, Profile
from jsonbin_cli.config.keys import LOCAL_MASTER_KEY
from jsonbin_cli.local.api.model import Request
from jsonbin_cli.local.api.settings import changed
from jsonbin_cli.local.testing import LocalJSONBin
from jsonbin_cli.local.transport import LocalTransport
from tests.local.api.described import Described
from tests.local.api.rows import EXHAUSTED, FORBIDDEN, NEW, OK, OLD, ROWS, SCHEMA, UNAUTHORIZED, Row


class World:
    """A store with a few things in it, reached over HTTP or in-process. `ids` are their names."""

    def __init__(self, connect: Callable[[Mapping[str, str]], httpx.Client]) -> None:
        self._connect = connect
        self.ids: dict[str, str] = {}
        self.keys = {
            "master": {"x-master-key": LOCAL_MASTER_KEY},
            "wrong": {"x-master-key": LOCAL_MASTER_KEY[:-1]},
            "wrong access": {"x-access-key": "$2a$10$nobody"},
        }
        with connect({}) as client:
            self._fill(client)

    def _fill(self, client: httpx.Client) -> None:
        def made(name: str, path: str, content: str = "", **headers: str) -> Any:
            given = {"content-type": "application/json", **self.keys["master"]}
            given |= {name.replace("_", "-"): value for name, value in headers.items()}
            answer = client.post(path, content=content, headers=given).json()
            found = answer.get("accessKey") or answer["metadata"].get("id") or answer["record"]
            self.ids[name] = found
            return found

        made("bin", "/b", OLD)
        update = {"content-type": "application/json", "x-bin-versioning": "true"} | self.keys["master"]
        client.put(f"/b/{self.ids['bin']}", content='{"was": 2}', headers=update)
        made("public", "/b", OLD, x_bin_private="false", x_bin_name="open")
        made("collection", "/c", x_collection_name="people")
        made("bare", "/c", x_collection_name="bare")
        made("schema", "/s", SCHEMA, x_schema_doc_name="people")
        client.put(
            f"/c/{self.ids['collection']}/schemadoc/add",
            headers=self.keys["master"] | {"x-schema-doc-id": self.ids["schema"]},
        )
        made("person", "/b", '{"username": "bob"}', x_collection_id=self.ids["collection"])
        for name, verb in (("reader", "read"), ("updater", "update")):
            secret = made(name, "/a", json.dumps({"bins": {verb: True}}), x_key_name=name)
            self.keys[name] = {"x-access-key": secret}
        for key in client.get("/a", headers=self.keys["master"]).json():
            self.ids[f"{key['metadata']['name']} id"] = key["accessKeyId"]

    def send(self, row: Row) -> httpx.Response:
        """The answer to a row's request."""
        quota = "none" if row.quota is None else str(row.quota)
        with self._connect({"plan": row.plan, "quota": quota, **row.settings}) as client:
            headers = {name: self.named(value) for name, value in row.headers.items()}
            headers |= self.keys[row.key] if row.key else {}
            return client.request(row.method, self.named(row.path), content=row.content, headers=headers)

    def named(self, text: str) -> str:
        """`text` with ids in the place of their names."""
        return re.sub("<([a-z ]+)>", lambda found: self.ids[found[1]], text.replace("<BIN>", self.ids["bin"].upper()))

    def unnamed(self, text: str) -> str:
        """`text` with names in the place of ids, times and new keys."""
        for name, known in self.ids.items():
            text = text.replace(known, f"<{name}>")
        text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "<time>", text)
        text = re.sub(r"\$2a\$10\$[0-9a-f]{53}", "<access key>", text)
        return re.sub(r"\b[0-9a-f]{24}\b", "<new>", text)


class InProcess(httpx.BaseTransport):
    """Lets httpx ask what answers in-process."""

    def __init__(self, local: LocalTransport) -> None:
        self._local = local

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to one request."""
        url, headers = request.url, dict(request.headers)
        reply = self._local.handle(Request(request.method, url.path, dict(url.params), headers, request.read()))
        return httpx.Response(reply.status, headers={"Content-Type": reply.content_type}, content=reply.body)

    def close(self) -> None:
        """Close the store."""
        self._local.close()


@pytest.fixture(params=["http", "in-process"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """The same world twice."""
    if request.param == "http":
        server: LocalJSONBin = request.getfixturevalue("jsonbin_server")

        def connect(settings: Mapping[str, str]) -> httpx.Client:
            server.change(settings={**settings})
            return httpx.Client(base_url=server.url, trust_env=False, verify=False)
    else:

        def connect(settings: Mapping[str, str]) -> httpx.Client:
            profile = Profile("local", path=tmp_path / "store.sqlite3")
            local = LocalTransport(Account(profile, None, "", ""))
            local.settings = changed(local.settings, settings)
            return httpx.Client(transport=InProcess(local), base_url="http://local/v3")

    return World(connect)


@pytest.fixture(scope="module")
def described() -> Described:
    """The description of the API."""
    return Described()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.says)
def test_the_api_answers(row: Row, world: World, described: Described) -> None:
    """Status, type and the whole body are as the API's reference and live answers, and its description, have them."""
    reply = world.send(row)
    assert described.flaws(reply) == []
    assert reply.status_code == row.status, reply.text
    if isinstance(row.answer, bytes):
        assert reply.content == row.answer
    elif isinstance(row.answer, str) and row.status == OK:
        assert world.unnamed(reply.text) == row.answer
    else:
        answer = {"message": row.answer} if isinstance(row.answer, str) else row.answer
        assert json.loads(world.unnamed(reply.text)) == answer
    for path, record in row.then:
        read = world.send(row._replace(method="GET", path=f"{path}?meta=false", content=None, key="master"))
        assert (path, read.text) == (path, record)
    text = "text/plain; charset=UTF-8" if row.answer == b"error code: 1010" else "application/json; charset=utf-8"
    assert reply.headers["content-type"] == text


@pytest.mark.parametrize(("method", "path"), [("PUT", "/b/<bin>"), ("GET", "/b/<bin>"), ("POST", "/b")])
def test_the_quota_counts_down(method: str, path: str, world: World) -> None:
    """An account with one request left is served once, and then told to buy more."""
    row = Row("", method, path, OK, "", NEW, headers={"content-type": "application/json"}, quota=1)
    assert [world.send(row).status_code for _ in range(2)] == [OK, FORBIDDEN]


def test_without_requests_nothing_is_answered(world: World) -> None:
    """What would be answered is refused for want of requests, whatever the endpoint."""
    answered = [row for row in ROWS if row.status == OK]
    replies = {row.says: world.send(row._replace(quota=0)).json() for row in answered}
    assert len(replies) > 50
    assert {says: reply for says, reply in replies.items() if reply != {"message": EXHAUSTED}} == {}


def test_with_a_wrong_key_nothing_is_answered(world: World) -> None:
    """Whatever the endpoint, but for public bins."""
    private = [row for row in ROWS if row.status == OK and row.key == "master" and "<public>" not in row.path]
    answered = {row.says: world.send(row._replace(key="wrong")).status_code for row in private}
    assert len(answered) > 40
    assert {says: status for says, status in answered.items() if status != UNAUTHORIZED} == {}


def test_a_body_that_is_not_announced_as_json_is_refused(world: World) -> None:
    """Whatever the endpoint."""
    rows = [row for row in ROWS if row.status == OK and row.content]
    answered = {
        row.says: world.send(row._replace(headers=row.headers | {"content-type": "text/plain"})) for row in rows
    }
    assert len(answered) > 10
    assert {says: reply.text for says, reply in answered.items() if "Content-Type" not in reply.text} == {}
