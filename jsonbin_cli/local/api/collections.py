"""What JSONBin does with collections: create, list, name, their bins, their schema doc."""

from __future__ import annotations

from jsonbin_cli.local.api import checks
from jsonbin_cli.local.api.model import Case, Refusal, Reply, dumped
from jsonbin_cli.local.store.rows import Bin, Collection

_LARGEST_NAME = 32
_PAGE = 10
_UNCATEGORIZED = "uncategorized"


def create(case: Case) -> Reply:
    """POST /c."""
    checks.master_key(case)
    name = _name(case)
    checks.quota(case)
    collection_id = case.new_id()
    case.store.add_collection(collection_id, name, case.now)
    return Reply(200, dumped({"record": collection_id, "metadata": {"createdAt": case.now, "name": name}}))


def listing(case: Case) -> Reply:
    """GET /c."""
    checks.master_key(case)
    checks.quota(case)
    found: list[object] = [
        {"record": one.id, "collectionMeta": {"name": one.name}, "createdAt": one.created_at}
        for one in case.store.collections()
    ]
    return Reply(200, dumped(found))


def bins(case: Case, collection_id: str, last: str | None) -> Reply:
    """GET /c/ID/bins[/LAST]: ten bins, the newest first; those after the bin LAST where it is named.

    The id `uncategorized` stands for the bins that are in no collection.
    """
    collection = None if collection_id == _UNCATEGORIZED else _existing(case, collection_id)
    if last is not None:
        checks.check_bin_id(case, last)
    checks.master_key(case)
    checks.quota(case)
    page = case.store.bins_of(
        collection.id if collection else None,
        last.lower() if last else None,
        _PAGE,
        ascending=(case.header("x-sort-order") or "").lower() == "ascending",
    )
    return Reply(200, dumped([_snippet(bin) for bin in page]))


def rename(case: Case, collection_id: str) -> Reply:
    """PUT /c/ID/meta/name."""
    collection = _existing(case, collection_id)
    checks.master_key(case)
    name = _name(case)
    checks.quota(case)
    case.store.change_collection(collection._replace(name=name))
    return Reply(200, dumped({"record": collection.id, "metadata": {"name": name}}))


def add_schema(case: Case, collection_id: str) -> Reply:
    """PUT /c/ID/schemadoc/add: what is written to its bins from now on has to fit."""
    collection = _existing(case, collection_id)
    checks.master_key(case)
    schema_id = case.header("x-schema-doc-id")
    if not schema_id:
        raise Refusal(400, "You need to pass X-Schema-Doc-Id in the header")
    schema = case.store.schema(schema_id.lower())
    if schema is None:
        raise Refusal(400, "Invalid Schema Id provided")
    checks.quota(case)
    return _changed(case, collection._replace(schema=schema.id), schema.id)


def remove_schema(case: Case, collection_id: str) -> Reply:
    """PUT /c/ID/schemadoc/remove: the answer names what was taken off."""
    collection = _existing(case, collection_id)
    checks.master_key(case)
    checks.quota(case)
    return _changed(case, collection._replace(schema=None), collection.schema)


def _changed(case: Case, collection: Collection, schema_id: str | None) -> Reply:
    case.store.change_collection(collection)
    metadata = {"id": collection.id, "createdAt": collection.created_at}
    # Choice: a collection that had none is answered with null.
    return Reply(200, dumped({"collectionName": collection.name, "schemaDocId": schema_id, "metadata": metadata}))


def _existing(case: Case, collection_id: str) -> Collection:
    collection = case.store.collection(collection_id.lower()) if checks.is_id(collection_id) else None
    if collection is None:
        raise Refusal(400, "Invalid Collection Id provided")
    return collection


def _name(case: Case) -> str:
    name = case.header("x-collection-name")
    if not name:
        # The service's own words, which speak of the wrong thing.
        raise Refusal(400, "You need to pass X-Collection-Name header to set a name for the Schema Doc")
    if len(name) > _LARGEST_NAME:
        raise Refusal(400, "Name of the Collection cannot be above 32 characters")
    return name


def _snippet(bin: Bin) -> dict[str, object]:
    return {
        "snippetMeta": {"name": bin.name} if bin.name else {},
        "private": bin.private,
        "record": bin.id,
        "createdAt": bin.created_at,
    }
