"""The action for GitHub's runner: its steps, run by bash as the runner runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Program

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / ".github/actions/serve/action.yml").read_text())
INSTALL, START = ACTION["runs"]["steps"]


@pytest.fixture
def runner_temp(jsonbin: Program, tool: Callable[[str], str]) -> Path:
    """The runner's folder for one job, where the program is installed."""
    tool("jq")
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    folder = jsonbin.home / "temp"
    (folder / "jsonbin" / "bin").mkdir(parents=True)
    program = folder / "jsonbin" / "bin" / "jsonbin"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m jsonbin_cli "$@"\n')
    program.chmod(0o755)
    return folder


def step(jsonbin: Program, folder: Path, script: str, **env: str) -> subprocess.CompletedProcess[str]:
    """What the runner does for a step whose shell is bash."""
    files = {"GITHUB_ENV": f"{folder}/env", "GITHUB_OUTPUT": f"{folder}/output", "RUNNER_TEMP": str(folder)}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        env=jsonbin.env | {"GITHUB_ACTIONS": "true"} | files | env,
        cwd=jsonbin.home,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_steps_after_it_use_the_server(jsonbin: Program, runner_temp: Path, tool: Callable[[str], str]) -> None:
    """Curl asks api.jsonbin.io, which is the server, until it is told to end."""
    options = "--records 'my records' --quota 5"
    (jsonbin.home / "my records").mkdir()
    (jsonbin.home / "my records" / "flags.json").write_text("[1]")
    started = step(jsonbin, runner_temp, START["run"], OPTIONS=options)
    assert (started.returncode, started.stdout, started.stderr) == (0, "", "")
    exported = dict(line.split("=", 1) for line in (runner_temp / "env").read_text().splitlines())
    ready = json.loads((runner_temp / "jsonbin-ready.json").read_text())
    assert "NODE_OPTIONS" in ready["environment"]
    assert exported == {name: value for name, value in ready["environment"].items() if name != "NODE_OPTIONS"}
    name, _, pid = (runner_temp / "output").read_text().strip().partition("=")
    assert name in ACTION["outputs"]
    try:
        url = "https://api.jsonbin.io/v3/b/2934fb49d6b38adef036c28f"
        call = f'"{tool("curl")}" -sS -H "X-Master-Key: $JSONBIN_MASTER_KEY" {url}'
        asked = step(jsonbin, runner_temp, call, **exported)
        assert json.loads(asked.stdout)["record"] == [1]
    finally:
        os.kill(int(pid), signal.SIGTERM)


def test_a_server_that_does_not_start_fails_the_step(jsonbin: Program, runner_temp: Path) -> None:
    """With its own words; nothing is exported."""
    started = step(jsonbin, runner_temp, START["run"], OPTIONS="--plan gold")
    assert started.returncode == 1
    assert started.stdout.startswith("::error title=jsonbin::Invalid value for '--plan'")
    assert not (runner_temp / "env").exists()


def test_it_installs_the_checkout_that_it_is_part_of(jsonbin: Program, runner_temp: Path) -> None:
    """What pip is told leads from the action's folder to the package, with the extra."""
    shown = f'python3() {{ :; }}; ln -s "$(type -P echo)" "{runner_temp}/jsonbin/bin/pip"; {INSTALL["run"]}'
    run = step(jsonbin, runner_temp, shown, GITHUB_ACTION_PATH=str(ROOT / ".github/actions/serve"))
    assert run.returncode == 0, run.stderr
    requirement = run.stdout.split()[-1]
    assert requirement.endswith("[serve]")
    assert (Path(requirement.removesuffix("[serve]")) / "pyproject.toml").samefile(ROOT / "pyproject.toml")
    assert ACTION["inputs"]["options"]["default"] == "--pass-through"
    assert START["env"] == {"OPTIONS": "${{ inputs.options }}"}
