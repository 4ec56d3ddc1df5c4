"""JSONBin on a free port for the length of a test: the fixture `jsonbin_server`."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self, TypeVar

from jsonbin_cli.config.keys import LOCAL_MASTER_KEY
from jsonbin_cli.config.profiles import DEMO_BIN
from jsonbin_cli.local.api.model import Request, Settings
from jsonbin_cli.local.server import faults
from jsonbin_cli.local.server.cli import opener, url_of
from jsonbin_cli.local.server.control import Control, Seen
from jsonbin_cli.local.server.server import Server

T = TypeVar("T")
_REMEMBERED = 10_000
_PATIENCE = 30.0


class LocalJSONBin:
    """Starts in `with`, in a thread of its own. `store` None is memory.

    `url` is the base address, `master_key` opens everything, `demo` is the id of a private bin.
    """

    master_key = LOCAL_MASTER_KEY
    demo = DEMO_BIN

    def __init__(self, store: Path | None = None, *, log: Callable[[str], None] = lambda _: None) -> None:
        self._store = store
        self._control = Control(Settings(LOCAL_MASTER_KEY), faults.Plan(), _REMEMBERED)
        self._log = log

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._loop = asyncio.new_event_loop()
            stack.callback(self._loop.close)
            thread = threading.Thread(target=self._loop.run_forever, name="jsonbin-server", daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(lambda: self._loop.call_soon_threadsafe(self._loop.stop))
            self._server = Server(self._control, self._log)
            port = self._finished(self._server.start("127.0.0.1", 0, opener(self._store, [])))
            stack.callback(lambda: self._finished(self._server.stop()))
            self.url = url_of("127.0.0.1", port)
            self._end = stack.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        self._end.close()

    @property
    def requests(self) -> list[Seen]:
        """The requests so far, in their order, without their keys."""
        return list(self._control.seen)

    def script(self, *faults: str) -> None:
        """Let the next requests meet these faults, one each: `server.script("502", "ok", "cut")`."""
        self._in_loop(lambda: self._control.change({"script": list(faults)}))

    def change(self, **changes: Any) -> None:
        """Change what `PATCH /control` does: `server.change(settings={"plan": "free"}, latency=1)`."""
        self._in_loop(lambda: self._control.change(changes))

    def reset(self) -> None:
        """Behave as at the start, and forget the requests. The bins stay."""
        self._in_loop(self._control.reset)

    def create(self, record: object, *, private: bool = True, name: str | None = None) -> str:
        """Make a bin and return its id. Bytes are stored as they are, all else as JSON."""
        body = record if isinstance(record, bytes) else json.dumps(record).encode()
        headers = {"x-bin-private": str(private).lower()} | ({"x-bin-name": name} if name else {})
        return str(self._asked("POST", "/v3/b", headers, body)["metadata"]["id"])

    def record(self, bin_id: str) -> Any:
        """What a bin holds now."""
        return self._asked("GET", f"/v3/b/{bin_id}/latest")["record"]

    def access_key(self, *permissions: str) -> str:
        """Make an access key with these permissions: `create`, `read`, `update`, `delete`."""
        body = json.dumps({"bins": dict.fromkeys(permissions, True)}).encode()
        return str(self._asked("POST", "/v3/a", {"x-key-name": "test"}, body)["accessKey"])

    def _asked(
        self, method: str, path: str, headers: Mapping[str, str] = MappingProxyType({}), body: bytes = b""
    ) -> Any:
        """What the rules answer, past misbehaviour, memory and quota."""
        own = {"x-master-key": self.master_key, "content-type": "application/json"}
        request = Request(method, path, {}, own | dict(headers), body)
        reply = self._finished(self._server.ask(request))
        assert reply.status == 200, reply.body.decode()
        return json.loads(reply.body)

    def _in_loop(self, change: Callable[[], None]) -> None:
        """Change in the thread that reads it; what goes wrong there is raised here."""

        async def changed() -> None:
            change()

        self._finished(changed())

    def _finished(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)
