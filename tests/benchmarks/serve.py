"""Load for `jsonbin serve`: keep-alive clients updating records of 1 kB, beside a bare app on the same server library.

Run: python tests/benchmarks/serve.py [--seconds 30] [--clients 64]

Both servers get the same requests, one server after the other. What counts are the ratios: what our rules, and the sync of the
disk that makes an acknowledged update durable, add to what HTTP itself costs. It fails where an answer is an error, or
where the last acknowledged update of a client is not what its bin holds.
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
from typing import NamedTuple

BARE = """
import asyncio, sys
from uvicorn import Config, Server

async def app(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"17")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"hello":"world"}'})

class Told(Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)

asyncio.run(Told(Config(app, port=0, http="h11", ws="none", lifespan="off", log_level="critical", loop="asyncio")).serve())
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
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--clients", type=int, default=64)
    options = parser.parse_args()
    serve = ["-m", "jsonbin_cli", "serve", "--port", "0", "--quiet"]
    with tempfile.TemporaryDirectory() as folder:
        ways = {
            "bare app": (["-c", BARE], False),
            "jsonbin serve --memory": ([*serve, "--memory"], True),
            "jsonbin serve --store": ([*serve, "--store", f"{folder}/store.sqlite3"], True),
        }
        results = [
            measured(name, command, options.clients, options.seconds, bins=bins)
            for name, (command, bins) in ways.items()
        ]
    bare = results[0]
    print(f"{options.clients} clients, {options.seconds:g} s each, records of 1 kB")
    print("| server | requests/s | x bare | p50 ms | x bare | p99 ms | x bare | MiB early, late |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for one in results:
        print(
            f"| {one.name} | {one.rate:.0f} | {one.rate / bare.rate:.2f} | {one.p50:.1f} | {one.p50 / bare.p50:.2f} "
            f"| {one.p99:.1f} | {one.p99 / bare.p99:.2f} | {one.early:.0f}, {one.late:.0f} |"
        )


if __name__ == "__main__":
    main()
