"""The command that installs what is missing, into the environment that this program runs in."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path


def install(*requirements: str) -> str:
    """The command line that installs the requirements: by pipx or uv where these made the environment, else by pip."""
    wanted = " ".join(f'"{one}"' for one in requirements)
    environment = Path(sys.prefix)
    if (environment / "pipx_metadata.json").exists():
        return f"pipx inject {environment.name} {wanted}"
    if find_spec("pip") is None:  # as in an environment that uv made
        return f'uv pip install --python "{sys.executable}" {wanted}'
    return f'"{sys.executable}" -m pip install {wanted}'


def install_extra(name: str) -> str:
    """The command line that installs what an extra of this program consists of.

    Its packages are named and not the extra, since this program may come from a folder, where no index has it.
    """
    from importlib.metadata import requires

    required = [line for line in requires("jsonbin-cli") or () if line.endswith(f"extra == '{name}'")]
    return install(*(line.partition(";")[0].strip() for line in required))
