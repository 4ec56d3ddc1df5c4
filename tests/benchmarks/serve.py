"""Load for `jsonbin serve`: keep-alive clients updating records of 1 kB, beside a bare Starlette app on the same uvicorn.

Run: python tests/benchmarks/serve.py [--rounds 5] [--seconds 6] [--clients 64]

In each round all servers get the same requests, one server after the other. What counts are the ratios to the bare app, as
medians of the rounds: what our rules, and the sync of the disk that makes an acknowledged update durable, add to what HTTP
itself costs. It fails where an answer is an error, or where the last acknowledged update of a client is not in its bin.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

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
KEY = "$2b$10$this.key.opens.only.stores.that.live.on.this.machine/"
HEAD = f"HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Master-Key: {KEY}\r\nContent-Type: application/json\r\n"


class Client:
    """One connection, kept open."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """The body of a good answer."""
        self._writer.write(f"{method} {path} {HEAD}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        answer = await self._reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        assert head.startswith(b"HTTP/1.1 200 "), head + answer
        return answer

    def close(self) -> None:
        """Disconnect."""
        self._writer.close()


class Result(NamedTuple):
    """What a server did under load. Times in milliseconds, memory in MiB, early and at the end."""

    name: str
    rate: float
    p50: float
    p99: float
    early: float
    late: float


async def load(name: str, port: int, pid: int, clients: int, seconds: float, *, bins: bool) -> Result:
    """Update as fast as it goes, and see that nothing acknowledged is lost."""
    times: list[float] = []

    async def update(end: float) -> None:
        client, number, path = Client(port), 0, "/v3/b/0"
        await client.open()
        if bins:
            path = "/v3/b/" + json.loads(await client.ask("POST", "/v3/b", b"[0]"))["metadata"]["id"]
        while time.monotonic() < end:
            number += 1
            started = time.perf_counter()
            await client.ask("PUT", path, b'{"n":%d,"x":"%b"}' % (number, b"x" * 1000))
            times.append(time.perf_counter() - started)
        if bins:
            assert json.loads(await client.ask("GET", f"{path}/latest"))["record"]["n"] == number, "a lost update"
        client.close()

    early: list[float] = []

    async def look() -> None:
        await asyncio.sleep(seconds / 6)
        early.append(memory(pid))

    started = time.monotonic()
    await asyncio.gather(look(), *(update(started + seconds) for _ in range(clients)))
    times.sort()
    at = [times[int(len(times) * share)] * 1000 for share in (0.5, 0.99)]
    return Result(name, len(times) / (time.monotonic() - started), at[0], at[1], early[0], memory(pid))


def memory(pid: int) -> float:
    """What a process has in memory, in MiB."""
    if sys.platform == "win32":
        raise NotImplementedError("Windows has no /proc")
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measured(name: str, command: list[str], clients: int, seconds: float, *, bins: bool) -> Result:
    """Start a server, load it, stop it. Its port is in the first line that it writes."""
    server = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE)
    assert server.stdout is not None
    port = int(server.stdout.readline().decode().strip().removesuffix("/v3").split(":")[-1])
    try:
        return asyncio.run(load(name, port, server.pid, clients, seconds, bins=bins))
    finally:
        server.terminate()
        server.communicate()


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--clients", type=int, default=64)
    options = parser.parse_args()
    serve = ["-m", "jsonbin_cli", "serve", "--port", "0", "--quiet"]
    rounds: dict[str, list[Result]] = {}
    with tempfile.TemporaryDirectory() as folder:
        ways = {
            "bare app": (["-c", BARE], False),
            "jsonbin serve --memory": ([*serve, "--memory"], True),
            "jsonbin serve --store": ([*serve, "--store", f"{folder}/store.sqlite3"], True),
        }
        for _ in range(options.rounds):
            for name, (command, bins) in ways.items():
                result = measured(name, command, options.clients, options.seconds, bins=bins)
                rounds.setdefault(name, []).append(result)
    print(f"{options.clients} clients, {options.rounds} times {options.seconds:g} s each, records of 1 kB, medians")
    print("| server | requests/s | x bare | p50 ms | x bare | p99 ms | x bare | MiB early, late |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, results in rounds.items():
        pairs = list(zip(results, rounds["bare app"], strict=True))
        rate = median(one.rate / bare.rate for one, bare in pairs)
        p50 = median(one.p50 / bare.p50 for one, bare in pairs)
        p99 = median(one.p99 / bare.p99 for one, bare in pairs)
        print(
            f"| {name} | {median(one.rate for one in results):.0f} | {rate:.2f} "
            f"| {median(one.p50 for one in results):.1f} | {p50:.2f} | {median(one.p99 for one in results):.1f} | {p99:.2f} "
            f"| {median(one.early for one in results):.0f}, {median(one.late for one in results):.0f} |"
        )


if __name__ == "__main__":
    main()
