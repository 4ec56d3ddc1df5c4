"""What the commands that change a record print: at a terminal what changed, in a pipe the reply."""

from __future__ import annotations

import pytest

from tests.conftest import Program, Run

DEMO = "de30de30de30de30de30de30"
UPDATED = f"updated {DEMO} (demo)\r\n"
REPLY = '{"record":%s,"metadata":{"parentId":"' + DEMO + '","private":true}}\n'


@pytest.fixture
def flags(jsonbin: Program) -> Program:
    """The program with its bin `demo`, whose version 1 holds a dark mode, as version 2 does, which is the last."""
    jsonbin.configure("default_profile = 'local'\n")
    jsonbin.env["NO_COLOR"] = "1"
    record = '{"dark_mode":true,"n":1.10}'
    for _ in range(2):
        assert jsonbin("update", "demo", "--versioning", "-q", stdin=record).code == 0
    (jsonbin.home / "patch.json").write_text('{"dark_mode":false}')
    return jsonbin


def screen(jsonbin: Program, *arguments: str) -> str:
    """What a terminal shows."""
    with jsonbin.on_terminal(*arguments) as terminal:
        assert terminal.finish() == 0
    return terminal.screen


@pytest.mark.parametrize(
    ("arguments", "line", "record"),
    [
        (("set", "demo", "dark_mode:=false"), "~ /dark_mode  true -> false", '{"dark_mode":false,"n":1.10}'),
        (("set", "demo", "more=x"), '+ /more  "x"', '{"dark_mode":true,"n":1.10,"more":"x"}'),
        (("unset", "demo", "n"), "- /n  1.10", '{"dark_mode":true}'),
        (("patch", "demo", "patch.json"), "~ /dark_mode  true -> false", '{"dark_mode":false,"n":1.10}'),
    ],
)
def test_at_a_terminal_what_changed_is_printed(
    flags: Program, arguments: tuple[str, ...], line: str, record: str
) -> None:
    """And not the whole record, unless a part of the reply is asked for; in a pipe it is the reply."""
    assert screen(flags, *arguments) == f"{line}\r\n{UPDATED}"
    why = "has nothing there" if arguments[0] == "unset" else "holds that already"
    assert screen(flags, *arguments) == f"demo {why}; nothing was sent\r\n"
    assert flags("restore", "demo", "--yes", "-q").code == 0
    assert flags(*arguments) == Run(0, REPLY % record, "")
    assert screen(flags, "restore", "demo", "--version", "1", "--yes", "--record") == (
        '{\r\n  "dark_mode": true,\r\n  "n": 1.10\r\n}\r\n' + UPDATED
    )


def test_restoring_prints_what_changed_once(flags: Program) -> None:
    """With the question or after the update; the question names what is put back."""
    lines = "~ /dark_mode  false -> true\r\n"
    assert flags("set", "demo", "dark_mode:=false", "-q").code == 0
    with flags.on_terminal("restore", "demo", "--version", "1") as terminal:
        terminal.wait_for("Put version 1 back into demo? [y/N] ")
        terminal.type("y\n")
        assert terminal.finish() == 0
    assert terminal.screen == f"{lines}Put version 1 back into demo? [y/N] y\r\n{UPDATED}"
    assert flags("set", "demo", "dark_mode:=false", "-q").code == 0
    assert screen(flags, "restore", "demo", "--version", "1", "--yes") == lines + UPDATED
    assert flags("set", "demo", "dark_mode:=false", "-q").code == 0
    assert flags("restore", "demo", "--version", "1", "--yes").out == REPLY % '{"dark_mode":true,"n":1.10}'


def test_editing_prints_what_changed_once(flags: Program) -> None:
    """The same."""
    flags.env["EDITOR"] = "sed -i s/true/false/"
    assert screen(flags, "edit", "demo", "--yes") == f"~ /dark_mode  true -> false\r\n{UPDATED}"
    flags.env["EDITOR"] = "sed -i s/1.10/2/"
    with flags.on_terminal("edit", "demo") as terminal:
        terminal.wait_for("Update demo? [y/N] ")
        terminal.type("y\n")
        assert terminal.finish() == 0
    assert terminal.screen == f"~ /n  1.10 -> 2\r\nUpdate demo? [y/N] y\r\n{UPDATED}"


def test_an_update_prints_the_reply(flags: Program) -> None:
    """Whether the old record was read or not."""
    for more in ((), ("--backup",)):
        shown = screen(flags, "update", "demo", "patch.json", *more)
        assert shown.startswith('{\r\n  "record": {\r\n    "dark_mode": false\r\n  },\r\n')


def test_colours_of_what_changed(flags: Program) -> None:
    """As those of a difference."""
    del flags.env["NO_COLOR"]
    assert "\x1b[33m~ /dark_mode  true -> false" in screen(flags, "set", "demo", "dark_mode:=false")
