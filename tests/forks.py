"""The interpreter behind tests/warm.py: it imports the program once, and for each run becomes it in a fork."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import sys
from importlib import import_module

from jsonbin_cli import __main__ as program

assert sys.platform == "linux"

PATIENCE = 60  # seconds, after which SIGALRM ends a run
_LONGEST_REQUEST = 1 << 18  # more than a socket takes in one piece, so that none is cut off
_WHAT_MOST_RUNS_IMPORT = (
    *("certifi", "encodings.idna", "platformdirs"),
    *(
        "jsonbin_cli.http.client",
        "jsonbin_cli.http.transport",
        "jsonbin_cli.terminal.errors",
        "jsonbin_cli.local.transport",
    ),
    *(
        "jsonbin_cli.commands.update",
        "jsonbin_cli.commands.changing",
        "jsonbin_cli.records.backups",
        "jsonbin_cli.records.compare",
    ),
)


def serve(line: socket.socket) -> None:
    """Fork for each request on `line`, one run at a time, until its other end is closed."""
    while True:
        request, descriptors, _, _ = socket.recv_fds(line, _LONGEST_REQUEST, 4)
        if not request:
            return
        fork = os.fork()
        if not fork:
            line.close()
            *streams, exit_code = descriptors
            os.close(exit_code)
            _become_the_program(streams, **json.loads(request))
            code = program.main()
            atexit.register(_end, code)
            sys.exit(code)
        _, status = os.waitpid(fork, 0)
        os.write(descriptors[-1], b"%d" % os.waitstatus_to_exitcode(status))
        for descriptor in descriptors:
            os.close(descriptor)


def _become_the_program(streams: list[int], arguments: list[str], env: dict[str, str], cwd: str) -> None:
    """All that `python -m jsonbin_cli` would find as it starts."""
    for standard, stream in enumerate(streams):
        os.dup2(stream, standard)
        os.close(stream)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.path.insert(0, cwd)
    sys.argv = [program.__file__, *arguments]
    signal.alarm(PATIENCE)


def _end(code: int) -> None:
    """End the process before Python takes all modules apart, which takes longer than most runs."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _warm_up() -> None:
    """Import what most runs do, after a first run, since that says what httpx is to do without."""
    sys.argv = [program.__file__, "--version"]
    program.main()
    for module in _WHAT_MOST_RUNS_IMPORT:
        import_module(module)


def _set_aside_what_is_measured() -> None:
    """Save the coverage of the imports, or each fork would do so once more."""
    if coverage := sys.modules.get("coverage"):
        # Closed, since no connection to SQLite may be carried over a fork.
        coverage.Coverage.current().get_data().close()


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as line:
        _warm_up()
        _set_aside_what_is_measured()
        serve(line)
