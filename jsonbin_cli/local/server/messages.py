"""From Starlette's requests to those of the rules, and from the rules' replies to Starlette's responses."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from jsonbin_cli.local.api import errors, model

LARGEST_BODY = 4 * 1024 * 1024
"""More than any plan accepts is not read into memory. What the service answers to it is not known."""


async def body_of(request: Request, seconds: float) -> bytes:
    """The body, which may take so many seconds to arrive; it is read no further than a little past the largest.

    Raises HTTPException for a body that is too large or too slow, ClientDisconnect where the client leaves.
    """
    body, more = bytearray(), True
    try:
        async with asyncio.timeout(seconds):
            while more:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                body += message["body"]
                more = message["more_body"]
                if len(body) > LARGEST_BODY:
                    raise HTTPException(errors.BODY_TOO_LARGE.status, errors.BODY_TOO_LARGE.message)
    except TimeoutError:
        raise HTTPException(errors.BODY_TOO_SLOW.status, errors.BODY_TOO_SLOW.message) from None
    return bytes(body)


def request_from(request: Request) -> model.Request:
    """The request, without its body. HEAD is answered as GET is."""
    return model.Request(
        "GET" if request.method == "HEAD" else request.method,
        request.scope["path"],
        dict(request.query_params) if request.scope["query_string"] else {},
        {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]},
        b"",
    )


def response_from(reply: model.Reply) -> Response:
    """The reply as it is sent."""
    return Response(reply.body, reply.status, {"content-type": reply.content_type})


def success_from(value: object) -> Response:
    """A success with a JSON value."""
    return response_from(model.success(value))


class HalfResponse(Response):
    """Breaks off in the middle of its body, which its head announces whole. The server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send the head, and half of the body."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
