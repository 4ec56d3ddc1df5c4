"""The fixture that the package ships, in a pytest run of somebody else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jsonbin_cli.config.installing import install_extra
from jsonbin_cli.config.keys import LOCAL_MASTER_KEY
from jsonbin_cli.local.testing import LocalJSONBin

THEIRS = """
import urllib.request, urllib.error, json, pytest

def test_theirs(jsonbin_server):
    bin_id = jsonbin_server.create({"n": 1}, name="flags")
    jsonbin_server.script("502")
    headers = {"X-Access-Key": jsonbin_server.access_key("read"), "User-Agent": "theirs"}
    request = urllib.request.Request(f"{jsonbin_server.url}/b/{bin_id}", headers=headers)
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request)
    raised.value.close()
    with urllib.request.urlopen(request) as reply:
        assert json.load(reply)["record"] == {"n": 1}
    assert [(seen.method, seen.status) for seen in jsonbin_server.requests] == [("GET", 502), ("GET", 200)]
"""


def run(folder: Path, script: str, test: str) -> tuple[int, str]:
    """A pytest run of its own, in an empty folder."""
    (folder / "test_theirs.py").write_text(test)
    process = subprocess.run(
        [sys.executable, "-c", script, "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "test_theirs.py"],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        capture_output=True,
        timeout=60,
    )
    return process.returncode, process.stdout.decode()


def test_somebody_elses_tests_can_use_the_fixture(tmp_path: Path) -> None:
    """Installed is enough: no import, no option."""
    code, out = run(tmp_path, "import pytest, sys; sys.exit(pytest.main())", THEIRS)
    assert (code, out.splitlines()[-1].split(" in ")[0]) == (0, "1 passed"), out


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    """Only a test that asks for the fixture fails."""
    script = "import pytest, sys; sys.modules['uvicorn'] = None; sys.exit(pytest.main())"
    code, out = run(tmp_path, script, THEIRS + "\ndef test_without(): pass\n")
    assert code == 1
    assert f"the packages that serve needs are not installed: {install_extra('serve')}" in out
    assert "1 passed, 1 error" in out


@pytest.mark.costly
def test_the_plugin_costs_nothing_until_it_is_used(tmp_path: Path) -> None:
    """A run without the fixture imports neither the server nor the store."""
    script = (
        "import pytest, sys; code = pytest.main();"
        "print(sorted({'uvicorn', 'h11', 'httpx', 'typer', 'jsonschema'} & sys.modules.keys())); sys.exit(code)"
    )
    code, out = run(tmp_path, script, "def test_nothing(): pass\n")
    assert (code, out.splitlines()[-1]) == (0, "[]")


def test_the_fixture_gives_a_server_of_ones_own(jsonbin_server: LocalJSONBin) -> None:
    """In this process too: address, key, a bin."""
    assert jsonbin_server.url.startswith("http://127.0.0.1:")
    assert jsonbin_server.url.endswith("/v3")
    assert jsonbin_server.master_key == LOCAL_MASTER_KEY
    assert jsonbin_server.record(jsonbin_server.demo) == {"hello": "world"}
