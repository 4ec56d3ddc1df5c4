"""Ctrl-C at any moment of an update: what is said of the bin is true."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import time

import pytest

from tests.conftest import BIN, Program
from tests.http.hostile import Reply, http
from tests.http.raw import RawServer

pytestmark = pytest.mark.costly

RECORD = json.dumps({"text": "x" * 745_000}).encode()
STEPS = 16


@pytest.mark.parametrize("step", range(STEPS))
def test_ctrl_c_at_any_moment(jsonbin: Program, step: int) -> None:
    """Where the server heard a byte of the request, it never says that nothing was sent."""
    with RawServer() as server:
        server.reply = Reply("", http(b'{"record":%s,"metadata":{}}' % RECORD), ("reply",))
        jsonbin.env["JSONBIN_API_URL"] = server.url
        started = time.monotonic()
        assert jsonbin.start("update", BIN, "-q").communicate(RECORD)[1] == b""
        whole = time.monotonic() - started
        server.heard = False
        process = jsonbin.start("update", BIN, "--errors", "json")
        assert process.stdin
        process.stdin.write(RECORD)
        process.stdin.close()
        process.stdin = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(whole * (step + 1) / STEPS)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    if process.returncode == 130 and server.heard and err:
        told = json.loads(err.splitlines()[-1])["error"]
        assert told["sent"], told
        assert "may have changed" in told["message"] or "after it updated" in told["message"]
    assert process.returncode in (0, 130, -signal.SIGINT), err
