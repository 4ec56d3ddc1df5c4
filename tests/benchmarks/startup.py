"""Prints what a run of `jsonbin` costs beside other ways of the same, and whether the budgets hold.

`python tests/benchmarks/startup.py [--runs N] [--only WORD] [--keep DIR]`. Nothing here fails for being slow.
"""

import argparse
import contextlib
import json
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from http.client import HTTPSConnection
from pathlib import Path
from statistics import median
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks import installs, jobs, pairs, records, server, trust

_HERE = Path(__file__).resolve().parent
_REPOSITORY = _HERE.parent.parent
_MEMORY_RUNS = 5
# TCP, TLS 1.3 and the request take one round trip each.
_ROUND_TRIPS = 3


class Ports(NamedTuple):
    """Where the server listens: on this machine, and as if a 40 ms round trip away."""

    near: int
    far: int


class Bench(NamedTuple):
    """All that a row needs."""

    clients: jobs.Clients
    records: records.Records
    ports: Ports
    runs: int
    folder: Path


class Budget(NamedTuple):
    """The most that a row may show, and the most that would please."""

    most: float | None = None
    stretch: float | None = None

    def __str__(self) -> str:
        limits = [f"{limit:g}" for limit in self if limit is not None]
        return f"≤ {', '.join(limits)}" if limits else ""

    def verdict(self, value: float) -> str:
        """Whether `value` holds; a budget that is not there says nothing."""
        if self.most is None:
            return ""
        if value > self.most:
            return "NO"
        return "yes, stretch too" if self.stretch is not None and value <= self.stretch else "yes"


class Row(NamedTuple):
    """One line of the table; `measure` returns its cells."""

    name: str
    measure: Callable[[Bench, Budget], list[str]]
    budget: Budget


def _row(
    name: str,
    ours: Callable[[Bench], pairs.Job],
    theirs: Callable[[Bench], pairs.Job | None],
    budget: Budget,
    sends: Callable[[Bench], Path] | None = None,
) -> Row:
    def measure(bench: Bench, budget: Budget) -> list[str]:
        a, b = ours(bench), theirs(bench)
        if b is None:
            return ["not installed", "", "", "", str(budget), ""]
        for job in (a, b):
            _check(bench, job, sends(bench) if sends else None)
        found = pairs.compare(a, b, bench.runs)
        return [
            f"{found.ratio:.2f}",
            f"{found.least:.2f}..{found.most:.2f}",
            f"{found.ours * 1000:.0f} ms",
            f"{found.theirs * 1000:.0f} ms",
            str(budget),
            budget.verdict(found.ratio),
        ]

    return Row(name, measure, budget)


def _memory(name: str, job: Callable[[Bench], pairs.Job], budget: Budget) -> Row:
    def measure(bench: Bench, budget: Budget) -> list[str]:
        peaks = [_peak(bench, job(bench)) for _ in range(_MEMORY_RUNS)]
        bare = _peak(bench, bench.clients.bare())
        value = median(peaks)
        return [
            f"{value:.1f} MiB",
            f"{min(peaks):.1f}..{max(peaks):.1f}",
            "",
            f"{bare:.1f} MiB",
            str(budget),
            budget.verdict(value),
        ]

    return Row(name, measure, budget)


_ROWS = (
    _row(
        "update / curl, 40 ms away",
        lambda b: b.clients.update(b.ports.far, b.records.small),
        lambda b: b.clients.put_with_curl(b.ports.far, b.records.small),
        Budget(1.65, 1.5),
        lambda b: b.records.small,
    ),
    _row(
        "update / curl",
        lambda b: b.clients.update(b.ports.near, b.records.small),
        lambda b: b.clients.put_with_curl(b.ports.near, b.records.small),
        Budget(3.9, 3.3),
        lambda b: b.records.small,
    ),
    _row(
        "update / jq . | curl | jq .",
        lambda b: b.clients.update(b.ports.near, b.records.small),
        lambda b: b.clients.put_with_jq_and_curl(b.ports.near, b.records.small),
        Budget(),
        lambda b: b.records.small,
    ),
    _row(
        "update / httpie",
        lambda b: b.clients.update(b.ports.near, b.records.small),
        lambda b: b.clients.put_with_httpie(b.ports.near, b.records.small),
        Budget(0.42, 0.35),
        lambda b: b.records.small,
    ),
    _row("--help / python -c pass", lambda b: b.clients.help(), lambda b: b.clients.bare(), Budget(6, 5)),
    _row(
        "update -p local / python -c pass",
        lambda b: b.clients.update_local(b.records.small),
        lambda b: b.clients.bare(),
        Budget(10, 8),
    ),
    _row(
        "1 MB in a pipe / jq . | curl | jq .",
        lambda b: b.clients.update_in_pipe(b.ports.near, b.records.large),
        lambda b: b.clients.put_with_jq_and_curl_in_pipe(b.ports.near, b.records.large),
        Budget(0.5, 0.3),
        lambda b: b.records.large,
    ),
    _memory(
        "peak memory, small; python -c pass",
        lambda b: b.clients.update(b.ports.near, b.records.small),
        Budget(31),
    ),
    _memory(
        "peak memory, 1 MB; python -c pass",
        lambda b: b.clients.update(b.ports.near, b.records.large),
        Budget(40),
    ),
)


def main() -> None:
    """Print the table, a line as soon as it is known."""
    options = _options()
    chosen = [row for row in _ROWS if options.only.lower() in row.name.lower()]
    if not chosen:
        sys.exit(f"no row holds {options.only!r}; the rows are: {'; '.join(row.name for row in _ROWS)}")
    try:
        with _bench(options, any("httpie" in row.name for row in chosen)) as bench:
            _print_line(["", "ratio", "min..max", "jsonbin", "other", "budget, stretch", "holds"])
            for row in chosen:
                _print_line([row.name, *row.measure(bench, row.budget)])
    except pairs.Failed as failed:
        sys.exit(str(failed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=21, metavar="N", help="pairs of runs a row (21)")
    parser.add_argument("--only", default="", metavar="WORD", help="rows whose name holds WORD")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep the virtual environments there, and use them again"
    )
    return parser.parse_args()


@contextlib.contextmanager
def _bench(options: argparse.Namespace, with_httpie: bool) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="jsonbin-bench-") as name:
        folder = Path(name)
        environments = options.keep.resolve() if options.keep else folder
        print("installing …", file=sys.stderr, flush=True)
        ours = installs.install(environments / "jsonbin", str(_REPOSITORY))
        httpie = _httpie(environments) if with_httpie else None
        trusted = trust.establish(folder, installs.certificates(ours))
        clients = jobs.clients(folder, ours, httpie, trusted)
        with _server(trusted) as ports:
            bench = Bench(clients, records.write(folder), ports, options.runs, folder)
            _introduce(bench, ours)
            yield bench


def _httpie(environments: Path) -> Path | None:
    try:
        return installs.install(environments / "httpie", "httpie")
    except pairs.Failed as failed:
        print(f"httpie could not be installed: {failed}", file=sys.stderr)
        return None


@contextlib.contextmanager
def _server(trusted: trust.Trust) -> Iterator[Ports]:
    command = [sys.executable, str(_HERE / "server.py"), str(trusted.server)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield Ports(**json.loads(process.stdout.readline()))
        finally:
            process.stdin.close()


def _introduce(bench: Bench, ours: Path) -> None:
    sizes = f"{bench.records.small.stat().st_size:,} and {bench.records.large.stat().st_size:,} bytes"
    print(f"{installs.described(ours, 'typer', 'httpx')}; records of {sizes}; {bench.runs} pairs a row")
    if bench.clients.trust.remark:
        print(bench.clients.trust.remark)
    near, far = (bench.clients.put_with_curl(port, bench.records.small) for port in bench.ports)
    if near and far:
        # With the usual bundle curl parses while it waits, which hides some of the way.
        trusting = {"CURL_CA_BUNDLE": str(bench.clients.trust.authority)}
        near, far = (job._replace(env=job.env | trusting) for job in (near, far))
        added = median(pairs.run(far) - pairs.run(near) for _ in range(5)) * 1000
        expected = _ROUND_TRIPS * server.ROUND_TRIP * 1000
        print(f"40 ms away adds {added:.0f} ms to curl with nothing to parse; {expected:.0f} were expected")
    print()


def _check(bench: Bench, job: pairs.Job, sent: Path | None) -> None:
    """Run once before the clock: the right bytes must arrive, and something must be printed."""
    output = bench.folder / "output"
    pairs.run(job, output)
    if job != bench.clients.bare() and not output.read_bytes():
        raise pairs.Failed(job.programs[-1], 0, "it printed nothing")
    if sent:
        arrived, record = _seen(bench), sent.read_bytes()
        # jq writes the record anew, so there only the value can be the same.
        if arrived != record and (len(job.programs) < 3 or json.loads(arrived) != json.loads(record)):
            raise pairs.Failed(job.programs[-1], 0, "what arrived is not the record")


def _seen(bench: Bench) -> bytes:
    authority = ssl.create_default_context(cafile=str(bench.clients.trust.authority))
    connection = HTTPSConnection("127.0.0.1", bench.ports.near, context=authority)
    with contextlib.closing(connection):
        connection.request("GET", server.SEEN)
        return connection.getresponse().read()


def _peak(bench: Bench, job: pairs.Job) -> float:
    """The peak memory of a job's only program, in MiB."""
    file = bench.folder / "peak"
    launcher = (bench.clients.python, "-I", "-S", str(_HERE / "peak.py"), str(file))
    pairs.run(job._replace(programs=((*launcher, *job.programs[0]),)))
    return int(file.read_text()) / 1024


def _print_line(cells: list[str]) -> None:
    widths = (36, 10, 13, 9, 9, 16, 0)
    print("  ".join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip(), flush=True)


if __name__ == "__main__":
    main()
