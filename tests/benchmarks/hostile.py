"""Prints what each reply of tests/http/hostile.py costs the program in seconds and memory, the worst first.

Run: python tests/benchmarks/hostile.py [--rows 15] [--timeout 2] [--only WORD] [--terminal | COMMAND…]

Each is a run of the installed program over TCP: an `update` in a pipe or, with --terminal, a `get` at a terminal, which
spreads the reply over lines, or a COMMAND such as `set BIN /0:=1`, all of whose requests get that reply. Memory is the
peak of the process beyond that of the same with a small reply; the seconds of a processor do not depend on what else
the machine has to do.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.http.hostile import GOOD, Reply, http, replies
from tests.http.raw import RawServer

_BIN = "65a1b2c3d4e5f60718293a4b"
_PEAK = Path(__file__).with_name("peak.py")


class Cost(NamedTuple):
    """What one run took: seconds, MiB at its peak, its exit code, and seconds of a processor."""

    seconds: float
    memory: float
    code: int
    processor: float = 0.0


def cost(
    server: RawServer,
    reply: Reply,
    timeout: float,
    peak: Path,
    env: Mapping[str, str],
    *,
    terminal: bool = False,
    command: Sequence[str] = (),
    stdin: bytes = b'{"n":1}',
) -> Cost:
    """Run a command with `reply` as each answer: an update, or a get at a terminal, unless `command` is another.

    `peak` is a file to use, whose folder holds what the command keeps.
    """
    if sys.platform == "win32":
        raise NotImplementedError("Windows does not say what a process took")
    server.reply = reply
    program = str(Path(sys.executable).parent / "jsonbin")
    call = command or ["get" if terminal else "update", _BIN]
    started, before = time.monotonic(), _processor()
    with open(os.devnull, "wb") as nowhere:
        ends = os.openpty() if terminal else None
        process = subprocess.Popen(
            [sys.executable, str(_PEAK), str(peak), program, *call, "--retries=0", f"--timeout={timeout}"],
            env={**env, "JSONBIN_API_URL": server.url, "HOME": str(peak.parent)},
            stdin=subprocess.PIPE,
            stdout=ends[1] if ends else nowhere,
            stderr=nowhere,
        )
        if ends:
            Thread(target=_read_all, args=(ends[0],)).start()
        process.communicate(stdin)
        seconds = time.monotonic() - started
        if ends:
            os.close(ends[1])
    return Cost(seconds, int(peak.read_text()) / 1024, process.returncode, _processor() - before)


def _processor() -> float:
    """Seconds that the processes took which have ended."""
    if sys.platform == "win32":
        raise NotImplementedError
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _read_all(terminal: int) -> None:
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:  # nobody has the other end any more
        os.close(terminal)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=15)
    parser.add_argument("--timeout", type=float, default=2)
    parser.add_argument("--only", default="", help="a part of the names of the replies")
    parser.add_argument("--terminal", action="store_true")
    parser.add_argument("command", nargs="*", help="with BIN for the id of a bin")
    options = parser.parse_args()
    with RawServer() as server, TemporaryDirectory() as folder:

        def cost_of(reply: Reply) -> Cost:
            command = [_BIN if word == "BIN" else word for word in options.command]
            peak = Path(folder) / "peak"
            return cost(server, reply, options.timeout, peak, os.environ, terminal=options.terminal, command=command)

        plain = min(cost_of(Reply("", http(GOOD), ("reply",))) for _ in range(5))
        found = [(reply.name, cost_of(reply)) for reply in replies() if options.only in reply.name]
    print(f"with a small reply: {plain.seconds:.2f} s, {plain.memory:.1f} MiB; --timeout {options.timeout:g}")
    for title, key in (("MiB beyond it", 1), ("seconds", 0)):
        print(f"\n{len(found)} replies by {title}")
        for name, run in sorted(found, key=lambda row: row[1][key], reverse=True)[: options.rows]:
            seconds = f"{run.seconds:5.2f} s, of a processor {run.processor:5.2f}"
            print(f"  {run.memory - plain.memory:6.1f} MiB  {seconds}  exit {run.code:3}  {name}")


if __name__ == "__main__":
    main()
