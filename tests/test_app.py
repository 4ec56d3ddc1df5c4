"""The command line as a whole: commands, their groups, and what is no command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from jsonbin_cli.app import GROUPS
from tests.conftest import Program, Run


def test_a_mistyped_command_is_guessed(jsonbin: Program) -> None:
    """The nearest names are offered; what is like none is only refused."""
    assert jsonbin("updaet", "demo") == Run(
        2, "", "error: No such command 'updaet'. Did you mean 'update'?\nhint: jsonbin --help\n"
    )
    assert jsonbin("xyzzy").err == "error: No such command 'xyzzy'.\nhint: jsonbin --help\n"


def test_help_lists_the_commands_by_what_they_are_for(jsonbin: Program) -> None:
    """Each group with its title, each command with its summary."""
    shown = jsonbin("--help").out
    for title, commands in GROUPS.items():
        rows = "".join(f"  {name:{max(map(len, commands))}}  {summary}\n" for name, summary in commands.items())
        assert f"\n{title}:\n{rows}" in shown + "\n"


def test_it_is_an_app_that_typer_can_run(jsonbin: Program) -> None:
    """`typer jsonbin_cli.app run` is the same program."""
    typer = Path(sys.executable).parent / "typer"
    run = subprocess.run(
        [typer, "jsonbin_cli.app", "run", "config", "path"], env=jsonbin.env, capture_output=True, text=True
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, f"{jsonbin.config}\n", "")
