"""What the page asks about requests: the stream, which of them hold a text, all of one, and one sent again."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from jsonbin_cli.local.server.api_endpoint import ApiEndpoint
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.messages import body_of, success_from
from jsonbin_cli.local.server.page.events import Events
from jsonbin_cli.local.server.page.listing import holds, whole
from jsonbin_cli.local.server.recent import Seen


def routes(control: Control, api: ApiEndpoint, stopping: asyncio.Event, body_seconds: float) -> list[Route]:
    """The routes. A body may take `body_seconds` to arrive, `stopping` ends the streams."""

    async def found(request: Request) -> Response:
        wanted, kept = request.query_params.get("search", ""), list(control.seen)
        numbers = await asyncio.to_thread(lambda: [one.number for one in kept if holds(one, wanted)])
        return success_from(numbers)

    async def one(request: Request) -> Response:
        return success_from(whole(seen_by(request), f"{request.base_url}v3", control.settings))

    async def again(request: Request) -> Response:
        seen = seen_by(request)
        if "edited" in request.query_params:
            return Again(api, seen, await body_of(request, body_seconds))
        if seen.emptied:
            raise HTTPException(410, "The body of that request is not kept any more")
        return Again(api, seen, seen.body)

    def seen_by(request: Request) -> Seen:
        seen = control.seen.find(request.path_params["number"])
        if seen is None:
            raise HTTPException(410, "That request is not kept any more")
        return seen

    return [
        Route("/page/events", Events(control, stopping)),
        Route("/page/requests", found, methods=["GET"]),
        Route("/page/requests/{number:int}", one, methods=["GET"]),
        Route("/page/requests/{number:int}/again", again, methods=["POST"]),
    ]


class Again(Response):
    """The answer to a request that was seen, made once more with this body: keys and faults as for any other."""

    def __init__(self, api: ApiEndpoint, seen: Seen, body: bytes) -> None:
        super().__init__()
        self._api = api
        self._seen = seen
        self._request_body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the API does. The scope becomes that of the request, so that the log names it."""
        headers = {**self._seen.headers, **self._seen.keys.values, "content-length": str(len(self._request_body))}
        scope.update(
            method=self._seen.method,
            path=self._seen.path,
            query_string=urlencode(self._seen.query).encode(),
            headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        )
        body: list[Message] = [{"type": "http.request", "body": self._request_body, "more_body": False}]

        async def received() -> Message:
            return body.pop() if body else await receive()

        await self._api(scope, received, send)
