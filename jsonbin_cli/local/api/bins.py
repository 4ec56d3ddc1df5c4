"""What JSONBin does with bins: create, read, update, delete, versions, name, privacy.

Each handler checks in the order that live answers have: Content-Type, body, bin, key, plan (inferred).
"""

from __future__ import annotations

from jsonbin_cli.local.api import checks, errors
from jsonbin_cli.local.api.model import Context, Refusal, Reply, success, with_record
from jsonbin_cli.local.store.rows import Bin

MOST_VERSIONS = 1000
"""So many versions a bin keeps, then none is made (reference)."""
_LARGEST_NAME = 128  # reference


def update(context: Context, bin_id: str) -> Reply:
    """PUT /b/ID: replace the record. Its metadata has `parentId` instead of `id`, and no more (observed)."""
    body = checks.record(context)
    bin = checks.existing_bin(context, bin_id, errors.BIN_NOT_FOUND)
    if bin.private:
        checks.key(context, "update", "update a private bin", errors.MASTER_KEY_OR_BIN)
    checks.schema(context, bin.collection, body)
    checks.versioning(context)
    checks.size(context)
    checks.quota(context)
    wanted, room = _version_wanted(context, bin), bin.versions < MOST_VERSIONS
    record = _as_stored(context, body)
    metadata: dict[str, object] = {"parentId": bin.id, "private": bin.private}
    if wanted and room:
        metadata["version"] = bin.versions + 1
        context.store.add_version(bin.id, bin.versions + 1, record)
    elif not wanted or context.settings.past_last_version == "update":
        _replace(context, bin, record)
    return with_record(record, metadata)


def read_bare(context: Context, bin_id: str) -> Reply:
    """GET /b/ID. Which record that is where the bin has versions is not known: a setting."""
    bin = _readable(context, bin_id)
    based = context.settings.bare_id == "base" and bin.base is not None
    return _read(context, bin, bin.base if based else bin.record)


def read_latest(context: Context, bin_id: str) -> Reply:
    """GET /b/ID/latest."""
    bin = _readable(context, bin_id)
    return _read(context, bin, bin.record)


def read_version(context: Context, bin_id: str, version: str) -> Reply:
    """GET /b/ID/NUMBER."""
    if not (version.isascii() and version.isdigit() and int(version[:9]) > 0):
        raise Refusal(errors.INVALID_VERSION)
    bin = _readable(context, bin_id)
    return _read(context, bin, context.store.version(bin.id, int(version[:9])))


def create(context: Context) -> Reply:
    """POST /b."""
    body = checks.record(context)
    checks.key(context, "create", "create a bin", errors.MASTER_KEY_INVALID)
    name, collection = context.header("x-bin-name"), context.header("x-collection-id")
    if name is not None:
        _check_name(name)
    if collection is not None:
        collection = collection.lower()
        if not checks.is_id(collection):
            raise Refusal(errors.INVALID_COLLECTION_HEADER)
        if not context.store.collection(collection):
            raise Refusal(errors.COLLECTION_OF_NOBODY)
    checks.schema(context, collection, body)
    checks.size(context)
    checks.quota(context)
    private = context.header("x-bin-private") != "false"
    bin = Bin(context.new_id(), _as_stored(context, body), private, context.now, name, collection)
    context.store.add(bin)
    # In this order (observed), which is another one than when the bin is read.
    metadata: dict[str, object] = {"id": bin.id, "createdAt": bin.created_at, "private": bin.private}
    return with_record(bin.record, metadata | _metadata(bin))


def delete(context: Context, bin_id: str) -> Reply:
    """DELETE /b/ID, and its versions with it."""
    bin = checks.existing_bin(context, bin_id)
    checks.key(context, "delete", "delete a bin", errors.MASTER_KEY_OR_BIN_OTHERWISE)
    checks.quota(context)
    context.store.delete(bin.id)
    return _deleted(bin, "Bin deleted successfully")


def count_versions(context: Context, bin_id: str) -> Reply:
    """GET /b/ID/versions/count; of a public bin without a key (reference, observed once)."""
    bin = checks.existing_bin(context, bin_id)
    if bin.private:
        purpose = "get version count for the private bin"  # reference; that an access key will do is inferred
        checks.key(context, "read", purpose, errors.MASTER_KEY_OR_BIN_OTHERWISE)
    checks.quota(context)
    return success({"metadata": {"id": bin.id, "versionCount": bin.versions, "private": bin.private}})


def delete_versions(context: Context, bin_id: str) -> Reply:
    """DELETE /b/ID/versions; X-Preserve-Latest makes the latest the record under them (reference)."""
    bin = _owned_bin(context, bin_id)
    if not bin.versions:
        raise Refusal(errors.NO_VERSIONS)
    preserve_latest = context.header("x-preserve-latest") == "true"
    context.store.delete_versions(bin.id, preserve_latest=preserve_latest)
    # The longer message was observed once.
    preserved = " and latest version preserved on the base record." if preserve_latest else ""
    return _deleted(bin, f"Versions for the Bin are deleted successfully{preserved}")


def change_privacy(context: Context, bin_id: str) -> Reply:
    """PUT /b/ID/meta/privacy."""
    bin = _owned_bin(context, bin_id)
    private = context.header("x-bin-private")
    if private not in ("true", "false"):
        raise Refusal(errors.PRIVACY_MISSING)
    context.store.describe(bin.id, private=private == "true")
    return success({"record": bin.id, "metadata": {"private": private == "true"}})


def rename(context: Context, bin_id: str) -> Reply:
    """PUT /b/ID/meta/name."""
    bin = _owned_bin(context, bin_id)
    name = context.header("x-bin-name")
    if name is None:
        raise Refusal(errors.BIN_NAME_MISSING)
    _check_name(name)
    context.store.describe(bin.id, name=name)
    return success({"record": bin.id, "metadata": {"name": name}})


def _replace(context: Context, bin: Bin, record: bytes) -> None:
    """Update without a version. What that does to a bin that has versions is not known: a setting."""
    if bin.versions and context.settings.unversioned_update == "version":
        context.store.rewrite_version(bin.id, bin.versions, record)
    else:
        context.store.replace(bin.id, record)


def _readable(context: Context, bin_id: str) -> Bin:
    bin = checks.existing_bin(context, bin_id)
    if bin.private:
        checks.key(context, "read", "read a private bin", errors.MASTER_KEY_OR_BIN_OTHERWISE)
    return bin


def _read(context: Context, bin: Bin, record: bytes | None) -> Reply:
    """The record with metadata; alone where `X-Bin-Meta: false` or `?meta=false` asks for that (reference).

    With X-JSON-Path it is the array of what the path finds (reference; that it is an array was observed).
    """
    if record is None:
        raise Refusal(errors.VERSION_NOT_FOUND)
    path = context.header("x-json-path")
    if path:
        from jsonbin_cli.local.api import json_path

        try:
            record = json_path.found(record, path)
        except json_path.InvalidPath:
            raise Refusal(errors.INVALID_JSON_PATH) from None
    checks.quota(context)
    if context.header("x-bin-meta") == "false" or context.request.query.get("meta") == "false":
        return Reply(200, record)
    return with_record(record, _metadata(bin))


def _owned_bin(context: Context, bin_id: str) -> Bin:
    """The bin, for what only the master key may do."""
    bin = checks.existing_bin(context, bin_id)
    checks.master_key(context)
    checks.quota(context)
    return bin


def _check_name(name: str) -> None:
    if not 0 < len(name) <= _LARGEST_NAME:
        raise Refusal(errors.BIN_NAME)


def _version_wanted(context: Context, bin: Bin) -> bool:
    """A public bin makes versions unless its owner turns that off, a private one on request (reference)."""
    asked = context.header("x-bin-versioning")
    return asked == "true" if bin.private else not (asked == "false" and checks.is_owner(context))


def _as_stored(context: Context, record: bytes) -> bytes:
    if context.settings.numbers == "exact":
        return record
    from jsonbin_cli.local.api.javascript import rounded

    return rounded(record.decode()).encode()


def _metadata(bin: Bin) -> dict[str, object]:
    """Name and collection are there only where the bin has them (observed)."""
    metadata: dict[str, object] = {"id": bin.id, "private": bin.private, "createdAt": bin.created_at}
    if bin.name:
        metadata["name"] = bin.name
    if bin.collection:
        metadata["collectionId"] = bin.collection
    return metadata


def _deleted(bin: Bin, message: str) -> Reply:
    return success({"metadata": {"id": bin.id, "versionsDeleted": bin.versions}, "message": message})
