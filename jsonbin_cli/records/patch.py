"""A JSON value changed by a patch: RFC 7396, or RFC 6902. Pure."""

from __future__ import annotations

from typing import Any, cast

from jsonbin_cli.failures import InvalidInput, PatchTestFailed
from jsonbin_cli.records.text import JSON


def patched(target: JSON, patch: JSON, name: str, *, is_json_patch: bool | None = None) -> JSON:
    """`target` after a patch, a JSON Patch or a merge patch; None: an array of operations is a JSON Patch.

    Raises as `json_patch` does.
    """
    if is_json_patch is None:
        is_json_patch = is_operations(patch)
    return json_patch(target, patch, name) if is_json_patch else merge_patch(target, patch)


def is_operations(patch: JSON) -> bool:
    """Whether a value is an array of operations (RFC 6902, 3 and 4): each of its items has `op` and `path`."""
    return isinstance(patch, list) and all(isinstance(item, dict) and {"op", "path"} <= item.keys() for item in patch)


def merge_patch(target: JSON, patch: JSON) -> JSON:
    """`target` after a JSON Merge Patch: null takes a member away, an array replaces (RFC 7396, 2)."""
    if not isinstance(patch, dict):
        return patch
    members = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            members.pop(name, None)
        else:
            members[name] = merge_patch(members.get(name), value)
    return members


def json_patch(target: JSON, patch: JSON, name: str) -> JSON:
    """`target` after the operations of a JSON Patch (RFC 6902), all or none; `name` is where the patch came from.

    Raises PatchTestFailed where a `test` operation does not hold, InvalidInput where it is not a patch or does not fit.
    """
    import jsonpatch
    import jsonpointer

    if not isinstance(patch, list):
        raise InvalidInput(
            f"{name} is not a JSON Patch: that is an array of operations",
            "without --json-patch an object is a merge patch" if isinstance(patch, dict) else None,
        )
    target = _copy(target)
    try:
        for number, operation in enumerate(patch):
            if not isinstance(operation, dict):
                raise InvalidInput(f"operation {number} of {name} is not an object")
            target = jsonpatch.JsonPatch([operation]).apply(target, in_place=True)
    except jsonpatch.JsonPatchTestFailed:
        path = cast(Any, patch[number])["path"]
        raise PatchTestFailed(
            f"operation {number} of {name} tests {path or 'the whole record'}, and the bin holds something else there; "
            "nothing was sent",
            "look with jsonbin get, then make the patch again",
        ) from None
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as wrong:
        raise InvalidInput(f"operation {number} of {name} does not fit the record: {wrong}") from None
    except RecursionError:
        raise InvalidInput(f"{name} nests the record too deeply") from None
    return target


def _copy(value: JSON) -> JSON:
    """A value whose arrays and objects are others. What `deepcopy` remembers takes as much memory as the value."""
    if isinstance(value, dict):
        return {name: _copy(child) for name, child in value.items()}
    return [_copy(child) for child in value] if isinstance(value, list) else value
