"""JSONBin as an ASGI application: reads a request, lets rules and misbehaviour decide, writes the answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from jsonbin_cli.local.api.model import Refusal, Reply, Request, dumped
from jsonbin_cli.local.server.control import PATH as CONTROL
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.faults import GOOD, Fault
from jsonbin_cli.local.server.write_queue import Ledger
from jsonbin_cli.records.text import members

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# More than any plan takes is not read into memory. Choice: the service's answer to that is not known.
LARGEST_BODY = 4 * 1024 * 1024
_TOO_LARGE = Refusal(413, "request entity too large").reply()
_CORS = (b"access-control-allow-origin", b"*")


class Gone(Exception):
    """The client left before its request was whole."""


class Application:
    """Answers each request. `log` receives one line for each, without keys; `stopping` ends what hangs."""

    def __init__(self, ledger: Ledger, control: Control, log: Callable[[str], None], stopping: asyncio.Event) -> None:
        self._ledger = ledger
        self._control = control
        self._log = log
        self._stopping = stopping

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """One request and its answer (ASGI 3)."""
        started = time.monotonic()
        fault, reply = GOOD, _TOO_LARGE
        try:
            request = await _request(scope, receive)
        except Gone:
            return
        if request.path.startswith(CONTROL):
            reply = self._control.answer(request)
        elif request.method == "OPTIONS":
            await _preflight(request, send)
            return
        elif len(request.body) <= LARGEST_BODY:
            fault, reply = await self._answered(request)
        status = 0 if fault.hangs else reply.status
        if request.path.startswith("/v3"):
            self._control.remember(request, status)
        if fault.hangs:
            await self._hang(receive)
            scope["state"]["connection"].close()
        else:
            await _write(reply, fault, request, send)
        if fault.name == "cut":
            scope["state"]["connection"].close()
        milliseconds = (time.monotonic() - started) * 1000
        size = f"{len(request.body)} bytes"
        name = "" if fault is GOOD else f" ({fault.name})"
        self._log(f"{scope['method']} {request.path} {size}: {status or 'no answer'}{name}, {milliseconds:.1f} ms")

    async def _answered(self, request: Request) -> tuple[Fault, Reply]:
        """The fault that this request meets, and the reply."""
        reads = request.method == "GET" and request.path.startswith("/v3/b/")
        seconds, fault = self._control.misbehaviour.next(reads=reads)
        if seconds:
            await asyncio.sleep(seconds)
        if fault.spoils:
            return fault, fault.reply or Reply(0, b"")
        reply = await self._ledger.answer(request, self._control.settings)
        if fault.name == "second-writer":
            await self._write_as_another(request)
        return fault, fault.reply or reply

    async def _write_as_another(self, request: Request) -> None:
        """Change the bin that a request was about, as somebody else with the same key might."""
        settings = self._control.settings
        headers = {"x-master-key": settings.master_key, "content-type": "application/json"}
        path = "/".join(request.path.split("/")[:4])
        reply = await self._ledger.answer(Request("GET", f"{path}/latest", {"meta": "false"}, headers, b""), settings)
        if reply.status != 200:
            return
        changed = _changed_by_another(reply.body, self._control.misbehaviour.stamp())
        await self._ledger.answer(Request("PUT", path, {}, headers, changed), settings)

    async def _hang(self, receive: Receive) -> None:
        waits = (asyncio.ensure_future(receive()), asyncio.ensure_future(self._stopping.wait()))
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


async def _request(scope: Any, receive: Receive) -> Request:
    """The request, its body read no further than a little past the largest. Raises Gone."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    body, more = bytearray(), True
    while more and len(body) <= LARGEST_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message["body"]
        more = message["more_body"]
    return Request(method, scope["path"], query, headers, bytes(body))


async def _preflight(request: Request, send: Send) -> None:
    """What lets a page in a browser send the request that it asks about (Fetch, CORS-preflight)."""
    asked = request.headers.get("access-control-request-headers", "").encode("latin-1")
    headers = [
        _CORS,
        (b"access-control-allow-methods", b"GET,HEAD,PUT,PATCH,POST,DELETE"),
        (b"vary", b"Access-Control-Request-Headers"),
        *([(b"access-control-allow-headers", asked)] if asked else []),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body"})


async def _write(reply: Reply, fault: Fault, request: Request, send: Send) -> None:
    headers = [
        (b"content-type", reply.content_type.encode()),
        (b"content-length", str(len(reply.body)).encode()),
        *((name.lower().encode(), value.encode()) for name, value in fault.headers),
    ]
    if not request.path.startswith(CONTROL):
        headers.append(_CORS)
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if fault.name == "cut":
        await send({"type": "http.response.body", "body": reply.body[: len(reply.body) // 2], "more_body": True})
    else:
        await send({"type": "http.response.body", "body": reply.body})


def _changed_by_another(record: bytes, stamp: int) -> bytes:
    """The record with one member or item that was not there before."""
    if record.startswith(b"["):
        return record[:-1] + b",%d]" % stamp
    found = {name: member.text for name, member in members(record.decode()).items()} | {
        "changed_by_second_writer": str(stamp)
    }
    return b"{" + b",".join(dumped(name) + b":" + text.encode() for name, text in found.items()) + b"}"
