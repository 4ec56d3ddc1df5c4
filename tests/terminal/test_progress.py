"""How far a command with many bins is: a bar at a terminal, lines in a log."""

from __future__ import annotations

import re

import pytest

from jsonbin_cli.local.testing import LocalJSONBin
from jsonbin_cli.terminal.progress import Progress
from tests.conftest import Program, Run
from tests.many import Many
from tests.systems import run_where


@pytest.fixture
def many(jsonbin: Program, jsonbin_server: LocalJSONBin) -> Many:
    """Eight bins on a server that takes its time."""
    many = Many(jsonbin, jsonbin_server, 8)
    jsonbin_server.change(latency=0.3)
    return many


def test_a_bar_at_a_terminal(many: Many) -> None:
    """With a count, the rate and the time that is left; nothing of it stays."""
    with many.jsonbin.on_terminal("apply", "records", "--jobs", "1", columns=80) as terminal:
        terminal.wait_for("/8")
        terminal.wait_for("left")
        (bar,) = (line for line in terminal.shown.splitlines() if "/8" in line)
        assert re.fullmatch(r"reading +[━╸╺ ]+ \d/8 \d+(\.\d)?/(s|min), \d+ s left", bar)
        terminal.wait_for("updating")
        assert terminal.finish() == 0
        assert terminal.shown.splitlines()[-2].startswith("plan: 8 to update; 8 more requests after 8")
        assert terminal.shown.splitlines()[-1].startswith("8 bins: 8 updated; 16 requests in ")
        assert "━" not in terminal.shown
        assert not terminal.cursor_is_hidden


def test_ctrl_c_leaves_no_bar(many: Many) -> None:
    """The ^C that a terminal shows has room beside it, and pushes it into no second line."""
    with many.jsonbin.on_terminal("apply", "records", "--jobs", "1", columns=80) as terminal:
        terminal.wait_for("left")
        terminal.type("\x03")
        assert terminal.finish() == 130
    assert terminal.shown.splitlines()[-2] == "error: interrupted; 0 of 8 bins updated, 8 not begun"
    assert "━" not in terminal.shown


def test_a_line_every_ten_seconds_in_a_log(many: Many) -> None:
    """The clock goes faster here, by four seconds each time that it is looked at."""
    before = (
        "import itertools, time\nseconds = itertools.count()\n"
        "from jsonbin_cli.terminal import progress\n"
        "class Time:\n    monotonic = staticmethod(lambda: float(4 * next(seconds)))\n"
        "progress.time = Time\n"
    )
    run = run_where(before, many.jsonbin, "apply", "records", "--jobs", "1")
    assert run.code == 0
    shown = [line for line in run.err.splitlines() if line.startswith(("reading", "updating"))]
    assert shown[0].startswith("reading: ")
    assert all(
        re.fullmatch(r"\w+: \d of 8, (\d+(\.\d)?/(s|min), \d+ (s|min) left|waiting for the first)", line)
        for line in shown
    )
    assert len(shown) >= 2
    quiet = run_where(before, many.jsonbin, "apply", "records", "--jobs", "1", "-q")
    assert quiet == Run(0, "", "")


def test_a_long_wait_is_told_in_minutes() -> None:
    """And a low rate by the minute."""
    progress = Progress("reading", 1000, quiet=True)
    assert progress._speed(progress._started + 10) == "waiting for the first"
    progress.advance()
    assert progress._speed(progress._started + 2) == "30/min, 34 min left"
    assert progress._speed(progress._started + 0.1) == "10.0/s, 100 s left"


def test_fifty_bins_at_a_terminal(jsonbin: Program, jsonbin_server: LocalJSONBin) -> None:
    """Within 80 columns; what is unchanged is counted and not listed."""
    many = Many(jsonbin, jsonbin_server, 50)
    for name in many.names[5:]:
        many.write(name, '{"n": 0}')
    with jsonbin.on_terminal("apply", "records", "--check", columns=80) as terminal:
        assert terminal.finish() == 1
    assert terminal.shown.splitlines() == [
        *(f"~ b{number}  1 change" for number in range(5)),
        "plan: 5 to update, 45 unchanged; 5 more requests after 50",
    ]
