"""Prints what each reply of tests/http/hostile.py costs the program in seconds and memory, the worst first.

Run: python tests/benchmarks/hostile.py [--rows 15] [--timeout 2]

Each is a run of the installed program over TCP. Memory is the peak of the process beyond that of a plain update.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

if sys.platform == "win32":
    sys.exit("the peak of a process's memory is not known here")

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.http.hostile import GOOD, Reply, http, replies
from tests.http.raw import RawServer

_BIN = "65a1b2c3d4e5f60718293a4b"


class Cost(NamedTuple):
    """What one run took: seconds, MiB at its peak, and its exit code."""

    seconds: float
    memory: float
    code: int


def cost(server: RawServer, reply: Reply, timeout: float) -> Cost:
    """Update a bin once, with `reply` as the answer."""
    if sys.platform == "win32":
        raise NotImplementedError("Windows does not say what a process took")
    server.reply = reply
    program = Path(sys.executable).parent / "jsonbin"
    started = time.monotonic()
    process = subprocess.Popen(
        [program, "update", _BIN, "--retries=0", f"--timeout={timeout}"],
        env=os.environ | {"JSONBIN_API_URL": server.url, "HOME": "/nonexistent"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin
    process.stdin.write(b'{"n":1}')
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    return Cost(time.monotonic() - started, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=15)
    parser.add_argument("--timeout", type=float, default=2)
    options = parser.parse_args()
    with RawServer() as server:
        plain = min(cost(server, Reply("", http(GOOD), ("reply",)), options.timeout) for _ in range(5))
        found = [(reply.name, cost(server, reply, options.timeout)) for reply in replies()]
    print(f"a plain update: {plain.seconds:.2f} s, {plain.memory:.1f} MiB; --timeout {options.timeout:g}")
    for title, key in (("MiB beyond it", 1), ("seconds", 0)):
        print(f"\n{len(found)} replies by {title}")
        for name, run in sorted(found, key=lambda row: row[1][key], reverse=True)[: options.rows]:
            print(f"  {run.memory - plain.memory:6.1f} MiB  {run.seconds:5.2f} s  exit {run.code:3}  {name}")


if __name__ == "__main__":
    main()
