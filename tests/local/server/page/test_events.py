"""The stream that tells pages what is new."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx

from jsonbin_cli.local.api.model import Request, success
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.faults import GOOD, Plan
from jsonbin_cli.local.server.page.events import Events
from jsonbin_cli.local.testing import LocalJSONBin
from tests.local.server.serving import KEY, serving


@contextmanager
def events(client: httpx.Client, after: str = "") -> Iterator[Iterator[tuple[str, Any]]]:
    """The events of one page: the name and the data of each."""

    def read(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
        for line in lines:
            name = line.removeprefix("event: ")
            data = json.loads(next(lines).removeprefix("data: "))
            assert next(lines) == ""
            yield name, data

    with client.stream("GET", "/page/events", params={"after": after}) as reply:
        assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield read(reply.iter_lines())


def test_a_page_sees_what_is_in_force_and_each_request(control: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """First the state, then those that were there already, then the new ones."""
    control.put("/v3/b/12?x=1", content="[1]", headers={"x-access-key": "secret", "content-type": "application/json"})
    with events(control) as stream:
        name, state = next(stream)
        assert (name, state["script"], state["cleared"], state["most"]) == ("state", [], 0, 10_000)
        name, (line,) = next(stream)
        assert name == "requests"
        assert line["time"] > 1_700_000_000_000
        assert line["ms"] >= 0
        assert {name: line[name] for name in line if name not in ("time", "ms")} == {
            "number": 1,
            "method": "PUT",
            "path": "/v3/b/12?x=1",
            "status": 400,
            "sent": 3,
            "size": 37,
            "key": "access",
            "fault": "",
        }
        jsonbin_server.script("502")
        assert next(stream)[1]["script"] == ["502"]
        control.get(f"/v3/b/{jsonbin_server.demo}")
        assert next(stream)[1]["script"] == []
        ((line,),) = [data for _, data in [next(stream)]]
        assert (line["number"], line["status"], line["key"], line["fault"]) == (2, 502, "", "502")
        control.delete("/control/requests")
        assert next(stream)[1]["cleared"] == 2


def test_a_page_that_comes_back_gets_what_it_missed(control: httpx.Client) -> None:
    """After the last request that it saw; a page of an earlier run of the server gets all."""
    for _ in range(3):
        control.get("/v3/b/12")
    with events(control) as stream:
        run = next(stream)[1]["run"]
        assert [line["number"] for line in next(stream)[1]] == [1, 2, 3]
    for after, numbers in ((f"{run}-2", [3]), ("other-2", [1, 2, 3]), (f"{run}-x", [1, 2, 3])):
        with events(control, after) as stream:
            next(stream)
            assert [line["number"] for line in next(stream)[1]] == numbers


def test_a_page_that_is_slower_gets_the_last_that_are_kept() -> None:
    """And goes on with those that come after them. A long path is cut."""
    asked = Request("GET", "/v3/" + "x" * 3000, {}, {}, b"")

    async def many(control: Control) -> None:
        for _ in range(120):
            control.remember(asked, success([]), GOOD, 0.0)

    with serving() as served:
        url = f"http://127.0.0.1:{served.port}"
        client = httpx.Client(base_url=url, headers={"x-master-key": KEY}, trust_env=False, verify=False)
        with client, events(client) as stream:
            next(stream)
            for last in (120, 240, 360):
                served.server.run(many(served.control))
                found = next(stream)[1]
                assert [line["number"] for line in found] == list(range(last - 99, last + 1))
                assert {len(line["path"]) for line in found} == {2001}


def test_many_pages_see_the_same(control: httpx.Client) -> None:
    """Each has a place of its own, and none takes a request from another."""
    with ExitStack() as pages:
        streams = [pages.enter_context(events(control)) for _ in range(20)]
        for stream in streams:
            next(stream)
        control.get("/v3/b/12")
        assert [next(stream)[1][0]["number"] for stream in streams] == [1] * 20


def test_a_stream_ends_when_the_server_stops() -> None:
    """The end of the server waits for no page."""
    with serving() as served:
        url = f"http://127.0.0.1:{served.port}"
        client = httpx.Client(base_url=url, headers={"x-master-key": KEY}, trust_env=False, verify=False)
        with client, events(client) as stream:
            next(stream)
            served.server.stop()
            assert list(stream) == []


def test_a_page_that_takes_nothing_is_left() -> None:
    """Nothing is kept for it then, and no request waits for it."""
    control = Control(Settings("key"), Plan(), 10)
    sent: list[str] = []

    async def receive() -> dict[str, Any]:
        if not sent:
            return {"type": "http.request"}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message["type"])
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async def page() -> None:
        await Events(control, asyncio.Event(), patience=0.01)({"query_string": b""}, receive, send)

    asyncio.run(page())
    assert sent == ["http.response.start", "http.response.body"]
    assert control._bells == set()
