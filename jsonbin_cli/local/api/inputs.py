"""What requests carry, as the rules read it: ids in the path, headers, query parameters, bodies, keys.

The sources are in the words of `errors`. A `schema` is JSON Schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from jsonbin_cli.local.api import errors
from jsonbin_cli.local.api.errors import Error

LARGEST_BIN_NAME = 128  # reference
LARGEST_NAME = 32  # of collections and schema docs: reference; of access keys: inferred from them

_ID = {"type": "string", "pattern": "^[0-9a-fA-F]{24}$"}
_BOOLEAN = {"type": "boolean"}


class Segment(NamedTuple):
    """A variable part of a path. The `errors` are what a malformed one is answered; the second one by a setting."""

    schema: Mapping[str, object]
    meaning: str
    source: str
    errors: tuple[Error, ...]
    is_id: bool = True


SEGMENTS = {
    "bin": Segment(_ID, "The id of a bin.", "observed", (errors.INVALID_BIN_ID, errors.INVALID_RECORD_ID)),
    "collection": Segment(_ID, "The id of a collection.", "observed", (errors.INVALID_COLLECTION_ID,)),
    "schema": Segment(_ID, "The id of a schema doc.", "observed", (errors.INVALID_SCHEMA_ID,)),
    "key": Segment(_ID, "The id of an access key, which is not the key.", "reference", (errors.INVALID_KEY_ID,)),
    "version": Segment(
        {"type": "integer", "minimum": 1}, "The number of a version.", "reference", (errors.INVALID_VERSION,), False
    ),
}


class Parameter(NamedTuple):
    """A header, or a query parameter, and what it decides."""

    name: str
    schema: Mapping[str, object]
    meaning: str
    source: str
    place: Literal["header", "query"] = "header"


def _name(header: str, what: str, most: int, source: str = "reference") -> Parameter:
    return Parameter(header, {"type": "string", "minLength": 1, "maxLength": most}, f"The name of {what}.", source)


VERSIONING = Parameter(
    "X-Bin-Versioning",
    _BOOLEAN,
    "Whether the update makes a version. By default it does so in a public bin, where only the owner can turn it off, "
    "and not in a private one.",
    "reference",
)
WITH_METADATA = Parameter(
    "X-Bin-Meta",
    _BOOLEAN | {"default": True},
    "`false` leaves out the metadata: the answer is the record.",
    "reference",
)
META = WITH_METADATA._replace(name="meta", place="query")
JSON_PATH = Parameter(
    "X-JSON-Path",
    {"type": "string"},
    "A path in the syntax of the npm package jsonpath, with or without `$.`: the record becomes the array of what it "
    "finds.",
    "reference; that it becomes an array: observed",
)
PRIVATE = Parameter("X-Bin-Private", _BOOLEAN, "Whether a key is needed to read and update the bin.", "reference")
BIN_NAME = _name("X-Bin-Name", "the bin", LARGEST_BIN_NAME)
COLLECTION = Parameter("X-Collection-Id", _ID, "The collection that the bin belongs to.", "reference")
PRESERVE_LATEST = Parameter(
    "X-Preserve-Latest", _BOOLEAN, "Whether the latest version becomes the record of the bin.", "reference"
)
COLLECTION_NAME = _name("X-Collection-Name", "the collection", LARGEST_NAME)
SORT_ORDER = Parameter(
    "X-Sort-Order",
    {"type": "string", "enum": ["ascending", "descending"], "default": "descending"},
    "The order of the bins by their age; the newest comes first by default.",
    "reference",
)
SCHEMA_ID = Parameter("X-Schema-Doc-Id", _ID, "The schema doc that the records must fit.", "reference")
SCHEMA_NAME = _name("X-Schema-Doc-Name", "the schema doc", LARGEST_NAME)
KEY_NAME = _name("X-Key-Name", "the access key", LARGEST_NAME, "reference; its length: inferred from collections")


class Body(NamedTuple):
    """A body of JSON. `kind` is the name of its type in `bodies`, `blank` the answer to one that holds nothing."""

    kind: str
    meaning: str
    source: str
    blank: Error


RECORD = Body("Record", "The record: an object or an array that is not empty.", "reference, observed", errors.BLANK_BIN)
SCHEMA = Body("Schema", "A JSON Schema, not empty.", "reference", errors.BLANK_SCHEMA)
SCHEMA_OR_NAME = SCHEMA._replace(
    meaning="A JSON Schema, or {} with the header X-Schema-Doc-Name to change the name only."
)
PERMISSIONS = Body("Permissions", "What the access key may do.", "reference", errors.BLANK_BIN)


class Keys(NamedTuple):
    """Who may do what an endpoint does: the owner, and, where `verb` is given, access keys with that permission.

    `purpose` completes the message of a request without a key, `invalid` is the answer to a wrong master key. With
    `public` a public bin needs no key.
    """

    purpose: str = ""
    verb: str | None = None
    invalid: Error = errors.MASTER_KEY_INVALID
    public: bool = False

    def errors(self) -> dict[Error, dict[str, str]]:
        """The errors that these keys lead to, each with the parts that complete its message."""
        if self.verb is None:
            return {errors.MASTER_KEY_MISSING: {"purpose": self.purpose}, self.invalid: {}}
        return {
            errors.KEY_MISSING: {"purpose": self.purpose},
            self.invalid: {},
            errors.ACCESS_KEY_INVALID: {},
            errors.ACCESS_KEY_PERMISSION: {"verb": self.verb},
        }
