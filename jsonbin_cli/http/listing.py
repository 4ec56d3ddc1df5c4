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
    """One bin as a list names it. `name` is empty where it has none; `created` is when, in UTC (ISO 8601)."""

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
            listed = _page(client, where, last)
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


def _page(client: Client, collection: str | None, last: str | None) -> list[Listed | None]:
    listed = client.send(request.list_bins(collection, last)).record.value
    return [_bin(item) for item in listed] if isinstance(listed, list) else []


def _bin(item: JSON) -> Listed | None:
    """A bin of a list; None for what cannot be one."""
    if not isinstance(item, dict):
        return None
    bin_id, created, about = item.get("record"), item.get("createdAt"), item.get("snippetMeta")
    if not (isinstance(bin_id, str) and BIN_ID.fullmatch(bin_id)):
        return None
    name = about.get("name") if isinstance(about, dict) else None
    return Listed(
        bin_id.lower(),
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
    listed = client.send(request.list_collections()).record.value
    names = [found for item in listed if (found := _collection(item))] if isinstance(listed, list) else []
    if wanted == EVERYWHERE:
        return [None, *(found for found, _ in names)]
    ids = [found for found, name in names if name == wanted]
    if len(ids) == 1:
        return [*ids]
    if ids:
        raise UsageMistake(f"{len(ids)} collections are called {shortened(wanted)}", f"name one by its id: {ids[0]}")
    known = ", ".join(shortened(name or found, 40) for found, name in names[:10])
    raise UsageMistake(
        f"no collection is called {shortened(wanted)}", f"there are: {known}" if known else "there is no collection"
    )


def _collection(item: JSON) -> tuple[str, str] | None:
    """Id and name of a collection of a list; None for what cannot be one."""
    if not isinstance(item, dict):
        return None
    found, about = item.get("record"), item.get("collectionMeta")
    if not (isinstance(found, str) and BIN_ID.fullmatch(found)):
        return None
    name = about.get("name") if isinstance(about, dict) else None
    return found, name if isinstance(name, str) else ""
