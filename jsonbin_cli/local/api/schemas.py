"""What JSONBin does with schema docs: create, read, update."""

from __future__ import annotations

from jsonbin_cli.local.api import checks, errors
from jsonbin_cli.local.api.model import Context, Refusal, Reply, with_record
from jsonbin_cli.local.store.rows import SchemaDoc

_LARGEST_NAME = 32  # reference


def create(context: Context) -> Reply:
    """POST /s, its body a JSON Schema."""
    body = checks.record(context, errors.BLANK_SCHEMA)
    checks.master_key(context)
    name = context.header("x-schema-doc-name")
    if not name:
        raise Refusal(errors.SCHEMA_NAME_MISSING)
    if len(name) > _LARGEST_NAME:
        raise Refusal(errors.SCHEMA_NAME_LONG)
    return _kept(context, SchemaDoc(context.new_id(), name, body, context.now))


def read(context: Context, schema_id: str) -> Reply:
    """GET /s/ID."""
    doc = _existing(context, schema_id)
    checks.master_key(context)
    checks.quota(context)
    return _shown(doc)


def update(context: Context, schema_id: str) -> Reply:
    """PUT /s/ID: another schema. Bins that exist already are not checked again (choice)."""
    doc = _existing(context, schema_id)
    body = checks.record(context, errors.BLANK_SCHEMA)
    checks.master_key(context)
    return _kept(context, doc._replace(record=body))


def _kept(context: Context, doc: SchemaDoc) -> Reply:
    from jsonbin_cli.local.api.validation import flaw

    if flaw(doc.record, context.settings.schema_draft):
        raise Refusal(errors.INVALID_SCHEMA)
    checks.size(context, "create")
    checks.quota(context)
    context.store.put_schema(doc)
    return _shown(doc)


def _existing(context: Context, schema_id: str) -> SchemaDoc:
    doc = context.store.schema(schema_id)
    if doc is None:
        raise Refusal(errors.INVALID_SCHEMA_ID)
    return doc


def _shown(doc: SchemaDoc) -> Reply:
    return with_record(doc.record, {"id": doc.id, "name": doc.name, "createdAt": doc.created_at})
