"""What JSONBin does with bins: create, read, update, delete, versions, name, privacy.

Each handler checks in the order that live answers have: Content-Type, body, bin, key, plan (inferred).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonbin_cli.local.api import checks, errors, inputs
from jsonbin_cli.local.api.model import Context, Refusal, Success, success, with_record
from jsonbin_cli.local.store.rows import Bin

if TYPE_CHECKING:
    from jsonbin_cli.local.api.replies import (
        BinDeleted,
        BinMetadata,
        Deletion,
        Found,
        FoundAnd,
        IdAnd,
        Name,
        Privacy,
        RecordAnd,
        UpdateMetadata,
        VersionsCounted,
        VersionsDeleted,
        VersionsMessage,
    )

MOST_VERSIONS = 1000
"""So many versions a bin keeps, then none is made (reference)."""


def update(context: Context, bin_id: str) -> Success[RecordAnd[UpdateMetadata]]:
    """PUT /b/ID: replace the record. Its metadata has `parentId` instead of `id`, and no more (observed)."""
    body = checks.record(context)
    bin = checks.existing_bin(context, bin_id, errors.BIN_NOT_FOUND)
    checks.key(context, public=not bin.private)
    checks.schema(context, bin.collection, body)
    checks.versioning(context)
    checks.size(context)
    checks.quota(context)
    wanted, room = _version_wanted(context, bin), bin.versions < MOST_VERSIONS
    record = _as_stored(context, body)
    metadata: UpdateMetadata = {"parentId": bin.id, "private": bin.private}
    if wanted and room:
        metadata["version"] = bin.versions + 1
        context.store.add_version(bin.id, bin.versions + 1, record)
    elif not wanted or context.settings.past_last_version == "update":
        _replace(context, bin, record)
    return with_record(record, metadata)


def read_bare(context: Context, bin_id: str) -> Success[FoundAnd[BinMetadata] | Found]:
    """GET /b/ID: read a bin. Which record that is where the bin has versions is not known: a setting."""
    bin = _readable(context, bin_id)
    based = context.settings.bare_id == "base" and bin.base is not None
    return _read(context, bin, bin.base if based else bin.record)


def read_latest(context: Context, bin_id: str) -> Success[FoundAnd[BinMetadata] | Found]:
    """GET /b/ID/latest: read the latest record of a bin."""
    bin = _readable(context, bin_id)
    return _read(context, bin, bin.record)


def read_version(context: Context, bin_id: str, version: str) -> Success[FoundAnd[BinMetadata] | Found]:
    """GET /b/ID/NUMBER: read a version of a bin."""
    if not (version.isascii() and version.isdigit() and int(version[:9]) > 0):
        raise Refusal(errors.INVALID_VERSION)
    bin = _readable(context, bin_id)
    return _read(context, bin, context.store.version(bin.id, int(version[:9])))


def create(context: Context) -> Success[RecordAnd[BinMetadata]]:
    """POST /b: create a bin."""
    body = checks.record(context)
    checks.key(context)
    name, collection = context.given(inputs.BIN_NAME), context.given(inputs.COLLECTION)
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
    private = context.given(inputs.PRIVATE) != "false"
    bin = Bin(context.new_id(), _as_stored(context, body), private, context.now, name, collection)
    context.store.add(bin)
    # In this order (observed), which is another one than when the bin is read.
    metadata: BinMetadata = {"id": bin.id, "createdAt": bin.created_at, "private": bin.private}
    return with_record(bin.record, _with_optional(metadata, bin))


def delete(context: Context, bin_id: str) -> Success[BinDeleted]:
    """DELETE /b/ID: delete a bin, and its versions with it."""
    bin = checks.existing_bin(context, bin_id)
    checks.key(context)
    checks.quota(context)
    context.store.delete(bin.id)
    return success({"metadata": _deletion(bin), "message": "Bin deleted successfully"})


def count_versions(context: Context, bin_id: str) -> Success[VersionsCounted]:
    """GET /b/ID/versions/count: count the versions; of a public bin without a key (reference, observed once)."""
    bin = checks.existing_bin(context, bin_id)
    checks.key(context, public=not bin.private)
    checks.quota(context)
    return success({"metadata": {"id": bin.id, "versionCount": bin.versions, "private": bin.private}})


def delete_versions(context: Context, bin_id: str) -> Success[VersionsDeleted]:
    """DELETE /b/ID/versions: delete the versions; X-Preserve-Latest makes the latest the record (reference)."""
    bin = _owned_bin(context, bin_id)
    if not bin.versions:
        raise Refusal(errors.NO_VERSIONS)
    preserve_latest = context.given(inputs.PRESERVE_LATEST) == "true"
    context.store.delete_versions(bin.id, preserve_latest=preserve_latest)
    message: VersionsMessage = "Versions for the Bin are deleted successfully"
    if preserve_latest:  # observed once
        message = "Versions for the Bin are deleted successfully and latest version preserved on the base record."
    return success({"metadata": _deletion(bin), "message": message})


def change_privacy(context: Context, bin_id: str) -> Success[IdAnd[Privacy]]:
    """PUT /b/ID/meta/privacy: make a bin private or public."""
    bin = _owned_bin(context, bin_id)
    private = context.given(inputs.PRIVATE)
    if private not in ("true", "false"):
        raise Refusal(errors.PRIVACY_MISSING)
    context.store.describe(bin.id, private=private == "true")
    return success({"record": bin.id, "metadata": {"private": private == "true"}})


def rename(context: Context, bin_id: str) -> Success[IdAnd[Name]]:
    """PUT /b/ID/meta/name: name a bin."""
    bin = _owned_bin(context, bin_id)
    name = context.given(inputs.BIN_NAME)
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
    checks.key(context, public=not bin.private)
    return bin


def _read(context: Context, bin: Bin, record: bytes | None) -> Success[FoundAnd[BinMetadata] | Found]:
    """The record with metadata; alone where `X-Bin-Meta: false` or `?meta=false` asks for that (reference).

    With X-JSON-Path it is the array of what the path finds (reference; that it is an array was observed).
    """
    if record is None:
        raise Refusal(errors.VERSION_NOT_FOUND)
    path = context.given(inputs.JSON_PATH)
    if path:
        from jsonbin_cli.local.api import json_path

        try:
            record = json_path.found(record, path)
        except json_path.InvalidPath:
            raise Refusal(errors.INVALID_JSON_PATH) from None
    checks.quota(context)
    if context.given(inputs.WITH_METADATA) == "false" or context.given(inputs.META) == "false":
        return Success(200, record)
    metadata: BinMetadata = {"id": bin.id, "private": bin.private, "createdAt": bin.created_at}
    return with_record(record, _with_optional(metadata, bin))


def _owned_bin(context: Context, bin_id: str) -> Bin:
    """The bin, for what only the master key may do."""
    bin = checks.existing_bin(context, bin_id)
    checks.key(context)
    checks.quota(context)
    return bin


def _check_name(name: str) -> None:
    if not 0 < len(name) <= inputs.LARGEST_BIN_NAME:
        raise Refusal(errors.BIN_NAME)


def _version_wanted(context: Context, bin: Bin) -> bool:
    """A public bin makes versions unless its owner turns that off, a private one on request (reference)."""
    asked = context.given(inputs.VERSIONING)
    return asked == "true" if bin.private else not (asked == "false" and checks.is_owner(context))


def _as_stored(context: Context, record: bytes) -> bytes:
    if context.settings.numbers == "exact":
        return record
    from jsonbin_cli.local.api.javascript import rounded

    return rounded(record.decode()).encode()


def _with_optional(metadata: BinMetadata, bin: Bin) -> BinMetadata:
    """The metadata with name and collection, which are there only where the bin has them (observed)."""
    if bin.name:
        metadata["name"] = bin.name
    if bin.collection:
        metadata["collectionId"] = bin.collection
    return metadata


def _deletion(bin: Bin) -> Deletion:
    return {"id": bin.id, "versionsDeleted": bin.versions}
