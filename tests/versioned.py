"""A server on 127.0.0.1 with one bin that keeps versions, and somebody else who writes it at chosen moments."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from jsonbin_cli.records.text import JSON, parse
from tests.conftest import BIN

Act = Callable[["VersionedBin"], None]


class VersionedBin:
    """The bin. `before` holds what somebody else does before the next requests of a method, `instead` their answers.

    An answer is a status, with or without the work done; None is the good one.
    """

    def __init__(self, record: str, versions: int = 0) -> None:
        self.record = record
        self.base = record
        self.versions = [record] * versions
        self.private = True
        self.cap = 1000
        self.stores: Callable[[str], str] = str
        self.asked: list[str] = []
        self.before: dict[str, list[Act | None]] = {"GET": [], "PUT": [], "COUNT": [], "DELETE": []}
        self.instead: dict[str, list[tuple[int, bool] | None]] = {"GET": [], "PUT": [], "COUNT": [], "DELETE": []}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.daemon_threads = True
        self._http.bin = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/v3"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def value(self) -> JSON:
        """What the bin holds."""
        return parse(self.record)

    def write(self, record: str, *, versioned: bool = True) -> int | None:
        """Replace the record; the number of the version that this made."""
        self.record = record
        if not versioned or len(self.versions) >= self.cap:
            if not self.versions:
                self.base = record
            return None
        self.versions.append(record)
        return len(self.versions)

    def somebody(self, record: str, *, versioned: bool = True) -> Act:
        """That somebody else replaces the record."""

        def act(bin: VersionedBin) -> None:
            bin.write(record, versioned=versioned)

        return act

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, str]:
        """The status and the body of an answer."""
        kind = "COUNT" if path.endswith("/count") else method
        self.asked.append(f"{method} {path}")
        act = self.before[kind].pop(0) if self.before[kind] else None
        if act:
            act(self)
        fault = self.instead[kind].pop(0) if self.instead[kind] else None
        if fault and not fault[1]:
            return fault[0], '{"message":"no"}'
        good = self._answer(kind, path, body)
        return (fault[0], '{"message":"no"}') if fault else good

    def _answer(self, kind: str, path: str, body: bytes) -> tuple[int, str]:
        private = str(self.private).lower()
        last = path.rsplit("/", 1)[-1]
        if kind == "COUNT":
            return 200, f'{{"metadata":{{"id":"{BIN}","versionCount":{len(self.versions)},"private":{private}}}}}'
        if kind == "DELETE":
            self.base, self.versions = self.record, []
            return 200, '{"metadata":{"id":"x"},"message":"Versions for the Bin are deleted successfully"}'
        if kind == "PUT":
            version = self.write(self.stores(body.decode()))
            made = "" if version is None else f',"version":{version}'
            return 200, f'{{"record":{self.record},"metadata":{{"parentId":"{BIN}","private":{private}{made}}}}}'
        if last.isdigit() and len(last) < 5:
            if not 0 < int(last) <= len(self.versions):
                return 404, '{"message":"Bin version not found"}'
            record = self.versions[int(last) - 1]
        else:
            record = self.record if last == "latest" else self.base
        return 200, f'{{"record":{record},"metadata":{{"id":"{BIN}","private":{private}}}}}'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _go(self) -> None:
        bin: VersionedBin = self.server.bin  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, text = bin.answer(self.command, self.path, body)
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PUT = do_DELETE = _go

    def log_message(self, *_: object) -> None:
        """Say nothing."""
