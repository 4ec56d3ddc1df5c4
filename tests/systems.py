"""The program on a system where something is different: Python code that runs before it in its process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import Program, Run

_THEN_THE_PROGRAM = """
import sys
from jsonbin_cli.__main__ import main
sys.argv = ["jsonbin", *sys.argv[1:]]
sys.exit(main())
"""


def begin_where(before: str, jsonbin: Program, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the program after the Python code `before`, with pipes for its streams."""
    return subprocess.Popen(
        [sys.executable, "-c", before + _THEN_THE_PROGRAM, *arguments],
        env=jsonbin.env,
        cwd=jsonbin.home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run_where(before: str, jsonbin: Program, *arguments: str, stdin: str = "") -> Run:
    """Run the program to its end after the Python code `before`."""
    process = begin_where(before, jsonbin, *arguments)
    out, err = process.communicate(stdin.encode(), timeout=60)
    return jsonbin.checked(process.returncode, out, err)


def processor_seconds(jsonbin: Program, *arguments: str, stdin: str | bytes = b"") -> tuple[Run, float]:
    """Run the program as a process of its own, and say how long it used a processor, however busy the machine is."""
    if sys.platform == "win32":
        pytest.skip("Windows does not say what its processes used")
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = jsonbin.start(*arguments)
    out, err = process.communicate(stdin.encode() if isinstance(stdin, str) else stdin, timeout=300)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return jsonbin.checked(process.returncode, out, err), seconds
