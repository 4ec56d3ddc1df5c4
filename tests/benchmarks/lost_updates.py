"""Counts the updates that writers of one bin lose to each other, in silence or not, for each way of writing.

`python tests/benchmarks/lost_updates.py [--writers 1,2,4,8] [--rounds 50] [--delay 0,20,100] [--faults] [--kill]`. Each
writer adds 1 to a counter that all share and to one of its own, again and again, in a process of its own, on the JSONBin
of `jsonbin serve`. What a writer was told is done, and is in no counter at the end, was lost unnoticed. `--faults` lets 5 %
of the answers be 502 after the work was done, 5 % be cut, and 5 % be 429; `--kill` kills one update of five at a random
moment. After each of these the writer runs `jsonbin check`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from jsonbin_cli.local.testing import LocalJSONBin

CONFLICT, MAYBE = 6, (3, 5)
WAYS = {"plain": (), "--recheck": ("--recheck",), "--merge": ("--merge",)}
# Writers are one process each, which calls the program for each update, so that not the start of Python is measured.
WRITER = """
import json, os, sys
from jsonbin_cli.__main__ import main
from jsonbin_cli.terminal import streams
out = os.dup(1)
quiet = os.open(os.devnull, os.O_WRONLY)
os.dup2(quiet, 1)
os.dup2(quiet, 2)
for line in sys.stdin:
    sys.argv = ["jsonbin", *json.loads(line)]
    os.write(out, b"%d\\n" % main())
"""


class Row(NamedTuple):
    """What came of one row: what all updates together were told, and what the bin holds."""

    done: int
    conflicts: int
    in_doubt: int
    shared: int
    own: int
    requests: int
    seconds: float

    def line(self, way: str, writers: int, delay: int) -> str:
        """The row as it is printed. An update that ended with a conflict or in doubt was reported."""
        told = self.done + self.conflicts
        lost = max(0, told - self.own - self.conflicts - self.in_doubt)
        exact = "exact" if self.shared == self.own == told else f"{self.shared}, {self.own} of {told}"
        updates = max(1, told + self.in_doubt)
        return (
            f"{way:10} {writers:7} {delay:6} {lost:14} {self.conflicts:9} {self.in_doubt:8} {exact:>20} "
            f"{self.requests / updates:15.1f} {self.seconds:8.1f}"
        )


def main() -> None:
    """Print a line for each way of writing, number of writers and delay."""
    options = _options()
    print(
        f"{'way':10} {'writers':>7} {'ms':>6} {'lost unnoticed':>14} {'conflicts':>9} {'in doubt':>8} {'counters':>20} "
        f"{'requests/update':>15} {'seconds':>8}"
    )
    for delay in options.delay:
        for writers in options.writers:
            for way in options.ways:
                print(_row(options, way, writers, delay).line(way, writers, delay), flush=True)


def _row(options: argparse.Namespace, way: str, writers: int, delay: int) -> Row:
    with LocalJSONBin() as server, tempfile.TemporaryDirectory(prefix="jsonbin-bench-") as folder:
        zero = {"n": 0} | {f"w{number}": 0 for number in range(writers)}
        bin_id = server.create(zero)
        shares = {"late-502": 0.05, "cut": 0.05, "429": 0.05} if options.faults else {}
        server.change(latency=delay / 1000, shares=shares)
        began = time.monotonic()
        with ThreadPoolExecutor(writers) as pool:
            work = [
                pool.submit(_write, options, way, Path(folder) / str(number), server.url, bin_id, number)
                for number in range(writers)
            ]
            codes = [code for job in work for code in job.result()]
        seconds = time.monotonic() - began
        asked = len(server.requests)
        server.change(latency=0, shares={})
        held = _held(server, bin_id)
    return Row(
        codes.count(0),
        codes.count(CONFLICT),
        sum(code not in (0, CONFLICT) for code in codes),
        held["n"],
        sum(held[f"w{number}"] for number in range(writers)),
        asked,
        seconds,
    )


def _held(server: LocalJSONBin, bin_id: str) -> dict[str, int]:
    import httpx

    reply = httpx.get(f"{server.url}/b/{bin_id}/latest", headers={"X-Master-Key": server.master_key})
    held: dict[str, int] = reply.json()["record"]
    return held


def _write(options: argparse.Namespace, way: str, home: Path, url: str, bin_id: str, number: int) -> list[int]:
    """The exit codes of one writer's updates; what a check found is the code of the update that it is about."""
    config = home / ".config" / "jsonbin" / "config.toml"
    config.parent.mkdir(0o700, parents=True)
    config.touch(0o600)
    config.write_text(
        f"default_profile = 'bench'\n[profiles.bench]\nurl = '{url}'\nmaster_key = '{LocalJSONBin.master_key}'\n"
        "counters = ['']\n"
    )
    env = {"HOME": str(home), "PATH": os.environ["PATH"]}
    update = ["set", bin_id, "n+=1", f"w{number}+=1", "-q", "--no-backup" if way != "--merge" else "-q", *WAYS[way]]
    codes = []
    with subprocess.Popen(
        [sys.executable, "-c", WRITER], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdin
        assert writer.stdout

        def run(arguments: list[str]) -> int:
            assert writer.stdin
            assert writer.stdout
            writer.stdin.write(json.dumps(arguments) + "\n")
            writer.stdin.flush()
            return int(writer.stdout.readline())

        for _ in range(options.rounds):
            code = _killed(update, env) if options.kill and random.random() < 0.2 else run(update)
            while way == "--merge" and (code in MAYBE or code < 0):
                code = _checked(bin_id, env)
            codes.append(code)
        writer.stdin.close()
    return codes


def _checked(bin_id: str, env: dict[str, str]) -> int:
    """What a check says of an update: 0 that it is in the bin, 1 that it is not; 7 where there was none to check."""
    check = [sys.executable, "-m", "jsonbin_cli", "check", bin_id]
    done = subprocess.run(check, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return 7 if done.stdout.strip() == b"[]" else done.returncode


def _killed(update: list[str], env: dict[str, str]) -> int:
    process = subprocess.Popen([sys.executable, "-m", "jsonbin_cli", *update], env=env)
    time.sleep(random.uniform(0.1, 0.8))
    process.kill()
    return process.wait()


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=_numbers, default=[1, 2, 4, 8], metavar="N,…", help="how many write at once")
    parser.add_argument("--rounds", type=int, default=50, metavar="N", help="updates of each (50)")
    parser.add_argument("--delay", type=_numbers, default=[0, 20, 100], metavar="MS,…", help="how long an answer takes")
    parser.add_argument("--ways", type=lambda text: text.split(","), default=list(WAYS), help="plain,--recheck,--merge")
    parser.add_argument("--faults", action="store_true", help="let one answer of seven be wrong")
    parser.add_argument("--kill", action="store_true", help="kill one update of five")
    return parser.parse_args()


if __name__ == "__main__":
    main()
