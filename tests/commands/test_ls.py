"""`jsonbin ls`: the bins of an account, page by page."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from jsonbin_cli.local.testing import LocalJSONBin
from tests.conftest import BIN, Program, Run
from tests.scripted import ScriptedServer, Sent


@pytest.fixture
def account(jsonbin: Program, jsonbin_server: LocalJSONBin) -> LocalJSONBin:
    """The server, whose bins the program lists with a profile called `w`."""
    jsonbin.configure(
        f"default_profile = 'w'\n[profiles.w]\nurl = '{jsonbin_server.url}'\nmaster_key = '{jsonbin_server.master_key}'\n"
    )
    return jsonbin_server


def names(run: Run) -> list[str | None]:
    """The names that are listed."""
    return [json.loads(line)["name"] for line in run.out.splitlines()]


def collection(server: LocalJSONBin, name: str, *bins: str) -> str:
    """A collection with bins of these names."""
    key = {"X-Master-Key": server.master_key}
    made = httpx.post(f"{server.url}/c", headers=key | {"X-Collection-Name": name}).json()["record"]
    for bin in bins:
        headers = key | {"X-Collection-Id": made, "X-Bin-Name": bin, "Content-Type": "application/json"}
        assert httpx.post(f"{server.url}/b", content=b"[1]", headers=headers).status_code == 200
    return str(made)


def page(*bins: tuple[str, str | None]) -> list[object]:
    """A page of a list."""
    return [
        {"record": bin_id, "snippetMeta": {"name": name} if name else {}, "private": True, "createdAt": "2026-01-02"}
        for bin_id, name in bins
    ]


def test_a_line_for_each_bin_in_a_pipe(jsonbin: Program, account: LocalJSONBin) -> None:
    """With its name, id, privacy and time of creation, the newest first."""
    made = account.create({"n": 1}, public=True, name="flags")
    run = jsonbin("ls")
    first, second = map(json.loads, run.out.splitlines())
    created = first.pop("createdAt")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", created)
    assert first == {"name": "flags", "id": made, "private": False}
    assert (second["name"], second["id"], second["private"]) == (None, account.demo, True)
    assert (run.code, run.err) == (0, "")
    assert jsonbin("ls", "-q") == Run(0, "", "")


def test_it_stops_where_it_is_told_to(jsonbin: Program, account: LocalJSONBin) -> None:
    """No page more is asked for than is needed; more than three requests are told."""
    for number in range(34):
        account.create([1], name=f"b{number}")
    every = jsonbin("ls")
    assert names(every) == [*(f"b{number}" for number in reversed(range(34))), None]
    assert every.err == "4 requests\n"
    before = len(account.requests)
    assert names(jsonbin("ls", "--limit", "10")) == [f"b{number}" for number in range(33, 23, -1)]
    assert len(account.requests) == before + 1
    run = jsonbin("ls", "--name", "b?", "--limit", "2")
    assert (names(run), run.err) == (["b9", "b8"], "")
    assert names(jsonbin("ls", "--name", "B*")) == []


def test_collections(jsonbin: Program, account: LocalJSONBin) -> None:
    """By id, by name, or all of them; a name has to be that of one."""
    shop = collection(account, "shop", "prices", "texts")
    collection(account, "twice")
    twice = collection(account, "twice", "third")
    assert names(jsonbin("ls", "--collection", shop)) == ["texts", "prices"]
    assert names(jsonbin("ls", "--collection", "shop")) == ["texts", "prices"]
    assert names(jsonbin("ls", "--collection", "uncategorized")) == [None]
    assert names(jsonbin("ls", "--collection", twice)) == ["third"]
    assert sorted(str(name) for name in names(jsonbin("ls", "--collection", "all"))) == [
        "None",
        "prices",
        "texts",
        "third",
    ]
    assert jsonbin("ls", "--collection", "twice").err.startswith(
        "error: 2 collections are called twice\nhint: name one "
    )
    assert jsonbin("ls", "--collection", "none") == Run(
        2, "", "error: no collection is called none\nhint: there are: shop, twice, twice\n"
    )
    assert jsonbin("ls", "--collection", BIN).code == 4


def test_at_a_terminal_it_is_aligned(jsonbin: Program, account: LocalJSONBin) -> None:
    """Within 80 columns, whatever the names are."""
    made = [account.create([1], name=name) for name in ("flags", "a-name-of-more-characters-than-fit")]
    with jsonbin.on_terminal("ls", columns=80) as terminal:
        assert terminal.finish() == 0
    shown = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "WHEN", terminal.shown).splitlines()
    assert shown == [
        f"a-name-of-more-charac…  {made[1]}  private  WHEN",
        f"flags                   {made[0]}  private  WHEN",
        f"                        {account.demo}  private  WHEN",
    ]


def test_wide_letters_take_two_columns(jsonbin: Program, server: ScriptedServer) -> None:
    """And what could steer the terminal is left out."""
    server.replies(200, page((BIN, "日本語日本語日本語日本語"), ("1" * 24, "a\x1b[2Jb\nc"), ("2" * 24, "é")))
    with jsonbin.on_terminal("ls", columns=80) as terminal:
        assert terminal.finish() == 0
    lines = terminal.shown.splitlines()
    assert lines[0].replace(" ", "").startswith(f"日本語日本語日本語日…{BIN}private2026-01-02")
    assert lines[2] == f"é                       {'2' * 24}  private  2026-01-02"
    assert "[2Jb" in lines[1]


def test_names_can_be_kept_as_aliases(jsonbin: Program, account: LocalJSONBin) -> None:
    """What is taken, or no alias, is told and left alone."""
    ids = {name: account.create([1], name=name) for name in ("flags", "prices", "two words", "a" * 24)}
    again = account.create([1], name="flags")
    assert jsonbin("config", "alias", "prices", BIN).code == 0
    run = jsonbin("ls", "--save")
    assert run.code == 0
    assert run.err.splitlines() == [
        f'note: {ids["a" * 24]} gets no alias: "{"a" * 24}" is not an alias',
        f'note: {ids["two words"]} gets no alias: "two words" is not an alias',
        f"note: {account.demo} gets no alias: it has no name",
        f'note: {ids["prices"]} gets no alias: "prices" means {BIN} already',
        f'note: {ids["flags"]} gets no alias: "flags" means {again} already',
    ]
    assert jsonbin("config", "alias", "flags").out == f"{again}\n"
    assert jsonbin("config", "alias", "prices").out == f"{BIN}\n"
    assert jsonbin("ls", "--save", "-q") == Run(0, "", "")
    with jsonbin.on_terminal("ls", "--save", "--name", "flags", "--limit", "1") as terminal:
        assert terminal.finish() == 0
    assert '0 aliases added to profile "w"' in terminal.shown


def test_without_a_profile_there_is_no_place_for_aliases(jsonbin: Program, server: ScriptedServer) -> None:
    """Which is said before anything is sent."""
    run = jsonbin("ls", "--save")
    assert (run.code, run.err.splitlines()[0]) == (2, "error: no profile is in use")
    assert server.requests == []


def test_a_list_that_never_ends_is_left(jsonbin: Program, server: ScriptedServer) -> None:
    """A server that always answers with the same page is asked once more, and no more."""
    same = page(*((f"{number:024}", None) for number in range(10)))
    server.replies(200, same)
    server.replies(200, same)
    assert len(jsonbin("ls").out.splitlines()) == 10
    assert server.requests == [
        Sent("GET", "/v3/c/uncategorized/bins"),
        Sent("GET", f"/v3/c/uncategorized/bins/{9:024}"),
    ]


def test_what_is_no_bin_of_a_list_is_passed_over(jsonbin: Program, server: ScriptedServer) -> None:
    """Only ids are taken for ids."""
    server.replies(200, [1, {}, {"record": "../x"}, {"record": BIN, "snippetMeta": 1, "createdAt": 2}])
    assert jsonbin("ls").out == f'{{"name": null, "id": "{BIN}", "private": true, "createdAt": null}}\n'
    server.replies(200, [1, {"record": "../x", "collectionMeta": {"name": "x"}}, {"record": BIN, "collectionMeta": 1}])
    assert jsonbin("ls", "--collection", "y").err.endswith(f"hint: there are: {BIN}\n")
    server.replies(200, [])
    assert jsonbin("ls", "--collection", "y").err.endswith("hint: there is no collection\n")


def test_what_is_no_list(jsonbin: Program, server: ScriptedServer) -> None:
    """An object, or nothing that is JSON."""
    for body in (b'{"record":[]}', b"<html>", b"\xff"):
        server.replies(200, body)
        assert jsonbin("ls").code == 5


def test_a_failure_speaks_of_the_list(jsonbin: Program, server: ScriptedServer) -> None:
    """And not of a bin."""
    server.replies(500, b"<html>")
    run = jsonbin("ls", "--retries", "0")
    assert (run.code, run.err.splitlines()[1]) == (
        5,
        "hint: outages have been short so far, so run it again in a while",
    )
    server.replies(401, {"message": "Invalid X-Master-Key provided"})
    assert jsonbin("ls").code == 4
