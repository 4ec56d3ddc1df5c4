"""What a JSONPath finds in a record, within a time limit."""

from __future__ import annotations

from importlib.util import find_spec

from jsonbin_cli.config.installing import install_extra
from jsonbin_cli.failures import BadConfig
from jsonbin_cli.local.api import worker

_SECONDS = 2.0


class InvalidPath(ValueError):
    """The expression is not a JSONPath, or what it finds takes too long or is too large."""


def found(record: bytes, expression: str) -> bytes:
    """The array of what `expression` finds, the digits of all numbers as they are. `$.` at its start is optional.

    Raises InvalidPath, and BadConfig where the library is missing.
    """
    if find_spec("jsonpath") is None:
        raise BadConfig("X-JSON-Path needs a library that is not installed", install_extra("serve"))
    text = record.decode("utf-8", "replace")  # a damaged store may hold anything
    try:
        array = worker.call(_SECONDS, "jsonbin_cli.local.api.path_search", "found", text, expression)
    except worker.Ended:
        raise InvalidPath from None
    if array is None:
        raise InvalidPath
    return str(array).encode()
