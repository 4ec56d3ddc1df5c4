"""Questions at a terminal."""

from __future__ import annotations

from tests.conftest import Program


def test_ctrl_d_at_a_question_is_no_answer(jsonbin: Program) -> None:
    """What is said of it begins a line."""
    env = {"EDITOR": "sed -i s/world/all/", "JSONBIN_ERRORS": "text"}
    with jsonbin.on_terminal("edit", "demo", "-p", "local", "--no-backup", env=env) as terminal:
        terminal.wait_for("[y/N]")
        terminal.type("\x04")
        assert terminal.finish() == 1
        assert "Update demo? [y/N]\nerror: nothing was sent; your text is kept in " in terminal.shown
