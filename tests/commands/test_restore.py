"""`jsonbin restore`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.kept import backups, time_of
from tests.conftest import Program, Run
from tests.inside import Inside


def test_restoring_the_newest_backup(inside: Inside, tmp_path: Path) -> None:
    """It comes back byte for byte, with a note on its age; what it replaces is kept, so restoring twice is a way back."""
    text = '{"n":  1.10}'
    assert inside("update", "demo", "-q", stdin=text).code == 0
    assert inside("set", "demo", "n:=2", "-q").code == 0
    assert inside("restore", "demo", "--dry-run").out == (
        '[{"op":"test","path":"/n","value":2},\n {"op":"replace","path":"/n","value":1.10}]\n'
    )
    note = "note: the backup was made at {}; what was changed since then is undone\n"
    when = time_of(backups(tmp_path)[-1])
    assert inside("restore", "demo", "--yes", "--record") == Run(0, text + "\n", note.format(when))
    when = time_of(backups(tmp_path)[-1])
    assert inside("restore", "demo", "--yes", "--record") == Run(0, '{"n":2}\n', note.format(when))
    assert len(backups(tmp_path)) == 3


def test_restoring_a_chosen_one(inside: Inside, tmp_path: Path) -> None:
    """A version by its number, a backup by the start of its time; what is there already is not sent again."""
    for number in (1, 2):
        assert inside("update", "demo", "--versioning", "-q", stdin=f"[{number}]").code == 0
    assert inside("restore", "demo", "--version", "1", "--yes", "--record").out == "[1]\n"
    assert inside("restore", "demo", "--version", "1", "--yes", "-q") == Run(0, "", "")
    (backup,) = backups(tmp_path)
    assert inside("set", "demo", "[0]:=5", "-q").code == 0
    assert inside("restore", "demo", "--backup", time_of(backup), "--yes", "--record").out == "[2]\n"
    assert inside("restore", "demo", "--backup", "2", "--yes") == Run(
        2,
        "",
        'error: more than one backup of demo starts with "2"\nhint: jsonbin history demo lists them\n',
    )
    assert inside("restore", "demo", "--backup", "1999", "--yes").err.startswith(
        'error: no backup of demo starts with "1999"\n'
    )
    assert inside("restore", "demo", "--backup", time_of(backup), "--version", "1", "--yes") == Run(
        2, "", "error: --version and --backup each name an old record\nhint: give one of them\n"
    )
    assert inside("history", "demo").out.count(time_of(backup)) == 1


def test_nothing_to_restore(inside: Inside) -> None:
    """Without a backup the hint is the other source."""
    assert inside("restore", "demo", "--yes") == Run(
        2,
        "",
        "error: there is no backup of demo on this machine\n"
        "hint: update keeps one only with --backup; a version of the service is put back with --version N\n",
    )
    assert inside("update", "demo", "--versioning", "-q", stdin="[1]").code == 0
    assert inside("update", "demo", "-q", stdin="[2]").code == 0
    assert inside("restore", "demo", "--version", "1", "--yes", "-q").code == 0


def test_without_a_terminal_nobody_is_asked(inside: Inside) -> None:
    """Exit 2 before anything is read or sent; --yes, as the hint says, goes on."""
    assert inside("set", "demo", "n:=2", "-q").code == 0
    said = "error: there is no terminal to ask at; nothing was sent\nhint: --yes goes on without asking\n"
    assert inside("restore", "demo") == Run(2, "", said)
    assert inside("edit", "demo") == Run(2, "", said)
    assert inside("restore", "demo", "--yes", "-q").code == 0


@pytest.mark.parametrize(("answer", "code", "held"), [("y", 0, '{"hello": "world"}'), ("", 1, '{"hello":"moon"}')])
def test_on_a_terminal_the_difference_is_shown_and_asked_about(
    jsonbin: Program, answer: str, code: int, held: str
) -> None:
    """Only y puts it back, all else leaves the bin as it is."""
    assert jsonbin("set", "demo", "hello=moon", "-p", "local", "-q").code == 0
    env = {"NO_COLOR": "1"}
    with jsonbin.on_terminal("restore", "demo", "-p", "local", "--record", env=env) as terminal:
        (kept,) = backups(jsonbin.home)
        question = f"Put the backup of {time_of(kept)} back into demo? [y/N] "
        terminal.wait_for(f'~ /hello  "moon" -> "world"\r\n{question}')
        terminal.type(answer + "\n")
        assert terminal.finish() == code
    if code:
        assert terminal.screen.endswith("error: nothing was sent\r\n")
    assert jsonbin("get", "demo", "-p", "local", "--record").out == held + "\n"
