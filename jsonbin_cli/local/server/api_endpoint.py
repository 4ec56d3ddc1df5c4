"""The endpoint below /v3: the rules and the faults decide what a request is answered."""

from __future__ import annotations

import asyncio
import time

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from jsonbin_cli.local.api import model
from jsonbin_cli.local.api.model import Reply, dumped, error_reply
from jsonbin_cli.local.api.routes import not_served
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.faults import GOOD, Fault, Sent
from jsonbin_cli.local.server.messages import HalfResponse, body_of, request_from
from jsonbin_cli.local.server.request_log import NOTE
from jsonbin_cli.local.server.write_queue import WriteQueue
from jsonbin_cli.records.text import members


class ApiEndpoint:
    """An ASGI application. A body may take `body_seconds` to arrive; `stopping` ends the requests that hang."""

    def __init__(self, queue: WriteQueue, control: Control, stopping: asyncio.Event, body_seconds: float) -> None:
        self._queue = queue
        self._control = control
        self._stopping = stopping
        self._body_seconds = body_seconds
        self._second_writes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request and its answer."""
        started = time.monotonic()
        request = Request(scope, receive)
        asked = request_from(request)
        try:
            asked = asked._replace(body=await body_of(request, self._body_seconds))
        except ClientDisconnect:
            return
        except HTTPException as refused:
            reply = error_reply(refused.status_code, refused.detail)
            self._control.remember(asked, reply, GOOD, time.monotonic() - started)
            raise
        seconds, fault = self._control.schedule.next(reads=asked.method == "GET" and asked.path.startswith("/v3/b/"))
        if seconds:
            await asyncio.sleep(seconds)
        reply = await self._reply(asked, fault)
        note = fault.name if fault is not GOOD else not_served(asked.path) if reply.status == 404 else None
        if note:
            scope["state"][NOTE] = note
        self._control.remember(asked, reply, fault, time.monotonic() - started)
        if fault.sent is Sent.NOTHING and await self._client_leaves(receive):
            return
        kind = HalfResponse if fault.sent is Sent.HALF else Response
        headers = {"content-type": reply.content_type} | dict(fault.headers)
        await kind(reply.body, reply.status, headers)(scope, receive, send)

    async def _reply(self, asked: model.Request, fault: Fault) -> Reply:
        if fault.reply and not fault.late:
            return fault.reply
        reply = await self._queue.answer(asked, self._control.settings)
        if fault.second_writer:
            await self.write_again(asked.path)
        return fault.reply or reply

    async def write_again(self, path: str) -> bool:
        """Change the bin that a request for `path` is about, as another program with the same key might.

        Whether that could be done: the program reads the bin first.
        """
        settings = self._control.settings
        headers = {"x-master-key": settings.master_key, "content-type": "application/json"}
        path = "/".join(path.split("/")[:4])
        read = model.Request("GET", f"{path}/latest", {"meta": "false"}, headers, b"")
        reply = await self._queue.answer(read, settings)
        if reply.status == 200:
            self._second_writes += 1
            changed = _with_one_more(reply.body, self._second_writes)
            reply = await self._queue.answer(model.Request("PUT", path, {}, headers, changed), settings)
        return reply.status == 200

    async def _client_leaves(self, receive: Receive) -> bool:
        """Wait until the client gives up, or the server is to stop; whether it was the client."""
        left = asyncio.ensure_future(receive())
        stopping = asyncio.ensure_future(self._stopping.wait())
        done, waiting = await asyncio.wait((left, stopping), return_when=asyncio.FIRST_COMPLETED)
        for one in waiting:
            one.cancel()
        return left in done


def _with_one_more(record: bytes, number: int) -> bytes:
    """The record with one more member or item, which holds `number`."""
    if record.startswith(b"["):
        return record[:-1] + b",%d]" % number
    found = {name: member.text for name, member in members(record.decode(), any_size=True).items()}
    found["changed_by_second_writer"] = str(number)
    return b"{" + b",".join(dumped(name) + b":" + text.encode() for name, text in found.items()) + b"}"
