"""JSONBin on a free port for the length of a test: the fixture `jsonbin_server`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from jsonbin_cli.config.keys import LOCAL_MASTER_KEY
from jsonbin_cli.config.profiles import DEMO_BIN
from jsonbin_cli.local.api.model import Request
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.server import faults
from jsonbin_cli.local.server.banner import url_of
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.recent import Seen
from jsonbin_cli.local.server.request_log import Log
from jsonbin_cli.local.server.server import Server
from jsonbin_cli.local.store.initial import demo_bin
from jsonbin_cli.local.store.sqlite import SqliteStore

_REMEMBERED = 10_000


class LocalJSONBin:
    """Serves inside `with`, or from `start` to `stop`. `store` None is memory.

    `log` gets a line for each request, and the traceback of a bug.
    `url` is the base address, `master_key` opens everything, `demo` is the id of a private bin.
    """

    master_key = LOCAL_MASTER_KEY
    demo = DEMO_BIN

    def __init__(self, store: Path | None = None, *, log: Callable[[str], None] | None = None) -> None:
        self._store = store
        self._control = Control(Settings(LOCAL_MASTER_KEY), faults.Plan(), _REMEMBERED)
        self._server = Server(self._control, Log(log, log or (lambda _: None)), grace=0)

    def start(self) -> Self:
        """Start to serve."""
        port = self._server.start(0, lambda: SqliteStore(self._store, demo_bin()))
        self.url = url_of("127.0.0.1", port)
        return self

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()
        self._server.wait()

    def stop(self) -> None:
        """Begin to stop, without waiting for the end."""
        self._server.stop()

    @property
    def requests(self) -> list[Seen]:
        """The requests so far, in their order, without their keys."""
        return list(self._control.seen)

    def script(self, *faults: str) -> None:
        """Give the next requests these faults, one each: `server.script("502", "ok", "cut")`."""
        self._in_its_thread(lambda: self._control.change({"script": list(faults)}))

    def change(self, **changes: object) -> None:
        """Change what `PATCH /control` does: `server.change(settings={"plan": "free"}, latency=1)`."""
        self._in_its_thread(lambda: self._control.change(changes))

    def reset(self) -> None:
        """Behave as at the start, and forget the requests. The bins stay."""
        self._in_its_thread(self._control.reset)

    def create(self, record: object, *, public: bool = False, name: str | None = None) -> str:
        """Create a bin and return its id. Bytes are stored as they are, anything else as JSON."""
        body = record if isinstance(record, bytes) else json.dumps(record).encode()
        headers = {"x-bin-private": str(not public).lower()} | ({"x-bin-name": name} if name else {})
        return str(self._asked("POST", "/v3/b", headers, body)["metadata"]["id"])

    def record(self, bin_id: str) -> Any:
        """What a bin holds now."""
        return self._asked("GET", f"/v3/b/{bin_id}/latest")["record"]

    def access_key(self, *permissions: str) -> str:
        """Create an access key with these permissions: `create`, `read`, `update`, `delete`."""
        body = json.dumps({"bins": dict.fromkeys(permissions, True)}).encode()
        return str(self._asked("POST", "/v3/a", {"x-key-name": "test"}, body)["accessKey"])

    def _asked(
        self, method: str, path: str, headers: Mapping[str, str] = MappingProxyType({}), body: bytes = b""
    ) -> Any:
        """What the rules answer, without faults and quota; it is not listed among the requests."""
        own = {"x-master-key": self.master_key, "content-type": "application/json"}
        reply = self._server.ask(Request(method, path, {}, own | dict(headers), body))
        assert reply.status == 200, reply.body.decode()
        return json.loads(reply.body)

    def _in_its_thread(self, change: Callable[[], None]) -> None:
        """Make a change in the thread that reads what is changed; what goes wrong is raised here."""

        async def changed() -> None:
            change()

        self._server.run(changed())
