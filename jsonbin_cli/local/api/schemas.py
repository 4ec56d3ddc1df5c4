"""What JSONBin does with schema docs: create, read, update."""

from __future__ import annotations

from jsonbin_cli.local.api import checks
from jsonbin_cli.local.api.model import Case, Refusal, Reply, reply
from jsonbin_cli.local.store.rows import SchemaDoc

_LARGEST_NAME = 32
_BLANK = "Schema Doc cannot be blank"


def create(case: Case) -> Reply:
    """POST /s, its body a JSON Schema."""
    body = checks.record(case, _BLANK)
    checks.master_key(case)
    name = case.header("x-schema-doc-name")
    # Choice: these words are formed like those for collections.
    if not name:
        raise Refusal(400, "You need to pass X-Schema-Doc-Name header to set a name for the Schema Doc")
    if len(name) > _LARGEST_NAME:
        raise Refusal(400, "Name of the Schema Doc cannot be above 32 characters")
    return _kept(case, SchemaDoc(case.new_id(), name, body, case.now))


def read(case: Case, schema_id: str) -> Reply:
    """GET /s/ID."""
    doc = _existing(case, schema_id)
    checks.master_key(case)
    checks.quota(case)
    return _shown(doc)


def update(case: Case, schema_id: str) -> Reply:
    """PUT /s/ID: another schema. Bins that are there already are not looked at again."""
    doc = _existing(case, schema_id)
    body = checks.record(case, _BLANK)
    checks.master_key(case)
    return _kept(case, doc._replace(record=body))


def _kept(case: Case, doc: SchemaDoc) -> Reply:
    from jsonbin_cli.local.api.validation import flaw

    if flaw(doc.record, case.settings.schema_draft):
        # Choice: the words are not known.
        raise Refusal(400, "Invalid Schema Doc provided")
    checks.size(case, "create")
    checks.quota(case)
    case.store.keep_schema(doc)
    return _shown(doc)


def _existing(case: Case, schema_id: str) -> SchemaDoc:
    doc = case.store.schema(schema_id.lower()) if checks.is_id(schema_id) else None
    if doc is None:
        raise Refusal(400, "Invalid Schema Id provided")
    return doc


def _shown(doc: SchemaDoc) -> Reply:
    return reply(doc.record, {"id": doc.id, "name": doc.name, "createdAt": doc.created_at})
