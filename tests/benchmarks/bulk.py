"""Times `jsonbin apply` and `pull` over many bins against curl, over HTTPS with a server that answers after 20 ms.

`python tests/benchmarks/bulk.py [--bins N] [--jobs N] [--delay MS] [--sizes N,N]`. Each row is one run of all bins: how
many requests that took, how many a second, what part that is of the most that the delay allows and of what curl
--parallel reaches, processor seconds, and the peak of memory. `--sizes` shows how time and memory grow with the bins.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import certifi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.trust import Trust, establish

assert sys.platform != "win32"  # which does not say what its processes used
_HERE = Path(__file__).resolve().parent
_KEY = "$2b$10$" + "NotAKey." * 6 + "12345"


class Run(NamedTuple):
    """What a command took: seconds, seconds of a processor, and KiB."""

    seconds: float
    processor: float
    peak: int


class Bench(NamedTuple):
    """Where the files are, where the server is, and how many requests may be under way at once."""

    folder: Path
    trust: Trust
    port: int
    jobs: int

    def url(self, bin_id: str) -> str:
        """The address of a bin."""
        return f"https://127.0.0.1:{self.port}/v3/b/{bin_id}"

    def run(self, *command: str, stdin: Path = Path(os.devnull)) -> Run:
        """Run a command to its end; it has to exit 0."""
        store = (
            {"SSL_CERT_DIR": str(self.trust.folder)} if self.trust.folder else {"SSL_CERT_FILE": str(self.trust.bundle)}
        )
        env = {
            "HOME": str(self.folder),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "CURL_CA_BUNDLE": str(self.trust.bundle),
            "JSONBIN_API_URL": f"https://127.0.0.1:{self.port}/v3",
            "JSONBIN_MASTER_KEY": _KEY,
        } | store
        peak = self.folder / "peak"
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        with stdin.open("rb") as source:
            done = subprocess.run(
                [sys.executable, "-S", "-E", str(_HERE / "peak.py"), str(peak), *command],
                env=env,
                stdin=source,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                check=False,
            )
        seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            sys.exit(f"exit code {done.returncode} from {command[0]}\n{done.stderr.decode()[-2000:]}")
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Run(seconds, processor, int(peak.read_text()))


def main() -> None:
    """Print a table."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="jsonbin-bench-") as name:
        folder = Path(name)
        trust = establish(folder, Path(certifi.where()))
        with _server(trust, options.delay) as port:
            bench = Bench(folder, trust, port, options.jobs)
            if options.sizes:
                _growth(bench, [int(size) for size in options.sizes.split(",")])
            else:
                _compare(bench, options.bins, options.delay)


def _compare(bench: Bench, bins: int, delay: float) -> None:
    ids = [f"{number:024x}" for number in range(bins)]
    most = bench.jobs / delay * 1000
    print(f"{bins:,} bins, {bench.jobs} at once, answers after {delay:g} ms: at most {most:,.0f} requests/s\n")
    print(f"{'':34}{'requests':>9}{'a second':>10}{'of limit':>9}{'of curl':>9}{'CPU s':>8}{'MiB':>6}")
    curl: float | None = None
    program = str(Path(sys.executable).parent / "jsonbin")

    def row(label: str, requests: int, run: Run) -> float:
        rate = requests / run.seconds
        of_curl = f"{rate / curl:9.2f}" if curl else f"{'':9}"
        print(
            f"{label:34}{requests:9,}{rate:10.1f}{rate / most:9.2f}{of_curl}{run.processor:8.2f}{run.peak / 1024:6.0f}",
            flush=True,
        )
        return rate

    put, get = _curl_config(bench, ids, "put"), _curl_config(bench, ids, "get")
    parallel = ("--parallel", "--parallel-immediate", "--parallel-max", str(bench.jobs), "-sS", "--fail")
    if path := shutil.which("curl"):
        curl = row("curl --parallel PUT", bins, bench.run(path, *parallel, "-K", str(put)))
    records = _records(bench, ids, "first")
    apply = (program, "apply", str(records), "--jobs", str(bench.jobs), "--rate", "0", "-q")
    row("jsonbin apply (reads, updates)", 2 * bins, bench.run(*apply))
    row("jsonbin apply (nothing to do)", bins, bench.run(*apply))
    if path:
        curl = row("curl --parallel GET", bins, bench.run(path, *parallel, "-K", str(get)))
    pulled = bench.folder / "pulled"
    pulled.mkdir()
    shutil.copy(records / "bins.toml", pulled / "bins.toml")
    row("jsonbin pull", bins, bench.run(program, "pull", str(pulled), *apply[3:]))
    if path:
        listed = bench.folder / "ids"
        listed.write_text("\n".join(ids[: max(50, bins // 5)]) + "\n")
        one = f'{path} -sS --fail -o /dev/null -X PUT -H @{_headers(bench)} --data-binary @"{records}/$1.json" "$0/$1"'
        base = bench.url("").rstrip("/")
        xargs = (shutil.which("xargs") or "xargs", "-P", str(bench.jobs), "-n", "1", "sh", "-c", one, base)
        row("xargs -P curl", max(50, bins // 5), bench.run(*xargs, stdin=listed))
    script = 'for id in "$@"; do "$0" update "$id" "$RECORDS/$id.json" -q || exit; done'.replace(
        "$RECORDS", str(records)
    )
    few = ids[: max(20, bins // 50)]
    row("a loop of jsonbin update", len(few), bench.run("/bin/sh", "-c", script, program, *few))


def _growth(bench: Bench, sizes: list[int]) -> None:
    program = str(Path(sys.executable).parent / "jsonbin")
    print(f"{'bins':>8}{'':4}{'command':10}{'seconds':>9}{'ms a bin':>10}{'CPU s':>8}{'MiB':>7}{'kB a bin more':>15}")
    last: dict[str, tuple[int, int]] = {}
    for size in sizes:
        ids = [f"{size % 251:02x}{number:022x}" for number in range(size)]
        records = _records(bench, ids, f"of-{size}")
        pulled = bench.folder / f"pulled-{size}"
        pulled.mkdir()
        shutil.copy(records / "bins.toml", pulled / "bins.toml")
        for command, folder in (("apply", records), ("pull", pulled)):
            run = bench.run(program, command, str(folder), "--jobs", str(bench.jobs), "--rate", "0", "-q")
            more = ""
            if command in last:
                bins, peak = last[command]
                more = f"{(run.peak - peak) * 1.024 / (size - bins):.2f}"
            last[command] = size, run.peak
            print(
                f"{size:8,}{'':4}{command:10}{run.seconds:9.2f}{run.seconds * 1000 / size:10.2f}{run.processor:8.2f}"
                f"{run.peak / 1024:7.1f}{more:>15}",
                flush=True,
            )


def _records(bench: Bench, ids: list[str], name: str) -> Path:
    """A folder with a manifest and a record for each bin."""
    folder = bench.folder / name
    folder.mkdir()
    for number, bin_id in enumerate(ids):
        (folder / f"{bin_id}.json").write_text(f'{{"n":{number},"text":"{name}","list":[1.10,2,3]}}\n')
    tables = (f'[bins.{bin_id}]\nid = "{bin_id}"\nfile = "{bin_id}.json"\n' for bin_id in ids)
    (folder / "bins.toml").write_text("\n".join(tables))
    return folder


def _headers(bench: Bench) -> Path:
    path = bench.folder / "headers"
    path.write_text(f"Content-Type: application/json\nX-Master-Key: {_KEY}\n")
    return path


def _curl_config(bench: Bench, ids: list[str], kind: str) -> Path:
    """What curl is to send, one transfer for each bin."""
    folder = bench.folder / kind
    folder.mkdir()
    lines = []
    for number, bin_id in enumerate(ids):
        record = folder / f"{bin_id}.json"
        record.write_text(f'{{"n":{number},"text":"curl","list":[1.10,2,3]}}\n')
        lines += [f'url = "{bench.url(bin_id)}{"" if kind == "put" else "/latest"}"', f'header = "@{_headers(bench)}"']
        lines += [f'output = "{folder / bin_id}.out"']
        lines += ['request = "PUT"', f'data-binary = "@{record}"'] if kind == "put" else []
        lines += ["next"]
    path = bench.folder / f"{kind}.curl"
    path.write_text("\n".join(lines[:-1]) + "\n")
    return path


@contextmanager
def _server(trust: Trust, delay: float) -> Iterator[int]:
    command = [sys.executable, str(_HERE / "slow_server.py"), str(trust.server), str(delay)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        yield int(process.stdout.readline())
        process.stdin.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bins", type=int, default=1000, metavar="N", help="how many (1,000)")
    parser.add_argument("--jobs", type=int, default=8, metavar="N", help="requests at once (8)")
    parser.add_argument("--delay", type=float, default=20, metavar="MS", help="how long an answer takes (20)")
    parser.add_argument("--sizes", metavar="N,N", help="instead: how time and memory grow, for example 100,1000,10000")
    return parser.parse_args()


if __name__ == "__main__":
    main()
