"""What JSONBin does with schema docs: create, read, update, name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonbin_cli.local.api import checks, errors, inputs
from jsonbin_cli.local.api.model import Context, Refusal, Success, success, with_record
from jsonbin_cli.local.store.rows import SchemaDoc

if TYPE_CHECKING:
    from jsonbin_cli.local.api.replies import RecordAnd, SchemaMetadata, SchemaRenamed


def create(context: Context) -> Success[RecordAnd[SchemaMetadata]]:
    """POST /s: create a schema doc, the body a JSON Schema."""
    body = checks.record(context)
    checks.key(context)
    return _kept(context, SchemaDoc(context.new_id(), _name(context), body, context.now))


def read(context: Context, schema_id: str) -> Success[RecordAnd[SchemaMetadata]]:
    """GET /s/ID: read a schema doc."""
    doc = _existing(context, schema_id)
    checks.key(context)
    checks.quota(context)
    return _shown(doc)


def update(context: Context, schema_id: str) -> Success[RecordAnd[SchemaMetadata]]:
    """PUT /s/ID: replace a schema doc, or with the body {} its name (reference).

    Bins that exist already are not checked again (choice).
    """
    doc = _existing(context, schema_id)
    if context.given(inputs.SCHEMA_NAME) is not None and b"".join(context.request.body.split()) == b"{}":
        checks.content_type(context)
        return _shown(_renamed(context, doc))
    body = checks.record(context)
    checks.key(context)
    return _kept(context, doc._replace(record=body))


def rename(context: Context, schema_id: str) -> Success[SchemaRenamed]:
    """PUT /s/ID/meta/name: rename a schema doc. The answer is formed like that for collections (inferred)."""
    doc = _renamed(context, _existing(context, schema_id))
    return success({"record": doc.id, "metadata": {"name": doc.name}})


def _renamed(context: Context, doc: SchemaDoc) -> SchemaDoc:
    checks.key(context)
    doc = doc._replace(name=_name(context))
    checks.quota(context)
    context.store.put_schema(doc)
    return doc


def _kept(context: Context, doc: SchemaDoc) -> Success[RecordAnd[SchemaMetadata]]:
    from jsonbin_cli.local.api.validation import flaw

    if flaw(doc.record, context.settings.schema_draft):
        raise Refusal(errors.INVALID_SCHEMA)
    checks.size(context)
    checks.quota(context)
    context.store.put_schema(doc)
    return _shown(doc)


def _existing(context: Context, schema_id: str) -> SchemaDoc:
    doc = context.store.schema(schema_id)
    if doc is None:
        raise Refusal(errors.SCHEMA_NOT_FOUND)
    return doc


def _name(context: Context) -> str:
    return checks.name(context, inputs.SCHEMA_NAME, errors.SCHEMA_NAME_MISSING, errors.SCHEMA_NAME_LONG)


def _shown(doc: SchemaDoc) -> Success[RecordAnd[SchemaMetadata]]:
    return with_record(doc.record, {"id": doc.id, "name": doc.name, "createdAt": doc.created_at})
