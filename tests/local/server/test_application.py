"""The application as clients see it: pages in a browser, errors, and bugs."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from pathlib import Path

import httpx
import pytest

from jsonbin_cli.local.store.initial import demo_bin
from jsonbin_cli.local.store.rows import Bin
from jsonbin_cli.local.store.sqlite import SqliteStore
from jsonbin_cli.local.testing import LocalJSONBin
from tests.local.server.serving import KEY, serving

PAGE = {"origin": "http://localhost:3000"}


def test_a_head_request_gets_no_body(client: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """HEAD is answered as GET, without the record."""
    reply = client.head(f"/b/{jsonbin_server.demo}")
    assert (reply.status_code, reply.content) == (200, b"")
    assert int(reply.headers["content-length"]) == len(client.get(f"/b/{jsonbin_server.demo}").content)


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_a_page_may_send_any_request(method: str, client: httpx.Client) -> None:
    """A preflight is granted for all methods and whatever headers it asks for."""
    asked = {"access-control-request-method": method, "access-control-request-headers": "content-type,x-master-key"}
    preflight = client.options("/b/12", headers=PAGE | asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert preflight.headers["access-control-allow-headers"] == "content-type,x-master-key"
    assert method in preflight.headers["access-control-allow-methods"].split(", ")


def test_a_page_may_read_every_answer(client: httpx.Client) -> None:
    """Errors included. Without an origin nothing is said of origins."""
    for path in ("/b/12", "/nonsense"):
        assert client.get(path, headers=PAGE).headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-origin" not in client.get(path).headers


@pytest.mark.parametrize(
    "path", ["/page", "/page/", "/page/nonsense", "/v3", "/v3/", "/v3b/12", "/v2/b/12", "/nonsense"]
)
def test_a_path_outside_the_api_is_a_404(path: str, control: httpx.Client) -> None:
    """In the words of the API."""
    reply = control.get(path)
    assert (reply.status_code, reply.json()) == (404, {"message": "Route not found!"})
    assert reply.headers["content-type"] == "application/json; charset=utf-8"


def test_a_path_of_the_api_may_hold_any_character(client: httpx.Client) -> None:
    """Also a line break, which is no reason to say that there is no such route."""
    for path in ("/b/12%0A", "/b/%0A", "/b/%E2%80%A8"):
        assert client.get(path).json() == {"message": "Invalid Bin Id provided"}


def test_a_bug_in_the_rules_is_one_500_and_in_the_log() -> None:
    """Of requests that are answered together only the one with the bug fails, in the API's shape."""

    class Broken(SqliteStore):
        def bin(self, bin_id: str) -> Bin | None:
            if bin_id == "0" * 24:
                raise LookupError("a bug")
            return super().bin(bin_id)

    async def replies(port: int) -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/v3/b/", verify=False) as client:
            return await asyncio.gather(*(client.get(digit * 24) for digit in "102"))

    with serving(open_store=lambda: Broken(None, demo_bin())) as served:
        found = asyncio.run(replies(served.port))
    assert [reply.status_code for reply in found] == [404, 500, 404]
    assert found[1].json() == {"message": "Internal Server Error"}
    assert sum("LookupError: a bug" in line for line in served.log) == 1


def test_a_bug_outside_the_rules_is_a_500_and_in_the_log() -> None:
    """Also there the answer has the API's shape, and the next request is answered."""
    with serving() as served:
        plan = served.control.schedule.plan
        served.control.schedule.start(plan._replace(latency=("a", "bug")))  # type: ignore[arg-type]
        reply = httpx.get(f"http://127.0.0.1:{served.port}/v3/x", trust_env=False, verify=False)
        served.control.schedule.start(plan)
        after = httpx.get(f"http://127.0.0.1:{served.port}/v3/x", trust_env=False, verify=False)
    assert (reply.status_code, reply.json()) == (500, {"message": "Internal Server Error"})
    assert after.status_code == 404
    assert sum(line.startswith("Traceback") and "TypeError" in line for line in served.log) == 1


def test_a_store_that_others_hold_is_a_503(tmp_path: Path) -> None:
    """A client is told that the store is held, never in the database's own words; afterwards all is well."""
    path = tmp_path / "store.sqlite3"
    with serving(open_store=lambda: SqliteStore(path, demo_bin(), patience=0.05)) as served:
        other = sqlite3.connect(path, isolation_level=None)
        with httpx.Client(base_url=f"http://127.0.0.1:{served.port}", trust_env=False, verify=False) as client:
            other.execute("BEGIN IMMEDIATE")
            held = client.get("/v3/b/x")
            other.execute("ROLLBACK")
            other.close()
            free = client.get("/v3/b/x")
    message = f"the local store {path} failed: another program holds it; nothing was changed"
    assert (held.status_code, held.json()) == (503, {"message": message})
    assert free.status_code == 400


def test_a_store_that_is_damaged_is_a_503(tmp_path: Path) -> None:
    """Only for the request that reads the damage, and without a traceback."""
    path = tmp_path / "store.sqlite3"
    SqliteStore(path, demo_bin()).close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE bins SET versions = 'many'")
    db.close()

    async def replies(port: int) -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/v3/b/", verify=False) as client:
            return await asyncio.gather(*(client.get(bin_id) for bin_id in ("1" * 24, demo_bin().id, "2" * 24)))

    with serving(open_store=lambda: SqliteStore(path, None)) as served:
        found = asyncio.run(replies(served.port))
    assert [reply.status_code for reply in found] == [404, 503, 404]
    message = f"the local store {path} is damaged: the table bins holds a value of a wrong type"
    assert found[1].json() == {"message": message}
    assert not [line for line in served.log if "Traceback" in line]


def test_each_request_is_one_line_of_the_log() -> None:
    """Method, path, size, answer, fault and time; nothing of headers and keys."""
    with serving() as served:
        served.control.change({"script": ["ok", "502"]})
        with httpx.Client(base_url=f"http://127.0.0.1:{served.port}", trust_env=False, verify=False) as client:
            client.get("/v3/b/12", headers={"x-master-key": "secret"})
            client.put(f"/v3/b/{demo_bin().id}", content=b"[1]")
            client.get("/control", headers={"x-master-key": KEY})
            client.get("/page/bins", headers={"x-master-key": KEY})  # which has no line, as all that the page asks for
            for path in ("qs/abc", "xl/b", "l", "latest"):
                client.get(f"/v3/{path}")
    assert [re.sub(r"\d+\.\d ms", "TIME", line) for line in served.log] == [
        "GET /v3/b/12 0 bytes: 400, TIME",
        f"PUT /v3/b/{demo_bin().id} 3 bytes: 502 (502), TIME",
        "GET /control 0 bytes: 200, TIME",
        "GET /v3/qs/abc 0 bytes: 404 (links of the dashboard's quick store are not served here), TIME",
        "GET /v3/xl/b 0 bytes: 404 (large bins are not served here), TIME",
        "GET /v3/l 0 bytes: 404 (request logs are not served here), TIME",
        "GET /v3/latest 0 bytes: 404, TIME",
    ]
