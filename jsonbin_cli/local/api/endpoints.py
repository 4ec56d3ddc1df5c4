"""Every endpoint: its method and path, who may use it, what it reads, which errors it answers, and how it is known.

The rules read a request through the row of its endpoint, so that nothing is read or refused that the row does not say.
The description of the API is made of these rows.
"""

from __future__ import annotations

from typing import NamedTuple

from jsonbin_cli.local.api import errors, inputs
from jsonbin_cli.local.api.errors import Error
from jsonbin_cli.local.api.inputs import SEGMENTS, Body, Keys, Parameter, Segment


class Route(NamedTuple):
    """One endpoint. `path` comes after `/v3`; what stands in braces is one of `inputs.SEGMENTS`.

    `handler` is `module:function` in this folder, imported when it is first asked for; what it returns says what the
    endpoint answers. `source` says how the endpoint is known, in the words of `errors`. `needs` and `takes` are headers
    and query parameters, `errors` those that neither these nor the keys nor the body lead to. `creates` names the part
    of other paths that is the id of what is created, and where in the answer that id is (a JSON Pointer).
    """

    method: str
    path: str
    handler: str
    source: str
    keys: Keys
    needs: tuple[Parameter, ...] = ()
    takes: tuple[Parameter, ...] = ()
    body: Body | None = None
    errors: tuple[Error, ...] = ()
    creates: tuple[str, str] | None = None

    def segments(self) -> dict[str, Segment]:
        """The variable parts of the path, by name."""
        names = (part.strip("{}") for part in self.path.split("/") if part.startswith("{"))
        return {name: SEGMENTS[name] for name in names}

    def refusals(self) -> dict[Error, dict[str, str]]:
        """Every error that this endpoint answers, with the parts that are known of its message."""
        malformed = [error for segment in self.segments().values() for error in segment.errors]
        body = (errors.CONTENT_TYPE, self.body.blank, errors.INVALID_JSON, errors.SCALAR) if self.body else ()
        return self.keys.errors() | {error: {} for error in (*malformed, *body, *self.errors, errors.QUOTA)}


_OBSERVED = "reference, observed"
_OWNER = Keys()
_READER = Keys("read a private bin", "read", errors.MASTER_KEY_OR_BIN_OTHERWISE, public=True)
_COUNTER = _READER._replace(purpose="get version count for the private bin")
_READING = (inputs.WITH_METADATA, inputs.META, inputs.JSON_PATH)
_LISTING = (inputs.SORT_ORDER,)
_NO_BIN = (errors.BIN_NOT_FOUND_OR_NOT_YOURS, errors.BIN_OF_NOBODY)
_UNREADABLE = (*_NO_BIN, errors.INVALID_JSON_PATH)
_NO_COLLECTION = (errors.COLLECTION_NOT_FOUND,)
_NO_SCHEMA = (errors.SCHEMA_NOT_FOUND,)
_TOO_BIG = (errors.TOO_BIG_FOR_FREE, errors.TOO_BIG_FOR_PRO)
_COLLECTION_NAME = (errors.COLLECTION_NAME_BLANK, errors.COLLECTION_NAME_LONG)
_SCHEMA_NAME = (errors.SCHEMA_NAME_MISSING, errors.SCHEMA_NAME_LONG)

ROUTES = (
    Route(
        "PUT",
        "/b/{bin}",
        "bins:update",
        _OBSERVED,
        Keys("update a private bin", "update", errors.MASTER_KEY_OR_BIN, public=True),
        takes=(inputs.VERSIONING,),
        body=inputs.RECORD,
        errors=(errors.BIN_NOT_FOUND, errors.BIN_OF_NOBODY, errors.SCHEMA_MISMATCH, errors.VERSIONING_PLAN, *_TOO_BIG),
    ),
    Route(
        "GET",
        "/b/{bin}",
        "bins:read_bare",
        f"{_OBSERVED}; which record: inferred",
        _READER,
        takes=_READING,
        errors=_UNREADABLE,
    ),
    Route("GET", "/b/{bin}/latest", "bins:read_latest", _OBSERVED, _READER, takes=_READING, errors=_UNREADABLE),
    Route(
        "GET",
        "/b/{bin}/{version}",
        "bins:read_version",
        _OBSERVED,
        _READER,
        takes=_READING,
        errors=(*_UNREADABLE, errors.VERSION_NOT_FOUND),
    ),
    Route(
        "POST",
        "/b",
        "bins:create",
        _OBSERVED,
        Keys("create a bin", "create"),
        takes=(inputs.PRIVATE, inputs.BIN_NAME, inputs.COLLECTION),
        body=inputs.RECORD,
        errors=(
            errors.BIN_NAME,
            errors.INVALID_COLLECTION_HEADER,
            errors.COLLECTION_OF_NOBODY,
            errors.SCHEMA_MISMATCH,
            *_TOO_BIG,
        ),
        creates=("bin", "/metadata/id"),
    ),
    Route(
        "DELETE",
        "/b/{bin}",
        "bins:delete",
        _OBSERVED,
        Keys("delete a bin", "delete", errors.MASTER_KEY_OR_BIN_OTHERWISE),
        errors=_NO_BIN,
    ),
    Route(
        "GET",
        "/b/{bin}/versions/count",
        "bins:count_versions",
        f"{_OBSERVED}; that an access key will do: inferred",
        _COUNTER,
        errors=_NO_BIN,
    ),
    Route(
        "DELETE",
        "/b/{bin}/versions",
        "bins:delete_versions",
        _OBSERVED,
        _OWNER,
        takes=(inputs.PRESERVE_LATEST,),
        errors=(*_NO_BIN, errors.NO_VERSIONS),
    ),
    Route(
        "PUT",
        "/b/{bin}/meta/privacy",
        "bins:change_privacy",
        _OBSERVED,
        _OWNER,
        needs=(inputs.PRIVATE,),
        errors=(*_NO_BIN, errors.PRIVACY_MISSING),
    ),
    Route(
        "PUT",
        "/b/{bin}/meta/name",
        "bins:rename",
        _OBSERVED,
        _OWNER,
        needs=(inputs.BIN_NAME,),
        errors=(*_NO_BIN, errors.BIN_NAME_MISSING, errors.BIN_NAME),
    ),
    Route(
        "POST",
        "/c",
        "collections:create",
        _OBSERVED,
        _OWNER,
        needs=(inputs.COLLECTION_NAME,),
        errors=(errors.COLLECTION_NAME_MISSING, *_COLLECTION_NAME),
        creates=("collection", "/record"),
    ),
    Route("GET", "/c", "collections:listing", _OBSERVED, _OWNER),
    Route("GET", "/c/uncategorized/bins", "collections:bins_of_none", "reference", _OWNER, takes=_LISTING),
    Route("GET", "/c/uncategorized/bins/{bin}", "collections:bins_of_none_after", "reference", _OWNER, takes=_LISTING),
    Route("GET", "/c/{collection}/bins", "collections:bins", _OBSERVED, _OWNER, takes=_LISTING, errors=_NO_COLLECTION),
    Route(
        "GET",
        "/c/{collection}/bins/{bin}",
        "collections:bins_after",
        _OBSERVED,
        _OWNER,
        takes=_LISTING,
        errors=_NO_COLLECTION,
    ),
    Route(
        "PUT",
        "/c/{collection}/meta/name",
        "collections:rename",
        "reference",
        _OWNER,
        needs=(inputs.COLLECTION_NAME,),
        errors=(*_NO_COLLECTION, *_COLLECTION_NAME),
    ),
    Route(
        "PUT",
        "/c/{collection}/schemadoc/add",
        "collections:add_schema",
        _OBSERVED,
        _OWNER,
        needs=(inputs.SCHEMA_ID,),
        errors=(*_NO_COLLECTION, errors.SCHEMA_HEADER_MISSING, errors.INVALID_SCHEMA_ID, *_NO_SCHEMA),
    ),
    Route(
        "PUT", "/c/{collection}/schemadoc/remove", "collections:remove_schema", _OBSERVED, _OWNER, errors=_NO_COLLECTION
    ),
    Route(
        "POST",
        "/s",
        "schemas:create",
        _OBSERVED,
        _OWNER,
        needs=(inputs.SCHEMA_NAME,),
        body=inputs.SCHEMA,
        errors=(*_SCHEMA_NAME, errors.INVALID_SCHEMA, *_TOO_BIG),
        creates=("schema", "/metadata/id"),
    ),
    Route("GET", "/s/{schema}", "schemas:read", "reference", _OWNER, errors=_NO_SCHEMA),
    Route(
        "PUT",
        "/s/{schema}",
        "schemas:update",
        "reference",
        _OWNER,
        takes=(inputs.SCHEMA_NAME,),
        body=inputs.SCHEMA_OR_NAME,
        errors=(*_NO_SCHEMA, *_SCHEMA_NAME, errors.INVALID_SCHEMA, *_TOO_BIG),
    ),
    Route(
        "PUT",
        "/s/{schema}/meta/name",
        "schemas:rename",
        "observed once",
        _OWNER,
        needs=(inputs.SCHEMA_NAME,),
        errors=(*_NO_SCHEMA, *_SCHEMA_NAME),
    ),
    Route(
        "POST",
        "/a",
        "access:create",
        "reference",
        _OWNER,
        needs=(inputs.KEY_NAME,),
        body=inputs.PERMISSIONS,
        errors=(errors.KEY_NAME_MISSING, errors.KEY_NAME_LONG, errors.INVALID_PERMISSIONS),
        creates=("key", "/accessKeyId"),
    ),
    Route("GET", "/a", "access:listing", "reference", Keys(" to fetch a list of Access Keys.")),
    Route("DELETE", "/a/{key}", "access:delete", "reference", _OWNER, errors=(errors.KEY_NOT_FOUND,)),
)
