"""Writers of one bin, interleaved at every request: no change is lost unnoticed."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jsonbin_cli.records.merge import value_at
from jsonbin_cli.records.numbers import Number
from jsonbin_cli.records.protocol import Latest, Pause, Prefer, Replace, Rules, Settled, Step, Unsettled
from jsonbin_cli.records.reconcile import arrived, settle
from jsonbin_cli.records.text import JSON
from tests.records.interleaved import Bin, Truth, Writer, run, updated

COUNTED = Rules(added_at=("/n",))
LISTS = Rules(added_at=("/l", "/m", "/n"))
# Whatever the order is, these do not give up.
PATIENT = LISTS._replace(tries=1000, waits=1000)


def members(record: JSON) -> dict[str, Any]:
    """A record that is an object."""
    assert isinstance(record, dict)
    return record


def put(name: str, new: JSON, record: JSON) -> JSON:
    """Set one member."""
    return members(record) | {name: new}


def add(name: str, record: JSON) -> JSON:
    """Add one to a number."""
    old = members(record).get(name, Number("0"))
    return put(name, Number(str(int(old.text) + 1)), record)


def count_and_sign(name: str, record: JSON) -> JSON:
    """Add one to `n`, and put something at a place of one's own."""
    return put(name, True, add("n", record))


def count_twice(name: str, record: JSON) -> JSON:
    """Add one to `n`, and to a counter of one's own."""
    return add(name, add("n", record))


def append(element: str, record: JSON) -> JSON:
    """Add one to `n`, and an element to `l`."""
    return put("l", [*members(record)["l"], element], add("n", record))


def appending(writers: int) -> list[Writer]:
    """Writers that all add to `n`, and append to `l`."""
    return [Writer(updated(partial(append, f"w{number}"), PATIENT)) for number in range(writers)]


def run_until(writer: Writer, bin: Bin, kind: type[Step]) -> None:
    """Let a writer go on until it has made a request of that kind."""
    writer.go(bin)
    while not isinstance(writer.step, kind):
        writer.go(bin)


def counting(writers: int) -> list[Writer]:
    """Writers that all add to `n` and sign."""
    return [Writer(updated(partial(count_and_sign, f"w{number}"), COUNTED)) for number in range(writers)]


def a_bin(versions: int = 1, **members: JSON) -> Bin:
    """A bin with so many versions of the same record."""
    bin = Bin({"n": Number("0"), **members})
    bin.versions += [bin.record] * versions
    return bin


def check_counted(bin: Bin, writers: list[Writer]) -> None:
    """The counter is exact; each signature is there, or its place is named."""
    assert all(isinstance(writer.result, Settled) for writer in writers)
    assert members(bin.record)["n"] == Number(str(len(writers)))
    for number in range(len(writers)):
        place = f"w{number}"
        assert place in members(bin.record) or any(writer.named(f"/{place}") for writer in writers)


@pytest.mark.parametrize("versions", [0, 1])
def test_two_writers_in_every_order(versions: int) -> None:
    """All interleavings of their first ten requests; nothing clashes."""
    for order in product((0, 1), repeat=10):
        bin, writers = a_bin(versions), counting(2)
        run(bin, writers, order)
        check_counted(bin, writers)
        assert [writer.result.clashes for writer in writers if isinstance(writer.result, Settled)] == [(), ()]


@pytest.mark.costly
@pytest.mark.parametrize(("writers", "requests"), [(3, 7), (4, 5)])
def test_more_writers_in_every_order_of_their_first_requests(writers: int, requests: int) -> None:
    """The same for three and four."""
    for order in product(range(writers), repeat=requests):
        bin, them = a_bin(), counting(writers)
        run(bin, them, order)
        check_counted(bin, them)


@pytest.mark.costly
@settings(deadline=None, max_examples=300)
@given(writers=st.integers(2, 8), order=st.lists(st.integers(0, 7), max_size=150), versions=st.integers(0, 2))
def test_up_to_eight_writers_in_any_order(writers: int, order: list[int], versions: int) -> None:
    """Exact counters with any number of them."""
    bin, them = a_bin(versions), counting(writers)
    run(bin, them, order)
    check_counted(bin, them)


@pytest.mark.costly
@settings(deadline=None, max_examples=300)
@given(order=st.lists(st.integers(0, 5), max_size=100))
def test_all_counters_are_known_to_all(order: list[int]) -> None:
    """Where each knows that numbers are counters, also those of others are exact, and nothing clashes."""
    bin = a_bin()
    rules = Rules(added_at=("",))
    them = [Writer(updated(partial(count_twice, f"w{number % 3}"), rules)) for number in range(6)]
    run(bin, them, order)
    assert bin.record == {"n": Number("6")} | {f"w{n}": Number("2") for n in range(3)}
    assert {writer.result.clashes for writer in them if isinstance(writer.result, Settled)} == {()}


def check_lists(bin: Bin, writers: list[Writer], pointer: str) -> None:
    """Each element is there once, the counter is exact, and nobody reports anything."""
    record = value_at(bin.record, pointer)
    assert isinstance(record, dict)
    assert sorted(record["l"]) == [f"w{number}" for number in range(len(writers))]
    assert record["n"] == Number(str(len(writers)))
    for writer in writers:
        assert isinstance(writer.result, Settled)
        assert (writer.result.clashes, writer.result.owed) == ((), ())


@pytest.mark.costly
@settings(deadline=None, max_examples=300)
@given(writers=st.integers(2, 8), order=st.lists(st.integers(0, 7), max_size=150))
@example(8, [0, 0, 1, 2, 2, 3, 3, 6, 0, 4, 5, 6])
def test_a_list_to_which_all_append(writers: int, order: list[int]) -> None:
    """Also where two of them wait for each other, since each does at once what it can do."""
    bin, them = a_bin(l=[]), appending(writers)
    run(bin, them, order)
    check_lists(bin, them, "")


@pytest.mark.costly
@settings(deadline=None, max_examples=200)
@given(writers=st.integers(2, 8), order=st.lists(st.integers(0, 7), max_size=150))
def test_a_list_in_an_object_that_is_not_there_yet(writers: int, order: list[int]) -> None:
    """Who puts it there, and who has not seen it, does not matter."""

    def append_inside(element: str, record: JSON) -> JSON:
        inside = members(record).get("o", {"l": [], "n": Number("0")})
        return put("o", append(element, inside), record)

    rules = PATIENT._replace(added_at=("/o/l", "/o/n"))
    bin = a_bin()
    them = [Writer(updated(partial(append_inside, f"w{number}"), rules)) for number in range(writers)]
    run(bin, them, order)
    check_lists(bin, them, "/o")


@pytest.mark.costly
def test_a_list_in_random_orders(thorough: bool) -> None:
    """Eight writers, as they are: few of them are at work at the same time."""
    random = Random(1)
    for _ in range(20_000 if thorough else 200):
        bin, them = a_bin(l=[]), appending(8)
        run(bin, them, (random.randrange(8) for _ in range(random.randrange(300))))
        check_lists(bin, them, "")


def taking(theirs: list[JSON], rules: Rules) -> tuple[Bin, Writer]:
    """A writer that put `x` into a list, over one that had taken `a` out of two lists, as by then a third had, too."""
    bin = a_bin(l=["a"], m=["a"])
    writer = Writer(updated(partial(append, "x"), rules))
    run_until(writer, bin, Latest)
    bin.answer(Replace(put("m", theirs, put("l", theirs, bin.record)), bin.record, 1))
    run_until(writer, bin, Replace)
    bin.answer(Replace(put("m", ["c"], put("l", ["c"], bin.record)), bin.record, 3))
    return bin, writer


def test_an_element_that_nobody_puts_back_is_not_waited_for_without_end() -> None:
    """Both took it away, and put others there: these are there, and it is named where it is to be taken."""
    bin, writer = taking(["b", "d"], LISTS)
    asked = bin.asked
    run(bin, [writer], [])
    assert members(bin.record)["l"] == ["c", "b", "d"]
    assert writer.named("/l") == {("b", "d"), ("c", "b", "d")}
    assert isinstance(writer.result, Settled)
    assert (writer.result.clashes, len(writer.result.owed)) == ((), 2)
    assert 20 < bin.asked - asked < 60


@pytest.mark.parametrize("tries", [1, 2])
def test_it_is_not_waited_for_more_often_than_is_tried(tries: int) -> None:
    """Each time the versions are counted and the record is read, and what took the element is read again."""
    bin, writer = taking(["b", "d"], LISTS._replace(tries=tries))
    run(bin, [writer], [])
    asked = bin.asked
    bin, writer = taking(["b", "d"], LISTS._replace(tries=tries + 1))
    run(bin, [writer], [])
    assert bin.asked - asked == 4


@pytest.mark.parametrize("theirs", [["b", "d"], []])
@pytest.mark.parametrize("lists", ["lm", "ml"])
def test_an_element_is_taken_as_soon_as_it_is_there(theirs: list[JSON], lists: str) -> None:
    """Once, and nothing else of the list; it is in the note until then, whether there is something to add or not."""
    bin, writer = taking(theirs, LISTS)
    for _ in range(10):
        writer.go(bin)
    assert [members(bin.record)[name] for name in lists] == [["c", *theirs]] * 2
    for name, left in zip(lists, ([f"/{lists[1]}"], []), strict=True):
        run_until(writer, bin, Pause)
        bin.answer(Replace(put(name, ["c", "a", *theirs, "a"], bin.record), bin.record, 5))
        run_until(writer, bin, Replace)
        assert members(bin.record)[name] == ["c", *theirs, "a"]
        assert writer.note
        assert [one.pointer for one in writer.note.last.unmerged] == left
    run(bin, [writer], [])
    assert members(bin.record)["l"] == members(bin.record)["m"] == ["c", *theirs, "a"]
    assert isinstance(writer.result, Settled)
    assert (writer.result.clashes, writer.result.owed) == ((), ())


def test_what_is_there_of_several_lists_is_taken_in_one_update() -> None:
    """Of each list what is owed there."""
    bin, writer = taking([], LISTS)
    for _ in range(10):
        writer.go(bin)
    bin.answer(Replace(put("m", ["a"], put("l", ["c", "a"], bin.record)), bin.record, 5))
    made = len(bin.versions)
    run(bin, [writer], [])
    assert (members(bin.record)["l"], members(bin.record)["m"], len(bin.versions)) == (["c"], [], made + 1)


@pytest.mark.parametrize(("prefer", "clashes"), [(None, 2), ("ours", 0), ("theirs", 0)])
def test_where_the_lists_become_something_else_nothing_is_taken(prefer: Prefer, clashes: int) -> None:
    """They clash, and the new values stay, unless it was decided beforehand."""
    bin, writer = taking(["b", "d"], LISTS._replace(prefer=prefer))
    run_until(writer, bin, Replace)
    bin.answer(Replace(put("m", "none", put("l", "none", bin.record)), bin.record, 5))
    run(bin, [writer], [])
    assert isinstance(writer.result, Settled)
    assert writer.result.owed == ()
    assert [place.clash.theirs for place in writer.result.clashes] == [["b", "d"]] * clashes
    assert members(bin.record)["l"] == members(bin.record)["m"] == "none"


@pytest.mark.costly
@settings(deadline=None, max_examples=1000)
@given(
    kinds=st.lists(st.sampled_from(["add", "put", "sign"]), min_size=2, max_size=4),
    order=st.lists(st.integers(0, 3), max_size=60),
)
def test_a_counter_beside_writers_who_do_not_know_that_it_is_one(kinds: list[str], order: list[int]) -> None:
    """It is exact, or somebody names it."""
    bin = a_bin()
    steps = {
        "add": lambda: updated(partial(add, "n"), COUNTED),
        "put": lambda: updated(partial(put, "x", True), Rules()),
        "sign": lambda: updated(partial(count_and_sign, "y"), COUNTED),
    }
    them = [Writer(steps[kind]()) for kind in kinds]
    run(bin, them, order)
    exact = members(bin.record)["n"] == Number(str(sum(kind != "put" for kind in kinds)))
    assert exact or any(writer.named("/n") for writer in them)
    for kind, place in (("put", "x"), ("sign", "y")):
        assert kind not in kinds or place in members(bin.record) or any(writer.named(f"/{place}") for writer in them)


@pytest.mark.costly
@settings(deadline=None, max_examples=1000)
@given(order=st.lists(st.integers(0, 4), max_size=80), values=st.lists(st.booleans(), min_size=2, max_size=4))
@example(order=[0, 0, 1, 1, 0, 2, 2, 1, 2, 2, 1, 1, 1], values=[True, False, True])
def test_a_flag_that_goes_on_and_off(order: list[int], values: list[bool]) -> None:
    """Who set it last knowing the value before has it, or it is named; beside it somebody changes something else."""
    bin = a_bin(2, flag=False)
    truth = Truth("/flag", bin)
    changes = [partial(put, "flag", value) for value in values]
    them = [*(Writer(updated(change, Rules())) for change in changes), Writer(updated(partial(add, "n"), COUNTED))]
    turns = [number % len(them) for number in order]
    for number in [*turns, *list(range(len(them))) * 60]:
        truth.go(number, them[number], bin)
    assert all(isinstance(writer.result, Settled) for writer in them)
    assert members(bin.record)["n"] == Number("1") or any(writer.named("/n") for writer in them)
    there = {number for number in truth.knowingly_replaced if members(bin.record)["flag"] == values[number]}
    for number in truth.knowingly_replaced.keys() - truth.there_or_replaced(there):
        assert any(values[number] in writer.named("/flag") for writer in them)


def test_one_writer_takes_three_requests() -> None:
    """Also where the bin has no version yet."""
    bin = a_bin(0)
    for total in (3, 6, 9):
        run(bin, counting(1), ())
        assert bin.asked == total
    assert bin.record == {"n": Number("3"), "w0": True}


def test_what_does_not_change_is_not_sent() -> None:
    """Two requests, and no version."""
    bin = a_bin(0)
    writer = Writer(updated(partial(put, "n", Number("0.0")), Rules()))
    run(bin, [writer], ())
    assert (writer.result, bin.versions, bin.asked) == (Settled(bin.record, None, 0, ()), [], 2)


@pytest.mark.costly
@settings(deadline=None, max_examples=300)
@given(order=st.lists(st.integers(0, 3), max_size=60), values=st.lists(st.sampled_from("abc"), min_size=2, max_size=4))
def test_a_place_that_all_change(order: list[int], values: list[str]) -> None:
    """Each value is in the record, was seen by whoever replaced it, or is named in a clash."""
    bin = a_bin(x="start")
    seen: set[JSON] = set()

    def replace(new: str, record: JSON) -> JSON:
        seen.add(members(record)["x"])
        return put("x", new, record)

    writers = [Writer(updated(partial(replace, new), Rules())) for new in values]
    run(bin, writers, order)
    named: set[Any] = set()
    for writer in writers:
        assert isinstance(writer.result, Settled)
        named |= writer.named("/x")
        for place in writer.result.clashes:
            assert members(bin.versions[place.number - 1])["x"] == place.clash.theirs
    assert set(values) <= {members(bin.record)["x"]} | named | seen


@settings(deadline=None, max_examples=200)
@given(order=st.lists(st.integers(0, 3), max_size=60), prefer=st.sampled_from(["ours", "theirs"]))
def test_who_is_preferred_clashes_with_nobody(order: list[int], prefer: Any) -> None:
    """It was decided beforehand."""
    bin = a_bin(x="start")
    writers = [Writer(updated(partial(put, "x", new), Rules(prefer=prefer))) for new in "abcd"]
    run(bin, writers, order)
    assert [writer.result.clashes for writer in writers if isinstance(writer.result, Settled)] == [()] * 4


@settings(deadline=None, max_examples=500)
@given(order=st.lists(st.integers(0, 3), max_size=60), moments=st.lists(st.integers(0, 60), min_size=1, max_size=3))
def test_beside_a_writer_without_versions(order: list[int], moments: list[int]) -> None:
    """A repair takes nothing back that it wrote, or somebody reports that a state was no version."""
    bin = a_bin(u=Number("0"))
    writers = counting(3)
    taken_back = False
    for moment, number in enumerate([*order, *[0, 1, 2] * 60]):
        writer = writers[number % 3]
        writer.go(bin)
        if isinstance(writer.step, Replace):
            new, seen = (int(members(record)["u"].text) for record in (writer.step.record, writer.step.seen))
            taken_back |= new < seen
        if moment in moments:
            bin.write_without_a_version(add("u", bin.record))
    assert all(isinstance(writer.result, Settled | Unsettled) for writer in writers)
    assert not taken_back or any(isinstance(writer.result, Unsettled) for writer in writers)


def test_an_unversioned_state_in_between_is_reported() -> None:
    """What came between cannot be told apart from it."""
    bin = a_bin()
    bin.write_without_a_version({"n": Number("0"), "u": Number("1")})
    writer, other = counting(2)
    for _ in range(2):
        assert writer.go(bin)
    run(bin, [other], ())
    run(bin, [writer], ())
    assert isinstance(writer.result, Unsettled)
    assert (writer.result.why, writer.result.version, writer.result.theirs) == ("unknown", 3, 2)


@pytest.mark.parametrize("cap", [0, 1])
def test_a_bin_that_makes_no_more_versions(cap: int) -> None:
    """It ends at once, at the first update or at the one that merges."""
    bin = Bin({"n": Number("0")}, cap=cap)
    writer, other = counting(2)
    for _ in range(2):
        writer.go(bin)
    if cap:
        run(bin, [other], ())
    run(bin, [writer], ())
    assert isinstance(writer.result, Unsettled)
    assert writer.result.why == "unversioned"


@settings(deadline=None, max_examples=500)
@given(order=st.lists(st.integers(0, 2), max_size=40), pruned_at=st.integers(0, 30))
def test_versions_that_are_deleted_meanwhile(order: list[int], pruned_at: int) -> None:
    """Their numbers start anew. What is exact is so, and all else is reported."""
    bin, them = a_bin(5), counting(3)
    for moment, number in enumerate([*order, *[0, 1, 2] * 60]):
        if moment == pruned_at:
            bin.base = bin.record
            bin.versions.clear()
        them[number].go(bin)
    exact = members(bin.record)["n"] == Number("3")
    assert exact or any(isinstance(writer.result, Unsettled) or writer.named("/n") for writer in them)


def test_a_number_that_was_counted_before_says_that_versions_were_deleted() -> None:
    """The reply names a version that was there when they were counted."""
    with pytest.raises(Unsettled) as wrong:
        next(settle(3, {"a": True}, {"a": False}, 3, Rules()))
    assert (wrong.value.why, wrong.value.version) == ("pruned", 3)


def test_tries_come_to_an_end() -> None:
    """Somebody who is faster each time is reported, with the version that was overwritten."""
    bin = a_bin()
    writer = Writer(updated(partial(add, "n"), COUNTED._replace(tries=3)))
    faster = 0
    while writer.result is None:
        made = len(bin.versions)
        writer.go(bin)
        if len(bin.versions) == made and bin.asked % 3 == 2:
            faster += 1
            bin.answer(Replace(put(f"f{faster}", True, bin.record), None, 0))
    assert isinstance(writer.result, Unsettled)
    assert writer.result.why == "tries"
    assert writer.result.version is not None
    assert writer.result.theirs == writer.result.version - 1


def answered(bin: Bin, steps: Generator[Step, Any, Any]) -> Any:
    """What the steps return, each answered by the bin."""
    answer: Any = None
    try:
        while True:
            answer = bin.answer(steps.send(answer))
    except StopIteration as end:
        return end.value


@pytest.mark.parametrize("later", [[], [{"n": Number("9")}]])
@pytest.mark.parametrize("is_there", [False, True])
def test_an_update_in_doubt_is_found_again(later: list[JSON], is_there: bool) -> None:
    """By the version that holds its record; where there is none, it did not arrive."""
    before: JSON = {"n": Number("0")}
    after: JSON = {"n": Number("1"), "w0": True}
    bin = a_bin()
    for record in [*([after] if is_there else []), *later]:
        bin.answer(Replace(record, before, 1))
    assert answered(bin, arrived(1, after)) == (2 if is_there else None)


def test_an_update_in_doubt_that_cannot_be_told_from_another() -> None:
    """Two versions that hold the same record, or versions that are gone."""
    before: JSON = {"n": Number("0")}
    after: JSON = {"n": Number("1")}
    bin = Bin(before)
    bin.versions += [before, after, before, after]
    for known, why in ((1, "unknown"), (9, "pruned")):
        with pytest.raises(Unsettled) as wrong:
            answered(bin, arrived(known, after))
        assert wrong.value.why == why
