"""Notes of writers that are killed: a check of what they left finishes their work, each update once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.protocol import Rules, Settled, Unmerged
from jsonbin_cli.records.text import Member
from jsonbin_cli.records.unchecked import Note as NoteFile
from jsonbin_cli.records.unchecked import Unchecked
from tests.records.interleaved import Bin, Note, Writer, finished, run, updated
from tests.records.test_reconcile import LISTS, a_bin, append, members

# At which of its requests a writer is killed, and whether that arrives nevertheless.
Kill = tuple[int, bool]


def check(bin: Bin, notes: Sequence[Note], rules: Rules) -> None:
    """What `jsonbin check` does, one note after the other; what is owed is waited for in the second turn."""
    for waits in (0, rules.waits):
        left = []
        for note in notes:
            checking = Writer(finished(note, rules._replace(waits=waits)))
            run(bin, [checking], ())
            assert isinstance(checking.result, Settled)
            assert checking.result.clashes == ()
            if checking.result.owed:
                left.append(checking.note or note)
        notes = left
    assert notes == []


def check_killed(writers: int, order: Sequence[int], kills: dict[int, Kill]) -> None:
    """Let writers append in this order, kill some of them, check what they left: what arrived is there once."""
    bin = a_bin(l=[])
    them = [Writer(updated(partial(append, f"w{number}"), LISTS)) for number in range(writers)]
    turns = [0] * writers
    killed: set[int] = set()
    for turn in [*order, *[*range(writers)] * 400]:
        number = turn % writers
        turns[number] += 1
        if number in killed:
            continue
        if number in kills and kills[number][0] == turns[number]:
            them[number].cut_off(bin, arrives=kills[number][1])
            killed.add(number)
        else:
            them[number].go(bin)
    left = []
    for number, writer in enumerate(them):
        assert number in killed or isinstance(writer.result, Settled)
        if writer.note and not (isinstance(writer.result, Settled) and not writer.result.owed):
            left.append(writer.note)
    check(bin, left, LISTS)
    assert sorted(members(bin.record)["l"]) == [f"w{number}" for number, writer in enumerate(them) if writer.sent]
    assert members(bin.record)["n"] == Number(str(sum(bool(writer.sent) for writer in them)))


@settings(deadline=None, max_examples=200)
@given(
    writers=st.integers(2, 8),
    order=st.lists(st.integers(0, 7), max_size=150),
    kills=st.dictionaries(st.integers(0, 7), st.tuples(st.integers(1, 14), st.booleans())),
)
def test_writers_that_are_killed(writers: int, order: list[int], kills: dict[int, Kill]) -> None:
    """At any of their requests, which may arrive; those that wait for them keep their note."""
    check_killed(writers, order, kills)


def test_writers_that_are_killed_in_random_orders(thorough: bool) -> None:
    """Up to all of eight."""
    random = Random(1)
    for _ in range(20_000 if thorough else 100):
        order = [random.randrange(8) for _ in range(random.randrange(300))]
        share = random.choice((0.1, 0.5, 0.9))
        them = [number for number in range(8) if random.random() < share]
        check_killed(8, order, {number: (random.randint(1, 14), random.random() < 0.5) for number in them})


def test_a_note_holds_all_of_an_update(tmp_path: Path) -> None:
    """Digits too, and more arrays than are compared."""
    many = Member(b"[" + b"[1.10]," * 20_000 + b"[1.10]]")
    earlier = Unchecked(3, many, many, 4, ("/n",), "ours")
    unmerged = (Unmerged("/l/~1", 7, (Number("1.10"), {"a": []})), Unmerged("", 8, ()))
    update = Unchecked(5, many, Member(b'{"n":1.10}'), None, (), None, unmerged, earlier)
    note = NoteFile(tmp_path / "note.json")
    note.write(update)
    assert note.read() == update
