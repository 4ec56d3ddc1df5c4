"""A machine on which nothing can be kept: a container without a writable home."""

from __future__ import annotations

import os

import pytest

from tests.commands.test_careful import holds
from tests.conftest import BIN, Program, Run
from tests.scripted import ScriptedServer

COMMANDS = [("set", "n:=2"), ("unset", "n"), ("patch",), ("restore", "--version", "1", "--yes"), ("edit", "--yes")]


@pytest.fixture
def homeless(jsonbin: Program) -> Program:
    """The program of a user whose state folder cannot be made."""
    (jsonbin.home / ".local").write_text("in the way")
    jsonbin.env |= {"EDITOR": "sed -i s/1.10/2.20/", "TMPDIR": str(jsonbin.home)}
    return jsonbin


def read(server: ScriptedServer, command: str) -> None:
    """Answer what a command reads before it writes."""
    record = b'{"n": 1.10, "m": 3}'
    if command == "restore":
        holds(server, b'{"n": 0}')
    holds(server, record)
    if command == "edit":
        holds(server, record)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_works_with_no_backup(homeless: Program, server: ScriptedServer, command: tuple[str, ...]) -> None:
    """With --no-backup, as the hint of the failure without it says; nothing is left behind."""
    name, *arguments = command
    holds(server, b'{"n": 0, "m": 3}')
    if name == "restore":
        holds(server)
    run = homeless(name, BIN, *arguments, stdin='{"n":2}')
    assert (run.code, run.out) == (2, "")
    assert "Not a directory; nothing was sent\nhint: " in run.err
    assert "XDG_STATE_HOME names another folder" in run.err
    assert "--no-backup" in run.err
    read(server, name)
    server.echoes()
    assert homeless(name, BIN, *arguments, "--no-backup", "-q", stdin='{"n":2}') == Run(0, "", "")
    assert sorted(os.listdir(homeless.home)) == [".local"]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_works_with_another_state_folder(
    homeless: Program, server: ScriptedServer, command: tuple[str, ...]
) -> None:
    """XDG_STATE_HOME names one that can be written."""
    name, *arguments = command
    read(server, name)
    server.echoes()
    env = {"XDG_STATE_HOME": f"{homeless.home}/state"}
    assert homeless(name, BIN, *arguments, "-q", stdin='{"n":2}', env=env) == Run(0, "", "")
    assert len(list((homeless.home / "state").rglob("*.json"))) == 1
