"""Plants small faults in modules, one at a time, runs the tests that should see them, and lists those that survive.

Run: python tests/mutation.py MODULE=TESTS… [--most N], for example

    python tests/mutation.py records/merge=tests/records config/keys=tests/config,tests/commands

MODULE is a file or folder below jsonbin_cli, without its ending. The faults are planted in the files themselves by
cosmic-ray, so that every process which a test starts sees them: run it in a clone of its own. A fault that makes a
test wait is stopped after a while and counts as seen.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
_CONFIG = """
[cosmic-ray]
module-path = {module}
timeout = {timeout}
excluded-modules = []
test-command = {command}

[cosmic-ray.distributor]
name = "local"
"""


def survivors(module: str, tests: str, most: int, timeout: float) -> list[str]:
    """The faults in `module` that no test in `tests` sees, each as the difference that it makes."""
    path = ROOT / "jsonbin_cli" / module
    target = path if path.is_dir() else path.with_suffix(".py")
    pytest = f"{sys.executable} -m pytest -q -x --no-cov --numprocesses=2 {tests.replace(',', ' ')}"
    with tempfile.TemporaryDirectory() as folder:
        config, session = Path(folder) / "config.toml", Path(folder) / "session.sqlite"
        config.write_text(
            _CONFIG.format(module=json.dumps(str(target)), command=json.dumps(pytest), timeout=timeout),
            encoding="utf-8",
        )
        _cosmic_ray("init", str(config), str(session))
        _only_some(session, most)
        _cosmic_ray("exec", str(config), str(session))
        dumped = _cosmic_ray("dump", str(session))
    rows = [json.loads(line) for line in dumped.splitlines()]
    done = [(item, result) for item, result in rows if result]
    left = [result["diff"] for _, result in done if result["test_outcome"] == "survived"]
    print(f"{module}: {len(done)} faults, {len(left)} survived", flush=True)
    return left


def _only_some(session: Path, most: int) -> None:
    """Keep `most` of the planned faults, spread over the module."""
    import sqlite3

    with sqlite3.connect(session) as db:
        jobs = [row[0] for row in db.execute("SELECT job_id FROM mutation_specs ORDER BY start_pos_row, start_pos_col")]
        kept = jobs[:: max(1, -(-len(jobs) // most))]
        for table in ("mutation_specs", "work_items"):
            marks = ",".join("?" * len(kept))
            db.execute(f"DELETE FROM {table} WHERE job_id NOT IN ({marks})", kept)


def _cosmic_ray(*arguments: str) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "cosmic_ray.cli", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    return run.stdout


def main() -> None:
    """Print the survivors of each module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="+", metavar="MODULE=TESTS")
    parser.add_argument("--most", type=int, default=10_000, help="at most so many faults a module")
    parser.add_argument("--timeout", type=float, default=120, help="seconds for one run of the tests")
    options = parser.parse_args()
    for named in options.modules:
        module, _, tests = named.partition("=")
        for difference in survivors(module, tests or "tests", options.most, options.timeout):
            print(difference, flush=True)


if __name__ == "__main__":
    main()
