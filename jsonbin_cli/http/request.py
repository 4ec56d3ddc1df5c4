"""What each command asks of JSONBin: method, address, headers and body. Pure; nothing is sent here."""

from __future__ import annotations

from typing import NamedTuple

from jsonbin_cli import __version__
from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.config.file import BIN_ID
from jsonbin_cli.failures import Call, UsageMistake
from jsonbin_cli.records.document import Document

# The service's edge refuses the names of some HTTP libraries, so the program gives its own.
USER_AGENT = f"jsonbin-cli/{__version__}"
_NAME_LENGTH = 128


class Request(NamedTuple):
    """One request, whole but for its key, which `account` holds until the moment of sending.

    `verb` is `update`, `read`, `count` or `create`. `repeatable` is False where a second copy of the request
    could leave more behind than one: a version, or another bin. `versioning_source` says who asked
    for a version, None when nobody did.
    """

    verb: str
    method: str
    path: str
    headers: dict[str, str]
    account: Account
    target: Target | None = None
    document: Document | None = None
    repeatable: bool = True
    versioning_source: str | None = None

    @property
    def url(self) -> str:
        """The whole address."""
        return self.account.url + self.path

    @property
    def body(self) -> bytes | None:
        """The user's own bytes."""
        return self.document.raw if self.document else None

    def facts(self) -> Call:
        """What a hint may say about this request."""
        return Call(
            verb=self.verb,
            url=self.account.url,
            url_source=self.account.url_source,
            bin=self.target.id if self.target else None,
            alias=self.target.alias if self.target else None,
            profile=self.account.name,
            key=self.account.key_facts(),
            document=self.document.name if self.document and not self.document.made_here else None,
            size=len(self.document.raw) if self.document else 0,
            compact_size=self.document.compact_size if self.document else 0,
            plan=self.account.plan,
            versioning_source=self.versioning_source,
            local=self.account.store is not None,
        )


def update(account: Account, target: Target, document: Document, versioning: bool | None = None) -> Request:
    """Replace the record of a bin. `versioning` None leaves it to the profile, then to JSONBin."""
    source = "--versioning"
    if versioning is None:
        versioning, source = account.versioning, f'profile "{account.name}"'
    headers = _sent_with_a_record()
    if versioning is not None:
        headers["X-Bin-Versioning"] = "true" if versioning else "false"
    return Request(
        verb="update",
        method="PUT",
        path=f"/b/{target.id}",
        headers=headers,
        account=account,
        target=target,
        document=document,
        repeatable=not versioning,
        versioning_source=source if versioning else None,
    )


def read(account: Account, target: Target, version: int | None = None) -> Request:
    """Read a bin's record: the latest, or one of its versions."""
    which = "latest" if version is None else str(version)
    return Request("read", "GET", f"/b/{target.id}/{which}", {"User-Agent": USER_AGENT}, account, target)


def count_versions(account: Account, target: Target) -> Request:
    """Ask how many versions a bin has."""
    return Request("count", "GET", f"/b/{target.id}/versions/count", {"User-Agent": USER_AGENT}, account, target)


def create(
    account: Account,
    document: Document,
    name: str | None = None,
    *,
    public: bool = False,
    collection: str | None = None,
) -> Request:
    """Make a new bin. Raises UsageMistake for a name that JSONBin's header could not carry."""
    headers = _sent_with_a_record() | {"X-Bin-Private": "false" if public else "true"}
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
    return Request("create", "POST", "/b", headers, account, document=document, repeatable=False)


def _sent_with_a_record() -> dict[str, str]:
    return {"Content-Type": "application/json", "User-Agent": USER_AGENT}
