"""Every error that the API answers with: status, message, and how it is known.

The sources: `reference` is the service's own documentation of API v3, https://jsonbin.io/api-reference, as read in
2026; bins are on its pages bins/create, bins/read, bins/update and bins/delete. `older reference` is that of v2 or v1.
`observed` means answers seen live in at least two independent programs, `observed once` in one. `inferred` follows from
these. `choice` is this program's own, where nothing is known: clients must not rely on it.
"""

from __future__ import annotations

from typing import NamedTuple


class Error(NamedTuple):
    """One error. What stands in braces in its message is filled in for each request.

    A setting may choose the `other_status`.
    """

    status: int
    message: str
    source: str
    other_status: int | None = None


ROUTE_NOT_FOUND = Error(404, "Route not found!", "observed once")
EDGE = Error(403, "error code: 1010", "observed")
"""What the edge answers, as plain text, to the names of some HTTP libraries."""
BODY_TOO_LARGE = Error(413, "request entity too large", "choice: the words of Express")
BODY_TOO_SLOW = Error(408, "Request Timeout", "choice")
UNAVAILABLE = Error(503, "{reason}", "choice: another program holds the store, or it is damaged")

# What every body is checked for.
CONTENT_TYPE = Error(400, "You need to pass Content-Type set to application/json", "reference, observed")
INVALID_JSON = Error(400, "Invalid JSON. Please try again", "observed; not in the reference")
SCALAR = INVALID_JSON._replace(source="choice: as body parsers in strict mode do; that it is refused was observed")
SCHEMA_MISMATCH = Error(
    400,
    "Schema Doc Validation Mismatch:  {found}",
    "reference, observed once; the words for other keywords than required: choice",
)

# Bins.
INVALID_BIN_ID = Error(400, "Invalid Bin Id provided", "reference, observed")
INVALID_RECORD_ID = Error(422, "Invalid Record ID", "observed 2021")
BLANK_BIN = Error(400, "Bin cannot be blank", "reference, observed")
BIN_NOT_FOUND = Error(404, "Bin not found", "reference, observed")
BIN_NOT_FOUND_OR_NOT_YOURS = Error(404, "Bin not found or it doesn't belong to your account", "reference, observed")
BIN_OF_NOBODY = Error(
    403,
    "Bins not associated to any user are now blocked. Contact the admin at https://jsonbin.io/contact for further info",
    "older reference; when it is checked: choice",
)
INVALID_VERSION = Error(400, "Bin version is invalid", "reference")
VERSION_NOT_FOUND = Error(404, "Bin version not found", "reference")
NO_VERSIONS = Error(404, "No versions found", "reference; its status: choice")
BIN_NAME = Error(400, "X-Bin-Name cannot be blank or over 128 characters", "reference")
BIN_NAME_MISSING = Error(400, "You need to pass X-Bin-Name header to Update the Bin Name", "reference")
PRIVACY_MISSING = Error(400, "You need to provide X-Bin-Private header to change the Bin privacy", "reference")
INVALID_JSON_PATH = Error(400, "Invalid JSON Path provided", "choice")
INVALID_COLLECTION_HEADER = Error(400, "Invalid X-Collection-Id provided", "reference")
COLLECTION_OF_NOBODY = Error(
    400,
    "Collection not found or the Collection does not belong to the X-Master-Key provided",
    "observed 2021",
)

# Keys.
KEY_MISSING = Error(
    401, "You need to pass X-Master-Key or X-Access-Key in the header to {purpose}", "reference, observed"
)
MASTER_KEY_MISSING = Error(401, "You need to pass X-Master-Key in the header{purpose}", "reference")
MASTER_KEY_INVALID = Error(401, "Invalid X-Master-Key provided", "reference, observed")
MASTER_KEY_OR_BIN = Error(
    401, "Invalid X-Master-Key provided or the bin does not belong to your account", "reference, observed"
)
MASTER_KEY_OR_BIN_OTHERWISE = Error(
    401, "X-Master-Key is invalid or the bin doesn't belong to your account", "observed; for DELETE observed once 2026"
)
ACCESS_KEY_INVALID = Error(
    401, "X-Access-Key is invalid or the bin doesn't belong to your account", "observed for GET; for others inferred"
)
ACCESS_KEY_PERMISSION = Error(
    401, "X-Access-Key passed does not have permission to {verb} the bin.", "reference; its status: inferred", 403
)

# The account's plan.
VERSIONING_PLAN = Error(
    403,
    "Versioning is not available for the Free users. "
    "Upgrade to Pro plan http://api.jsonbin.io/pricing to avail this feature",
    "observed; not in the reference",
)
TOO_BIG_FOR_FREE = Error(
    403,
    "Free users cannot create a record over 100kb. "
    "Upgrade to Pro plan https://jsonbin.io/pricing to create records upto 1mb",
    "reference, for PUT too",
)
TOO_BIG_FOR_PRO = Error(403, "Pro users cannot create a record over 1mb.", "choice")
QUOTA = Error(403, "Requests exhausted. Buy additional requests at https://jsonbin.io/pricing", "reference, observed")

# Collections.
INVALID_COLLECTION_ID = Error(400, "Invalid Collection Id provided", "reference")
COLLECTION_NOT_FOUND = Error(404, "Collection not found", "older reference, observed once")
COLLECTION_NAME_BLANK = Error(400, "X-Collection-Name cannot be blank", "reference")
# The service itself says Schema Doc there.
COLLECTION_NAME_MISSING = Error(
    400,
    "You need to pass X-Collection-Name header to set a name for the Schema Doc",
    "reference",
)
COLLECTION_NAME_LONG = Error(400, "Name of the Collection cannot be above 32 characters", "reference")

# Schema docs.
INVALID_SCHEMA_ID = Error(400, "Invalid Schema Id provided", "reference")
SCHEMA_NOT_FOUND = Error(404, "Schema Doc not found", "older reference, observed once")
SCHEMA_HEADER_MISSING = Error(400, "You need to pass X-Schema-Doc-Id in the header", "reference")
SCHEMA_NAME_MISSING = Error(
    400, "You need to pass X-Schema-Doc-Name header to set a name for the Schema Doc", "inferred from collections"
)
SCHEMA_NAME_LONG = Error(400, "Name of the Schema Doc cannot be above 32 characters", "inferred from collections")
BLANK_SCHEMA = Error(400, "Schema Doc cannot be blank", "reference")
INVALID_SCHEMA = Error(400, "Invalid Schema Doc provided", "choice")

# Access keys.
KEY_NAME_MISSING = Error(
    400, "You need to pass X-Key-Name header to set a name for the Access Key", "inferred from collections"
)
KEY_NAME_LONG = Error(400, "Name of the Access Key cannot be above 32 characters", "inferred from collections")
INVALID_KEY_ID = Error(400, "Invalid Access Key Id provided", "choice")
KEY_NOT_FOUND = Error(404, "Access Key not found", "choice")
INVALID_PERMISSIONS = Error(400, "Invalid Access Key permissions provided", "choice")
