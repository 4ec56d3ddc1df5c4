"""JSON that is hardly meant as a record: a whole reply of JSONBin, or a JSON Patch."""

from __future__ import annotations

from jsonbin_cli.config.file import BIN_ID
from jsonbin_cli.failures import InvalidInput
from jsonbin_cli.records.reading import Source
from jsonbin_cli.records.text import JSON

_OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")
# What the metadata of a reply can hold (reference: Read Bins, Create Bins; observed).
_METADATA = {"id", "parentId", "private", "createdAt", "name", "collectionId", "version"}
_IDS = ("id", "parentId")


def check_not_a_reply(source: Source, value: JSON) -> None:
    """Raise InvalidInput for a whole reply of JSONBin, as it is or as an array, and for its metadata alone."""
    if _is_metadata(value):
        raise InvalidInput(
            f"{source.name} holds the metadata of a bin, and not its record",
            "for the record: jsonbin get BIN --record; --as-is takes the metadata as the record",
        )
    if isinstance(value, list) and len(value) == 2 and _is_metadata(value[1]):
        raise InvalidInput(
            f"{source.name} holds a record and the metadata of a bin, in one array",
            "for the record alone: jsonbin get BIN --record; --as-is takes the array as the record",
        )
    if not _is_reply(value):
        return
    assert isinstance(value, dict)
    if len(value) > 2:
        raise InvalidInput(
            f"{source.name} holds a whole reply of JSONBin, record and metadata, with more members beside them",
            "begin with the record alone, and change that: jsonbin get BIN --record; "
            "--as-is takes all of it as the record",
        )
    raise InvalidInput(
        f"{source.name} holds a whole reply of JSONBin, record and metadata, and not a record",
        f"for the record alone: jsonbin get BIN --record, or {source.through('jq .record')}; "
        "--as-is takes all of it as the record"
        if source.is_input
        else "keep only the value of its member record; --as-is takes all of it as the record",
    )


def check_not_a_json_patch(source: Source, value: JSON) -> None:
    """Raise InvalidInput for an array of nothing but operations (RFC 6902, 4)."""
    if value and isinstance(value, list) and all(map(_is_operation, value)):
        raise InvalidInput(
            f"{source.name} holds a JSON Patch, and not a record",
            "jsonbin patch BIN applies it; --as-is takes it as the record",
        )


def _is_reply(value: JSON) -> bool:
    """Whether a value is a whole reply of JSONBin: the record, and the metadata of a bin.

    Where other members stand beside these two, the metadata must be as the service writes it.
    """
    if not isinstance(value, dict) or "record" not in value or not isinstance(about := value.get("metadata"), dict):
        return False
    return _is_of_a_bin(about) or (len(value) == 2 and not about.keys().isdisjoint(_IDS))


def _is_metadata(value: JSON) -> bool:
    """Whether a value is the metadata of a bin as the service writes it, and nothing beside."""
    return isinstance(value, dict) and value.keys() <= _METADATA and _is_of_a_bin(value)


def _is_of_a_bin(metadata: dict[str, JSON]) -> bool:
    """Whether metadata has what the service always writes: `private`, and an id."""
    ids = (metadata.get(name) for name in _IDS)
    return "private" in metadata and any(isinstance(one, str) and BIN_ID.fullmatch(one) for one in ids)


def _is_operation(item: JSON) -> bool:
    return (
        isinstance(item, dict)
        and item.get("op") in _OPERATIONS
        and isinstance(path := item.get("path"), str)
        and path[:1] in ("", "/")
    )
