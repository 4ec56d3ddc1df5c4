"""What JSONBin does with collections: create, list, name, their bins, their schema doc."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonbin_cli.local.api import checks, errors, inputs
from jsonbin_cli.local.api.model import Context, Refusal, Success, success
from jsonbin_cli.local.store.rows import Bin, Collection

if TYPE_CHECKING:
    from jsonbin_cli.local.api.replies import (
        BinListed,
        CollectionIdentity,
        CollectionListed,
        CollectionMetadata,
        IdAnd,
        Name,
        SchemaAttached,
        SchemaRemoved,
    )

_PAGE = 10  # reference


def create(context: Context) -> Success[IdAnd[CollectionMetadata]]:
    """POST /c: create a collection."""
    checks.key(context)
    if context.given(inputs.COLLECTION_NAME) is None:
        raise Refusal(errors.COLLECTION_NAME_MISSING)
    name = _name(context)
    checks.quota(context)
    collection_id = context.new_id()
    context.store.add_collection(collection_id, name, context.now)
    return success({"record": collection_id, "metadata": {"createdAt": context.now, "name": name}})


def listing(context: Context) -> Success[list[CollectionListed]]:
    """GET /c: list the collections."""
    checks.key(context)
    checks.quota(context)
    return success([_listed(one) for one in context.store.collections()])


def bins(context: Context, collection_id: str) -> Success[list[BinListed]]:
    """GET /c/ID/bins: list ten bins of a collection, the newest first."""
    return _page(context, _existing(context, collection_id).id, None)


def bins_after(context: Context, collection_id: str, last: str) -> Success[list[BinListed]]:
    """GET /c/ID/bins/LAST: list the next ten bins of a collection, those after the bin that is named."""
    return _page(context, _existing(context, collection_id).id, last)


def bins_of_none(context: Context) -> Success[list[BinListed]]:
    """GET /c/uncategorized/bins: list ten bins that are in no collection, the newest first."""
    return _page(context, None, None)


def bins_of_none_after(context: Context, last: str) -> Success[list[BinListed]]:
    """GET /c/uncategorized/bins/LAST: list the next ten bins that are in no collection, those after one."""
    return _page(context, None, last)


def rename(context: Context, collection_id: str) -> Success[IdAnd[Name]]:
    """PUT /c/ID/meta/name: rename a collection."""
    collection = _existing(context, collection_id)
    checks.key(context)
    name = _name(context)
    checks.quota(context)
    context.store.change_collection(collection._replace(name=name))
    return success({"record": collection.id, "metadata": {"name": name}})


def add_schema(context: Context, collection_id: str) -> Success[SchemaAttached]:
    """PUT /c/ID/schemadoc/add: give a collection a schema doc. What is written to its bins from now on has to fit."""
    collection = _existing(context, collection_id)
    checks.key(context)
    schema_id = context.given(inputs.SCHEMA_ID)
    if not schema_id:
        raise Refusal(errors.SCHEMA_HEADER_MISSING)
    if not checks.is_id(schema_id):
        raise Refusal(errors.INVALID_SCHEMA_ID)
    schema = context.store.schema(schema_id.lower())
    if schema is None:
        raise Refusal(errors.SCHEMA_NOT_FOUND)
    checks.quota(context)
    collection = collection._replace(schema=schema.id)
    context.store.change_collection(collection)
    return success({"collectionName": collection.name, "schemaDocId": schema.id, "metadata": _identity(collection)})


def remove_schema(context: Context, collection_id: str) -> Success[SchemaRemoved]:
    """PUT /c/ID/schemadoc/remove: take the schema doc off a collection.

    The answer names what was removed, null where there was none (choice).
    """
    collection = _existing(context, collection_id)
    checks.key(context)
    checks.quota(context)
    context.store.change_collection(collection._replace(schema=None))
    return success(
        {"collectionName": collection.name, "schemaDocId": collection.schema, "metadata": _identity(collection)}
    )


def _identity(collection: Collection) -> CollectionIdentity:
    return {"id": collection.id, "createdAt": collection.created_at}


def _existing(context: Context, collection_id: str) -> Collection:
    collection = context.store.collection(collection_id)
    if collection is None:
        raise Refusal(errors.COLLECTION_NOT_FOUND)
    return collection


def _name(context: Context) -> str:
    return checks.name(context, inputs.COLLECTION_NAME, errors.COLLECTION_NAME_BLANK, errors.COLLECTION_NAME_LONG)


def _page(context: Context, collection_id: str | None, last: str | None) -> Success[list[BinListed]]:
    checks.key(context)
    checks.quota(context)
    ascending = (context.given(inputs.SORT_ORDER) or "").lower() == "ascending"  # reference
    page = context.store.bins_of(collection_id, last, _PAGE, ascending=ascending)
    return success([_snippet(bin) for bin in page])


def _listed(collection: Collection) -> CollectionListed:
    listed: CollectionListed = {
        "record": collection.id,
        "collectionMeta": {"name": collection.name},
        "createdAt": collection.created_at,
    }
    if collection.schema:
        listed["schemaDocId"] = collection.schema
    return listed


def _snippet(bin: Bin) -> BinListed:
    return {
        "snippetMeta": {"name": bin.name} if bin.name else {},
        "private": bin.private,
        "record": bin.id,
        "createdAt": bin.created_at,
    }
