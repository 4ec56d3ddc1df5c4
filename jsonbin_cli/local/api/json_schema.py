"""JSON Schema of the types in `replies` and `bodies`: plain ones, TypedDicts, unions, and the keywords beside them."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

Schema = dict[str, Any]
_PLAIN: dict[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    object: {},
}


class Schemas:
    """The schemas of types. `components` are those of TypedDicts, by name; elsewhere stands a reference to them."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}

    def of(self, kind: Any) -> Schema:
        """The schema of a type. Raises TypeError for one that none is known for."""
        origin, arguments = get_origin(kind), get_args(kind)
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        if origin is Annotated:
            return self.of(arguments[0]) | dict(arguments[1:])
        if origin in (Union, UnionType):
            return {"anyOf": [self.of(one) for one in arguments]}
        if origin is Literal:
            return {"type": "string", "enum": list(arguments)}
        if origin is list:
            return {"type": "array", "items": self.of(*arguments)}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        if is_typeddict(origin or kind):
            return self._component(origin or kind, arguments)
        raise TypeError(f"no JSON Schema is known for {kind}")

    def _component(self, kind: Any, arguments: tuple[Any, ...]) -> Schema:
        """A reference to the schema of a TypedDict; `arguments` are the TypedDicts for its variables."""
        name = "".join(one.__name__ for one in (kind, *arguments))
        if name not in self.components:
            self.components[name] = self._members(
                kind, dict(zip(getattr(kind, "__parameters__", ()), arguments, strict=True))
            )
        return {"$ref": f"#/components/schemas/{name}"}

    def _members(self, kind: Any, given: dict[TypeVar, Any]) -> Schema:
        """The schema of a TypedDict; `given` are the types for its variables."""
        hints = get_type_hints(kind, include_extras=True)
        optional = {name for name, hint in hints.items() if get_origin(hint) is NotRequired}
        kinds = {name: get_args(hint)[0] if name in optional else given.get(hint, hint) for name, hint in hints.items()}
        return {
            "type": "object",
            "description": kind.__doc__,
            "properties": {name: self.of(one) for name, one in kinds.items()},
            "required": [name for name in kinds if name not in optional],
        }
