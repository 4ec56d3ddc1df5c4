"""Functions of this package, called in a process of their own that ends where one of them takes too much.

What an expression or a schema from outside makes a library do can take any time, all of it inside of one call, which
nothing in the same process can interrupt.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module
from threading import Lock
from typing import Any

from jsonbin_cli.config.environment import without_keys

_MOST_MEMORY = 512 * 1024 * 1024
"""How many bytes the process may take."""


class Ended(Exception):
    """The process ended before there was a result."""


def call(seconds: float, module: str, function: str, *arguments: Any) -> Any:
    """What a function returns; that and its arguments are JSON values.

    Raises Ended where it takes longer than `seconds` or too much memory, or raises. The process is started for the
    first call, and again for the one after it ended. Calls of several threads wait for each other.
    """
    return _worker().call(json.dumps([seconds, module, function, arguments]).encode())


class _Worker:
    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, request: bytes) -> Any:
        with self._lock:
            process = self._process = self._process or _started()
            answer = b""
            try:
                answer = _answer(process, request)
            finally:
                if not answer:  # one that is still to come would be taken for that of the next call
                    self._process = None
                    process.kill()
                    process.communicate()
        if not answer:
            raise Ended
        return json.loads(answer)


@cache
def _worker() -> _Worker:
    return _Worker()


def _started() -> subprocess.Popen[bytes]:
    # -P: nothing is imported from the working directory.
    command = [sys.executable, "-P", "-m", "jsonbin_cli.local.api.worker"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=without_keys())


def _answer(process: subprocess.Popen[bytes], request: bytes) -> bytes:
    """The line that comes back; nothing where the process ends before."""
    assert process.stdin
    assert process.stdout
    with suppress(OSError):  # that it has ended
        process.stdin.write(request + b"\n")
        process.stdin.flush()
    return process.stdout.readline()


def main() -> None:
    """Be that process: answer the calls on standard input, one a line, until its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the program that started it
    if sys.platform != "win32":  # pragma: no branch (Windows has no such limit)
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MOST_MEMORY, _MOST_MEMORY))
    with open(0, "rb") as requests, open(1, "wb") as answers, open(os.devnull, "wb") as nowhere:
        for line in requests:
            seconds, module, function, arguments = json.loads(line)
            work = getattr(import_module(module), function)
            # A thread without Python code ends the process, whatever it is in, and also where its parent was killed.
            faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
            result = work(*arguments)
            faulthandler.cancel_dump_traceback_later()
            answers.write(json.dumps(result).encode() + b"\n")
            answers.flush()


if __name__ == "__main__":
    main()
