"""What is checked before a record is replaced: what the bin holds, and how much gets lost."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from jsonbin_cli.config.account import Target
from jsonbin_cli.failures import Conflict, InvalidInput, TooMuchLost, UsageMistake
from jsonbin_cli.records.guards import (
    check_held,
    check_shrink,
    check_unchanged,
    expected,
    lone_record,
    put_together,
    share,
)
from jsonbin_cli.records.protocol import Prefer
from jsonbin_cli.records.text import JSON, Member, parse
from jsonbin_cli.records.writing import text_of
from tests.commands.kept import edits, holds
from tests.conftest import BIN, Program, Run
from tests.inside import Inside
from tests.scripted import ScriptedServer


def test_if_match_sends_only_over_what_was_seen(jsonbin: Program, server: ScriptedServer) -> None:
    """By value; else exit 6, with the command that reads it again."""
    (jsonbin.home / "seen.json").write_text('{"old":true,  "n":1.1}')
    holds(server)
    server.echoes()
    assert jsonbin("update", BIN, "--if-match", "seen.json", "-q", stdin="[2]").code == 0
    holds(server, b'{"n": 7, "m": 8}')
    run = jsonbin("update", BIN, "--if-match", "seen.json", stdin="[2]")
    assert run == Run(
        6,
        "",
        "error: the bin does not hold what seen.json holds, at /old and 2 more; nothing was sent\n"
        f"hint: read it again: jsonbin get {BIN} --record > seen.json\n",
    )
    holds(server, b'{"n": 7, "m": 8}')
    assert jsonbin.shell(run.err.split("read it again: ")[1]).code == 0
    holds(server, b'{"n": 7, "m": 8}')
    server.echoes()
    assert jsonbin("set", BIN, "n:=2", "--if-match", "seen.json", "-q").code == 0


def test_a_record_that_lost_much(jsonbin: Program, server: ScriptedServer) -> None:
    """Under half of the old size is worth a note; over the given share it is refused, and the hint lets it through."""
    old = json.dumps(list(range(100))).encode()
    holds(server, old)
    server.echoes()
    assert jsonbin("update", BIN, "--backup", "--record", stdin="[1]") == Run(
        0, "[1]\n", "note: the new record has 3 bytes, where the bin holds 291\n"
    )
    holds(server, old)
    run = jsonbin("update", BIN, "--max-shrink", "50%", stdin="[1]")
    assert run == Run(
        2,
        "",
        "error: the new record has 3 bytes, where the bin holds 291: that is over the 50% that --max-shrink allows; "
        "nothing was sent\n"
        "hint: look at what made it, or allow it: --max-shrink 99%\n",
    )
    holds(server, old)
    server.echoes()
    assert jsonbin("update", BIN, "--max-shrink", "99%", "-q", stdin="[1]").code == 0


@pytest.mark.parametrize(("old", "new"), [(100, 43), (90, 27), (125, 20), (230, 69)])
def test_the_share_that_the_hint_names_is_enough(inside: Inside, old: int, new: int) -> None:
    """To the byte."""
    assert inside("update", "demo", "-q", stdin=f'["{"x" * (old - 4)}"]').code == 0
    record = f'["{"x" * (new - 4)}"]'
    said = inside("update", "demo", "--max-shrink", "0.5%", stdin=record).err
    assert "that is over the 0.5% that --max-shrink allows" in said
    assert inside("update", "demo", "-q", "--max-shrink", said.split()[-1], stdin=record) == Run(0, "", "")


@pytest.mark.parametrize("share", ["50", "half", "101%", "-1%"])
def test_a_share_that_is_none(inside: Inside, share: str) -> None:
    """It is refused before anything is sent; as the hint writes it, it is taken."""
    assert inside("update", "demo", f"--max-shrink={share}", stdin="[1]") == Run(
        2,
        "",
        f'error: --max-shrink takes a percentage of the old record, and "{share}" is none\nhint: write it as 50%\n',
    )
    assert inside("update", "demo", "--max-shrink=50%", "-q", stdin='{"hello":"moon"}').code == 0


def test_the_largest_share() -> None:
    """100 per cent, which allows everything."""
    shares = [share("100%"), share("99.5%"), share("0%"), share(None)]
    assert shares == [Decimal(100), Decimal("99.5"), Decimal(0), None]
    with pytest.raises(UsageMistake):
        share("100.1%")


LONE = (
    'note: {} has one member, "record", which the record in the bin does not have; '
    "JSONBin takes the record alone: jq .record\n"
)


@pytest.mark.parametrize(
    ("command", "code"),
    [(("update", "demo", "--backup"), 0), (("diff", "demo"), 1), (("update", "demo", "-n", "--backup"), 0)],
)
def test_a_record_inside_a_record_is_noted(inside: Inside, command: tuple[str, ...], code: int) -> None:
    """Where the old record was read and is not wrapped so; it is taken all the same."""
    run = inside(*command, stdin='{"record":{"n":1}}')
    assert (run.code, run.err) == (code, LONE.format("stdin"))
    assert inside("update", "demo", "-q", stdin='{"record":{"n":2}}') == Run(0, "", "")
    assert inside(*command, stdin='{"record":{"n":1}}').err == ""
    assert inside(*command, stdin='{"n":1}').err == ""


def test_a_record_inside_an_edited_record_is_noted(jsonbin: Program) -> None:
    """Before anything is asked."""
    edits(jsonbin, '{"record":[1]}')
    assert jsonbin("edit", "demo", "--yes", "--record") == Run(0, '{"record":[1]}\n', LONE.format("your text"))


def test_where_nothing_was_read_nothing_is_noted(jsonbin: Program, server: ScriptedServer) -> None:
    """A plain update asks for nothing but the update."""
    server.echoes()
    assert jsonbin("update", BIN, "--record", stdin='{"record":[1]}') == Run(0, '{"record":[1]}\n', "")
    assert [sent.method for sent in server.requests] == ["PUT"]


def array(size: int) -> JSON:
    """A record of so many bytes."""
    return ["x" * (size - 4)]


@pytest.mark.parametrize(
    ("old", "new", "noted"), [(200, 99, True), (200, 100, False), (100, 49, True), (99, 40, False), (200, 300, False)]
)
def test_a_note_from_half_the_size_on(old: int, new: int, noted: bool) -> None:
    """To the byte, on both sides; records under 100 bytes are too small for it."""
    said = check_shrink(array(old), array(new), None, Target(BIN))
    assert said == (f"the new record has {new} bytes, where the bin holds {old}" if noted else None)


def test_the_share_holds_to_the_byte() -> None:
    """Exactly the share passes, one byte more does not."""
    check_shrink(array(200), array(100), Decimal(50), Target(BIN))
    with pytest.raises(TooMuchLost):
        check_shrink(array(200), array(99), Decimal(50), Target(BIN))


def test_the_deepest_value_that_is_changed(tmp_path: Path) -> None:
    """100 levels pass, 101 do not, wherever the value comes from."""
    check_held(parse("[" * 100 + "]" * 100))
    with pytest.raises(InvalidInput, match="the record in the bin is nested deeper than 100 levels"):
        check_held(parse("[" * 101 + "]" * 101))
    seen = tmp_path / "seen.json"
    seen.write_text("[" * 100 + "]" * 100)
    assert expected(str(seen), as_is=False)
    seen.write_text("[" * 101 + "]" * 101)
    with pytest.raises(InvalidInput, match=r"seen\.json is nested deeper than 100 levels"):
        expected(str(seen), as_is=False)


def test_the_first_difference_is_named_with_the_number_of_the_others() -> None:
    """One, two, three."""
    for after, said in (("[2,1,1]", "at /0;"), ("[2,2,1]", "at /0 and 1 more;"), ("[2,2,2]", "at /0 and 2 more;")):
        with pytest.raises(Conflict, match=f"since it was read, {said}"):
            check_unchanged(Member(b"[1,1,1]"), Member(after.encode()), Target(BIN))


def test_a_record_that_is_only_spelled_anew_is_not_changed() -> None:
    """The blanks of the server are nobody's change."""
    check_unchanged(Member(b"[1,1.10]"), Member(b"[1, 1.10]"), Target(BIN))


def test_an_empty_record_is_not_a_wrapped_one() -> None:
    """Only an object whose one member is `record` is."""
    assert lone_record("stdin", {}, []) == []
    assert lone_record("stdin", {"record": []}, {"record": []}) == []
    assert lone_record("stdin", {"record": []}, ["record"]) == lone_record("stdin", {"record": []}, {})
    assert len(lone_record("stdin", {"record": []}, {})) == 1


@pytest.mark.parametrize(("prefer", "both"), [("ours", '{"a":2,"b":3}'), ("theirs", '{"a":3,"b":3}')])
def test_two_changes_of_one_place(prefer: Prefer, both: str) -> None:
    """They are a conflict, unless one of the writers is preferred; what only one of them changed is there."""
    before, ours, theirs = (parse(text) for text in ('{"a":1,"b":1}', '{"a":2,"b":1}', '{"a":3,"b":3}'))
    assert text_of(put_together(before, ours, theirs, Target(BIN), prefer=prefer).value) == both
    with pytest.raises(Conflict, match="somebody else changed /a in the bin meanwhile"):
        put_together(before, ours, theirs, Target(BIN))
    with pytest.raises(Conflict, match="somebody else changed /a in the bin meanwhile"):
        put_together(before, parse('{"a":2,"b":2}'), theirs, Target(BIN))
    assert text_of(put_together(before, ours, parse('{"a":1,"b":3}'), Target(BIN)).value) == '{"a":2,"b":3}'


def test_what_the_bin_should_hold_is_not_what_is_sent(jsonbin: Program) -> None:
    """The usual hint, to read it again into that file, would overwrite the only copy of the new record."""
    (jsonbin.home / "data.json").write_text("[2]")
    run = jsonbin("update", BIN, "data.json", "--if-match", "./data.json")
    assert run == Run(
        2,
        "",
        "error: FILE and --if-match name the same file, and --if-match is for what the bin held before\n"
        f"hint: keep that in another file: jsonbin get {BIN} --record > before.json\n",
    )


def test_what_both_took_from_a_list_to_which_is_added() -> None:
    """It is a conflict, unless it was decided beforehand; then what each of them put there is there."""
    before, ours, theirs = (parse(f'{{"l":{text}}}') for text in ("[1,2]", "[2,3]", "[2,7]"))
    with pytest.raises(Conflict, match="somebody else changed /l in the bin meanwhile"):
        put_together(before, ours, theirs, Target(BIN), added_at=["/l"])
    assert (
        text_of(put_together(before, ours, theirs, Target(BIN), added_at=["/l"], prefer="ours").value)
        == '{"l":[3,2,7]}'
    )
