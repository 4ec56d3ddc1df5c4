"""Load for `jsonbin serve`: keep-alive clients updating records of 1 kB, beside a bare Starlette app on the same uvicorn.

Run: python tests/benchmarks/serve.py [--rounds 3] [--seconds 30] [--clients 64] [--idle 1000] [--events PATH --pages 100]

In each round all servers get the same requests, one server after the other. What counts are the ratios to the bare app, as
medians of the rounds: what our rules, and the sync of the disk that makes an acknowledged update durable, add to what HTTP
itself costs. The ratio of the processor's time is the steadier one where other programs run. It fails where an answer is an
error, or where the last acknowledged update of a client is not in its bin.

With `--events`, the path of the page's stream of events, it measures with one open page too. Then one client is timed
alone, beside idle connections, and beside open pages.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.load import Client, Result, alone_and_beside, load, serving

BARE = """
import asyncio, socket
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from uvicorn import Config, Server

async def update(request):
    await request.body()
    return JSONResponse({"hello": "world"})

app = Starlette(routes=[Route("/v3/b/{bin_id}", update, methods=["PUT"])])
# With the protocol named, asyncio sends small pieces at once; without, each answer waits 40 ms (Nagle).
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listener.bind(("127.0.0.1", 0))
listener.listen(1024)
print(listener.getsockname()[1], flush=True)
asyncio.run(Server(Config(app, http="h11", ws="none", lifespan="off", log_level="critical")).serve(sockets=[listener]))
"""
SERVE = ["-m", "jsonbin_cli", "serve", "--port", "0", "--quiet"]


async def measured(command: list[str], options: argparse.Namespace, *, bins: bool, page: str) -> Result:
    """Start a server, load it, with a page open where the path of its events is given, and stop it."""
    with serving(command) as (port, pid):
        following = asyncio.create_task((await Client(port).open()).follow(page)) if page else None
        result = await load(port, pid, options.clients, options.seconds, bins=bins)
        if following:
            assert not following.done(), "the stream of events ended"
            following.cancel()
        return result


def show(rounds: dict[str, list[Result]]) -> None:
    """Print the table of the loads."""
    print("| server | requests/s | x bare | CPU µs | x bare | p50 ms | x bare | p99 ms | x bare | MiB early, late |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, results in rounds.items():
        cells = []
        for field, digits in (("rate", 0), ("cpu", 0), ("p50", 1), ("p99", 1)):
            values = [getattr(one, field) for one in results]
            bare = [getattr(one, field) for one in rounds["bare app"]]
            ratio = median(one / other for one, other in zip(values, bare, strict=True))
            cells += [f"{median(values):.{digits}f}", f"{ratio:.2f}"]
        early, late = median(one.early for one in results), median(one.late for one in results)
        print(f"| {name} | {' | '.join(cells)} | {early:.0f}, {late:.0f} |")


def main() -> None:
    """Print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--idle", type=int, default=1000)
    parser.add_argument("--events", default="")
    parser.add_argument("--pages", type=int, default=100)
    options = parser.parse_args()
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    rounds: dict[str, list[Result]] = {}
    with tempfile.TemporaryDirectory() as folder:
        store = [*SERVE, "--store", f"{folder}/store.sqlite3"]
        ways: dict[str, tuple[list[str], bool, str]] = {
            "bare app": (["-c", BARE], False, ""),
            "jsonbin serve --memory": ([*SERVE, "--memory"], True, ""),
            "jsonbin serve --store": (store, True, ""),
        }
        if options.events:
            ways["jsonbin serve --store, a page open"] = (store, True, options.events)
        for _ in range(options.rounds):
            for name, (command, bins, page) in ways.items():
                result = asyncio.run(measured(command, options, bins=bins, page=page))
                rounds.setdefault(name, []).append(result)
        with serving(store) as (port, _):
            times = asyncio.run(alone_and_beside(port, options.idle, options.pages, options.events, options.rounds))
    print(f"{options.clients} clients, {options.rounds} times {options.seconds:g} s each, records of 1 kB, medians")
    show(rounds)
    print("\n| one client | ms an update | x alone |")
    print("| --- | --- | --- |")
    for name, found in times.items():
        ratio = median(one / alone for one, alone in zip(found, times["alone"], strict=True))
        print(f"| {name} | {median(found):.2f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
