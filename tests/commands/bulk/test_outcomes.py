"""What became of many bins: what a row keeps of a failure."""

from __future__ import annotations

import json

import pytest

from jsonbin_cli.commands.bulk.outcomes import Row, causes, interrupted
from jsonbin_cli.commands.bulk.session import Limits, Session
from jsonbin_cli.commands.options import Options
from jsonbin_cli.config.account import Account
from jsonbin_cli.failures import Conflict, Interrupted, InvalidInput, NoAnswer
from jsonbin_cli.records.folders.manifest import Entry


def row(bin_id: str = "1" * 24) -> Row:
    """The row of a bin of which nothing is known."""
    return Row(Entry("a", bin_id, None, "a.json"))


def test_a_request_that_was_stopped_is_told_as_skipped() -> None:
    """As those are that were never begun."""
    one = row()
    one.fail(Interrupted("interrupted; nothing was sent"))
    assert (one.word, one.failure) == ("skipped", None)


def test_a_failure_keeps_nothing_of_what_was_at_work() -> None:
    """What the frames of its traceback hold would be kept for each of thousands of bins."""
    one = row()
    try:
        try:
            raise ConnectionResetError
        except OSError:
            raise NoAnswer("no answer", None, sent=True, bin=None) from None
    except NoAnswer as failure:
        one.fail(failure)
    assert one.word == "no-answer"
    assert one.failure
    assert (one.failure.__traceback__, one.failure.__context__) == (None, None)


def test_what_is_said_of_a_ctrl_c() -> None:
    """How many bins were updated; the same command has something to go on with where some were not begun."""
    done, skipped = row(), row()
    done.word = "updated"
    for rows, writes, message, hint in (
        ([done, skipped], True, "1 of 2 bins updated, 1 not begun", "the same command goes on with them"),
        ([done], True, "1 of 1 bins updated, 0 not begun", None),
        ([skipped], False, "nothing was changed at JSONBin", None),
    ):
        failure = interrupted(rows, writes=writes)
        assert (failure.message, failure.hint, failure.sent) == (f"interrupted; {message}", hint, writes)


@pytest.mark.parametrize(
    ("writes", "said"), [(True, "what was being updated may have changed"), (False, "nothing was changed at JSONBin")]
)
def test_what_is_said_of_a_second_ctrl_c(writes: bool, said: str) -> None:
    """Nothing is known of what was under way."""
    session = Session(Account(None, None, "http://127.0.0.1:9/v3", "the default"), Options(), Limits(jobs=1, rate=0))
    with pytest.raises(Interrupted) as told, session:  # noqa: PT012
        session.writes = writes
        raise KeyboardInterrupt
    assert (told.value.message, told.value.sent) == (f"interrupted; {said}", writes)


def test_a_file_is_converted_in_its_place() -> None:
    """No command takes it from a pipe; what was read from one has no place."""
    one = row()
    failure = InvalidInput("too large", "jq -c . m/a.json | jsonbin …")
    one.fail(failure)
    assert json.loads(one.line("result"))["error"]["hint"] == "jq -c . m/a.json | jsonbin …"
    failure.file = "m/a.json"
    assert (
        json.loads(one.line("result"))["error"]["hint"] == "jq -c . m/a.json > m/a.json.new && mv m/a.json.new m/a.json"
    )


@pytest.mark.parametrize(("count", "named"), [(1, 1), (20, 20), (21, 1)])
def test_one_command_for_all_that_failed_alike(count: int, named: int) -> None:
    """Unless they are too many for a line."""
    rows = [row(f"{number:024x}") for number in range(count)]
    for one in rows:
        one.fail(Conflict("drifted", f"jsonbin pull m {one.entry.id} --theirs", bin=one.entry.id))
    (failure,) = causes(rows)
    ids = " ".join(one.entry.id for one in rows[:named])
    assert failure.hint == f"jsonbin pull m {ids} --theirs"
