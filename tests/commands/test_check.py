"""`jsonbin check`: updates that were cut off are finished, whatever was still to be done or to be said."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from jsonbin_cli.records.text import Member
from jsonbin_cli.records.unchecked import Unchecked
from tests.conftest import BIN, Program, Run
from tests.versioned import VersionedBin

TOGETHER = "note: somebody else wrote at the same time; both changes are in the bin\n"


@pytest.fixture
def bin(jsonbin: Program) -> Iterator[VersionedBin]:
    """A bin with one version, where the program sends its requests."""
    with VersionedBin('{"n":1,"l":["x"]}', versions=1) as bin:
        jsonbin.env["JSONBIN_API_URL"] = bin.url
        yield bin


def owing(jsonbin: Program, bin: VersionedBin, *options: str) -> Run:
    """Append `a` over somebody who took `x` away, and whose update then was overwritten by another who took it, too."""
    bin.before["PUT"] = [bin.somebody('{"n":1,"l":["b"]}')]
    # One version, and before the record is read again:
    bin.before["GET"] = [None, None, bin.somebody('{"n":1,"l":["c"]}')]
    return jsonbin("set", BIN, "l[]=a", "--merge", "--tries", "1", *options)


def names(bin: VersionedBin) -> list[str]:
    """What is in the list, sorted."""
    found: list[str] = json.loads(bin.record)["l"]
    return sorted(found)


def test_an_element_that_others_have_not_put_back_yet(jsonbin: Program, bin: VersionedBin) -> None:
    """All else is in the bin. The element is taken out by the check, once it is there."""
    assert owing(jsonbin, bin) == Run(
        6,
        "",
        "error: the bin was updated, and others have not yet put back what they overwrote:\n"
        '    /l: version 2 has ["b"], the bin holds ["c","b"]\n'
        f"hint: once they are done, or have been checked: jsonbin check {BIN}\n",
    )
    bin.write('{"n":1,"l":["c","x","b","a"]}')
    assert jsonbin("check", BIN) == Run(0, '[{"arrived": true, "version": 7}]\n', "")
    assert bin.record == '{"n":1,"l":["c","b","a"]}'
    assert jsonbin("check", BIN) == Run(0, "[]\n", "")


@pytest.mark.parametrize("options", [(), ("--no-backup",)])
def test_an_element_that_nobody_puts_back(jsonbin: Program, bin: VersionedBin, options: tuple[str, ...]) -> None:
    """The check names it and leaves nothing; where there is no note to check, the update does."""
    run = owing(jsonbin, bin, *options)
    if not options:
        run = jsonbin("check", BIN, "--tries", "1")
    assert run == Run(
        6,
        "",
        "error: the bin was updated, and somebody else changed the same at the same time:\n"
        '    /l: version 2 has ["b"], the bin holds ["c","b"]\n'
        "hint: look which is right; to take theirs:\n"
        f"    jsonbin get {BIN} /l --version 2 | jsonbin set {BIN} /l:=@-\n",
    )
    assert jsonbin("check", BIN) == Run(0, "[]\n", "")


def test_it_was_decided_beforehand_what_then(jsonbin: Program, bin: VersionedBin) -> None:
    """The check ends without a conflict."""
    assert owing(jsonbin, bin, "--prefer", "ours").code == 6
    assert jsonbin("check", BIN, "--tries", "1", "-q") == Run(0, "", "")
    assert names(bin) == ["b", "c"]
    assert jsonbin("check", BIN) == Run(0, "[]\n", "")


@pytest.mark.parametrize("name", ["0", "z"])
def test_what_several_left_is_finished_in_any_order(jsonbin: Program, bin: VersionedBin, name: str) -> None:
    """What one is to take from the list, another one puts back, whose note comes before or after it."""
    empty, with_b, with_d = (
        Member(text.encode()) for text in ('{"n":0,"l":[]}', '{"n":1,"l":["b"]}', '{"n":2,"l":["b","d"]}')
    )
    bin.base = empty.text
    bin.before["PUT"] = [bin.somebody(with_b.text)]  # who has not seen version 1
    bin.before["GET"] = [None, None, bin.somebody(with_d.text)]  # who has seen version 2 only
    assert jsonbin("set", BIN, "l[]=a", "n+=1", "--merge", "--tries", "1").code == 6
    assert bin.record == '{"n":2,"l":["b","d","b"]}'
    others = (
        Unchecked(0, empty, with_b, 2, ("/n", "/l"), None),
        Unchecked(2, with_b, with_d, 4, ("/n", "/l"), None),
    )
    (note,) = (jsonbin.home / ".local/state/jsonbin/unchecked").rglob("*.json")
    for number, other in enumerate(others):
        note.with_name(f"{name}{number}.json").write_text(other.as_json())
    run = jsonbin("check", BIN)
    assert (run.code, len(json.loads(run.out))) == (0, 3)
    assert (names(bin), json.loads(bin.record)["n"]) == (["a", "b", "d", "x"], 4)
    assert jsonbin("check", BIN) == Run(0, "[]\n", "")


@pytest.mark.parametrize("repair_done", [True, False])
def test_a_conflict_is_not_forgotten_by_who_is_cut_off(jsonbin: Program, bin: VersionedBin, repair_done: bool) -> None:
    """What was found before the last update is in its note."""
    bin.before["PUT"] = [bin.somebody('{"n":5,"l":[],"new":1}')]
    bin.instead["PUT"] = [None, (502, repair_done)]
    assert jsonbin("set", BIN, "n:=2", "--merge").code == 5
    run = jsonbin("check", BIN)
    assert (run.code, run.out) == (6, "")
    assert "    /n: version 2 has 5, the bin holds 2\n" in run.err
    assert json.loads(bin.record) == {"n": 2, "l": [], "new": 1}


def one_more(bin: VersionedBin) -> None:
    """Somebody adds to what the bin holds."""
    held = json.loads(bin.record)
    bin.write(json.dumps({"n": held["n"] + 1, "l": [*held["l"], "c"]}))


@pytest.mark.parametrize("answers", [[(502, True)], [None, (502, False)], [None, (502, True)]])
@pytest.mark.parametrize("repair_done", [None, True, False])
def test_a_check_may_be_cut_off_too(
    jsonbin: Program, bin: VersionedBin, answers: list[tuple[int, bool] | None], repair_done: bool | None
) -> None:
    """Another one finishes it: the update is known to have arrived, and what it overwrote is not forgotten."""
    bin.before["PUT"] = [bin.somebody('{"n":5,"l":["x","b"]}'), one_more]
    bin.instead["PUT"] = answers.copy()
    assert jsonbin("set", BIN, "n+=1", "l[]=a", "--merge").code == 5
    bin.instead["PUT"] = []
    if repair_done is None:
        bin.instead["GET"] = [None, None, (500, False)]
    else:
        bin.instead["PUT"] = [(502, repair_done)]
    for _ in range(2):
        assert jsonbin("check", BIN, "--retries", "0").code == 5
        bin.instead["GET"] = [(500, False)]
    bin.instead["GET"] = []
    run = jsonbin("check", BIN)
    assert (run.code, json.loads(run.out)[0]["arrived"]) == (0, True)
    assert (json.loads(bin.record)["n"], names(bin)) == (7, ["a", "b", "c", "x"])
