"""The checks that requests meet, each raising the refusal that JSONBin answers with."""

from __future__ import annotations

import re
from hmac import compare_digest

from jsonbin_cli.local.api.model import Case, Refusal
from jsonbin_cli.local.store.rows import Bin
from jsonbin_cli.records.text import STRING, NotJSON, parse

_ID = re.compile(r"[0-9a-fA-F]{24}")
_PRICING = "http://api.jsonbin.io/pricing"
_NOBODYS = (
    "Bins not associated to any user are now blocked. Contact the admin at https://jsonbin.io/contact for further info"
)
_UNKNOWN_ACCESS_KEY = "X-Access-Key is invalid or the bin doesn't belong to your account"


def is_id(text: str) -> bool:
    """Whether `text` is 24 hexadecimal digits, as every id is."""
    return _ID.fullmatch(text) is not None


def existing_bin(case: Case, bin_id: str, missing: str = "Bin not found or it doesn't belong to your account") -> Bin:
    """The bin with that id; `missing` is what is said where there is none."""
    check_bin_id(case, bin_id)
    bin = case.store.bin(bin_id.lower())
    if bin is None:
        raise Refusal(404, missing)
    # Choice: where this is looked at is not known.
    if case.settings.owner == "nobody":
        raise Refusal(403, _NOBODYS)
    return bin


def check_bin_id(case: Case, bin_id: str) -> None:
    """An id is looked at before anything else."""
    if not is_id(bin_id):
        status = case.settings.malformed_id
        raise Refusal(status, "Invalid Record ID" if status == 422 else "Invalid Bin Id provided")


def content_type(case: Case) -> None:
    """A body has to be announced as JSON."""
    if (case.header("content-type") or "").split(";")[0].strip().lower() != "application/json":
        raise Refusal(400, "You need to pass Content-Type set to application/json")


def record(case: Case, blank: str = "Bin cannot be blank") -> bytes:
    """The body without blanks around it: an object or array with something in it. `blank` is said of others."""
    content_type(case)
    body = case.request.body.strip()
    if not body:
        raise Refusal(400, blank)
    try:
        value = parse(body.decode())
    except (NotJSON, UnicodeDecodeError):
        raise Refusal(400, "Invalid JSON. Please try again") from None
    # Choice: a single value is called invalid JSON, as body parsers in strict mode do.
    if not isinstance(value, dict | list):
        raise Refusal(400, "Invalid JSON. Please try again")
    if not value:
        raise Refusal(400, blank)
    return body


def key(case: Case, verb: str, wrong_master: str) -> None:
    """A master key, or an access key that may do `verb` to bins."""
    access = case.header("x-access-key")
    if case.header("x-master-key") is not None:
        if not is_owner(case):
            raise Refusal(401, wrong_master)
    elif access is not None:
        allowed = case.store.permissions(access)
        if allowed is None:
            raise Refusal(401, _UNKNOWN_ACCESS_KEY)
        if verb not in allowed:
            message = f"X-Access-Key passed does not have permission to {verb} the bin."
            raise Refusal(case.settings.permission_status, message)
    else:
        what = "a private bin" if verb in ("read", "update") else "a bin"
        raise Refusal(401, f"You need to pass X-Master-Key or X-Access-Key in the header to {verb} {what}")


def master_key(case: Case, purpose: str = "") -> None:
    """The master key and no other; `purpose` completes what is said where it is missing."""
    if case.header("x-master-key") is None:
        raise Refusal(401, f"You need to pass X-Master-Key in the header{purpose}")
    if not is_owner(case):
        raise Refusal(401, "Invalid X-Master-Key provided")


def is_owner(case: Case) -> bool:
    """Whether the request carries this account's master key."""
    given = (case.header("x-master-key") or "").encode("utf-8", "surrogateescape")
    return compare_digest(given, case.settings.master_key.encode())


def size(case: Case, verb: str) -> None:
    """A record fits the plan."""
    body = case.request.body
    if case.settings.size_of == "compact":
        body = re.sub(rf"({STRING})|[ \t\r\n]+".encode(), rb"\1", body)
    kilobyte = case.settings.kilobyte
    if len(body) <= {"free": 100 * kilobyte, "pro": kilobyte**2}[case.settings.plan]:
        return
    if case.settings.plan == "free":
        raise Refusal(
            403,
            f"Free users cannot {verb} a record over 100kb. Upgrade to Pro plan {_PRICING} to {verb} records upto 1mb",
        )
    # Choice: the words for a pro account are not known.
    raise Refusal(403, f"Pro users cannot {verb} a record over 1mb.")


def versioning(case: Case) -> None:
    """Versions are for the pro plan."""
    if case.header("x-bin-versioning") == "true" and case.settings.plan == "free":
        raise Refusal(
            403,
            f"Versioning is not available for the Free users. Upgrade to Pro plan {_PRICING} to avail this feature",
        )


def quota(case: Case, moment: str = "last") -> None:
    """The account has requests left. It is looked at where the settings say, and counts all that get so far."""
    settings = case.settings
    if settings.quota is None or settings.quota_check != moment:
        return
    if case.store.count_request() >= settings.quota:
        raise Refusal(403, "Requests exhausted. Buy additional requests at https://jsonbin.io/pricing")


def schema(case: Case, collection_id: str | None, record: bytes) -> None:
    """The record fits the schema doc of its collection, where it has one."""
    collection = case.store.collection(collection_id) if collection_id else None
    doc = case.store.schema(collection.schema) if collection and collection.schema else None
    if doc is None:
        return
    from jsonbin_cli.local.api.validation import mismatch

    found = mismatch(doc.record, record, case.settings.schema_draft)
    if found is not None:
        raise Refusal(
            400,
            f"Schema Doc Validation Mismatch:  {found}",
            {"schemaDocID": doc.id, "schemaDocName": doc.name},
        )
