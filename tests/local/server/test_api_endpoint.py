"""What a client sees of each fault."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.local.testing import LocalJSONBin


def get(server: LocalJSONBin, **options: Any) -> httpx.Response:
    """Read the demo."""
    headers = {"x-master-key": server.master_key}
    return httpx.get(f"{server.url}/b/{server.demo}", headers=headers, trust_env=False, verify=False, **options)


def put(server: LocalJSONBin, bin_id: str | None = None, **options: Any) -> httpx.Response:
    """Update the demo."""
    headers = {"x-master-key": server.master_key, "content-type": "application/json"}
    url = f"{server.url}/b/{bin_id or server.demo}"
    return httpx.put(url, content='{"n":1}', headers=headers, trust_env=False, verify=False, **options)


@pytest.mark.parametrize(
    ("name", "status", "content_type", "body"),
    [
        ("502", 502, "text/html", "<html><head><title>502 Bad Gateway</title></head>"),
        ("599", 599, "text/html", "<html><head><title>599 Error</title></head>"),
        ("404", 404, "application/json; charset=utf-8", '{"message":"Not Found"}'),
        ("429", 429, "application/json; charset=utf-8", '{"message":"Too Many Requests"}'),
        ("html", 200, "text/html", "<html><head><title>Sign in to this network</title></head>"),
        ("edge", 403, "text/plain; charset=UTF-8", "error code: 1010"),
    ],
)
def test_a_scripted_answer_comes_once(
    name: str, status: int, content_type: str, body: str, jsonbin_server: LocalJSONBin
) -> None:
    """The request that meets it is not done, and the next one is answered well."""
    jsonbin_server.script(name)
    reply = put(jsonbin_server)
    assert (reply.status_code, reply.headers["content-type"]) == (status, content_type)
    assert reply.text.startswith(body)
    assert "retry-after" not in reply.headers
    assert jsonbin_server.record(jsonbin_server.demo) == {"hello": "world"}
    assert put(jsonbin_server).status_code == 200


def test_a_429_can_say_when_to_come_back(jsonbin_server: LocalJSONBin) -> None:
    """429:7 has Retry-After: 7."""
    jsonbin_server.script("429:7")
    assert get(jsonbin_server).headers["retry-after"] == "7"


def test_a_late_fault_comes_after_the_work(jsonbin_server: LocalJSONBin) -> None:
    """The client cannot tell from its 502 whether the bin changed, and it has."""
    jsonbin_server.script("late-502")
    assert put(jsonbin_server).status_code == 502
    assert jsonbin_server.record(jsonbin_server.demo) == {"n": 1}


def test_an_answer_can_break_off(jsonbin_server: LocalJSONBin) -> None:
    """The head announces more than comes, and the bin has changed."""
    jsonbin_server.script("cut")
    with pytest.raises(httpx.RemoteProtocolError):
        put(jsonbin_server)
    assert jsonbin_server.record(jsonbin_server.demo) == {"n": 1}


@pytest.mark.parametrize(("name", "after"), [("hang", {"hello": "world"}), ("late-hang", {"n": 1})])
def test_a_server_can_fall_silent(name: str, after: Any, jsonbin_server: LocalJSONBin) -> None:
    """It takes the request and says nothing until the client gives up."""
    jsonbin_server.script(name)
    with pytest.raises(httpx.ReadTimeout):
        put(jsonbin_server, timeout=httpx.Timeout(60, read=0.3))
    assert jsonbin_server.record(jsonbin_server.demo) == after
    assert [seen.status for seen in jsonbin_server.requests] == [0]


def test_another_writer_comes_between_reading_and_writing(jsonbin_server: LocalJSONBin) -> None:
    """The client reads what was there, and what is there is something else."""
    jsonbin_server.script("second-writer", "second-writer")
    assert get(jsonbin_server).json()["record"] == {"hello": "world"}
    assert jsonbin_server.record(jsonbin_server.demo) == {"hello": "world", "changed_by_second_writer": 1}
    get(jsonbin_server)
    assert jsonbin_server.record(jsonbin_server.demo) == {"hello": "world", "changed_by_second_writer": 2}


def test_another_writer_keeps_names_that_utf_8_does_not_have(jsonbin_server: LocalJSONBin) -> None:
    """Half of a surrogate pair stays its escape."""
    bin_id = jsonbin_server.create(b'{"\\ud800":1.10}')
    jsonbin_server.script("second-writer")
    headers = {"x-master-key": jsonbin_server.master_key}
    httpx.get(f"{jsonbin_server.url}/b/{bin_id}", headers=headers, trust_env=False, verify=False)
    assert jsonbin_server.record(bin_id) == {"\ud800": 1.1, "changed_by_second_writer": 1}


def test_another_writer_adds_to_an_array(jsonbin_server: LocalJSONBin) -> None:
    """An array gets one item more; a bin that is not there stays away."""
    bin_id = jsonbin_server.create(b"[1.10]")
    jsonbin_server.script("second-writer", "second-writer")
    headers = {"x-master-key": jsonbin_server.master_key}
    for one in (bin_id, "0" * 24):
        httpx.get(f"{jsonbin_server.url}/b/{one}", headers=headers, trust_env=False, verify=False)
    assert jsonbin_server.record(bin_id) == [1.1, 1]


def test_answers_can_be_slow(jsonbin_server: LocalJSONBin) -> None:
    """A latency is waited for, and what is no number of seconds is refused."""
    jsonbin_server.change(latency=0)
    jsonbin_server.change(latency=json.loads("[0, 0]"))
    with pytest.raises(UsageMistake):
        jsonbin_server.change(latency="soon")
    jsonbin_server.change(latency=1)
    started = time.monotonic()
    get(jsonbin_server)
    assert time.monotonic() - started >= 1
