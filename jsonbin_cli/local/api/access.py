"""What JSONBin does with access keys: create, list, delete."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jsonbin_cli.local.api import checks, errors, inputs
from jsonbin_cli.local.api.model import Context, Refusal, Success, success
from jsonbin_cli.local.store.rows import AccessKey
from jsonbin_cli.records.text import parse

if TYPE_CHECKING:
    from jsonbin_cli.local.api.replies import AccessKeyDeleted, AccessKeyShown

_VERBS = ("create", "read", "update", "delete")  # reference


def create(context: Context) -> Success[AccessKeyShown]:
    """POST /a: create an access key, the body `{"bins": {"read": true, …}}`."""
    checks.content_type(context)
    checks.key(context)
    name = checks.name(context, inputs.KEY_NAME, errors.KEY_NAME_MISSING, errors.KEY_NAME_LONG)
    permissions = _permissions(context)
    checks.quota(context)
    key = AccessKey(context.new_id(), _secret(context.new_id()), name, permissions)
    context.store.add_access_key(key.secret, key.permissions, key.id, key.name)
    return success(_shown(key))


def listing(context: Context) -> Success[list[AccessKeyShown]]:
    """GET /a: list the access keys."""
    checks.key(context)
    checks.quota(context)
    return success([_shown(key) for key in context.store.access_keys()])


def delete(context: Context, key_id: str) -> Success[AccessKeyDeleted]:
    """DELETE /a/ID: delete an access key. The message is from the reference, the metadata inferred from bins."""
    checks.key(context)
    checks.quota(context)
    if not context.store.delete_access_key(key_id):
        raise Refusal(errors.KEY_NOT_FOUND)
    return success({"metadata": {"id": key_id}, "message": "Access Key deleted successfully"})


def _secret(new_id: str) -> str:
    """A key of the usual shape (observed), made of a new id. It opens nothing but stores on this machine."""
    return "$2a$10$" + hashlib.sha256(new_id.encode()).hexdigest()[:53]


def _permissions(context: Context) -> frozenset[str]:
    value = parse(checks.record(context).decode())
    granted = value.get("bins") if isinstance(value, dict) else None
    if not isinstance(granted, dict):
        raise Refusal(errors.INVALID_PERMISSIONS)
    return frozenset(verb for verb in _VERBS if granted.get(verb) is True)


def _shown(key: AccessKey) -> AccessKeyShown:
    return {
        "accessKey": key.secret,
        "keyPermissions": {
            "bins": {
                "create": "create" in key.permissions,
                "read": "read" in key.permissions,
                "update": "update" in key.permissions,
                "delete": "delete" in key.permissions,
            }
        },
        "accessKeyId": key.id,
        "metadata": {"name": key.name},
    }
