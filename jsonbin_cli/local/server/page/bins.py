"""What the page asks about bins: the list, any request as their owner, all of them in a file, and a second writer."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jsonbin_cli.local.server.api_endpoint import ApiEndpoint
from jsonbin_cli.local.server.control import Control
from jsonbin_cli.local.server.messages import body_of, request_from, response_from, success_from
from jsonbin_cli.local.server.write_queue import WriteQueue
from jsonbin_cli.local.store.export import export, folder_for
from jsonbin_cli.local.store.sqlite import SqliteStore


def routes(queue: WriteQueue, control: Control, api: ApiEndpoint, body_seconds: float) -> list[Route]:
    """The routes. A body may take `body_seconds` to arrive."""

    async def listing(_: Request) -> Response:
        return success_from(await queue.use(_listed))

    async def archive(_: Request) -> Response:
        return Response(await queue.use(_archive), media_type="application/zip")

    async def as_owner(request: Request) -> Response:
        """By the rules, without any fault and the quota. It is not among the requests."""
        settings = control.settings._replace(quota=None)
        asked = request_from(request)._replace(body=await body_of(request, body_seconds))
        headers = {**asked.headers, "x-master-key": settings.master_key, "user-agent": "jsonbin"}
        asked = asked._replace(path=f"/v3/{request.path_params['path']}", headers=headers)
        return response_from(await queue.answer(asked, settings))

    async def second_writer(request: Request) -> Response:
        if not await api.write_again(f"/v3/b/{request.path_params['bin']}"):
            raise HTTPException(409, "A second writer could not read and update that bin either")
        return success_from({})

    return [
        Route("/page/bins", listing, methods=["GET"]),
        Route("/page/bins.zip", archive, methods=["GET"]),
        Route("/page/bins/{bin}/second-writer", second_writer, methods=["POST"]),
        Route("/page/as-owner/v3/{path:path}", as_owner, methods=["GET", "PUT", "POST", "DELETE"]),
    ]


def _listed(store: SqliteStore) -> list[dict[str, object]]:
    """What is known about each bin besides its record; `size` in bytes."""
    return [
        {
            "id": bin.id,
            "name": bin.name,
            "private": bin.private,
            "createdAt": bin.created_at,
            "versions": bin.versions,
            "size": size,
        }
        for bin, size in store.sizes()
    ]


def _archive(store: SqliteStore) -> bytes:
    """The folder that `--export` writes, as a ZIP file."""
    archive = BytesIO()
    with TemporaryDirectory() as path, ZipFile(archive, "w", ZIP_DEFLATED) as file:
        export(store, folder_for(path))
        for one in sorted(Path(path).iterdir()):
            file.write(one, one.name)
    return archive.getvalue()
