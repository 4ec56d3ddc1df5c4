"""The commands that hints name to install what is missing: they run, and install into the right environment."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from jsonbin_cli.config.installing import install, install_extra
from tests.conftest import Program, Run

ROOT = Path(__file__).parents[2]


def test_pip_is_that_of_the_environment() -> None:
    """Whatever `pip` is on the PATH; the requirement is one word to each shell."""
    assert shlex.split(install("a[b]>=0.28,<1", "x")) == [
        *(sys.executable, "-m", "pip", "install"),
        *("a[b]>=0.28,<1", "x"),
    ]


def test_pip_takes_the_command(tmp_path: Path) -> None:
    """As a shell runs it, in an environment that has the package already."""
    command = install("pytest>=8,<1000")
    process = subprocess.run(["bash", "-c", f"{command} --no-index"], cwd=tmp_path, capture_output=True, text=True)
    assert process.returncode == 0
    assert any(line.startswith("Requirement already satisfied: pytest") for line in process.stdout.splitlines())


def test_an_environment_without_pip_is_uvs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uv installs into it from outside."""
    monkeypatch.setitem(sys.modules, "pip", None)
    assert install("x") == f'uv pip install --python "{sys.executable}" "x"'


def test_an_environment_of_pipx_has_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Pipx names it by the package, and takes several requirements at once."""
    environment = tmp_path / "jsonbin-cli"
    environment.mkdir()
    (environment / "pipx_metadata.json").touch()
    monkeypatch.setattr(sys, "prefix", str(environment))
    assert install("x", "y<2") == 'pipx inject jsonbin-cli "x" "y<2"'


def test_an_extra_is_named_by_its_packages() -> None:
    """Those of pyproject.toml, since no index need have this program."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        extra = tomllib.load(file)["project"]["optional-dependencies"]["serve"]
    named = shlex.split(install_extra("serve"))[4:]
    assert sorted(map(sorted, named)) == sorted(map(sorted, extra))  # a version's bounds have no order


def test_pipx_injects(jsonbin: Program) -> None:
    """Where pipx made the environment, the program's own hint is pipx's command, with the environment's name."""
    environment = jsonbin.home / "venvs" / "jsonbin-cli"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    (environment / "pipx_metadata.json").write_text(json.dumps({"main_package": {"package": "jsonbin-cli"}}))
    packages = next(environment.glob("lib/python*/site-packages"))
    (packages / "ours.pth").write_text(
        "\n".join(path for path in sys.path if path.endswith("site-packages") or path == str(ROOT))
    )
    script = "import sys; sys.modules['uvicorn'] = None; from jsonbin_cli.__main__ import main; sys.exit(main())"
    run = jsonbin.shell(f'"{environment}/bin/python" -c "{script}" serve --memory')
    wanted = " ".join(f'"{one}"' for one in shlex.split(install_extra("serve"))[4:])
    assert run == Run(
        2, "", f"error: the packages that serve needs are not installed\nhint: pipx inject jsonbin-cli {wanted}\n"
    )
