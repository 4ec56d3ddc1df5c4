"""What the command line would say of an answer is what it says."""

from __future__ import annotations

import json

import pytest

from jsonbin_cli.local.server.page.explained import explained
from jsonbin_cli.local.server.recent import Seen, Withheld
from jsonbin_cli.local.testing import LocalJSONBin
from tests.inside import Inside

KEY = "$2b$10$" + "NotAKeyOfAnyAccount" * 2 + "0123456789abcde"
BIN = "65a1b2c3d4e5f60718293a4b"
JSON = "application/json; charset=utf-8"


def seen(
    method: str = "GET", path: str = f"/v3/b/{BIN}", status: int = 200, response: bytes = b"[1]", **more: object
) -> Seen:
    """A request, and what it was answered."""
    more.setdefault("content_type", JSON)
    return Seen(method, path, {}, b"", status, response=response)._replace(**more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("call", "key", "settings", "script"),
    [
        (["get", BIN], LocalJSONBin.master_key, {}, []),
        (["get", "de30de30de30de30de30de30"], KEY, {}, []),
        (["get", "de30de30de30de30de30de30"], "b0/" + "Ab3" * 17, {}, []),
        (["get", "de30de30de30de30de30de30"], None, {}, []),
        (["update", "de30de30de30de30de30de30"], LocalJSONBin.master_key, {"quota": 0}, []),
        (["update", "de30de30de30de30de30de30"], LocalJSONBin.master_key, {}, ["429", "429", "429"]),
        (["update", "de30de30de30de30de30de30"], LocalJSONBin.master_key, {}, ["html"]),
        (["update", "de30de30de30de30de30de30"], LocalJSONBin.master_key, {}, ["edge"]),
        (["create"], LocalJSONBin.master_key, {}, ["500"]),
        (["history", "de30de30de30de30de30de30"], LocalJSONBin.master_key, {}, ["403"]),
    ],
)
def test_it_is_what_the_command_line_says(
    call: list[str],
    key: str | None,
    settings: dict[str, object],
    script: list[str],
    jsonbin_server: LocalJSONBin,
    inside: Inside,
) -> None:
    """The same slug, message and hint as those of the command that made the request."""
    inside.env = {name: value for name, value in inside.env.items() if name != "JSONBIN_PROFILE"}
    inside.env |= {"JSONBIN_API_URL": jsonbin_server.url, "JSONBIN_ERRORS": "json"}
    inside.env |= {"JSONBIN_MASTER_KEY": key} if key else {}
    jsonbin_server.change(settings=settings)
    jsonbin_server.script(*script)
    run = inside(*call, "--retries", "0", stdin="[1, 2]")
    said = json.loads(run.err.splitlines()[-1])["error"]
    found = explained(jsonbin_server.requests[-1], jsonbin_server.url)
    assert found == {name: said[name] for name in ("slug", "message", "hint")}


def test_a_success_needs_no_words(jsonbin_server: LocalJSONBin) -> None:
    """An update whose record came back, a read, and a list."""
    for one in (
        seen(),
        seen("GET", "/v3/a"),
        seen("DELETE"),
        seen("PUT", response=b'{"record":[1],"metadata":{}}', body=b"[1]"),
    ):
        assert explained(one, jsonbin_server.url) is None


def test_a_record_that_is_stored_otherwise_is_told() -> None:
    """As the setting for numbers of JavaScript makes it."""
    told = explained(
        seen("PUT", response=b'{"record":[1.1],"metadata":{}}', body=b"[1.10000000000000000001]"), "http://x"
    )
    assert told
    assert told["slug"] == "stored-differently"


def test_what_the_table_has_no_call_for_has_its_fix() -> None:
    """The command line would never have sent it."""
    message = b'{"message":"Invalid JSON. Please try again"}'
    for body in (b"[1", b"\xff"):
        told = explained(seen("PUT", status=400, response=message, body=body), "http://x")
        assert told == {
            "slug": "invalid-json",
            "message": "Invalid JSON. Please try again",
            "hint": "check it with: jq . FILE",
        }
    told = explained(
        seen("GET", "/v3/s/12", status=400, response=b'{"message":"Invalid Schema Id provided"}'), "http://x"
    )
    assert told == {
        "slug": "unknown-error",
        "message": "Invalid Schema Id provided",
        "hint": "JSONBin answered 400, and jsonbin does not know these words; "
        "--verbose shows what was asked for, where, and with which key",
    }


def test_it_says_which_header_asked_for_a_version() -> None:
    """And names the kind of key that was refused."""
    message = b'{"message":"Versioning is not available for the Free users. "}'
    told = explained(seen("PUT", status=403, response=message, headers={"x-bin-versioning": "true"}), "http://x")
    assert told
    assert told["hint"] == "the header X-Bin-Versioning asks for versions; add --no-versioning"
    message = b'{"message":"X-Access-Key is invalid or the bin doesn\'t belong to your account"}'
    told = explained(seen(status=401, response=message, keys=Withheld({"x-access-key": KEY})), "http://x")
    assert told
    assert told["slug"] == "invalid-access-key"
    assert str(told["hint"]).startswith("the access key from JSONBIN_ACCESS_KEY ")
    assert KEY[10:] not in str(told)


@pytest.mark.parametrize("more", [{"status": 0}, {"fault": "cut"}])
def test_an_answer_that_did_not_come_whole_is_none(more: dict[str, object]) -> None:
    """Whatever was on the way."""
    told = explained(seen(**more), "http://x")  # type: ignore[arg-type]
    assert told
    assert (told["slug"], told["hint"]) == ("no-answer", "look with jsonbin get BIN, then send it again")
