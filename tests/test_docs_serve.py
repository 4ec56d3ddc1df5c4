"""What README says of JSONBin on this machine is what happens."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.server.banner import banner
from jsonbin_cli.local.server.faults import Plan
from jsonbin_cli.local.server.options import Options
from jsonbin_cli.local.testing import LocalJSONBin
from tests.conftest import Program, Run
from tests.test_docs import block


def test_the_recipe_for_ci_runs(jsonbin: Program, tool: Callable[[str], str]) -> None:
    """Start, wait, point at it, create, update, read, stop."""
    tool("jq")
    script = "set -e\n" + block("bash", "--ready-file").replace("kill %1", "kill $!").replace("wait %1", "wait $!")
    assert jsonbin.shell(script) == Run(0, '{"n": 2}\n', "")
    log = (jsonbin.home / "serve.log").read_text()
    assert len(re.findall(r"^(POST|PUT|GET) /v3/b\S* \d+ bytes: 200, ", log, re.MULTILINE)) == 3


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
    assert json.loads(jsonbin.shell(call).out)["script"] == ["502"]
