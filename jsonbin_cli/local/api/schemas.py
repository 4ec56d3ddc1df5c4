"""What JSONBin does with schema docs: create, read, update, name."""

from __future__ import annotations

from jsonbin_cli.local.api import checks, errors
from jsonbin_cli.local.api.model import Context, Refusal, Reply, success, with_record
from jsonbin_cli.local.store.rows import SchemaDoc


def create(context: Context) -> Reply:
    """POST /s, its body a JSON Schema."""
    body = checks.record(context, errors.BLANK_SCHEMA)
    checks.master_key(context)
    return _kept(context, SchemaDoc(context.new_id(), _name(context), body, context.now))


def read(context: Context, schema_id: str) -> Reply:
    """GET /s/ID."""
    doc = _existing(context, schema_id)
    checks.master_key(context)
    checks.quota(context)
    return _shown(doc)


def update(context: Context, schema_id: str) -> Reply:
    """PUT /s/ID: another schema, or with the body {} another name (reference).

    Bins that exist already are not checked again (choice).
    """
    doc = _existing(context, schema_id)
    if context.header("x-schema-doc-name") is not None and b"".join(context.request.body.split()) == b"{}":
        checks.content_type(context)
        return _shown(_renamed(context, doc))
    body = checks.record(context, errors.BLANK_SCHEMA)
    checks.master_key(context)
    return _kept(context, doc._replace(record=body))


def rename(context: Context, schema_id: str) -> Reply:
    """PUT /s/ID/meta/name. The answer is formed like that for collections (inferred)."""
    doc = _renamed(context, _existing(context, schema_id))
    return success({"record": doc.id, "metadata": {"name": doc.name}})


def _renamed(context: Context, doc: SchemaDoc) -> SchemaDoc:
    checks.master_key(context)
    doc = doc._replace(name=_name(context))
    checks.quota(context)
    context.store.put_schema(doc)
    return doc


def _kept(context: Context, doc: SchemaDoc) -> Reply:
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
    return checks.name(context, "x-schema-doc-name", errors.SCHEMA_NAME_MISSING, errors.SCHEMA_NAME_LONG)


def _shown(doc: SchemaDoc) -> Reply:
    return with_record(doc.record, {"id": doc.id, "name": doc.name, "createdAt": doc.created_at})
