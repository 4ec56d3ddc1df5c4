"""A record checked by a JSON Schema, in the words of the service's own validator."""

from __future__ import annotations

import json
import re
import sys
from functools import lru_cache
from math import copysign, isinf
from typing import Any

import jsonschema
from referencing.exceptions import Unresolvable
from referencing.jsonschema import EMPTY_REGISTRY

# What the library raises when a schema is broken or cannot be applied to a record.
_FLAWS = (ValueError, ArithmeticError, TypeError, RecursionError, Unresolvable, re.error)
_DRAFTS = {
    "4": jsonschema.Draft4Validator,
    "6": jsonschema.Draft6Validator,
    "7": jsonschema.Draft7Validator,
    "2019-09": jsonschema.Draft201909Validator,
    "2020-12": jsonschema.Draft202012Validator,
}
CANNOT_BE_FOLLOWED = "Should be checked by a schema that can be followed"
"""Said of a record that a schema cannot be applied to (choice)."""


def mismatch(schema: str, record: str, draft: str) -> str | None:
    """What is wrong with the record, None where it fits. `draft` counts where the schema names none."""
    try:
        error = next(_validator(schema, draft).iter_errors(_value(record)), None)
    except _FLAWS:
        return CANNOT_BE_FOLLOWED
    return None if error is None else _words(error)


def flaw(schema: str, draft: str) -> str | None:
    """Why `schema` is not a JSON Schema, None where it is one."""
    try:
        validator = _validator(schema, draft)
        type(validator).check_schema(validator.schema, type(validator).FORMAT_CHECKER)
    except jsonschema.SchemaError as wrong:
        return str(wrong.message)
    except _FLAWS as wrong:
        return type(wrong).__name__
    return None


@lru_cache(maxsize=64)
def _validator(schema: str, draft: str) -> Any:
    value = _value(schema)
    if not isinstance(value, dict):
        raise TypeError("a schema doc is an object")
    named = isinstance(value.get("$schema"), str)
    default = _DRAFTS[draft]
    kind = jsonschema.validators.validator_for(value, default) if named else default
    # With a registry of its own the library does not fetch what a $ref names.
    return kind(value, registry=EMPTY_REGISTRY, format_checker=kind.FORMAT_CHECKER)


def _value(text: str) -> Any:
    """JSON with its numbers as a JavaScript server has them, but none of them infinite."""
    return json.loads(text, parse_float=_double, parse_int=_integer)


def _integer(digits: str) -> float | int:
    return int(digits) if len(digits) < 300 else _double(digits)


def _double(digits: str) -> float:
    value = float(digits)
    return copysign(sys.float_info.max, value) if isinf(value) else value


def _words(error: Any) -> str:
    """The words of Ajv 6 (inferred: the one answer that was observed, on `required`, reads like it)."""
    keyword, value = error.validator, error.validator_value
    if keyword == "required":
        # One error a missing name; where the draft has `required` as a flag, the name is in the path.
        value = next((name for name in value if name not in error.instance), "") if isinstance(value, list) else value
    elif keyword == "type":
        value = ",".join(value) if isinstance(value, list) else value
    return _WORDS.get(keyword, 'Should pass "{keyword}" keyword validation').format(keyword=keyword, value=value)


_WORDS = {
    "required": "Should have required property '{value}'",
    "type": "Should be {value}",
    "enum": "Should be equal to one of the allowed values",
    "const": "Should be equal to constant",
    "minimum": "Should be >= {value}",
    "maximum": "Should be <= {value}",
    "exclusiveMinimum": "Should be > {value}",
    "exclusiveMaximum": "Should be < {value}",
    "multipleOf": "Should be multiple of {value}",
    "minLength": "Should NOT be shorter than {value} characters",
    "maxLength": "Should NOT be longer than {value} characters",
    "minItems": "Should NOT have fewer than {value} items",
    "maxItems": "Should NOT have more than {value} items",
    "minProperties": "Should NOT have fewer than {value} properties",
    "maxProperties": "Should NOT have more than {value} properties",
    "uniqueItems": "Should NOT have duplicate items",
    "additionalProperties": "Should NOT have additional properties",
    "pattern": 'Should match pattern "{value}"',
    "format": 'Should match format "{value}"',
}
