"""What became of many bins: what a row keeps of a failure."""

from __future__ import annotations

import json

from jsonbin_cli.commands.bulk.outcomes import Row
from jsonbin_cli.failures import Interrupted, InvalidInput, NoAnswer
from jsonbin_cli.records.folders.manifest import Entry


def row() -> Row:
    """The row of a bin of which nothing is known."""
    return Row(Entry("a", "1" * 24, None, "a.json"))


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
