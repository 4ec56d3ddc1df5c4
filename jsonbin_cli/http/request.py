"""What each command asks of JSONBin: method, path, headers and body. Pure; nothing is sent here."""

from __future__ import annotations

from typing import NamedTuple

from jsonbin_cli import __version__
from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.config.file import BIN_ID
from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.records.document import Document

# The edge in front of JSONBin refuses the names of some HTTP libraries (observed), so the program gives its own.
USER_AGENT = f"jsonbin-cli/{__version__}"
_ALWAYS = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
# Required for every body (the reference, bins/update, 2026).
_WITH_A_RECORD = {"Content-Type": "application/json", **_ALWAYS}
# The reference, bins/create, 2026.
_NAME_LENGTH = 128


class Request(NamedTuple):
    """One request, without the address and the key, which the client adds.

    `doing` says what goes on while it is under way: "updating flags".
    `verb` is `update`, `read`, `count`, `list`, `delete` or `create`. `repeatable` is False where a second copy of the
    request could leave more behind than one: a version, or another bin. `versioning_source` says who asked for a
    version, None when nobody did. `any_size` is for a record that is only passed on: it may hold more values than are
    compared.
    """

    verb: str
    method: str
    path: str
    headers: dict[str, str]
    doing: str
    target: Target | None = None
    document: Document | None = None
    repeatable: bool = True
    versioning_source: str | None = None
    any_size: bool = False

    @property
    def body(self) -> bytes | None:
        """The user's own bytes."""
        return self.document.raw if self.document else None

    @property
    def bin(self) -> str | None:
        """The id of the bin that it is about; None for one that is still to be created."""
        return self.target.id if self.target else None

    @property
    def writes(self) -> bool:
        """Whether it changes what JSONBin holds."""
        return self.method != "GET"


def update(
    account: Account,
    target: Target,
    document: Document,
    versioning: bool | None = None,
    source: str = "--versioning",
) -> Request:
    """Replace the record of a bin. `versioning` None leaves it to the profile, then to JSONBin.

    `source` says who decides about `versioning`. PUT /b/ID and X-Bin-Versioning are on the page bins/update of the
    reference (2026).
    """
    if versioning is None:
        versioning, source = account.versioning, f'profile "{account.name}"'
    headers = dict(_WITH_A_RECORD)
    if versioning is not None:
        headers["X-Bin-Versioning"] = "true" if versioning else "false"
    return Request(
        verb="update",
        method="PUT",
        path=f"/b/{target.id}",
        headers=headers,
        doing=f"updating {target.name}",
        target=target,
        document=document,
        repeatable=not versioning,
        versioning_source=source if versioning else None,
    )


def read(target: Target, version: int | None = None, *, base: bool = False) -> Request:
    """Read a bin's record: the latest, or an older one.

    `version` N is the record as the N-th update with a version wrote it. `base` is the record from before the first of
    them, which the address without a version gives (inferred: an older reference calls it the original version). The
    other addresses are on the page bins/read of the reference (2026). Raises UsageMistake where both are asked for.
    """
    if base and version is not None:
        raise UsageMistake("--base and --version each name an old record", "give one of them")
    which = "" if base else "/latest" if version is None else f"/{version}"
    return Request("read", "GET", f"/b/{target.id}{which}", _ALWAYS, f"reading {target.name}", target)


def count_versions(target: Target) -> Request:
    """Ask how many versions a bin has (the reference, Bin Versions Count, 2026)."""
    doing = f"counting the versions of {target.name}"
    return Request("count", "GET", f"/b/{target.id}/versions/count", _ALWAYS, doing, target)


def delete_versions(target: Target) -> Request:
    """Delete the versions of a bin; what it holds now stays (the reference, Delete Versions: X-Preserve-Latest)."""
    headers = _ALWAYS | {"X-Preserve-Latest": "true"}
    doing = f"deleting the versions of {target.name}"
    return Request("delete", "DELETE", f"/b/{target.id}/versions", headers, doing, target)


def list_bins(collection: str | None, last: str | None = None) -> Request:
    """Ask for ten bins of a collection, or of those in none: the newest, or those after the bin `last`.

    The addresses are on the page Fetch Bins in Collections of the reference (2026).
    """
    path = f"/c/{collection or 'uncategorized'}/bins" + (f"/{last}" if last else "")
    return Request("list", "GET", path, _ALWAYS, "listing bins")


def list_collections() -> Request:
    """Ask for all collections of the account (the reference, Fetch Collections, 2026)."""
    return Request("list", "GET", "/c", _ALWAYS, "listing the collections")


def create(
    document: Document, name: str | None = None, *, public: bool = False, collection: str | None = None
) -> Request:
    """Make a new bin (the reference, bins/create, 2026). Raises UsageMistake for a name that no header can carry."""
    headers = _WITH_A_RECORD | {"X-Bin-Private": "false" if public else "true"}
    if name is not None:
        if not (0 < len(name) <= _NAME_LENGTH and name.isascii() and name.isprintable() and name == name.strip()):
            raise UsageMistake(
                f"a bin's name has 1 to {_NAME_LENGTH} printable ASCII characters, since it travels in a header"
            )
        headers["X-Bin-Name"] = name
    if collection is not None:
        if not BIN_ID.fullmatch(collection):
            raise UsageMistake("a collection's id is 24 hexadecimal digits", "copy it from the dashboard")
        headers["X-Collection-Id"] = collection
    return Request("create", "POST", "/b", headers, "creating a bin", document=document, repeatable=False)
