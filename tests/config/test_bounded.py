"""Files, pipes and commands that never end or never begin, in the place of a config file or a key."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import UserDict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from jsonbin_cli.config.bounded import TooLarge, output_of, read_at_most
from tests.conftest import BIN, CANARY, Program, Run
from tests.scripted import ScriptedServer

CONFIG_LIMIT, KEY_LIMIT = 1024 * 1024, 64 * 1024


@pytest.mark.parametrize("endless", ["/dev/zero", "<(yes)"])
def test_a_config_file_without_an_end(jsonbin: Program, endless: str) -> None:
    """It is read no further than a config file can be long."""
    run = jsonbin.shell(f"JSONBIN_CONFIG={endless} jsonbin config list; JSONBIN_CONFIG={endless} jsonbin login <<< x")
    assert run.code == 2
    first, second = run.err.splitlines()
    assert first.endswith(" is larger than 1,048,576 bytes, so it is no config file")
    assert second.endswith(" is larger than 1,048,576 bytes, so it is no config file")


@pytest.mark.parametrize("endless", ["/dev/zero", "<(yes)"])
def test_a_key_file_without_an_end(jsonbin: Program, endless: str) -> None:
    """It is read no further than a key can be long."""
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    run = jsonbin.shell(f"JSONBIN_ACCESS_KEY_FILE={endless} jsonbin get {BIN}")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("error: JSONBIN_ACCESS_KEY_FILE names /dev/")
    assert run.err.endswith(", which cannot be read: it is larger than 65,536 bytes, and a key is one line\n")


def test_a_key_command_without_an_end(jsonbin: Program) -> None:
    """It is stopped."""
    jsonbin.configure("[profiles.work]\nmaster_key_command = ['yes']\n")
    assert jsonbin("get", BIN, "-p", "work") == Run(
        2,
        "",
        'error: master_key_command of profile "work" (yes) printed more than 65,536 bytes\n'
        "hint: look at what that command prints\n",
    )


def test_pipes_that_nobody_writes_to(jsonbin: Program) -> None:
    """Neither a key nor a config is waited for without an end; both calls wait at the same time here."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pipes with a path")
    pipe = jsonbin.home / "pipe"
    os.mkfifo(pipe, 0o600)
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    key = jsonbin.start("get", BIN, env={"JSONBIN_MASTER_KEY_FILE": "pipe"})
    config = jsonbin.start("get", BIN, env={"JSONBIN_CONFIG": str(pipe)})
    out, err = key.communicate(timeout=60)
    assert jsonbin.checked(key.returncode, out, err) == Run(
        2,
        "",
        "error: JSONBIN_MASTER_KEY_FILE names pipe, which cannot be read: it is a pipe that nobody writes to\n",
    )
    out, err = config.communicate(timeout=60)
    assert jsonbin.checked(config.returncode, out, err) == Run(
        2, "", f"error: {pipe} is a pipe that nobody writes to\n"
    )


def test_a_config_and_a_key_through_pipes(jsonbin: Program, server: ScriptedServer) -> None:
    """Process substitution, as a password manager would be used."""
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    (jsonbin.home / "key").write_text(CANARY)
    server.echoes()
    run = jsonbin.shell(
        f"echo '[1]' | JSONBIN_CONFIG=<(printf '[profiles.work.bins]\\nflags = \"{BIN}\"\\n') JSONBIN_PROFILE=work "
        "JSONBIN_MASTER_KEY_FILE=<(cat key) jsonbin update flags -q"
    )
    assert run == Run(0, "", "")
    assert server.headers[0]["X-Master-Key"] == CANARY


def test_the_largest_config_file(jsonbin: Program) -> None:
    """One byte more is too many, also to be written."""
    jsonbin.configure("default_profile = 'local'\n")
    with jsonbin.config.open("a") as file:
        file.write("#" * (CONFIG_LIMIT - file.tell()))
    assert jsonbin("config", "list").code == 0
    with jsonbin.config.open("a") as file:
        file.write("#")
    assert jsonbin("config", "list").code == 2
    jsonbin.configure(f"[profiles.local.bins]\n{'a' * (CONFIG_LIMIT - 60)} = '{BIN}'\n")
    run = jsonbin("config", "alias", "one-more", BIN, "-p", "local")
    assert run.err == (
        f"error: {jsonbin.config} would be larger than 1,048,576 bytes\nhint: remove aliases or profiles first\n"
    )
    assert jsonbin("config", "alias", "a" * 100_000, "--remove", "-p", "local").code == 2


def test_how_much_is_read(tmp_path: Path) -> None:
    """As many bytes as are allowed, and not one more; nothing, where there is nothing."""
    path = tmp_path / "file"
    path.write_bytes(b"x" * 10)
    assert read_at_most(path, 10).data == b"x" * 10
    assert read_at_most(path, 10).status.st_ino == path.stat().st_ino
    with pytest.raises(TooLarge):
        read_at_most(path, 9)
    assert read_at_most(Path("/dev/null"), 10).data == b""
    with pytest.raises(TooLarge):
        read_at_most(Path("/dev/zero"), 10)
    with pytest.raises(IsADirectoryError):
        read_at_most(tmp_path, 10)


def test_what_a_pipe_gives(tmp_path: Path) -> None:
    """Pieces of it are put together; whoever opens it and stays silent is waited for, though not without an end."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pipes with a path")
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def write(*pieces: bytes) -> threading.Thread:
        def writer() -> None:
            with path.open("wb", buffering=0) as pipe:
                for piece in pieces:
                    pipe.write(piece)

        thread = threading.Thread(target=writer)
        thread.start()
        return thread

    for pieces in ((b"12345",), (b"12", b"345"), ()):
        thread = write(*pieces)
        assert read_at_most(path, 5).data == b"".join(pieces)
        thread.join()
    with pytest.raises(TimeoutError):
        read_at_most(path, 5, seconds=0.05)
    silent = os.open(path, os.O_RDWR)
    try:
        with pytest.raises(TimeoutError):
            read_at_most(path, 5, seconds=0.05)
        os.write(silent, b"123")
        with pytest.raises(TimeoutError):
            read_at_most(path, 5, seconds=0.05)
    finally:
        os.close(silent)


def run(script: str, most: int = 10, seconds: float = 30, env: Mapping[str, str] = os.environ) -> tuple[bytes, int]:
    """What a Python script prints, and its exit code."""
    return output_of([sys.executable, "-c", script], most, seconds, env)


def test_what_a_command_gives() -> None:
    """As many bytes as are allowed, and its exit code; it is stopped where it gives more or takes too long."""
    assert run("print(end='x' * 10)") == (b"x" * 10, 0)
    assert run("import os; os.write(1, b'1'); os.write(1, b'2'); os._exit(3)") == (b"12", 3)
    with pytest.raises(TooLarge):
        run("print(end='x' * 11)")
    with pytest.raises(TooLarge):
        run("while True: print('x')")
    with pytest.raises(TimeoutError):
        run("import time; time.sleep(60)", seconds=0.1)
    with pytest.raises(TimeoutError):
        run("import os, time; os.close(1); time.sleep(60)", seconds=2)
    with pytest.raises(FileNotFoundError):
        output_of(["no-such-command"], 10, 1, os.environ)


@pytest.mark.parametrize("moment", range(5))
def test_ctrl_c_as_soon_as_the_command_runs_stops_it(moment: int, jsonbin: Program) -> None:
    """Here it comes from the command itself, mostly before its start was noticed."""
    if sys.platform == "win32":
        pytest.skip("Windows sends Ctrl-C to all that share a console")
    script = f"echo $$ >pid; kill -INT $PPID; exec sleep {60 + moment}"
    jsonbin.configure(f"[profiles.work]\nmaster_key_command = ['sh', '-c', '{script}']\n")
    process = jsonbin.start("get", BIN, "-p", "work", stderr=subprocess.DEVNULL)
    assert process.wait(30) == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int((jsonbin.home / "pid").read_text()), 0)
    process.communicate()


def test_ctrl_c_while_the_command_is_being_started(tmp_path: Path) -> None:
    """It is started, so that it can be stopped, and then the interrupt is what it is elsewhere."""
    if sys.platform == "win32":
        pytest.skip("there is no sh")

    class Pressed(UserDict[str, str]):
        def __iter__(self) -> Iterator[str]:
            signal.raise_signal(signal.SIGINT)
            return super().__iter__()

    ready = tmp_path / "ready"
    os.mkfifo(ready)
    with pytest.raises(KeyboardInterrupt):
        output_of(["sh", "-c", f"exec 3<>'{ready}'; exec sleep 60"], 10, 60, Pressed(os.environ))
    with pytest.raises(OSError, match="No such device"):  # nobody has it open
        os.open(ready, os.O_WRONLY | os.O_NONBLOCK)


def test_a_command_ignores_ctrl_c_where_the_program_does(jsonbin: Program) -> None:
    """As what a shell runs in the background."""
    jsonbin.configure("[profiles.work]\nmaster_key_command = ['sh', '-c', 'kill -INT $$; touch after']\n")
    jsonbin.shell(f"trap '' INT; jsonbin get {BIN} -p work")
    assert (jsonbin.home / "after").exists()


def test_a_command_is_stopped_by_ctrl_c(jsonbin: Program) -> None:
    """What it has started goes on, and keeps nobody waiting."""
    jsonbin.configure("[profiles.work]\nmaster_key_command = ['sh', '-c', 'echo ready >&2; exec sleep 60']\n")
    process = jsonbin.start("get", BIN, "-p", "work")
    assert process.stderr
    assert process.stderr.readline() == b"ready\n"
    _, err = jsonbin.interrupt(process)
    assert process.returncode == 130
    assert err == b"error: interrupted\n"
