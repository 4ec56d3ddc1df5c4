"""The command that `jsonbin serve` runs: its environment, its streams, its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jsonbin_cli.config.keys import LOCAL_MASTER_KEY
from tests.conftest import BIN, Program, Run

DEMO = "de30de30de30de30de30de30"
SHOWS_ITS_FOLDER = (
    'folder=$(dirname "$SSL_CERT_FILE"); stat -c "%a" "$folder" "$folder"/*.p* "$folder"/php/*; echo "$folder"'
)
COUNTS = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
print("ready", flush=True)
signal.sigwait([signal.SIGINT])
print("heard", flush=True)
print("twice" if input() == "end" and signal.sigpending() else "once", flush=True)
"""
ASKS_FOR_ITS_END = """
import os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
os.kill(os.getppid(), signal.SIGHUP)
os.kill(os.getppid(), signal.SIGTERM)
signal.pause()
"""


def test_a_command_gets_what_it_needs_and_gives_its_exit_code(jsonbin: Program) -> None:
    """Standard streams are its own; the bins are in memory; the outer key is not its key; nothing is left behind."""
    script = f'cat; "{sys.executable}" -m jsonbin_cli get {DEMO} --record; echo problem >&2; {SHOWS_ITS_FOLDER}; exit 3'
    run = jsonbin("serve", "--", "sh", "-c", script, stdin="input\n")
    *lines, folder = run.out.splitlines()
    assert (run.code, run.err) == (3, "problem\n")
    assert lines == ["input", '{"hello": "world"}', "700", *["600"] * 4]
    assert not Path(folder).exists()
    assert not (jsonbin.home / ".local" / "share").exists()


def test_a_command_without_a_fault_ends_with_0(jsonbin: Program) -> None:
    """What it changed is exported; the port and the store are those that were asked for."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    script = (
        f'echo "[2]" | "{sys.executable}" -m jsonbin_cli update {DEMO} -q && echo $JSONBIN_API_URL $JSONBIN_MASTER_KEY'
    )
    options = ("--port", str(port), "--store", "a", "--export", "out", "--ready-file", "ready")
    run = jsonbin("serve", *options, "--", "sh", "-c", script)
    assert run == Run(0, f"http://127.0.0.1:{port}/v3 {LOCAL_MASTER_KEY}\n", "")
    assert [path.read_text() for path in (jsonbin.home / "out").glob("*.json")] == ["[2]"]
    assert (jsonbin.home / "a").is_file()
    assert json.loads((jsonbin.home / "ready").read_text())["environment"]["NODE_USE_ENV_PROXY"] == "1"


def test_requests_are_told_where_that_was_asked_for(jsonbin: Program) -> None:
    """With --verbose, on standard error; what was refused is told always."""
    script = f'"{sys.executable}" -m jsonbin_cli get {BIN} -q; exit 0'
    assert len(jsonbin("serve", "--", "sh", "-c", script).err.splitlines()) == 2  # of the command itself
    run = jsonbin("serve", "--verbose", "--", "sh", "-c", script)
    assert f"GET /v3/b/{BIN}/latest 0 bytes: 404, " in run.err
    ask = "import urllib.request as u; u.urlopen('http://a.test')"
    run = jsonbin("serve", "--", sys.executable, "-c", ask)
    assert run.code == 1
    assert "note: a.test was refused: without --pass-through only api.jsonbin.io can be reached\n" in run.err
    assert run.err.endswith("HTTPError: HTTP Error 403: Refused by jsonbin serve\n")


def test_what_cannot_be_run_is_told(jsonbin: Program) -> None:
    """127, as from a shell, and nothing is served."""
    error = "error: nowhere is not a program that can be run\nhint: the command to run stands after --\n"
    assert jsonbin("serve", "--ready-file", "ready", "--", "nowhere") == Run(127, "", error)
    assert not (jsonbin.home / "ready").exists()
    odd = jsonbin.home / "odd"
    odd.write_bytes(b"\0\0")
    odd.chmod(0o755)
    assert jsonbin("serve", "--", "./odd") == Run(127, "", "error: ./odd cannot be run: Exec format error\n")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signals_are_passed_on(name: str, jsonbin: Program) -> None:
    """The command dies of it, which is the end, and nothing is left behind."""
    if sys.platform == "win32":
        pytest.skip("Windows sends no signals to single processes")
    number = signal.Signals[name]
    script = f"{SHOWS_ITS_FOLDER}; exec sleep 60"
    process = jsonbin.start("serve", "--", "sh", "-c", script)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(6)]
    process.send_signal(number)
    assert process.communicate(timeout=60) == (b"", b"")
    assert process.returncode == 128 + number
    assert not Path(lines[-1].decode().strip()).exists()


def test_a_command_may_do_with_a_signal_what_it_likes(jsonbin: Program) -> None:
    """Its exit code is what counts; and what is ignored outside is ignored inside."""
    (jsonbin.home / "command.py").write_text(ASKS_FOR_ITS_END)
    assert jsonbin.shell(f"trap '' HUP; jsonbin serve -- '{sys.executable}' command.py") == Run(7, "", "")


def test_a_signal_that_comes_early_is_passed_on_later(jsonbin: Program) -> None:
    """Here the ready file is a pipe, and the start waits until somebody reads it."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pipes with a name in a folder")
    pipe = jsonbin.home / "ready"
    os.mkfifo(pipe)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = listener.getsockname()
    options = ("--ready-file", str(pipe), "--port", str(address[1]))
    process = jsonbin.start("serve", *options, "--", "sleep", "60")
    listens = False
    while not listens:
        assert process.poll() is None
        with socket.socket() as client:
            listens = client.connect_ex(address) == 0
    process.terminate()
    assert json.loads(pipe.read_text())["url"].endswith(f":{address[1]}/v3")
    assert process.communicate(timeout=60) == (b"", b"")
    assert process.returncode == 128 + signal.SIGTERM


def test_ctrl_c_reaches_the_command_once(jsonbin: Program) -> None:
    """A terminal sends it to all that runs there, so it is not passed on as well; typed text is the command's."""
    with jsonbin.on_terminal("serve", "--", sys.executable, "-c", COUNTS) as terminal:
        terminal.wait_for("ready")
        terminal.type("\x03")
        terminal.wait_for("heard")
        terminal.type("end\r")
        terminal.wait_for("once")
        assert terminal.finish() == 0


def test_an_interrupted_command_needs_no_words(jsonbin: Program, tool: Callable[[str], str]) -> None:
    """130, and what the command wrote."""
    with jsonbin.on_terminal("serve", "--", tool("sh"), "-c", "echo ready; exec sleep 60") as terminal:
        terminal.wait_for("ready")
        assert terminal.interrupt() == 130
    assert terminal.shown == "ready\n^C"
