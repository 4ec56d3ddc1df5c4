"""What a local JSONBin can be told about what nobody knows of the service."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.local.api.settings import Settings, changed, choices, described
from jsonbin_cli.local.testing import LocalJSONBin


def test_the_first_value_of_each_choice_is_its_default() -> None:
    """The table and the defaults in the code say the same."""
    assert described(Settings("key")) == {name: choice.values[0] for name, choice in choices().items()}
    assert choices()["plan"] == (("pro", "free"), "the account's plan")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("colour", "red", 'there is no setting "colour"'),
        ("plan", "gold", 'plan cannot be "gold"'),
        ("quota", "many", 'quota cannot be "many"'),
        ("quota", "NUMBER", 'quota cannot be "NUMBER"'),
        ("quota", "1234567890", 'quota cannot be "1234567890"'),
        ("plan", "none", 'plan cannot be "none"'),
    ],
)
def test_what_is_not_in_the_table_is_refused(name: str, text: str, message: str) -> None:
    """The message names it, the hint what there is."""
    with pytest.raises(UsageMistake) as raised:
        changed(Settings("key"), {name: text})
    assert raised.value.message == message


def test_a_changed_setting_is_described_as_it_was_given() -> None:
    """What goes in comes out, and the key never does."""
    given = {
        "quota": "123456789",
        "kilobyte": "1000",
        "permission_status": "403",
        "plan": "free",
        "malformed_id": "422",
    }
    assert described(changed(Settings("key"), given)).items() >= given.items()


def _sizes(jsonbin_server: LocalJSONBin, client: httpx.Client, body: str, **settings: Any) -> int:
    jsonbin_server.change(settings={"plan": "free", **settings})
    return client.put(f"/b/{jsonbin_server.demo}", content=body).status_code


def test_a_kilobyte_may_be_1000_bytes(jsonbin_server: LocalJSONBin, client: httpx.Client) -> None:
    """A record of 100,004 bytes fits 100 kB only where a kB is 1024."""
    body = '["' + "x" * 100_000 + '"]'
    assert _sizes(jsonbin_server, client, body) == 200
    assert _sizes(jsonbin_server, client, body, kilobyte=1000) == 403


def test_blanks_may_count_or_not(jsonbin_server: LocalJSONBin, client: httpx.Client) -> None:
    """A record with many blanks is small where it is measured without them."""
    body = "[" + " " * 110_000 + '"a b"]'
    assert _sizes(jsonbin_server, client, body) == 403
    assert _sizes(jsonbin_server, client, body, size_of="compact") == 200


def test_the_bare_id_may_read_the_record_under_the_versions(jsonbin_server: LocalJSONBin, client: httpx.Client) -> None:
    """With bare_id=base an update with a version is seen at /latest only, until the versions go."""
    bin_id = jsonbin_server.create({"n": 0})
    versioned = {"x-bin-versioning": "true"}
    client.put(f"/b/{bin_id}", content='{"n":1}', headers=versioned)
    jsonbin_server.change(settings={"bare_id": "base"})

    def read() -> list[Any]:
        return [client.get(f"/b/{bin_id}{tail}").json()["record"]["n"] for tail in ("", "/latest")]

    assert read() == [0, 1]
    client.delete(f"/b/{bin_id}/versions")
    assert read() == [0, 0]
    client.put(f"/b/{bin_id}", content='{"n":2}', headers=versioned)
    client.delete(f"/b/{bin_id}/versions", headers={"x-preserve-latest": "true"})
    assert read() == [2, 2]


def test_past_the_last_version(jsonbin_server: LocalJSONBin, client: httpx.Client) -> None:
    """A bin gets 1000 versions; what an update does then is a setting."""
    bin_id = jsonbin_server.create({"n": 0})

    def update(n: int) -> object:
        reply = client.put(f"/b/{bin_id}", content=f'{{"n":{n}}}', headers={"x-bin-versioning": "true"})
        return reply.json()["metadata"]

    for n in range(1, 1001):
        assert update(n) == {"parentId": bin_id, "private": True, "version": n}
    for setting, kept in (("keep", 1000), ("update", 1001)):
        jsonbin_server.change(settings={"past_last_version": setting})
        assert update(1001) == {"parentId": bin_id, "private": True}
        assert jsonbin_server.record(bin_id) == {"n": kept}
        assert client.get(f"/b/{bin_id}/versions/count").json()["metadata"]["versionCount"] == 1000


def test_a_missing_permission_may_be_403(jsonbin_server: LocalJSONBin) -> None:
    """The status is inferred, so it can be the other one."""
    jsonbin_server.change(settings={"permission_status": 403})
    headers = {"x-access-key": jsonbin_server.access_key("read")} | {"content-type": "application/json"}
    url = f"{jsonbin_server.url}/b/{jsonbin_server.demo}"
    reply = httpx.put(url, content="[1]", headers=headers, trust_env=False, verify=False)
    assert reply.status_code == 403


def test_the_quota_may_be_looked_at_first(jsonbin_server: LocalJSONBin, client: httpx.Client) -> None:
    """Then requests that are refused count too."""
    jsonbin_server.change(settings={"quota": 1, "quota_check": "first"})
    assert [client.get("/b/nonsense").status_code for _ in range(2)] == [400, 403]


def test_the_edge_can_be_taken_away(jsonbin_server: LocalJSONBin, client: httpx.Client) -> None:
    """For a client whose name cannot be changed."""
    jsonbin_server.change(settings={"edge": "off"})
    reply = client.get(f"/b/{jsonbin_server.demo}", headers={"user-agent": "Python-urllib/3.11"})
    assert reply.status_code == 200
