"""Records that are too large: what a command makes smaller, and what makes them large."""

from __future__ import annotations

import json

import pytest

from jsonbin_cli.records.size import compact_size, how_to_shrink, largest_parts
from tests.conftest import BIN, Program, Run
from tests.growth import is_linear
from tests.scripted import ScriptedServer

ANY_PLAN = "error: big.json is larger than 1,048,576 bytes, and no plan of JSONBin takes that in an update\n"
SPLIT = "split the record over several bins"


def shares(record: object) -> list[tuple[str, int]]:
    """The largest parts of a record, each with its per cents."""
    raw = json.dumps(record, separators=(",", ":")).encode()
    return [(part.pointer, part.size * 100 // len(raw)) for part in largest_parts(raw, len(raw))]


def update(jsonbin: Program, record: object, indent: int | None = None, plan: str | None = None) -> Run:
    """An update of a bin at JSONBin with a record in a file."""
    jsonbin.configure(f"[profiles.work]\n{f'plan = {plan!r}' if plan else ''}\n")
    (jsonbin.home / "big.json").write_text(json.dumps(record, indent=indent))
    return jsonbin("update", BIN, "big.json", "-p", "work")


def test_a_large_file_that_is_mostly_blanks(jsonbin: Program, server: ScriptedServer) -> None:
    """2.1 MB that are 650 kB without blanks: the hint says how to send those, and it works."""
    record = [{"number": 1.5, "name": "x"}] * 25_000
    run = update(jsonbin, record, indent=18)
    assert (jsonbin.home / "big.json").stat().st_size > 2_100_000
    size = len(json.dumps(record, separators=(",", ":")))
    assert 640_000 < size < 660_000
    assert run == Run(
        2,
        "",
        f"{ANY_PLAN}hint: without its blanks it has {size:,} bytes: jq -c . big.json | jsonbin update {BIN} -p work\n",
    )
    server.echoes()
    line = run.err.splitlines()[1].split("bytes: ")[1] + " -q"
    assert jsonbin.follow(line) == Run(0, "", "")
    assert len(server.requests[0].body) == size + 1


def test_blanks_are_not_the_trouble_of_a_smaller_plan(jsonbin: Program) -> None:
    """650 kB do not fit the free plan, whatever is done to the blanks."""
    run = update(jsonbin, [{"number": 1.5, "name": "x"}] * 25_000, indent=16, plan="free")
    assert run == Run(2, "", f"{ANY_PLAN}hint: {SPLIT}, or move the account to a larger plan\n")


@pytest.mark.parametrize(("plan", "limit"), [("free", 102_400), (None, 1_048_576)])
def test_the_newline_of_jq_counts(jsonbin: Program, server: ScriptedServer, plan: str | None, limit: int) -> None:
    """A record that without blanks has the limit has one byte more when jq wrote it."""
    fits = ["x" * (limit - 5)]
    assert compact_size(json.dumps(fits).encode()) == limit - 1
    run = update(jsonbin, fits, indent=2, plan=plan)
    assert f"without its blanks it has {limit - 1:,} bytes: jq -c . big.json" in run.err
    server.echoes()
    assert jsonbin.follow(f"jq -c . big.json | jsonbin update {BIN} -p work -q").code == 0
    assert "hint: /0 is 99 %; " in update(jsonbin, ["x" * (limit - 4)], indent=2, plan=plan).err


@pytest.mark.parametrize(
    ("plan", "size", "said"),
    [
        ("free", 1, "error: big.json has 124,399 bytes, over the 102,400 of the free plan\n"),
        (None, 10, ANY_PLAN),
    ],
)
def test_the_largest_members_are_named(jsonbin: Program, plan: str | None, size: int, said: str) -> None:
    """With their shares, and a picture as what it is."""
    record = {
        "title": "menu",
        "logo": "data:image/png;base64," + "A" * 80_000 * size,
        "a/b": {"users": ["x" * 30_000 * size, "y"], "n": 1},
        "items": [{"n": 1234}] * 1_100 * size,
    }
    advice = SPLIT + (", or move the account to a larger plan" if plan else "")
    shown = update(jsonbin, record, plan=plan)
    assert shown == Run(
        2, "", f"{said}hint: /logo is 65 % (a data: URL), /a~1b/users/0 is 24 %, /items is 9 %; {advice}\n"
    )


def test_a_record_that_was_made_here(jsonbin: Program) -> None:
    """What grew too large by a change has no file and no blanks; its largest members are named all the same."""
    (jsonbin.home / "logo.json").write_text(json.dumps("data:" + "A" * 1_048_000))
    run = jsonbin("set", "demo", "-p", "local", "logo:=@logo.json", "more=" + "x" * 1000)
    assert run == Run(
        2,
        "",
        "error: the changed record is larger than 1,048,576 bytes, and no plan of JSONBin takes that in an update\n"
        f"hint: /logo is 99 % (a data: URL); {SPLIT}\n",
    )


def test_what_is_not_read_to_its_end_has_no_shares(jsonbin: Program) -> None:
    """Ten megabytes are read, and one byte more is not."""
    blanks = "[" + " " * (10 * 1024 * 1024 - 3) + "1]"
    assert (
        f"hint: without its blanks it has 3 bytes: … | jq -c . | jsonbin update {BIN}\n"
        in jsonbin("update", BIN, stdin=blanks).err
    )
    assert f"hint: {SPLIT}\n" in jsonbin("update", BIN, stdin=blanks + " ").err


def test_where_jsonbin_says_so_of_what_was_only_read(jsonbin: Program, server: ScriptedServer) -> None:
    """There is no record whose size could be told."""
    server.replies(403, {"message": "Free users cannot create a record over 100kb."})
    assert jsonbin("get", BIN) == Run(4, "", "error: Free users cannot create a record over 100kb.\n")


def test_the_parts_that_matter_are_chosen() -> None:
    """Where one value is more than half of what holds it, that value is named; what is under one per cent is not."""
    assert shares({"data": {"a": "x" * 600, "b": "y" * 300}, "z": 1}) == [("/data/a", 64), ("/data/b", 32)]
    assert shares({"data": {"a": "x" * 500, "b": "y" * 500}, "z": "z" * 50}) == [("/data", 93), ("/z", 4)]
    assert shares([["x" * 300], "y" * 200, "z" * 100, "w" * 400]) == [("/3", 39), ("/0/0", 29), ("/1", 19)]
    assert shares([1] * 1000) == []
    assert shares({"a\n~": "x" * 100}) == [("/a\n~0", 91)]
    assert shares("x" * 100) == []


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200, "]", "[1]]", "[1,", '{"a":"' + "x" * 100 + '"', '{a:"' + "x" * 100 + '"}', '"', '"\\',
        "{" + '"a":{' * 100 + "}" * 101, "",
    ],
)  # fmt: skip
def test_what_is_not_json_has_no_parts(text: str) -> None:
    """Nothing is said about it."""
    assert how_to_shrink(text.encode(), 0, None, SPLIT) == SPLIT


def test_odd_and_long_names_are_shown_in_one_line() -> None:
    """A line break is written as JSON writes it, and what is long is cut."""
    raw = json.dumps({"a\nb": "x" * 300, "c" * 100: "y" * 200}, separators=(",", ":")).encode()
    assert how_to_shrink(raw, 0, None, SPLIT) == f"/a\\nb is 48 %, /{'c' * 59}… is 32 %; {SPLIT}"


@pytest.mark.costly
@pytest.mark.parametrize("piece", ["1,", '"', "[]", '\\"', '"\\', " 1 ,", '{"a":1},', "[", '"x\n'])
def test_measuring_is_linear(piece: str) -> None:
    """Four times the text takes about four times as long, whatever it is made of, and JSON or not."""
    assert is_linear(lambda text: how_to_shrink(text.encode(), 1, None, SPLIT), piece, 20_000)


def test_the_size_without_blanks_is_that_of_the_text_without_them() -> None:
    """Blanks inside strings count."""
    text = '{ "a b" :\t[ 1 , "\\" \\\\" ,\r\n{ } ] }\n'
    assert compact_size(text.encode()) == len('{"a b":[1,"\\" \\\\",{}]}')
