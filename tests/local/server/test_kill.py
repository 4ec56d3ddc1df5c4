"""What was acknowledged is there, also after kill -9."""

from __future__ import annotations

import http.client
import json
import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from jsonbin_cli.config.keys import LOCAL_MASTER_KEY
from jsonbin_cli.local.store.sqlite import SqliteStore
from tests.conftest import unmeasured

pytestmark = pytest.mark.costly

CLIENTS = 8
HEADERS = {"X-Master-Key": LOCAL_MASTER_KEY, "Content-Type": "application/json"}


class Writer(threading.Thread):
    """Updates one bin as fast as it can, with a version each, until the server is gone; `done` counts."""

    def __init__(self, port: int, bin_id: str, first: int, done: threading.Semaphore) -> None:
        super().__init__()
        self.address = port, bin_id
        self.next = first
        self.acknowledged: list[tuple[int, int]] = []
        self.done = done

    def run(self) -> None:
        """Keep what was acknowledged, as version and content."""
        port, bin_id = self.address
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = HEADERS | {"X-Bin-Versioning": "true"}
        try:
            while True:
                connection.request("PUT", f"/v3/b/{bin_id}", json.dumps({"n": self.next}), headers)
                reply = json.loads(connection.getresponse().read())
                self.acknowledged.append((reply["metadata"]["version"], self.next))
                self.next += 1
                self.done.release()
        except (OSError, http.client.HTTPException):
            pass  # killed
        finally:
            connection.close()


def start(store: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A server on a free port, ready."""
    server = subprocess.Popen(
        [sys.executable, "-m", "jsonbin_cli", "serve", "--port", "0", "--store", str(store), "--quiet"],
        env=unmeasured(os.environ),
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    line = server.stdout.readline().decode()
    return server, int(line.split(":")[-1].split("/")[0])


def ask(port: int, method: str, path: str, body: str = "") -> dict[str, dict[str, str | int]]:
    """One request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, HEADERS)
    answer: dict[str, dict[str, str | int]] = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def test_no_acknowledged_update_is_lost_to_a_kill(tmp_path: Path, thorough: bool) -> None:
    """8 clients at full speed, the server killed again and again at random: each update and each version is there."""
    store, numbers = tmp_path / "store.sqlite3", random.Random(1)
    server, port = start(store)
    bins = [str(ask(port, "POST", "/v3/b", '{"n": 0}')["metadata"]["id"]) for _ in range(CLIENTS)]
    acknowledged: list[dict[int, int]] = [{} for _ in bins]
    for _ in range(50 if thorough else 6):
        done = threading.Semaphore(0)
        writers = [
            Writer(port, bin_id, max(seen.values(), default=0) + 1, done)
            for bin_id, seen in zip(bins, acknowledged, strict=True)
        ]
        for writer in writers:
            writer.start()
        for _ in range(numbers.randrange(1, 200)):
            assert done.acquire(timeout=60)
        server.kill()
        for writer in writers:
            writer.join()
        server.communicate()
        for writer, seen in zip(writers, acknowledged, strict=True):
            seen.update(writer.acknowledged)
        server, port = start(store)
        for bin_id, seen in zip(bins, acknowledged, strict=True):
            last = max(seen.values(), default=0)
            assert ask(port, "GET", f"/v3/b/{bin_id}/latest")["record"]["n"] in (last, last + 1)
    server.terminate()
    server.communicate()
    assert server.returncode == 0
    kept = SqliteStore(store, None)
    for bin_id, seen in zip(bins, acknowledged, strict=True):
        versions = {number: json.loads(kept.version(bin_id, number) or b"{}").get("n") for number in seen}
        assert versions == seen
    kept.close()
