"""`jsonbin serve` from its start to its end: listen, tell that it does, and stop on a signal."""

from __future__ import annotations

import gc
import json
import signal
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from jsonbin_cli.config.installing import install_extra
from jsonbin_cli.failures import BadConfig, UsageMistake
from jsonbin_cli.local.server.banner import url_of
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.file_limit import raise_file_limit
from jsonbin_cli.local.server.options import Options
from jsonbin_cli.local.server.request_log import Log
from jsonbin_cli.local.store.export import export
from jsonbin_cli.local.store.initial import add_missing, demo_bin
from jsonbin_cli.local.store.sqlite import SqliteStore

_REMEMBERED = 500


def run(options: Options, announce: Callable[[str], None], log: Log) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is called with the base address once it listens.

    Raises BadConfig where the server library is missing, UsageMistake for an address that cannot be used.
    """
    need_the_extra()
    from jsonbin_cli.local.server.server import Server

    raise_file_limit()

    if options.ready_file and options.ready_file.is_file():
        options.ready_file.unlink()  # of a server that has ended

    def at_end(store: SqliteStore) -> None:
        if options.export:
            export(store, options.export)

    control = Control(options.settings, options.plan, _REMEMBERED)
    server = Server(control, log, options.host, page=options.has_page, at_end=at_end)

    def open_store() -> SqliteStore:
        store = SqliteStore(options.store, demo_bin())
        add_missing(store, options.bins)
        return store

    url = url_of(options.host, server.start(options.port, open_store))
    try:
        _on_signals(server.stop)
        if options.ready_file:
            _write_ready(options.ready_file, url, options.settings.master_key)
        announce(url)
        # Off in the short runs of other commands. What is there by now stays, so it need not be looked at again.
        gc.freeze()
        gc.enable()
        server.wait()
    finally:  # for what goes wrong before the server is told to stop
        server.stop()
        server.wait()


def need_the_extra() -> None:
    """Raise BadConfig where what answers over HTTP is not installed."""
    # The other commands block it, since httpcore would import it for nothing. Starlette needs it.
    if sys.modules.get("anyio", sys) is None:
        del sys.modules["anyio"]
    if not all(find_spec(name) for name in ("jsonpath", "jsonschema", "starlette", "uvicorn")):
        raise BadConfig("the packages that serve needs are not installed", install_extra("serve"))


def _on_signals(stop: Callable[[], None]) -> None:
    """Let the first SIGINT or SIGTERM call `stop`; the second one ends the process at once."""
    signals = (signal.SIGINT, signal.SIGTERM)

    def first(*_: object) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_DFL)
        stop()

    for number in signals:
        signal.signal(number, first)


def _write_ready(path: Path, url: str, master_key: str) -> None:
    """One line of JSON, complete from the moment it is there, and for the owner only: it holds a key."""
    from tempfile import NamedTemporaryFile

    line = json.dumps({"url": url, "master_key": master_key}) + "\n"
    try:
        if path.exists() and not path.is_file():  # a pipe, or /dev/stdout
            path.write_text(line)
            return
        with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(line)
        Path(file.name).replace(path)
    except OSError as wrong:
        raise UsageMistake(f"the ready file {path} cannot be written: {wrong.strerror}") from None
