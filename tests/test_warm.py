"""What tests/warm.py promises: a forked run is a run like any other."""

from __future__ import annotations

import pytest

from tests.conftest import Program, Runner, fresh
from tests.scripted import ScriptedServer

# A command that prints a key sees what the process that runs it was given.
SEEN = "{ pwd; env; umask; ulimit -a; grep -E 'Sig(Blk|Ign)' /proc/self/status; } >seen; echo unused"
CONFIG = f'[profiles.work]\nmaster_key_command = ["sh", "-c", "{SEEN}"]\n'


@pytest.fixture
def cold(jsonbin: Program, runner: Runner) -> Program:
    """The same program, all of whose runs are fresh processes."""
    if runner is fresh:
        pytest.skip("no run is forked")
    twin = Program(jsonbin.home, fresh)
    twin.env = jsonbin.env
    return twin


def test_it_is_given_the_same(jsonbin: Program, cold: Program, server: ScriptedServer) -> None:
    """Folder, environment, limits and signals are those of a fresh process, and so is what it prints."""
    jsonbin.configure(CONFIG)
    seen = []
    for program in (jsonbin, cold):
        server.replies(404, {"message": "Bin not found"})
        run = program("get", "65a1b2c3d4e5f60718293a4b", "-p", "work")
        seen.append((run, (jsonbin.home / "seen").read_text()))
        assert run.code == 4
    assert seen[0] == seen[1]


def test_more_than_a_pipe_holds(jsonbin: Program, cold: Program) -> None:
    """Both ways at once, and where the program does not read it."""
    record = b'["%b"]' % (b"x" * 900_000)
    run = jsonbin("update", "demo", "-p", "local", stdin=record)
    assert run == cold("update", "demo", "-p", "local", stdin=record)
    assert record.decode() in run.out
    assert jsonbin("--version", stdin=record) == cold("--version")
