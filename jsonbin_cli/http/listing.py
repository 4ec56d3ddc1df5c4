"""The bins of an account, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from jsonbin_cli.config.file import BIN_ID
from jsonbin_cli.failures import UsageMistake, shortened
from jsonbin_cli.http import request
from jsonbin_cli.http.client import Client
from jsonbin_cli.records.text import JSON

_PAGE = 10  # the reference, "Fetch Bins in Collections"
EVERYWHERE, NOWHERE = "all", "uncategorized"
"""What `--collection` takes for the bins of all collections and of none, and for those of none."""


class Listed(NamedTuple):
    """A bin or a collection in a list. `name` is empty where it has none; `created` is when, in UTC (ISO 8601)."""

    id: str
    name: str
    private: bool
    created: str


def pages(client: Client, collection: str | None) -> Iterator[list[Listed]]:
    """The bins of a collection, ten at a time, as they arrive.

    `collection` is an id, a name, `all`, or `uncategorized` or None for the bins that are in none. Raises UsageMistake
    where no collection has that name, or more than one.
    """
    seen: set[str] = set()
    for where in _collections(client, collection):
        last = None
        while True:
            listed = _listed(client, request.list_bins(where, last), "snippetMeta")
            page = [bin for bin in listed if bin and bin.id not in seen]
            if page:
                yield page
            seen.update(bin.id for bin in page)
            if len(listed) < _PAGE or not page:
                break
            last = page[-1].id


def matching(bins: Iterator[list[Listed]], pattern: str | None, most: int | None) -> Iterator[list[Listed]]:
    """Those bins whose names match a pattern with `*` and `?`, at most so many."""
    left = most
    for page in bins:
        found = [bin for bin in page if pattern is None or fnmatchcase(bin.name, pattern)][:left]
        if found:
            yield found
        if left is not None:
            left -= len(found)
            if not left:
                return


def _listed(client: Client, asked: request.Request, about: str) -> list[Listed | None]:
    """What JSONBin lists; `about` is the member that holds the name. None for what cannot be a bin or a collection."""
    listed = client.send(asked).record.value
    return [_one(item, about) for item in listed] if isinstance(listed, list) else []


def _one(item: JSON, about: str) -> Listed | None:
    if not isinstance(item, dict):
        return None
    found, created, more = item.get("record"), item.get("createdAt"), item.get(about)
    if not (isinstance(found, str) and BIN_ID.fullmatch(found)):
        return None
    name = more.get("name") if isinstance(more, dict) else None
    return Listed(
        found.lower(),
        name if isinstance(name, str) else "",
        item.get("private") is not False,
        created if isinstance(created, str) else "",
    )


def _collections(client: Client, wanted: str | None) -> list[str | None]:
    """The ids of the collections to list; None for the bins that are in none."""
    if wanted is None or wanted == NOWHERE:
        return [None]
    if BIN_ID.fullmatch(wanted):
        return [wanted]
    known = [one for one in _listed(client, request.list_collections(), "collectionMeta") if one]
    if wanted == EVERYWHERE:
        return [None, *(one.id for one in known)]
    ids = [one.id for one in known if one.name == wanted]
    if len(ids) == 1:
        return [*ids]
    if ids:
        raise UsageMistake(f"{len(ids)} collections are called {shortened(wanted)}", f"name one by its id: {ids[0]}")
    names = ", ".join(shortened(one.name or one.id, 40) for one in known[:10])
    raise UsageMistake(
        f"no collection is called {shortened(wanted)}", f"there are: {names}" if names else "there is no collection"
    )
