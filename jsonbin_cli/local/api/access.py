"""What JSONBin does with access keys: create, list."""

from __future__ import annotations

import hashlib

from jsonbin_cli.local.api import checks
from jsonbin_cli.local.api.model import Case, Refusal, Reply, dumped
from jsonbin_cli.local.store.rows import AccessKey
from jsonbin_cli.records.text import parse

_VERBS = ("create", "read", "update", "delete")
_LARGEST_NAME = 32


def create(case: Case) -> Reply:
    """POST /a, its body `{"bins": {"read": true, …}}`."""
    checks.content_type(case)
    checks.master_key(case)
    name = case.header("x-key-name")
    # Choice: these words are formed like those for collections.
    if not name:
        raise Refusal(400, "You need to pass X-Key-Name header to set a name for the Access Key")
    if len(name) > _LARGEST_NAME:
        raise Refusal(400, "Name of the Access Key cannot be above 32 characters")
    permissions = _permissions(case)
    checks.quota(case)
    key = AccessKey(case.new_id(), secret(case.new_id()), name, permissions)
    case.store.add_access_key(key.secret, key.permissions, key.id, key.name)
    return Reply(200, dumped(_shown(key)))


def listing(case: Case) -> Reply:
    """GET /a."""
    checks.master_key(case, " to fetch a list of Access Keys.")
    checks.quota(case)
    return Reply(200, dumped([_shown(key) for key in case.store.access_keys()]))


def secret(chance: str) -> str:
    """A key of the usual shape, made of `chance`. It opens nothing but stores on this machine."""
    return "$2a$10$" + hashlib.sha256(chance.encode()).hexdigest()[:53]


def _permissions(case: Case) -> frozenset[str]:
    value = parse(checks.record(case).decode())
    granted = value.get("bins") if isinstance(value, dict) else None
    if not isinstance(granted, dict):
        # Choice: the words are not known.
        raise Refusal(400, "Invalid Access Key permissions provided")
    return frozenset(verb for verb in _VERBS if granted.get(verb) is True)


def _shown(key: AccessKey) -> dict[str, object]:
    return {
        "accessKey": key.secret,
        "keyPermissions": {"bins": {verb: verb in key.permissions for verb in _VERBS}},
        "accessKeyId": key.id,
        "metadata": {"name": key.name},
    }
