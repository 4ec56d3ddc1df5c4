"""`jsonbin serve` from its start to its end: listen, tell that it does, and stop on a signal."""

from __future__ import annotations

import gc
import json
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, nullcontext
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from jsonbin_cli.config.atomic import write_whole
from jsonbin_cli.config.environment import without_keys
from jsonbin_cli.config.installing import install_extra
from jsonbin_cli.failures import BadConfig, UsageMistake
from jsonbin_cli.local.server import clients
from jsonbin_cli.local.server.authority import Authority
from jsonbin_cli.local.server.banner import url_of
from jsonbin_cli.local.server.command import ENDING, Command
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.file_limit import raise_file_limit
from jsonbin_cli.local.server.options import Options
from jsonbin_cli.local.server.proxy import Proxy
from jsonbin_cli.local.server.proxy_target import SERVICE
from jsonbin_cli.local.server.request_log import Log
from jsonbin_cli.local.store.export import export
from jsonbin_cli.local.store.initial import add_missing, demo_bin
from jsonbin_cli.local.store.sqlite import SqliteStore

_REMEMBERED = 500
_GRACE = 10


def run(options: Options, announce: Callable[[str], None], log: Log, tell: Callable[[str], None]) -> int:
    """Serve while a command runs, and return its exit code; without one serve until a signal asks for the end.

    `announce` is called with the base address once it listens, unless there is a command; `tell` gets a line about what
    the proxy refused. Raises BadConfig where a package is missing, UsageMistake for an address that cannot be used,
    CommandNotStarted.
    """
    need_the_extra()
    from jsonbin_cli.local.server.server import Server

    command = Command(options.command) if options.command else None
    if not command:  # which would have it too
        raise_file_limit()
    if options.ready_file and options.ready_file.is_file():
        options.ready_file.unlink()  # of a server that has ended

    def at_end(store: SqliteStore) -> None:
        if options.export:
            export(store, options.export)

    def open_store() -> SqliteStore:
        store = SqliteStore(options.store, demo_bin())
        add_missing(store, options.bins)
        return store

    with command or nullcontext(), ExitStack() as ending:
        folder = None
        if command or options.ready_file:  # which the owner alone can read
            folder = TemporaryDirectory(prefix="jsonbin-", ignore_cleanup_errors=True)
            ending.callback(folder.cleanup)
        proxy = Proxy(Authority(SERVICE), tell, pass_through=options.pass_through, also_direct=folder is not None)
        control = Control(options.settings, options.plan, _REMEMBERED)
        # Nobody waits for what a command left under way.
        grace = 0 if command else _GRACE
        server = Server(control, log, options.host, page=options.has_page, grace=grace, at_end=at_end, proxy=proxy)
        url, key = url_of(options.host, server.start(options.port, open_store)), options.settings.master_key
        ending.callback(server.wait)
        ending.callback(server.stop)

        def stop() -> None:
            if folder:
                folder.cleanup()  # already, since a second signal leaves no time for that
            server.stop()

        outer = without_keys()
        variables = clients.environment(Path(folder.name), proxy, url, key, outer) if folder else {}
        if not command:
            _on_signals(stop)
        if options.ready_file:
            ca_file = variables["NODE_EXTRA_CA_CERTS"]
            ready = {"url": url, "master_key": key, "ca_file": ca_file, "environment": variables}
            _write_ready(options.ready_file, ready)
        # Off in the short runs of other commands. What is there by now stays, so it need not be looked at again.
        gc.freeze()
        gc.enable()
        if command:
            return command.run(outer | variables)
        announce(url)
        server.wait()
        return 0


def need_the_extra() -> None:
    """Raise BadConfig where what answers over HTTP is not installed."""
    # The other commands block it, since httpcore would import it for nothing. Starlette needs it.
    if sys.modules.get("anyio", sys) is None:
        del sys.modules["anyio"]
    if not all(find_spec(name) for name in ("jsonpath", "jsonschema", "starlette", "trustme", "uvicorn")):
        raise BadConfig("the packages that serve needs are not installed", install_extra("serve"))


def _on_signals(stop: Callable[[], None]) -> None:
    """Let the first signal that asks for the end call `stop`; the second one ends the process at once."""
    # What is ignored, as SIGHUP is by what nohup runs, stays so.
    asked_by = [number for number in ENDING if signal.getsignal(number) != signal.SIG_IGN]

    def first(*_: object) -> None:
        stop()
        for number in asked_by:
            signal.signal(number, signal.SIG_DFL)

    for number in asked_by:
        signal.signal(number, first)


def _write_ready(path: Path, ready: Mapping[str, object]) -> None:
    """One line of JSON, complete from the moment it is there, and for the owner only: it holds a key."""
    line = json.dumps(ready) + "\n"
    try:
        if path.exists() and not path.is_file():  # a pipe, or /dev/stdout
            path.write_text(line)
        else:
            write_whole(path, line.encode())
    except OSError as wrong:
        raise UsageMistake(f"the ready file {path} cannot be written: {wrong.strerror}") from None
