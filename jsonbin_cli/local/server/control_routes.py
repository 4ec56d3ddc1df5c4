"""The control endpoint: `/control` and `/control/requests`, outside the API."""

from __future__ import annotations

import json

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.local.api import errors
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.messages import body_of, success_from

PATH = "/control"


def routes(control: Control, body_seconds: float) -> list[Route]:
    """The routes. A body may take `body_seconds` to arrive.

    A page of another origin may not read the answers. Its PATCH or DELETE needs a preflight, which is not granted.
    """

    async def state(_: Request) -> Response:
        return success_from(control.state())

    async def change(request: Request) -> Response:
        # Without a preflight, which is not granted here, a page cannot send this type to another origin.
        if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
            raise HTTPException(400, errors.CONTENT_TYPE.message)
        try:
            changes = json.loads((await body_of(request, body_seconds)).decode())
            if not isinstance(changes, dict):
                raise UsageMistake("the body is an object with the members to change")
            control.change(changes)
        except (ValueError, RecursionError):
            raise HTTPException(400, errors.INVALID_JSON.message) from None
        except UsageMistake as wrong:
            raise HTTPException(400, wrong.message + (f"; {wrong.hint}" if wrong.hint else "")) from None
        return success_from(control.state())

    async def reset(_: Request) -> Response:
        control.reset()
        return success_from(control.state())

    async def requests(_: Request) -> Response:
        return success_from(control.requests())

    async def forget(_: Request) -> Response:
        control.forget()
        return success_from([])

    return [
        Route(PATH, state, methods=["GET"]),
        Route(PATH, change, methods=["PATCH"]),
        Route(PATH, reset, methods=["DELETE"]),
        Route(f"{PATH}/requests", requests, methods=["GET"]),
        Route(f"{PATH}/requests", forget, methods=["DELETE"]),
    ]
