"""The checks that requests meet, each raising the refusal that JSONBin answers with."""

from __future__ import annotations

import re
from hmac import compare_digest
from typing import Literal

from jsonbin_cli.config.file import BIN_ID
from jsonbin_cli.local.api import errors, inputs
from jsonbin_cli.local.api.model import Context, Refusal
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.store.rows import Bin
from jsonbin_cli.local.store.sqlite import SqliteStore
from jsonbin_cli.records.text import STRING, NotJSON, parse


def is_id(text: str) -> bool:
    """Whether `text` is 24 hexadecimal digits, as every id is (observed)."""
    return BIN_ID.fullmatch(text) is not None


def existing_bin(context: Context, bin_id: str, missing: errors.Error = errors.BIN_NOT_FOUND_OR_NOT_YOURS) -> Bin:
    """The bin with that id; `missing` is the answer where there is none."""
    bin = context.store.bin(bin_id)
    if bin is None:
        raise Refusal(missing)
    if context.settings.owner == "nobody":
        raise Refusal(errors.BIN_OF_NOBODY)
    return bin


def content_type(context: Context) -> None:
    """A body has to be announced as JSON."""
    if (context.request.headers.get("content-type") or "").split(";")[0].strip().lower() != "application/json":
        raise Refusal(errors.CONTENT_TYPE)


def record(context: Context) -> bytes:
    """The body that the endpoint takes, without white space around it: an object or array that is not empty."""
    assert context.route.body is not None
    blank = context.route.body.blank
    content_type(context)
    body = context.request.body.strip()
    if not body:
        raise Refusal(blank)
    try:
        value = parse(body.decode(), any_size=True)
    except (NotJSON, UnicodeDecodeError):
        raise Refusal(errors.INVALID_JSON) from None
    if not isinstance(value, dict | list):
        raise Refusal(errors.SCALAR)
    if not value:
        raise Refusal(blank)
    return body


def key(context: Context, *, public: bool = False) -> None:
    """A key that may do what the endpoint's row says: the master key, or an access key with the permission.

    For a bin that is `public` no key is needed where the row says so.
    """
    keys, access = context.route.keys, context.request.headers.get("x-access-key")
    if public and keys.public:
        return
    if context.request.headers.get("x-master-key") is not None:
        if not is_owner(context):
            raise Refusal(keys.invalid)
    elif keys.verb is None:
        raise Refusal(errors.MASTER_KEY_MISSING, purpose=keys.purpose)
    elif access is None:
        raise Refusal(errors.KEY_MISSING, purpose=keys.purpose)
    else:
        allowed = context.store.permissions(access)
        if allowed is None:
            raise Refusal(errors.ACCESS_KEY_INVALID)
        if keys.verb not in allowed:
            status = context.settings.permission_status
            raise Refusal(errors.ACCESS_KEY_PERMISSION, status=status, verb=keys.verb)


def is_owner(context: Context) -> bool:
    """Whether the request carries this account's master key."""
    given = (context.request.headers.get("x-master-key") or "").encode("utf-8", "surrogateescape")
    return compare_digest(given, context.settings.master_key.encode())


def size(context: Context) -> None:
    """A record fits the plan: 100 kB free, 1 MB pro (reference)."""
    settings, body = context.settings, context.request.body
    kilobyte = settings.kilobyte
    limit = 100 * kilobyte if settings.plan == "free" else kilobyte**2
    if len(body) <= limit:
        return
    if settings.size_of == "compact" and len(re.sub(rf"({STRING})|[ \t\r\n]+".encode(), rb"\1", body)) <= limit:
        return
    raise Refusal(errors.TOO_BIG_FOR_FREE if settings.plan == "free" else errors.TOO_BIG_FOR_PRO)


def name(context: Context, header: inputs.Parameter, missing: errors.Error, too_long: errors.Error) -> str:
    """The name in a header, which is refused where it is missing, empty or too long."""
    given = context.given(header)
    if not given:
        raise Refusal(missing)
    if len(given) > inputs.LARGEST_NAME:
        raise Refusal(too_long)
    return given


def versioning(context: Context) -> None:
    """Versions are for the pro plan."""
    if context.given(inputs.VERSIONING) == "true" and context.settings.plan == "free":
        raise Refusal(errors.VERSIONING_PLAN)


def quota(context: Context) -> None:
    """The account has requests left, where the settings say that this is checked last."""
    count(context.store, context.settings, "last")


def count(store: SqliteStore, settings: Settings, moment: Literal["first", "last"]) -> None:
    """The account has requests left. It is checked where the settings say, and counts all requests that get so far."""
    if settings.quota is None or settings.quota_check != moment:
        return
    if store.count_request() >= settings.quota:
        raise Refusal(errors.QUOTA)


def schema(context: Context, collection_id: str | None, record: bytes) -> None:
    """The record fits the schema doc of its collection, where it has one."""
    collection = context.store.collection(collection_id) if collection_id else None
    doc = context.store.schema(collection.schema) if collection and collection.schema else None
    if doc is None:
        return
    from jsonbin_cli.local.api.validation import mismatch

    found = mismatch(doc.record, record, context.settings.schema_draft)
    if found is not None:
        raise Refusal(errors.SCHEMA_MISMATCH, {"schemaDocID": doc.id, "schemaDocName": doc.name}, found=found)
