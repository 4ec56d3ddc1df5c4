"""Which request meets which fault, and what the client then sees."""

from __future__ import annotations

import http.client
import json
import socket
import time
from typing import Any

import httpx
import pytest

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.local.server import faults
from jsonbin_cli.local.server.faults import GOOD, Fault, Misbehaviour, Plan, fault
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
    """It takes the request and says nothing until the client gives up, or it is stopped itself."""
    jsonbin_server.script(name, name)
    with pytest.raises(httpx.ReadTimeout):
        put(jsonbin_server, timeout=2)
    assert jsonbin_server.record(jsonbin_server.demo) == after
    assert [seen.status for seen in jsonbin_server.requests] == [0]


def test_a_server_that_hangs_can_be_stopped() -> None:
    """What was left hanging ends with the server, without an answer."""
    with LocalJSONBin() as server:
        server.script("ok", "hang")
        connection = http.client.HTTPConnection(server.url.split("/")[2])
        for path in ("/v3/b/x", "/v3/b/y"):
            connection.request("GET", path)
            if path == "/v3/b/x":
                connection.getresponse().read()
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()
    connection.close()


def test_another_writer_comes_between_reading_and_writing(jsonbin_server: LocalJSONBin) -> None:
    """The client reads what was there, and what is there is something else."""
    jsonbin_server.script("second-writer", "second-writer")
    assert get(jsonbin_server).json()["record"] == {"hello": "world"}
    assert jsonbin_server.record(jsonbin_server.demo) == {"hello": "world", "changed_by_second_writer": 1}
    get(jsonbin_server)
    assert jsonbin_server.record(jsonbin_server.demo) == {"hello": "world", "changed_by_second_writer": 2}


def test_another_writer_adds_to_an_array(jsonbin_server: LocalJSONBin) -> None:
    """An array gets one item more; a bin that is not there stays away."""
    bin_id = jsonbin_server.create(b"[1.10]")
    jsonbin_server.script("second-writer", "second-writer")
    headers = {"x-master-key": jsonbin_server.master_key}
    for one in (bin_id, "0" * 24):
        httpx.get(f"{jsonbin_server.url}/b/{one}", headers=headers, trust_env=False, verify=False)
    assert jsonbin_server.record(bin_id) == [1.1, 1]


def test_answers_can_be_slow(jsonbin_server: LocalJSONBin) -> None:
    """A latency of a tenth of a second is waited for."""
    jsonbin_server.change(latency=0)
    jsonbin_server.change(latency=json.loads("[0, 0]"))
    with pytest.raises(UsageMistake):
        jsonbin_server.change(latency="soon")
    jsonbin_server.change(latency=1)
    started = time.monotonic()
    get(jsonbin_server)
    assert time.monotonic() - started >= 1


def test_shares_are_thrown_from_a_seed() -> None:
    """The same seed throws the same, another one something else, and the shares come out about right."""
    plan = Plan(latency=(0.1, 0.2), shares=((fault("502"), 0.2), (fault("hang"), 0.1)))

    def thrown(seed: int) -> list[tuple[float, Fault]]:
        dice = Misbehaviour(plan._replace(seed=seed))
        return [dice.next(reads=False) for _ in range(1000)]

    assert thrown(1) == thrown(1) != thrown(2)
    names = [fault.name for _, fault in thrown(1)]
    assert (150 < names.count("502") < 250, 60 < names.count("hang") < 140) == (True, True)
    assert all(0.1 <= seconds <= 0.2 for seconds, _ in thrown(1))


def test_a_second_writer_by_share_follows_reads_only() -> None:
    """It comes between a read and a write, so a write brings none."""
    always = Misbehaviour(Plan(shares=((fault("second-writer"), 1.0),)))
    assert always.next(reads=True)[1].name == "second-writer"
    assert always.next(reads=False)[1] is GOOD


@pytest.mark.parametrize("name", ["", "sometimes", "200", "600", "429:soon", "502:7", "late-cut", "late-ok"])
def test_an_unknown_fault_is_refused(name: str) -> None:
    """The message names it."""
    with pytest.raises(UsageMistake) as raised:
        fault(name)
    assert raised.value.message == f'"{name}" is not a fault'


@pytest.mark.parametrize("given", [{"502": 1.5}, {"502": -0.1}, {"502": 0.6, "hang": 0.6}])
def test_shares_are_shares(given: dict[str, float]) -> None:
    """Each from 0 to 1, together at most 1."""
    with pytest.raises(UsageMistake):
        faults.shares(given)


@pytest.mark.parametrize("given", [(-1.0, 0.0), (0.2, 0.1), (0.0, 9999.0)])
def test_a_latency_is_a_range_of_seconds(given: tuple[float, float]) -> None:
    """Not before the request, and not for ever."""
    with pytest.raises(UsageMistake):
        faults.latency(*given)


def test_a_port_that_was_served_is_free_again() -> None:
    """A server that has ended leaves nothing listening."""
    with LocalJSONBin() as server:
        port = int(server.url.split(":")[2].split("/")[0])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
