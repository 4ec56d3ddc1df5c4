"""What JSONBin does with bins: create, read, update, delete, versions, name, privacy.

Facts are from the reference of the Bins API v3 and from answers seen live. Where those are silent, a
choice was made and is marked as one, or is a setting: clients must not rely on it.
"""

from __future__ import annotations

from jsonbin_cli.local.api import checks
from jsonbin_cli.local.api.model import Case, Refusal, Reply, dumped, reply
from jsonbin_cli.local.store.rows import Bin

MOST_VERSIONS = 1000
_LARGEST_NAME = 128
_WRONG_MASTER = "Invalid X-Master-Key provided or the bin does not belong to your account"


def update(case: Case, bin_id: str) -> Reply:
    """PUT /b/ID: replace the record."""
    checks.check_bin_id(case, bin_id)
    body = checks.record(case)
    bin = checks.existing_bin(case, bin_id, "Bin not found")
    if bin.private:
        checks.key(case, "update", _WRONG_MASTER)
    checks.schema(case, bin.collection, body)
    checks.versioning(case)
    checks.size(case, "update")
    checks.quota(case)
    wanted, room = _version_wanted(case, bin), bin.versions < MOST_VERSIONS
    version = bin.versions + 1 if wanted and room else None
    record = _as_stored(case, body)
    if room or not wanted or case.settings.past_last_version == "update":
        case.store.replace(bin.id, record, version)
    metadata: dict[str, object] = {"parentId": bin.id, "private": bin.private}
    if version is not None:
        metadata["version"] = version
    return reply(record, metadata)


def read(case: Case, bin_id: str, which: str) -> Reply:
    """GET /b/ID[/latest|/NUMBER]; `which` is empty for the bare id."""
    checks.check_bin_id(case, bin_id)
    if which not in ("", "latest") and not (which.isascii() and which.isdigit() and int(which[:9]) > 0):
        raise Refusal(400, "Bin version is invalid")
    bin = checks.existing_bin(case, bin_id)
    if bin.private:
        checks.key(case, "read", "X-Master-Key is invalid or the bin doesn't belong to your account")
    record = _chosen(case, bin, which)
    if record is None:
        raise Refusal(404, "Bin version not found")
    checks.quota(case)
    if case.header("x-bin-meta") == "false" or case.request.query.get("meta") == "false":
        return Reply(200, record)
    return reply(record, _metadata(bin))


def create(case: Case) -> Reply:
    """POST /b."""
    body = checks.record(case)
    checks.key(case, "create", "Invalid X-Master-Key provided")
    name, collection = case.header("x-bin-name"), case.header("x-collection-id")
    if name is not None:
        _check_name(name)
    if collection is not None and not case.store.collection(collection.lower()):
        raise Refusal(400, "Invalid X-Collection-Id provided")
    collection = collection.lower() if collection else None
    checks.schema(case, collection, body)
    checks.size(case, "create")
    checks.quota(case)
    private = case.header("x-bin-private") != "false"
    bin = Bin(case.new_id(), _as_stored(case, body), private, case.now, name, collection)
    case.store.add(bin)
    return reply(bin.record, _metadata(bin))


def delete(case: Case, bin_id: str) -> Reply:
    """DELETE /b/ID, and its versions with it."""
    bin = checks.existing_bin(case, bin_id)
    checks.key(case, "delete", _WRONG_MASTER)
    checks.quota(case)
    case.store.delete(bin.id)
    return _deleted(bin, "Bin deleted successfully")


def count_versions(case: Case, bin_id: str) -> Reply:
    """GET /b/ID/versions/count."""
    bin = _owned_bin(case, bin_id)
    return Reply(200, dumped({"metadata": {"id": bin.id, "versionCount": bin.versions, "private": bin.private}}))


def delete_versions(case: Case, bin_id: str) -> Reply:
    """DELETE /b/ID/versions; X-Preserve-Latest makes the latest the record under them."""
    bin = _owned_bin(case, bin_id)
    if not bin.versions:
        # Choice: the status is not known.
        raise Refusal(404, "No versions found")
    case.store.delete_versions(bin.id, preserve_latest=case.header("x-preserve-latest") == "true")
    return _deleted(bin, "Versions for the Bin are deleted successfully")


def change_privacy(case: Case, bin_id: str) -> Reply:
    """PUT /b/ID/meta/privacy."""
    bin = _owned_bin(case, bin_id)
    private = case.header("x-bin-private")
    if private not in ("true", "false"):
        # Choice: the words are not known.
        raise Refusal(400, "You need to pass X-Bin-Private set to true or false")
    case.store.describe(bin.id, private=private == "true")
    return Reply(200, dumped({"record": bin.id, "metadata": {"private": private == "true"}}))


def rename(case: Case, bin_id: str) -> Reply:
    """PUT /b/ID/meta/name."""
    bin = _owned_bin(case, bin_id)
    name = case.header("x-bin-name") or ""
    _check_name(name)
    case.store.describe(bin.id, name=name)
    return Reply(200, dumped({"record": bin.id, "metadata": {"name": name}}))


def _owned_bin(case: Case, bin_id: str) -> Bin:
    """The bin, for what only the master key may do."""
    bin = checks.existing_bin(case, bin_id)
    checks.master_key(case)
    checks.quota(case)
    return bin


def _check_name(name: str) -> None:
    if not 0 < len(name) <= _LARGEST_NAME:
        raise Refusal(400, "X-Bin-Name cannot be blank or over 128 characters")


def _version_wanted(case: Case, bin: Bin) -> bool:
    asked = case.header("x-bin-versioning")
    return asked == "true" if bin.private else not (asked == "false" and checks.is_owner(case))


def _chosen(case: Case, bin: Bin, which: str) -> bytes | None:
    if which == "" and case.settings.bare_id == "base":
        return bin.base or bin.record
    if which in ("", "latest"):
        return bin.record
    return case.store.version(bin.id, int(which[:9]))


def _as_stored(case: Case, record: bytes) -> bytes:
    if case.settings.numbers == "exact":
        return record
    from jsonbin_cli.local.api.javascript import rounded

    return rounded(record.decode()).encode()


def _metadata(bin: Bin) -> dict[str, object]:
    metadata: dict[str, object] = {"id": bin.id, "private": bin.private, "createdAt": bin.created_at}
    if bin.name:
        metadata["name"] = bin.name
    if bin.collection:
        metadata["collectionId"] = bin.collection
    return metadata


def _deleted(bin: Bin, message: str) -> Reply:
    return Reply(200, dumped({"metadata": {"id": bin.id, "versionsDeleted": bin.versions}, "message": message}))
