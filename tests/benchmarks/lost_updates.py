"""Counts the updates that writers of one bin lose to each other, noticed or not, for each way of writing.

`python tests/benchmarks/lost_updates.py [--writers 1,2,4,8] [--rounds 50] [--delay 0,20,100] [--tables calm,disturbed]`.
Each writer adds 1 to a counter that all share and to one of its own, and a name of the update to a list, again and
again, in a process of its own, on the JSONBin of `jsonbin serve`. What a writer was told is done, and is neither in the
list at the end nor in a version that a conflict names, was lost unnoticed; what is there more than once was done twice.

The second table is for --merge alone. There 5 % of the answers are 502 after the work was done, 5 % are cut, and 5 %
are 429 (faults), one update of five is killed at a random moment (kills), or both; after each of these the writer runs
`jsonbin check`, and an update of which that does not say whether it is there counts as in doubt.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from jsonbin_cli.local.testing import LocalJSONBin

ERRORS = "errors"
NOT_THERE, CONFLICT, MAYBE = 1, 6, (3, 5)
WAYS = {"plain": (), "--recheck": ("--recheck",), "--merge": ("--merge",)}
# Writers are one process each, which calls the program for each update, so that not the start of Python is measured.
WRITER = """
import json, os, sys
from jsonbin_cli.__main__ import main
from jsonbin_cli.terminal import streams
out = os.dup(1)
quiet = os.open(os.devnull, os.O_WRONLY)
os.dup2(quiet, 1)
os.dup2(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
for line in sys.stdin:
    sys.argv = ["jsonbin", *json.loads(line)]
    os.write(out, b"%d\\n" % main())
"""


HEAD = (
    f"{'way':10} {'writers':>7} {'ms':>4} {'lost unnoticed':>15} {'twice':>6} {'conflicts':>9} {'in doubt':>8} "
    f"{'counters':>17} {'requests/update':>15} {'seconds':>8}"
)


class Case(NamedTuple):
    """What one row is about."""

    way: str
    writers: int
    rounds: int
    delay: int
    faults: bool = False
    kills: bool = False


class Told(NamedTuple):
    """What a writer was told of one update: the code of the command, or of the check after it."""

    name: str
    code: int


def main() -> None:
    """Print a line for each way of writing, number of writers and delay."""
    options = _options()
    if "calm" in options.tables:
        print(HEAD)
        for delay in options.delay:
            for writers in options.writers:
                for way in options.ways:
                    print(_line(way, Case(way, writers, options.rounds, delay)), flush=True)
    if "disturbed" in options.tables:
        print(HEAD.replace("way  ", "with "))
        for what, faults, kills in (("faults", True, False), ("kills", False, True), ("both", True, True)):
            for writers in options.writers:
                print(_line(what, Case("--merge", writers, options.rounds, 20, faults, kills)), flush=True)


def _line(label: str, case: Case) -> str:
    """Run one row and return it as it is printed."""
    with LocalJSONBin() as server, tempfile.TemporaryDirectory(prefix="jsonbin-bench-") as folder:
        own = [f"w{number}" for number in range(case.writers)]
        bin_id = server.create({"n": 0, "done": ["-"]} | dict.fromkeys(own, 0))
        shares = {"late-502": 0.05, "cut": 0.05, "429": 0.05} if case.faults else {}
        server.change(latency=case.delay / 1000, shares=shares)
        began = time.monotonic()
        with ThreadPoolExecutor(case.writers) as pool:
            work = [
                pool.submit(_write, case, Path(folder) / name, server.url, bin_id, number)
                for number, name in enumerate(own)
            ]
            told = [one for job in work for one in job.result()]
        seconds = time.monotonic() - began
        asked = len(server.requests)
        held = server.record(bin_id)
        server.change(latency=0, shares={})
        named = {name for number in _named(Path(folder)) for name in _version(server, bin_id, number)["done"]}
    found = Counter(held["done"])
    lost = sum(one.code == 0 and not found[one.name] and one.name not in named for one in told)
    codes = Counter(one.code for one in told)
    arrived = len(found) - 1
    exact = not codes[CONFLICT] and not lost and held["n"] == sum(held[name] for name in own) == arrived
    counters = "exact" if exact else f"{held['n']} of {codes[0] + codes[CONFLICT]}"
    return (
        f"{label:10} {case.writers:7} {case.delay:4} {lost:15} {sum(found.values()) - len(found):6} "
        f"{codes[CONFLICT]:9} {len(told) - codes[0] - codes[CONFLICT] - codes[NOT_THERE]:8} {counters:>17} "
        f"{asked / len(told):15.1f} {seconds:8.1f}"
    )


def _named(folder: Path) -> set[str]:
    """The versions that conflicts name, as those which hold what is not merged."""
    texts = (path.read_text() for path in folder.glob(f"*/{ERRORS}"))
    return {number for text in texts for number in re.findall(r"version (\d+) (?:has|is still)", text)}


def _version(server: LocalJSONBin, bin_id: str, number: str) -> dict[str, Any]:
    import httpx

    reply = httpx.get(f"{server.url}/b/{bin_id}/{number}", headers={"X-Master-Key": server.master_key})
    record: dict[str, Any] = reply.json()["record"]
    return record


def _write(case: Case, home: Path, url: str, bin_id: str, number: int) -> list[Told]:
    """What one writer is told; what a check found is the code of the update that it is about."""
    config = home / ".config" / "jsonbin" / "config.toml"
    config.parent.mkdir(0o700, parents=True)
    config.touch(0o600)
    config.write_text(
        f"default_profile = 'bench'\n[profiles.bench]\nurl = '{url}'\nmaster_key = '{LocalJSONBin.master_key}'\n"
        "counters = ['']\n"
    )
    env = {"HOME": str(home), "PATH": os.environ["PATH"]}
    update = ["set", bin_id, "n+=1", f"w{number}+=1", "-q", "--no-backup" if case.way != "--merge" else "-q"]
    update += WAYS[case.way]
    told = []
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(home / ERRORS)],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdin
        assert writer.stdout

        def run(arguments: list[str]) -> int:
            assert writer.stdin
            assert writer.stdout
            writer.stdin.write(json.dumps(arguments) + "\n")
            writer.stdin.flush()
            return int(writer.stdout.readline())

        for turn in range(case.rounds):
            name = f"{number}.{turn}"
            call = [*update, f"done[]={name}"]
            code = _killed(call, env) if case.kills and random.random() < 0.2 else run(call)
            while case.way == "--merge" and (code in MAYBE or code < 0):
                code = _checked(bin_id, env)
            told.append(Told(name, code))
        writer.stdin.close()
    return told


def _checked(bin_id: str, env: dict[str, str]) -> int:
    """What a check says of an update: 0 that it is in the bin, 1 that it is not; 1 too where nothing was sent."""
    check = [sys.executable, "-m", "jsonbin_cli", "check", bin_id]
    with Path(env["HOME"], ERRORS).open("ab") as errors:
        done = subprocess.run(check, env=env, stdout=subprocess.PIPE, stderr=errors, check=False)
    return NOT_THERE if done.stdout.strip() == b"[]" else done.returncode


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
    parser.add_argument("--tables", type=lambda text: text.split(","), default=["calm", "disturbed"], metavar="NAME,…")
    return parser.parse_args()


if __name__ == "__main__":
    main()
