"""A JSON value changed by a patch: RFC 7396, or RFC 6902. Pure."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, cast

from jsonbin_cli.failures import InvalidInput, PatchTestFailed, UsageMistake, shortened
from jsonbin_cli.records.paths import path_of
from jsonbin_cli.records.text import JSON
from jsonbin_cli.records.values import value_at

# The operations of RFC 6902, with what each needs beside its path.
_OPERATIONS: dict[str, tuple[str, ...]] = {
    "add": ("value",),
    "remove": (),
    "replace": ("value",),
    "move": ("from",),
    "copy": ("from",),
    "test": ("value",),
}
_OTHER_WORDS = {"delete": "remove", "unset": "remove", "set": "replace", "update": "replace"} | dict.fromkeys(
    ("insert", "append", "push"), "add"
)


def patched(target: JSON, patch: JSON, name: str, *, is_json_patch: bool) -> JSON:
    """`target` after a patch, a JSON Patch or a merge patch. Raises as `json_patch` does."""
    return json_patch(target, patch, name) if is_json_patch else merge_patch(target, patch)


def is_json_patch(patch: JSON, name: str, bin: str) -> bool:
    """Whether a patch is a JSON Patch (RFC 6902), also one with mistakes: an array in which an object has `op`.

    An object is a merge patch. Raises InvalidInput for what, as a merge patch, would replace the whole record or store
    an operation in it; `bin` is how a command names the bin.
    """
    if isinstance(patch, dict):
        if {"op", "path"} <= patch.keys():
            raise InvalidInput(
                f"{name} holds one operation of a JSON Patch, which is an array of operations",
                "put it into [ ]; --merge-patch sets the members op and path",
            )
        return False
    if isinstance(patch, list) and (not patch or any(isinstance(item, dict) and "op" in item for item in patch)):
        return True
    raise InvalidInput(
        f"{name} is neither an object, which is a merge patch, nor an array of operations with op and path, which is a "
        "JSON Patch",
        f"to replace the whole record: jsonbin update {bin}",
    )


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


def names_like_paths(target: JSON, patch: JSON) -> list[str]:
    """A note for each member of a merge patch, up to three, that `target` lacks, and whose name is a path in it."""
    if not isinstance(patch, dict) or not isinstance(target, dict):
        return []
    found = []
    for name, value in patch.items():
        if name in target or not re.search(r"^/|\.", name):
            continue
        with suppress(UsageMistake):
            if value_at(target, path_of(name)):
                does, command = ("finds no", "unset") if value is None else ("adds a", "set")
                found.append(
                    f"the merge patch {does} member named {shortened(name)}, and changes nothing at that path; "
                    f"jsonbin {command} does"
                )
    return found[:3]


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
        for number, item in enumerate(patch):
            operation = _operation(item, f"operation {number} of {name}")
            target = jsonpatch.JsonPatch([operation]).apply(target, in_place=True)
    except jsonpatch.JsonPatchTestFailed:
        path = cast(Any, patch[number])["path"]
        raise PatchTestFailed(
            f"operation {number} of {name} tests {path or 'the whole record'}, and the bin holds something else there; "
            "nothing was sent",
            "look with jsonbin get BIN, then make the patch again",
        ) from None
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException):
        why = _misfit(cast(Any, patch[number]))
        raise InvalidInput(
            f"operation {number} of {name} does not fit the record: {why}; nothing was sent",
            "look with jsonbin get BIN",
        ) from None
    except RecursionError:
        raise InvalidInput(f"{name} nests the record too deeply") from None
    return target


def _operation(operation: JSON, what: str) -> dict[str, JSON]:
    """An operation of a JSON Patch (RFC 6902, 4); `what` is how it is called. Raises InvalidInput where it is none."""
    if not isinstance(operation, dict):
        raise InvalidInput(f"{what} is not an object")
    op = operation.get("op")
    if not isinstance(op, str) or op not in _OPERATIONS:
        raise InvalidInput(f"the op of {what} is none of {', '.join(_OPERATIONS)}", _meant(op))
    for member in ("path", *_OPERATIONS[op]):
        if member not in operation:
            raise InvalidInput(f"{what} has no {member}, which {op} needs")
        pointer = operation[member]
        if member == "value" or pointer == "":
            continue
        if not isinstance(pointer, str) or not pointer.startswith("/"):
            raise InvalidInput(
                f"the {member} of {what} is not a JSON Pointer, which starts with /",
                f"write /{shortened(pointer)}" if isinstance(pointer, str) else None,
            )
    return operation


def _meant(op: JSON) -> str | None:
    meant = _OTHER_WORDS.get(op.lower()) if isinstance(op, str) else None
    return f"did you mean {meant}?" if meant else None


def _misfit(operation: dict[str, str]) -> str:
    """Why an operation cannot be carried out, as far as that is seen from it."""
    op, path = operation["op"], shortened(operation["path"]) or "the whole record"
    if op == "add":
        return f"nothing can be added at {path}"
    if op in ("move", "copy"):
        return f"nothing is at {shortened(operation['from'])}, or nothing can be put at {path}"
    return f"nothing is at {path}"


def _copy(value: JSON) -> JSON:
    """A value whose arrays and objects are others. What `deepcopy` remembers takes as much memory as the value."""
    if isinstance(value, dict):
        return {name: _copy(child) for name, child in value.items()}
    return [_copy(child) for child in value] if isinstance(value, list) else value
