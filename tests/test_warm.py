"""What tests/warm.py promises: a forked run is a run like any other."""

from __future__ import annotations

import sys

import pytest

from tests.conftest import Program, Run
from tests.scripted import ScriptedServer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there every run is a fresh process")

# A command that prints a key sees what the process that runs it was given.
SEEN = "{ pwd; env; umask; ulimit -a; grep -E 'Sig(Blk|Ign)' /proc/self/status; } >seen; echo unused"
CONFIG = f'[profiles.work]\nmaster_key_command = ["sh", "-c", "{SEEN}"]\n'


def fresh(jsonbin: Program, *arguments: str, stdin: bytes = b"") -> Run:
    """A run that is no fork."""
    process = jsonbin.start(*arguments)
    out, err = process.communicate(stdin, timeout=60)
    return jsonbin.checked(process.returncode, out, err)


def test_it_is_given_the_same(jsonbin: Program, server: ScriptedServer) -> None:
    """Folder, environment, limits and signals are those of a fresh process, and so is what it prints."""
    jsonbin.configure(CONFIG)
    seen = []
    for run in (jsonbin, lambda *arguments: fresh(jsonbin, *arguments)):
        server.replies(404, {"message": "Bin not found"})
        printed = run("get", "65a1b2c3d4e5f60718293a4b", "-p", "work")
        seen.append((printed, (jsonbin.home / "seen").read_text()))
        assert printed.code == 4
    assert seen[0] == seen[1]


def test_more_than_a_pipe_holds(jsonbin: Program) -> None:
    """Both ways at once, and where the program does not read it."""
    record = b'["%b"]' % (b"x" * 900_000)
    run = jsonbin("update", "demo", "-p", "local", stdin=record)
    assert run == fresh(jsonbin, "update", "demo", "-p", "local", stdin=record)
    assert record.decode() in run.out
    assert jsonbin("--version", stdin=record) == fresh(jsonbin, "--version")
