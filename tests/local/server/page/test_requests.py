"""What the page asks about requests."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from jsonbin_cli.config.key_shapes import MASK
from jsonbin_cli.local.server.recent import Recent
from jsonbin_cli.local.testing import LocalJSONBin
from tests.local.server.serving import KEY, serving

JSON = {"content-type": "application/json"}


def test_one_request_has_everything_but_its_keys(control: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """Headers, both bodies, and what the command line would say of the answer."""
    headers = JSON | {"x-master-key": "secret-secret", "x-own": "1"}
    control.put(f"/v3/b/{jsonbin_server.demo}", content='{"n": 1.10, "half": "\\ud800"}', headers=headers)
    reply = control.get("/page/requests/1")
    assert "secret-secret" not in reply.text
    seen = reply.json()
    assert dict(seen["headers"])["x-own"] == "1"
    assert dict(seen["headers"])["x-master-key"] == MASK
    assert seen["body"] == {"text": '{"n": 1.10, "half": "\\ud800"}', "exact": True}
    assert seen["response"]["text"].startswith('{"message":"Invalid X-Master-Key provided or')
    assert (seen["key"], seen["type"], seen["emptied"]) == ("master", "application/json; charset=utf-8", False)
    assert seen["explained"]["slug"] == "invalid-master-key"
    assert set(seen["copies"]) == {"curl", "jsonbin", "pytest"}


def test_a_body_that_is_not_text_is_said_to_be_none(control: httpx.Client) -> None:
    """It is shown as far as it can be, and cannot be typed again."""
    control.put("/v3/b/12", content=b'["\xff"]', headers=JSON)
    seen = control.get("/page/requests/1").json()
    assert seen["body"] == {"text": '["\N{REPLACEMENT CHARACTER}"]', "exact": False}
    assert seen["copies"] == {"curl": None, "jsonbin": None, "pytest": None}


def test_a_search_looks_into_paths_and_bodies(control: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """In capitals or not."""
    control.put("/v3/b/12", content='["Needle"]', headers=JSON)
    control.get(f"/v3/b/{jsonbin_server.demo}", headers={"x-master-key": jsonbin_server.master_key})
    control.get("/v3/needle")
    found = [control.get("/page/requests", params={"search": text}).json() for text in ("needle", "WORLD", "xyz", "")]
    assert found == [[1, 3], [2], [], [1, 2, 3]]


@pytest.mark.parametrize("number", [0, 2, 999])
def test_a_request_that_is_gone_is_a_410(number: int, control: httpx.Client) -> None:
    """Or that never was."""
    control.get("/v3/b/12")
    for reply in (control.get(f"/page/requests/{number}"), control.post(f"/page/requests/{number}/again")):
        assert (reply.status_code, reply.json()) == (410, {"message": "That request is not kept any more"})


def test_a_request_is_made_again_with_its_own_key(control: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """A good one, one that is not known, and none; the page knows none of them."""
    path = f"/v3/b/{jsonbin_server.demo}/latest?meta=false"
    for headers in ({"x-master-key": jsonbin_server.master_key}, {"x-access-key": "unknown"}, {}):
        control.get(path, headers=headers)
    replies = [control.post(f"/page/requests/{number}/again", headers={"x-own": "no"}) for number in (1, 2, 3)]
    assert [reply.status_code for reply in replies] == [200, 401, 401]
    assert replies[0].content == b'{"hello": "world"}'
    seen = control.get("/control/requests").json()
    assert [(one["method"], one["path"], one["status"]) for one in seen] == [
        ("GET", path.partition("?")[0], status) for status in (200, 401, 401) * 2
    ]
    assert "x-own" not in seen[3]["headers"]


def test_a_request_is_made_again_with_another_body(control: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """Its bytes are those that were edited; faults come as for every request."""
    headers = JSON | {"x-master-key": jsonbin_server.master_key}
    control.put(f"/v3/b/{jsonbin_server.demo}", content='{"n": 1}', headers=headers)
    edited = control.post("/page/requests/1/again?edited", content='{"n": 1.10}')
    assert edited.content.startswith(b'{"record":{"n": 1.10},')
    assert control.post("/page/requests/2/again").content == edited.content
    jsonbin_server.script("late-429:7")
    late = control.post("/page/requests/1/again")
    assert (late.status_code, late.headers["retry-after"]) == (429, "7")
    assert jsonbin_server.record(jsonbin_server.demo) == {"n": 1}
    assert [one.fault for one in jsonbin_server.requests] == ["", "", "", "late-429:7"]


def test_a_request_that_is_made_again_is_logged_as_what_it_is() -> None:
    """Not as what the page asked for."""
    with serving() as served:
        url, headers = f"http://127.0.0.1:{served.port}", {"x-master-key": KEY}
        with httpx.Client(base_url=url, headers=headers, trust_env=False, verify=False) as client:
            client.get("/v3/b/12")
            client.post("/page/requests/1/again")
    assert [re.sub(r", .*", "", line) for line in served.log] == ["GET /v3/b/12 0 bytes: 400"] * 2


def test_a_body_that_is_gone_cannot_be_sent_again() -> None:
    """Another one can."""
    with serving() as served:
        served.control.seen = Recent(10, most_bytes=2)
        url, headers = f"http://127.0.0.1:{served.port}", JSON | {"x-master-key": KEY}
        with httpx.Client(base_url=url, headers=headers, trust_env=False, verify=False) as client:
            client.put("/v3/b/12", content="[1]")
            seen = client.get("/page/requests/1").json()
            again = client.post("/page/requests/1/again")
            edited = client.post("/page/requests/1/again?edited", content="[2]")
    assert (seen["sent"], seen["body"]["text"], seen["emptied"]) == (3, "", True)
    assert (again.status_code, again.json()["message"]) == (410, "The body of that request is not kept any more")
    assert edited.status_code == 400


@pytest.mark.parametrize(("fault", "status", "size"), [("cut", 200, 64), ("hang", 0, 0)])
def test_what_was_not_sent_is_not_shown(
    fault: str, status: int, size: int, control: httpx.Client, jsonbin_server: LocalJSONBin
) -> None:
    """Half of an answer that was cut, nothing of one that never came."""
    jsonbin_server.script(fault)
    headers = {"x-master-key": jsonbin_server.master_key}
    with pytest.raises(httpx.TransportError):
        control.get(f"/v3/b/{jsonbin_server.demo}/latest", headers=headers, timeout=0.5)
    while not control.get("/control/requests").json():  # where the client gave up before the server saw it
        pass
    seen: dict[str, Any] = control.get("/page/requests/1").json()
    assert (seen["status"], seen["size"], len(seen["response"]["text"])) == (status, size, size)
    assert seen["explained"]["slug"] == "no-answer"


@pytest.mark.parametrize(
    "path", ["/v3/b/%0A", "/v3/%ff%00?%ff=%0A&a=1&a=2", "/v3/b/../%E2%80%A8/{x}'\"", "/v3/b/" + "/" * 2000]
)
def test_an_odd_request_is_shown_too(path: str, control: httpx.Client) -> None:
    """Whatever is in its path, and for any method."""
    for method in ("GET", "PUT", "POST", "DELETE", "BREW"):
        control.request(method, path, content=b"\xff{", headers={b"x-master-key": b"\xe9"})
    for number in range(1, 6):
        seen = control.get(f"/page/requests/{number}")
        assert seen.status_code == 200
        assert seen.json()["explained"]["slug"]
        assert control.post(f"/page/requests/{number}/again").status_code >= 400
