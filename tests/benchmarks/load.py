"""Clients that keep their connections open, and what a server spends on them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

KEY = "$2b$10$this.key.opens.only.stores.that.live.on.this.machine/"
HEAD = f"HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Master-Key: {KEY}\r\nContent-Type: application/json\r\n"


class Client:
    """One connection, kept open."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> Client:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """The body of a good answer."""
        self._writer.write(f"{method} {path} {HEAD}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        answer = await self._reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        assert head.startswith(b"HTTP/1.1 200 "), head + answer
        return answer

    async def new_bin(self) -> str:
        """The path of a bin of its own."""
        created = json.loads(await self.ask("POST", "/v3/b", b"[0]"))
        return f"/v3/b/{created['metadata']['id']}"

    async def follow(self, path: str) -> None:
        """Read a stream of events for as long as the connection lasts, as a page does."""
        self._writer.write(f"GET {path} {HEAD}Accept: text/event-stream\r\n\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), head
        while await self._reader.read(65536):
            pass

    def close(self) -> None:
        """Disconnect."""
        self._writer.close()


class Result(NamedTuple):
    """What a server did under load. Times in milliseconds, CPU in microseconds a request, memory in MiB, early and late."""

    rate: float
    cpu: float
    p50: float
    p99: float
    early: float
    late: float


@contextmanager
def serving(command: list[str]) -> Iterator[tuple[int, int]]:
    """The port and the process of a server, which writes its address in its first line."""
    server = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE)
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline().decode().strip().removesuffix("/v3").split(":")[-1]), server.pid
    finally:
        server.terminate()
        server.communicate()


def record(number: int) -> bytes:
    """A record of 1 kB."""
    return b'{"n":%d,"x":"%b"}' % (number, b"x" * 1000)


async def load(port: int, pid: int, clients: int, seconds: float, *, bins: bool) -> Result:
    """Update as fast as it goes, and see that nothing acknowledged is lost."""
    times: list[float] = []
    opened = [await Client(port).open() for _ in range(clients)]
    paths = [await client.new_bin() if bins else "/v3/b/0" for client in opened]

    async def update(client: Client, path: str, end: float) -> None:
        number = 0
        while time.monotonic() < end:
            number += 1
            started = time.perf_counter()
            await client.ask("PUT", path, record(number))
            times.append(time.perf_counter() - started)
        if bins:
            assert json.loads(await client.ask("GET", f"{path}/latest"))["record"]["n"] == number, "a lost update"
        client.close()

    early: list[float] = []

    async def look() -> None:
        await asyncio.sleep(seconds / 6)
        early.append(memory(pid))

    started, spent = time.monotonic(), cpu_seconds(pid)
    updates = (update(client, path, started + seconds) for client, path in zip(opened, paths, strict=True))
    await asyncio.gather(look(), *updates)
    spent, took = cpu_seconds(pid) - spent, time.monotonic() - started
    times.sort()
    at = [times[int(len(times) * share)] * 1000 for share in (0.5, 0.99)]
    return Result(len(times) / took, spent / len(times) * 1e6, at[0], at[1], early[0], memory(pid))


async def alone_and_beside(port: int, idle: int, pages: int, events: str, rounds: int) -> dict[str, list[float]]:
    """How many milliseconds an update takes one client: alone, beside idle connections, beside open pages."""
    client = await Client(port).open()
    path = await client.new_bin()

    async def update() -> float:
        times = []
        for number in range(300):
            started = time.perf_counter()
            await client.ask("PUT", path, record(number))
            times.append((time.perf_counter() - started) * 1000)
        return median(times)

    await update()  # to warm up
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        found.setdefault("alone", []).append(await update())
        others = [await Client(port).open() for _ in range(idle)]
        for other in others:  # which have been used, as those that a pool keeps have
            await other.ask("GET", f"{path}/latest")
        found.setdefault(f"beside {idle} idle connections", []).append(await update())
        for other in others:
            other.close()
        if events:
            following = [await Client(port).open() for _ in range(pages)]
            tasks = [asyncio.create_task(page.follow(events)) for page in following]
            found.setdefault(f"beside {pages} open pages", []).append(await update())
            assert not any(task.done() for task in tasks), "a stream of events ended"
            for page, task in zip(following, tasks, strict=True):
                task.cancel()
                page.close()
    client.close()
    return found


def memory(pid: int) -> float:
    """What a process has in memory, in MiB."""
    if sys.platform == "win32":
        raise NotImplementedError("Windows has no /proc")
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def cpu_seconds(pid: int) -> float:
    """How long a process has used a processor, in it and in the system."""
    if sys.platform == "win32":
        raise NotImplementedError("Windows has no /proc")
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
