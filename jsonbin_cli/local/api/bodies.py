"""The bodies of requests, as types. Only the description is made of them, so nothing else imports them."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from jsonbin_cli.local.api.replies import Record as Record

Schema = dict[str, object]


class BinPermissions(TypedDict):
    """What an access key may do to bins; what is not named it may not."""

    create: NotRequired[bool]
    read: NotRequired[bool]
    update: NotRequired[bool]
    delete: NotRequired[bool]


class Permissions(TypedDict):
    """What an access key may do."""

    bins: BinPermissions
