"""What JSONBin does with collections: create, list, name, their bins, their schema doc."""

from __future__ import annotations

from jsonbin_cli.local.api import checks, errors
from jsonbin_cli.local.api.model import Context, Refusal, Reply, success
from jsonbin_cli.local.store.rows import Bin, Collection

_PAGE = 10  # reference


def create(context: Context) -> Reply:
    """POST /c."""
    checks.master_key(context)
    if context.header("x-collection-name") is None:
        raise Refusal(errors.COLLECTION_NAME_MISSING)
    name = _name(context)
    checks.quota(context)
    collection_id = context.new_id()
    context.store.add_collection(collection_id, name, context.now)
    return success({"record": collection_id, "metadata": {"createdAt": context.now, "name": name}})


def listing(context: Context) -> Reply:
    """GET /c."""
    checks.master_key(context)
    checks.quota(context)
    return success([_listed(one) for one in context.store.collections()])


def bins(context: Context, collection_id: str, last: str | None = None) -> Reply:
    """GET /c/ID/bins[/LAST]: ten bins, the newest first; those after the bin LAST where it is named."""
    collection = _existing(context, collection_id)
    return _page(context, collection.id, last)


def bins_of_none(context: Context, last: str | None = None) -> Reply:
    """GET /c/uncategorized/bins[/LAST]: the same for the bins that are in no collection."""
    return _page(context, None, last)


def rename(context: Context, collection_id: str) -> Reply:
    """PUT /c/ID/meta/name."""
    collection = _existing(context, collection_id)
    checks.master_key(context)
    name = _name(context)
    checks.quota(context)
    context.store.change_collection(collection._replace(name=name))
    return success({"record": collection.id, "metadata": {"name": name}})


def add_schema(context: Context, collection_id: str) -> Reply:
    """PUT /c/ID/schemadoc/add: what is written to its bins from now on has to fit."""
    collection = _existing(context, collection_id)
    checks.master_key(context)
    schema_id = context.header("x-schema-doc-id")
    if not schema_id:
        raise Refusal(errors.SCHEMA_HEADER_MISSING)
    if not checks.is_id(schema_id):
        raise Refusal(errors.INVALID_SCHEMA_ID)
    schema = context.store.schema(schema_id.lower())
    if schema is None:
        raise Refusal(errors.SCHEMA_NOT_FOUND)
    checks.quota(context)
    return _changed(context, collection._replace(schema=schema.id), schema.id)


def remove_schema(context: Context, collection_id: str) -> Reply:
    """PUT /c/ID/schemadoc/remove: the answer names what was removed, null where there was none (choice)."""
    collection = _existing(context, collection_id)
    checks.master_key(context)
    checks.quota(context)
    return _changed(context, collection._replace(schema=None), collection.schema)


def _changed(context: Context, collection: Collection, schema_id: str | None) -> Reply:
    context.store.change_collection(collection)
    metadata = {"id": collection.id, "createdAt": collection.created_at}
    return success({"collectionName": collection.name, "schemaDocId": schema_id, "metadata": metadata})


def _existing(context: Context, collection_id: str) -> Collection:
    collection = context.store.collection(collection_id)
    if collection is None:
        raise Refusal(errors.COLLECTION_NOT_FOUND)
    return collection


def _name(context: Context) -> str:
    return checks.name(context, "x-collection-name", errors.COLLECTION_NAME_BLANK, errors.COLLECTION_NAME_LONG)


def _page(context: Context, collection_id: str | None, last: str | None) -> Reply:
    checks.master_key(context)
    checks.quota(context)
    ascending = (context.header("x-sort-order") or "").lower() == "ascending"  # reference
    page = context.store.bins_of(collection_id, last, _PAGE, ascending=ascending)
    return success([_snippet(bin) for bin in page])


def _listed(collection: Collection) -> object:
    listed: dict[str, object] = {
        "record": collection.id,
        "collectionMeta": {"name": collection.name},
        "createdAt": collection.created_at,
    }
    return listed | ({"schemaDocId": collection.schema} if collection.schema else {})


def _snippet(bin: Bin) -> object:
    return {
        "snippetMeta": {"name": bin.name} if bin.name else {},
        "private": bin.private,
        "record": bin.id,
        "createdAt": bin.created_at,
    }
