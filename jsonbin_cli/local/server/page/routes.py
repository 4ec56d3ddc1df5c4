"""The routes of the page: its files, and what it asks for."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jsonbin_cli.local.api.settings import choices
from jsonbin_cli.local.server.api_endpoint import ApiEndpoint
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.faults import FAULTS
from jsonbin_cli.local.server.messages import success_from
from jsonbin_cli.local.server.page import bins, files, requests
from jsonbin_cli.local.server.write_queue import WriteQueue


def routes(
    queue: WriteQueue, control: Control, api: ApiEndpoint, stopping: asyncio.Event, body_seconds: float
) -> list[Route]:
    """All of them. A body may take `body_seconds` to arrive, `stopping` ends the streams."""

    async def described(_: Request) -> Response:
        settings = {name: {"values": one.values, "meaning": one.meaning} for name, one in choices().items()}
        return success_from({"faults": FAULTS, "settings": settings})

    return [
        *files.routes(),
        Route("/page/choices", described, methods=["GET"]),
        *requests.routes(control, api, stopping, body_seconds),
        *bins.routes(queue, control, api, body_seconds),
    ]
