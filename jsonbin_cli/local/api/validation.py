"""Whether a record fits a JSON Schema, within a time limit."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from jsonbin_cli.config.installing import install_extra
from jsonbin_cli.failures import BadConfig
from jsonbin_cli.local.api import worker

_SECONDS = 1.0


def mismatch(schema: bytes, record: bytes, draft: str) -> str | None:
    """What is wrong with the record, None where it fits. `draft` counts where the schema names none.

    Raises BadConfig where the library is missing.
    """
    return _asked("mismatch", (schema, record), draft, "Should be checked by a schema that takes less time")  # choice


def flaw(schema: bytes, draft: str) -> str | None:
    """Why `schema` is not a JSON Schema, None where it is one. Raises BadConfig where the library is missing."""
    return _asked("flaw", (schema,), draft, "it takes too long to check")


def _asked(function: str, data: Sequence[bytes], draft: str, too_long: str) -> str | None:
    if find_spec("jsonschema") is None:
        raise BadConfig(
            "the collection of this bin has a schema, and what checks it is not installed",
            install_extra("serve"),
        )
    texts = (one.decode("utf-8", "replace") for one in data)  # a damaged store may hold anything
    try:
        found: str | None = worker.call(_SECONDS, "jsonbin_cli.local.api.schema_check", function, *texts, draft)
    except worker.Ended:
        return too_long
    return found
