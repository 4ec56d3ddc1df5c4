"""What README says of JSONBin on this machine is what happens."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.server.banner import banner
from jsonbin_cli.local.server.faults import Plan
from jsonbin_cli.local.server.options import Options
from jsonbin_cli.local.testing import LocalJSONBin
from tests.conftest import Program, Run
from tests.test_docs import README, block


def test_the_command_that_runs_a_program_runs(jsonbin: Program, tool: Callable[[str], str]) -> None:
    """With a program in the place of npm, and what README says of its environment."""
    tool("curl")
    (command,) = re.findall(r"`(jsonbin serve -- npm test)`", README)
    call = 'curl -sS -H "X-Master-Key: $JSONBIN_MASTER_KEY" https://api.jsonbin.io/v3/b/de30de30de30de30de30de30?meta=false'
    npm = jsonbin.home / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f'#!/bin/sh\n[ "$1" = test ] && {call}')
    npm.chmod(0o755)
    assert jsonbin.follow(command) == Run(0, '{"hello": "world"}', "")


def test_what_clients_need_by_their_own_options_is_set(jsonbin: Program) -> None:
    """The variables that README names in its table."""
    table = README.split("| program |")[1].split("\n\n")[0]
    names = set(re.findall(r"\$([A-Z_]+)", table))
    assert names == {"HTTPS_PROXY", "JSONBIN_SPKI"}
    run = jsonbin("serve", "--", "sh", "-c", f"echo {' '.join(f'${name}' for name in names)}")
    assert len(run.out.split()) == len(names)


@pytest.mark.costly
def test_the_test_of_readme_passes(tmp_path: Path) -> None:
    """As it stands, in a folder of its own."""
    (tmp_path / "test_app.py").write_text(block("python"))
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_app.py"],
        env={name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
    )
    assert process.returncode == 0, process.stdout.decode()


def test_the_line_that_makes_it_fail_runs(
    jsonbin: Program, jsonbin_server: LocalJSONBin, tool: Callable[[str], str]
) -> None:
    """curl, as the server shows it when it starts, and what is in force then."""
    tool("curl")
    asked = Options("127.0.0.1", 8900, None, [], Settings("key"), Plan(), None)
    (line,) = (line for line in banner("http://127.0.0.1:8900/v3", asked).splitlines() if "curl -X PATCH" in line)
    address = jsonbin_server.url.removesuffix("/v3")
    call = line[line.index("curl") :].replace("http://127.0.0.1:8900", address).replace("curl", "curl -s")
    assert json.loads(jsonbin.follow(call).out)["script"] == ["502"]
