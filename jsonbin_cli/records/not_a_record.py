"""JSON that is hardly meant as a record: a whole reply of JSONBin, or a JSON Patch."""

from __future__ import annotations

from jsonbin_cli.failures import InvalidInput
from jsonbin_cli.records.reading import Source
from jsonbin_cli.records.text import JSON

_OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")


def is_reply(value: JSON) -> bool:
    """Whether a value is a whole reply of JSONBin: the record, and the metadata of a bin."""
    if not isinstance(value, dict) or value.keys() != {"record", "metadata"}:
        return False
    metadata = value["metadata"]
    return isinstance(metadata, dict) and ("id" in metadata or "parentId" in metadata)


def check_not_a_reply(source: Source, value: JSON) -> None:
    """Raise InvalidInput for a whole reply of JSONBin."""
    if is_reply(value):
        raise InvalidInput(
            f"{source.name} holds a whole reply of JSONBin, record and metadata, and not a record",
            f"for the record alone: jsonbin get BIN --record, or {source.through('jq .record')}; "
            "--as-is takes all of it as the record"
            if source.is_input
            else "keep only the value of its member record; --as-is takes all of it as the record",
        )


def check_not_a_json_patch(source: Source, value: JSON) -> None:
    """Raise InvalidInput for an array of nothing but operations (RFC 6902, 4)."""
    if isinstance(value, list) and all(map(_is_operation, value)):
        raise InvalidInput(
            f"{source.name} holds a JSON Patch, and not a record",
            "jsonbin patch BIN applies it; --as-is takes it as the record",
        )


def _is_operation(item: JSON) -> bool:
    return (
        isinstance(item, dict)
        and item.get("op") in _OPERATIONS
        and isinstance(path := item.get("path"), str)
        and path[:1] in ("", "/")
    )
