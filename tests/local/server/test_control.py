"""The endpoint that changes a running server's behaviour, and tells what it was asked."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from jsonbin_cli.local.api.settings import choices
from jsonbin_cli.local.testing import LocalJSONBin

DEFAULTS = {
    "latency": [0.0, 0.0],
    "shares": {},
    "script": [],
    "seed": 1,
    "settings": {name: choice.values[0] for name, choice in choices().items()},
}


def test_it_tells_what_is_in_force(control: httpx.Client) -> None:
    """At first nothing goes wrong, and all settings are the defaults."""
    assert control.get("/control").json() == DEFAULTS


def test_it_changes_what_is_given_and_takes_it_back(control: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """A PATCH changes some members, a DELETE brings the start back."""
    changes: dict[str, Any] = {
        "latency": [0, 0.001],
        "shares": {"502": 0.5, "edge": 0.25},
        "script": ["ok", "late-502"],
        "seed": 7,
        "settings": {"quota": 3},
    }
    changed = DEFAULTS | changes | {"settings": DEFAULTS["settings"] | {"quota": "3"}}  # type: ignore[operator]
    assert control.patch("/control", json=changes).json() == changed
    assert control.patch("/control", json={"settings": {"quota": None}}).json() == DEFAULTS | changes | {
        "settings": DEFAULTS["settings"]
    }
    assert control.get("/v3/b/nonsense").status_code == 400
    assert control.get("/control").json()["script"] == ["late-502"]
    assert control.delete("/control").json() == DEFAULTS
    assert jsonbin_server.requests == []


def test_it_tells_what_was_asked_without_keys(control: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """Method, path, headers but keys, body, status; its own requests are not among them."""
    headers = {"x-master-key": "secret", "x-access-key": "secret", "x-own": "1", "content-type": "application/json"}
    control.put("/v3/b/12", content="[1]", headers=headers)
    (seen,) = control.get("/control/requests").json()
    assert (seen["method"], seen["path"], seen["body"], seen["status"]) == ("PUT", "/v3/b/12", "[1]", 400)
    assert seen["headers"]["x-own"] == "1"
    assert not {"x-master-key", "x-access-key"} & seen["headers"].keys()
    assert control.delete("/control/requests").json() == []
    assert jsonbin_server.requests == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"script": ["sometimes"]}', '"sometimes" is not a fault; the faults are: '),
        ('{"latency": true}', '"latency" cannot be changed like that; see GET /control for its form'),
        ('{"shares": {"502": "often"}}', '"shares" cannot be changed like that; see GET /control for its form'),
        ('{"shares": {"502": 2}}', "the shares of faults are numbers from 0 to 1, together at most 1"),
        ('{"settings": {"plan": "gold"}}', 'plan cannot be "gold"; it takes: pro, free'),
        ("[1]", "the body is an object with the members to change"),
        ("{", "Invalid JSON. Please try again"),
        (b'{"latency": "\xff"}', "Invalid JSON. Please try again"),
        pytest.param("[" * 100_000, "Invalid JSON. Please try again", id="deep"),
        ('{"script": ["\\ud800"]}', '"\ud800" is not a fault; the faults are: '),
        ('{"\\udfff": 1}', '"\udfff" cannot be changed like that; see GET /control for its form'),
        ('{"settings": {"plan": "\\ud800"}}', 'plan cannot be "\ud800"; it takes: pro, free'),
        ('{"settings": {"\\ud800": 1}}', 'there is no setting "\ud800"; the settings are: '),
        ('{"shares": {"\\ud800": 0.5}}', '"\ud800" is not a fault; the faults are: '),
    ],
)
def test_it_refuses_what_it_does_not_know(content: str | bytes, message: str, control: httpx.Client) -> None:
    """Nothing is changed then."""
    reply = control.patch("/control", content=content, headers={"content-type": "application/json"})
    assert reply.status_code == 400
    assert reply.json()["message"].startswith(message)
    assert control.get("/control").json() == DEFAULTS


def test_a_page_in_a_browser_cannot_reach_it(control: httpx.Client) -> None:
    """It takes only a type that needs a preflight, and says nothing that would let a browser go on."""
    assert control.patch("/control", content="{}", headers={"content-type": "text/plain"}).status_code == 400
    assert "access-control-allow-origin" not in control.get("/control").headers
    assert "access-control-allow-origin" not in control.options("/control").headers
    assert control.get("/control/nonsense").status_code == 404
