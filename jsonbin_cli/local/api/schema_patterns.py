"""The keywords of JSON Schema that take regular expressions, with a time limit for each search.

Python's own `re` cannot be interrupted, and a pattern such as `^(x|x)*$` keeps it busy for years. Linear engines lack
look-ahead, which patterns written for JavaScript use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import regex
from jsonschema import ValidationError

_SECONDS = 1.0

Keyword = Callable[[Any, Any, Any, Mapping[str, Any]], Iterator[ValidationError]]


def _pattern(validator: Any, pattern: str, instance: Any, _: Mapping[str, Any]) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and not _fits(pattern, instance):
        yield ValidationError("does not match")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: Any, _: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if validator.is_type(instance, "object"):
        for pattern, schema in patterns.items():
            for name, value in instance.items():
                if _fits(pattern, name):
                    yield from validator.descend(value, schema, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, additional: Any, instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "object"):
        return
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for name, value in instance.items():
        if name in known or any(_fits(pattern, name) for pattern in patterns):
            continue
        if validator.is_type(additional, "object"):
            yield from validator.descend(value, additional, path=name)
        elif not additional:
            yield ValidationError("is not allowed")


def _fits(pattern: str, text: str) -> bool:
    return regex.search(pattern, text, timeout=_SECONDS) is not None


KEYWORDS: dict[str, Keyword] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
}
