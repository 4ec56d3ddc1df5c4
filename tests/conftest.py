"""The program as its user runs it: a process, a socket on 127.0.0.1, and sometimes a terminal."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from zlib import crc32

import pytest

from jsonbin_cli.config import known_secrets
from tests.scripted import ScriptedServer
from tests.terminals import Terminal

if TYPE_CHECKING:
    from tests.inside import Inside

BIN = "65a1b2c3d4e5f60718293a4b"
CANARY_BODY = "CanaryKeyThatNobodyMayEverSee.InAnyOutput/OfAnyTestEv"
CANARY = "$2b$10$" + CANARY_BODY

Runner: TypeAlias = Callable[[Sequence[str], Mapping[str, str], Path, bytes], tuple[int, bytes, bytes]]
"""Runs the program with arguments, environment, folder and stdin; returns its exit code, stdout and stderr."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """What this test suite adds to pytest's command line."""
    parser.addoption("--cold", action="store_true", help="start every run of the program as a fresh process")
    parser.addoption("--partly-cold", action="store_true", help="start some runs of the program as fresh processes")
    parser.addoption("--one-in", type=int, default=1, metavar="N", help="run one of N tests, and always the same ones")
    parser.addoption("--thorough", action="store_true", help="kill, fuzz and measure as often as before a release")


class Run(NamedTuple):
    """What a finished process left."""

    code: int
    out: str
    err: str


def surroundings() -> dict[str, str]:
    """The environment of a process that is to find nothing of its user's, and to be measured where this one is."""
    needed = ("COV", "SYSTEMROOT", "TEMP")  # the others by Windows
    kept = {name: value for name, value in os.environ.items() if name.startswith(needed)}
    return kept | {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


def at_home(home: Path) -> dict[str, str]:
    """What makes `home` the user's folder, with the folders of Linux in it on each platform."""
    if sys.platform == "linux":
        return {"HOME": str(home)}
    return {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_STATE_HOME": str(home / ".local" / "state"),
        "WIN_PD_OVERRIDE_LOCAL_APPDATA": str(home / ".config"),
    }


def unmeasured(env: Mapping[str, str]) -> dict[str, str]:
    """`env` for a process that need not be measured: one that is killed, say, which saves nothing."""
    return {name: value for name, value in env.items() if not name.startswith("COV")}


def pytest_configure() -> None:
    """Let what the tests start hear Ctrl-C, which a shell has all that runs in the background ignore, and SIGHUP."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which nohup has all that it starts ignore


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not among the tests that --one-in chooses."""
    chosen: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        (chosen if _chosen(item.nodeid, config.getoption("--one-in")) else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = chosen


def _chosen(name: str, one_in: int) -> bool:
    """Whether this name is one of those that are chosen, which are the same ones in each run."""
    return crc32(name.encode(errors="surrogateescape")) % one_in == 0


def fresh(arguments: Sequence[str], env: Mapping[str, str], cwd: Path, stdin: bytes) -> tuple[int, bytes, bytes]:
    """Run the program as a fresh process."""
    command = [sys.executable, "-m", "jsonbin_cli", *arguments]
    process = subprocess.run(command, env=env, cwd=cwd, input=stdin, capture_output=True, timeout=60)
    return process.returncode, process.stdout, process.stderr


class Program:
    """Runs `jsonbin` in an environment of its own and looks for the canary key in all it prints."""

    def __init__(self, home: Path, runner: Runner) -> None:
        self.home = home
        self.env = surroundings() | at_home(home) | {"JSONBIN_MASTER_KEY": CANARY}
        self._runner = runner
        self._started: list[subprocess.Popen[bytes]] = []

    @property
    def config(self) -> Path:
        """Where the config file belongs."""
        return self.home / ".config" / "jsonbin" / "config.toml"

    def configure(self, text: str) -> None:
        """Write the config file and take the key out of the environment."""
        self.config.parent.mkdir(0o700, parents=True, exist_ok=True)
        self.config.touch(0o600)
        self.config.write_text(text)
        self.env.pop("JSONBIN_MASTER_KEY", None)

    def __call__(self, *arguments: str, stdin: str | bytes = b"", env: dict[str, str] | None = None) -> Run:
        """Run to the end, with `stdin` piped in."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        return self.checked(*self._runner(arguments, self.env | (env or {}), self.home, data))

    def start(self, *arguments: str, env: dict[str, str] | None = None, **streams: Any) -> subprocess.Popen[bytes]:
        """Start, with pipes for the streams that are not given."""
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(
            [sys.executable, "-m", "jsonbin_cli", *arguments],
            env=self.env | (env or {}),
            cwd=self.home,
            **pipes | streams,
        )
        self._started.append(process)
        return process

    def end(self) -> None:
        """End what a test that failed has left running, which would be the next one's error."""
        for process in self._started:
            with process:
                process.kill()

    def follow(self, script: str) -> Run:
        """Run what a hint or README says. It is not measured: coverage makes each start of Python take twice as long."""
        return self.shell(script, measured=False)

    def shell(self, script: str, shell: str = "bash", *, measured: bool = True) -> Run:
        """Run a script in which `jsonbin` is this program."""
        if sys.platform == "win32":
            pytest.skip("the scripts are for the shells of Unix")
        env = self._with_launcher()
        process = subprocess.run(
            [shell, "-c", script],
            env=env if measured else unmeasured(env),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
        )
        return self.checked(process.returncode, process.stdout, process.stderr)

    def shell_on_terminal(self, script: str) -> Terminal:
        """Start a script of bash on a terminal of its own."""
        return Terminal(["bash", "-c", script], self._with_launcher(), self.home, never=CANARY_BODY[:8])

    def _with_launcher(self) -> dict[str, str]:
        """The environment, with a command `jsonbin` that is this program."""
        folder = self.home / "bin"
        folder.mkdir(exist_ok=True)
        launcher = folder / "jsonbin"
        launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m jsonbin_cli "$@"\n')
        launcher.chmod(0o755)
        return self.env | {"PATH": f"{folder}:{self.env['PATH']}"}

    def on_terminal(self, *arguments: str, **options: Any) -> Terminal:
        """Start with all three streams on a terminal of its own."""
        env = self.env | options.pop("env", {})
        command = [sys.executable, "-m", "jsonbin_cli", *arguments]
        return Terminal(command, env, self.home, never=CANARY_BODY[:8], **options)

    def checked(self, code: int, out: bytes, err: bytes) -> Run:
        """The result, once it is sure that no part of the canary is in it."""
        for stream in (out, err):
            assert CANARY_BODY[:8].encode() not in stream
            assert CANARY_BODY[-8:].encode() not in stream
        return Run(code, out.decode(), err.decode())

    @staticmethod
    def interrupt(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
        """Press Ctrl-C until it is heard, since one between two system calls is not, and return what was printed."""
        if sys.platform == "win32":
            pytest.skip("Windows sends Ctrl-C to all that share a console")
        for _ in range(20):
            process.send_signal(signal.SIGINT)
            try:
                return process.communicate(timeout=5)
            except subprocess.TimeoutExpired:
                continue
        raise AssertionError("Ctrl-C was not heard")


@pytest.fixture(autouse=True)
def secrets() -> Iterator[None]:
    """What a test read as a secret in this process is none in the next one."""
    known = (known_secrets._pieces, known_secrets._short)
    before = [set(secrets) for secrets in known]
    yield
    for secrets, were in zip(known, before, strict=True):
        secrets.intersection_update(were)


@pytest.fixture(scope="session")
def runner(pytestconfig: pytest.Config) -> Iterator[Runner]:
    """Forks of a warm interpreter; with --cold, or where these cannot be had, fresh processes."""
    if sys.platform == "linux" and not pytestconfig.getoption("--cold"):
        from tests.warm import Warm

        with Warm(surroundings(), fresh) as warm:
            yield _partly_cold(warm.run) if pytestconfig.getoption("--partly-cold") else warm.run
    else:  # Windows has no fork, and the libraries of macOS do not survive one
        yield fresh


def _partly_cold(warm: Runner) -> Runner:
    """A fresh process for one in twenty of all runs."""

    def run(arguments: Sequence[str], env: Mapping[str, str], cwd: Path, stdin: bytes) -> tuple[int, bytes, bytes]:
        # The folder is named after the test.
        is_cold = _chosen(" ".join([cwd.parent.name, *arguments]), 20)
        return (fresh if is_cold else warm)(arguments, env, cwd, stdin)

    return run


@pytest.fixture
def thorough(pytestconfig: pytest.Config) -> bool:
    """Whether what happens at random is to be tried many times."""
    return bool(pytestconfig.getoption("--thorough"))


@pytest.fixture
def jsonbin(tmp_path: Path, runner: Runner) -> Iterator[Program]:
    """The program, with an empty home folder and the canary as its key."""
    home = tmp_path / "home"
    home.mkdir()
    program = Program(home, runner)
    yield program
    program.end()


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    """The program in this process, with an embedded store of its own."""
    from tests.inside import Inside

    return Inside(tmp_path)


@pytest.fixture
def server(jsonbin: Program) -> Iterator[ScriptedServer]:
    """A server that says what it is told to, and where the program sends its requests."""
    with ScriptedServer() as server:
        jsonbin.env["JSONBIN_API_URL"] = server.url
        yield server
    assert server.unexpected == [], "a request that nobody scripted"
    assert server.script == [], "a scripted answer that nobody asked for"


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """The path of a program that a test needs; without it the test is skipped, but in CI it fails."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None and os.environ.get("CI"):
            pytest.fail(f"{name} is not installed")
        if path is None:
            pytest.skip(f"{name} is not installed")
        return path

    return find
