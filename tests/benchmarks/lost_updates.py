"""Counts the updates that two writers of one bin lose to each other, silently or not, for each way of writing.

`python tests/benchmarks/lost_updates.py [--writers N] [--rounds N] [--delay MS]`. Each writer adds a mark to the record,
again and again after a pause of chance length, on a server on 127.0.0.1 that answers after a delay and holds one record.
A mark whose writer was told "done" and that is not there at the end was lost silently; exit 6 is a loss that was averted.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

BIN = "65a1b2c3d4e5f60718293a4b"
CONFLICT = 6
_REPOSITORY = Path(__file__).resolve().parents[2]


class _Bin(BaseHTTPRequestHandler):
    """One bin: whoever writes last, wins."""

    protocol_version = "HTTP/1.1"
    record = b'{"marks":[]}'
    delay = 0.0

    def do_GET(self) -> None:
        time.sleep(self.delay / 2)
        record = _Bin.record
        time.sleep(self.delay / 2)
        self._reply(record)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.delay / 2)
        _Bin.record = body
        time.sleep(self.delay / 2)
        self._reply(body)

    def _reply(self, record: bytes) -> None:
        body = b'{"record":%s,"metadata":{"parentId":"%s"}}' % (record, BIN.encode())
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Writer(NamedTuple):
    """Runs `jsonbin` in its own folder."""

    folder: Path
    port: int

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """One run to its end."""
        env = {
            "HOME": str(self.folder),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(_REPOSITORY),
            "JSONBIN_API_URL": f"http://127.0.0.1:{self.port}/v3",
        }
        command = [sys.executable, "-m", "jsonbin_cli", *arguments]
        return subprocess.run(command, env=env, input=stdin, capture_output=True, text=True, check=False)

    def set(self, mark: str, *more: str) -> int:
        """Add a mark in one run, which reads and writes."""
        return self.run("set", BIN, f"marks[]={mark}", "-q", *more).returncode

    def get_and_update(self, mark: str, *more: str) -> int:
        """Add a mark in two runs, as a script does: one reads, another writes."""
        seen = self.folder / "seen.json"
        seen.write_text(self.run("get", BIN, "--record").stdout)
        marks = [*json.loads(seen.read_text())["marks"], mark]
        return self.run("update", BIN, "-q", *more, stdin=json.dumps({"marks": marks})).returncode


_WAYS: dict[str, Callable[[Writer, str], int]] = {
    "get, update": lambda writer, mark: writer.get_and_update(mark),
    "get, update --if-match": lambda writer, mark: writer.get_and_update(
        mark, "--if-match", f"{writer.folder}/seen.json"
    ),
    "the same --recheck": lambda writer, mark: writer.get_and_update(
        mark, "--if-match", f"{writer.folder}/seen.json", "--recheck"
    ),
    "set": lambda writer, mark: writer.set(mark),
    "set --recheck": lambda writer, mark: writer.set(mark, "--recheck"),
}


def main() -> None:
    """Print a line for each way of writing."""
    options = _options()
    _Bin.delay = options.delay / 1000
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Bin)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"{options.writers} writers, {options.rounds} updates each, a round trip of {options.delay:g} ms")
    print(f"{'':24} {'done':>6} {'exit 6':>7} {'lost silently':>14} {'of those done':>14}")
    for name, write in _WAYS.items():
        _Bin.record = b'{"marks":[]}'
        done, codes = _write(options, server.server_address[1], write)
        lost = len(done - set(json.loads(_Bin.record)["marks"]))
        print(
            f"{name:24} {len(done):6} {codes.count(CONFLICT):7} {lost:14} {lost / max(1, len(done)):14.1%}", flush=True
        )
        if set(codes) - {0, CONFLICT}:
            sys.exit(f"jsonbin ended with {set(codes)}")
    server.shutdown()


def _write(options: argparse.Namespace, port: int, write: Callable[[Writer, str], int]) -> tuple[set[str], list[int]]:
    """The marks that the writers were told are stored, and all exit codes."""
    done: set[str] = set()
    codes: list[int] = []

    def work(number: int, folder: Path) -> None:
        folder.mkdir()
        for turn in range(options.rounds):
            time.sleep(random.uniform(0, 0.3))
            code = write(Writer(folder, port), f"{number}-{turn}")
            codes.append(code)
            if code == 0:
                done.add(f"{number}-{turn}")

    with tempfile.TemporaryDirectory(prefix="jsonbin-bench-") as name:
        threads = [threading.Thread(target=work, args=(n, Path(name) / str(n))) for n in range(options.writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return done, codes


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=2, metavar="N", help="how many write at once (2)")
    parser.add_argument("--rounds", type=int, default=100, metavar="N", help="updates of each (100)")
    parser.add_argument("--delay", type=float, default=40, metavar="MS", help="how long an answer takes (40)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
