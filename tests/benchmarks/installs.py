"""Fresh virtual environments, installed as a user would: not editable, and compiled."""

import os
import subprocess
import sys
import venv
from pathlib import Path

from tests.benchmarks.pairs import Failed

# Either would make the installed files something else than what a user has.
_SPOILERS = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONPATH", "PYTHONHOME", "PIP_NO_COMPILE")


def install(folder: Path, what: str) -> Path:
    """The `bin` folder of an environment at `folder` with `what` in it. Raises Failed where pip does.

    An environment that is there already is brought up to date: pip installs a folder anew every time.
    """
    programs = folder / "bin"
    if not (programs / "python").exists():
        # The links keep the interpreter's own libraries in reach.
        venv.create(folder, with_pip=True, symlinks=True)
    command = [str(programs / "python"), "-m", "pip", "install", "--compile", "--disable-pip-version-check", what]
    env = {name: value for name, value in os.environ.items() if name not in _SPOILERS}
    run = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if run.returncode:
        raise Failed(command, run.returncode, run.stderr)
    return programs


def certificates(programs: Path) -> Path:
    """The bundle of public authorities that httpx brought into an environment."""
    command = [str(programs / "python"), "-I", "-c", "import certifi; print(certifi.where())"]
    return Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())


def described(programs: Path, *names: str) -> str:
    """The names and versions of the packages in an environment, for the heading of the table."""
    script = "import sys, importlib.metadata as m; print(*(f'{n} {m.version(n)}' for n in sys.argv[1:]), sep=', ')"
    command = [str(programs / "python"), "-I", "-c", script, *names]
    versions = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    return f"Python {sys.version.split()[0]}, {versions}"
