"""JSONBin as a Starlette application: the API below /v3, and the control endpoint beside it."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from jsonbin_cli.failures import Failure
from jsonbin_cli.local.api import errors
from jsonbin_cli.local.api.description import PATH, description
from jsonbin_cli.local.api.model import error_reply
from jsonbin_cli.local.server import control_routes
from jsonbin_cli.local.server.api_endpoint import ApiEndpoint
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.guard import Guard
from jsonbin_cli.local.server.messages import response_from, success_from
from jsonbin_cli.local.server.page import files
from jsonbin_cli.local.server.page import routes as page_routes
from jsonbin_cli.local.server.request_log import Log, RequestLog, traceback_of
from jsonbin_cli.local.server.write_queue import WriteQueue


class PageAccess:
    """Lets the pages of any origin use the API, with any header (observed). A request without Origin is not theirs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        methods = ("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE")
        self._for_pages = CORSMiddleware(app, allow_origins=("*",), allow_methods=methods, allow_headers=("*",))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        from_page = any(name == b"origin" for name, _ in scope["headers"])
        await (self._for_pages if from_page else self._app)(scope, receive, send)


class ApiFirst:
    """Hands what is below /v3 to the API, whatever else stands in the path, and the rest to the routes."""

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if not scope["path"].startswith("/v3/"):
            return await self._app(scope, receive, send)
        try:
            return await self._api(scope, receive, send)
        except HTTPException as refused:
            return await _refusal(refused)(scope, receive, send)


def application(
    queue: WriteQueue,
    control: Control,
    log: Log,
    stopping: asyncio.Event,
    body_seconds: float,
    host: str,
    *,
    page: bool,
) -> Starlette:
    """The application, for a server that listens on `host`, with the page at its root where `page` says so.

    `stopping` ends the requests that hang. A body may take `body_seconds` to arrive.
    """

    async def bug(_: Request, wrong: Exception) -> Response:
        log.bugs(traceback_of(wrong))
        return response_from(error_reply(500, "Internal Server Error"))

    api = ApiEndpoint(queue, control, stopping, body_seconds)
    app = Starlette(
        routes=[
            Route(PATH, _described),
            *(page_routes.routes(queue, control, api, stopping, body_seconds) if page else []),
            *control_routes.routes(control, body_seconds),
        ],
        middleware=[
            *([Middleware(RequestLog, log.requests)] if log.requests else []),
            Middleware(Guard, host, control.settings.master_key, (PATH, *files.PATHS)),
            Middleware(ApiFirst, PageAccess(api)),
        ],
        exception_handlers={HTTPException: _refused, Failure: _failed, Exception: bug},
    )
    app.router.redirect_slashes = False  # the service sends nobody elsewhere
    return app


async def _described(_: Request) -> Response:
    return success_from(description("/v3"))


async def _refused(_: Request, wrong: Exception) -> Response:
    """What Starlette refuses outside the API."""
    assert isinstance(wrong, HTTPException)
    return _refusal(wrong)


def _refusal(wrong: HTTPException) -> Response:
    """A refusal in the shape of the API's errors."""
    message = errors.ROUTE_NOT_FOUND.message if wrong.status_code == 404 else wrong.detail
    return response_from(error_reply(wrong.status_code, message))


async def _failed(_: Request, wrong: Exception) -> Response:
    """What the store or the disk refuses."""
    assert isinstance(wrong, Failure)
    return response_from(error_reply(503, wrong.message))
