"""Whether a record fits a JSON Schema, within a time limit."""

from __future__ import annotations

from importlib.util import find_spec

from jsonbin_cli.config.installing import install_extra
from jsonbin_cli.failures import BadConfig
from jsonbin_cli.local.api import worker

_SECONDS = 1.0
_MODULE = "jsonbin_cli.local.api.schema_check"


def mismatch(schema: bytes, record: bytes, draft: str) -> str | None:
    """What is wrong with the record, None where it fits. `draft` counts where the schema names none.

    Raises BadConfig where the library is missing.
    """
    _need_the_library()
    try:
        found = worker.call(_SECONDS, _MODULE, "mismatch", _text(schema), _text(record), draft)
    except worker.Ended:
        return "Should be checked by a schema that takes less time"  # choice
    return None if found is None else str(found)


def flaw(schema: bytes, draft: str) -> str | None:
    """Why `schema` is not a JSON Schema, None where it is one. Raises BadConfig where the library is missing."""
    _need_the_library()
    try:
        found = worker.call(_SECONDS, _MODULE, "flaw", _text(schema), draft)
    except worker.Ended:
        return "it takes too long to check"
    return None if found is None else str(found)


def _need_the_library() -> None:
    if find_spec("jsonschema") is None:
        raise BadConfig(
            "the collection of this bin has a schema, and what checks it is not installed",
            install_extra("serve"),
        )


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")  # a damaged store may hold anything
