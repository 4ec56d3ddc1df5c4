"""What the API answers where it succeeds, as types. Handlers are checked against them; the description is made of them.

A `Keyword` beside a type in `Annotated` is one of JSON Schema. What has no `x-evidence` is known as its endpoint is.
"""

from __future__ import annotations

from typing import Annotated, Generic, Literal, NamedTuple, NotRequired, TypedDict, TypeVar

M = TypeVar("M")


class Keyword(NamedTuple):
    """One keyword of JSON Schema, with its value."""

    name: str
    value: str | int


_INFERRED = Keyword("x-evidence", "inferred")
_CHOICE = Keyword("x-evidence", "choice")

Id = Annotated[str, Keyword("pattern", "^[0-9a-f]{24}$")]
Instant = Annotated[str, Keyword("format", "date-time")]
Count = Annotated[int, Keyword("minimum", 0)]
Version = Annotated[int, Keyword("minimum", 1)]
Record = Annotated[dict[str, object], Keyword("minProperties", 1)] | Annotated[list[object], Keyword("minItems", 1)]
Found = dict[str, object] | list[object]
"""A record, or the array of what a path finds in it, which may be empty."""


class RecordAnd(TypedDict, Generic[M]):
    """A record as it is stored now, byte for byte, and its metadata."""

    record: Record
    metadata: M


class FoundAnd(TypedDict, Generic[M]):
    """A record, or what a path finds in it, and its metadata."""

    record: Found
    metadata: M


class IdAnd(TypedDict, Generic[M]):
    """The id of what was changed, and what it is now."""

    record: Id
    metadata: M


class ErrorMessage(TypedDict):
    """An error in words, and the schema doc where a record does not fit one."""

    message: str
    schemaDocID: NotRequired[Id]
    schemaDocName: NotRequired[str]


class BinMetadata(TypedDict):
    """The metadata of a bin. Name and collection are there where it has them."""

    id: Id
    private: bool
    createdAt: Instant
    name: NotRequired[str]
    collectionId: NotRequired[Id]


class UpdateMetadata(TypedDict):
    """The metadata of an update: `parentId` is the bin's id, and `version` is there where one was made."""

    parentId: Id
    private: bool
    version: NotRequired[Version]


class Deletion(TypedDict):
    """What was deleted."""

    id: Id
    versionsDeleted: Count


class BinDeleted(TypedDict):
    """A bin was deleted, and its versions with it."""

    metadata: Deletion
    message: Literal["Bin deleted successfully"]


VersionsMessage = Literal[
    "Versions for the Bin are deleted successfully",
    "Versions for the Bin are deleted successfully and latest version preserved on the base record.",
]


class VersionsDeleted(TypedDict):
    """The versions of a bin were deleted; the longer message where the latest was preserved."""

    metadata: Deletion
    message: VersionsMessage


class VersionCount(TypedDict):
    """How many versions a bin has."""

    id: Id
    versionCount: Count
    private: bool


class VersionsCounted(TypedDict):
    """How many versions a bin has, under `metadata`."""

    metadata: VersionCount


class Privacy(TypedDict):
    """Whether a bin is private."""

    private: bool


class Name(TypedDict):
    """A name."""

    name: str


class OptionalName(TypedDict):
    """A name, where there is one."""

    name: NotRequired[str]


class CollectionMetadata(TypedDict):
    """The metadata of a new collection."""

    createdAt: Instant
    name: str


class CollectionListed(TypedDict):
    """A collection in the list of all; `record` is its id."""

    record: Id
    collectionMeta: Name
    createdAt: Instant
    schemaDocId: NotRequired[Id]


class BinListed(TypedDict):
    """A bin in a list; `record` is its id."""

    snippetMeta: OptionalName
    private: bool
    record: Id
    createdAt: Instant


class CollectionIdentity(TypedDict):
    """Which collection it is."""

    id: Id
    createdAt: Instant


class SchemaAttached(TypedDict):
    """A collection got a schema doc."""

    collectionName: str
    schemaDocId: Id
    metadata: CollectionIdentity


class SchemaRemoved(TypedDict):
    """A collection lost the schema doc that is named, null where it had none."""

    collectionName: str
    schemaDocId: Annotated[Id | None, _CHOICE]
    metadata: CollectionIdentity


class SchemaMetadata(TypedDict):
    """The metadata of a schema doc."""

    id: Id
    name: str
    createdAt: Instant


class SchemaRenamed(TypedDict):
    """The id of a schema doc, and its new name."""

    record: Annotated[Id, _INFERRED]
    metadata: Annotated[Name, _INFERRED]


class BinPermissionsGranted(TypedDict):
    """What an access key may do to bins."""

    create: bool
    read: bool
    update: bool
    delete: bool


class PermissionsGranted(TypedDict):
    """What an access key may do."""

    bins: BinPermissionsGranted


class AccessKeyShown(TypedDict):
    """An access key with its permissions."""

    accessKey: str
    keyPermissions: PermissionsGranted
    accessKeyId: Id
    metadata: Name


class Identity(TypedDict):
    """An id."""

    id: Id


class AccessKeyDeleted(TypedDict):
    """An access key was deleted."""

    metadata: Annotated[Identity, _INFERRED]
    message: Literal["Access Key deleted successfully"]
