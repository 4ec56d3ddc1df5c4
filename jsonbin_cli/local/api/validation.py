"""Whether a record fits a JSON Schema, in the words of the service's own validator."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from functools import lru_cache
from math import isinf
from typing import Any

from jsonbin_cli.config.installing import install_extra
from jsonbin_cli.failures import BadConfig
from jsonbin_cli.local.api.time_limit import check_time, time_limit

# What the library raises when a schema is broken, cannot be applied to a record, or takes too long.
_FLAWS = (ValueError, ArithmeticError, TypeError, RecursionError, TimeoutError, re.error)
# A schema can be made to take any time, with patterns and with references that branch again and again.
_SECONDS = 1.0


def mismatch(schema: bytes, record: bytes, draft: str) -> str | None:
    """What is wrong with the record, None where it fits. `draft` counts where the schema names none."""
    _library()
    import regex
    from referencing.exceptions import Unresolvable

    try:
        with time_limit(_SECONDS):
            error = next(_validator(schema, draft).iter_errors(_value(record)), None)
    except (*_FLAWS, Unresolvable, regex.error):
        return "Should be checked by a schema that can be followed"  # choice
    return None if error is None else _words(error)


def flaw(schema: bytes, draft: str) -> str | None:
    """Why `schema` is not a JSON Schema, None where it is one."""
    jsonschema = _library()
    try:
        with time_limit(_SECONDS):
            validator = _validator(schema, draft)
            type(validator).check_schema(validator.schema, type(validator).FORMAT_CHECKER)
    except jsonschema.SchemaError as wrong:
        return str(wrong.message)
    except _FLAWS as wrong:
        return type(wrong).__name__
    return None


@lru_cache(maxsize=64)
def _validator(schema: bytes, draft: str) -> Any:
    jsonschema = _library()
    from referencing.jsonschema import EMPTY_REGISTRY

    from jsonbin_cli.local.api.schema_patterns import KEYWORDS

    value = _value(schema)
    default = {
        "4": jsonschema.Draft4Validator,
        "6": jsonschema.Draft6Validator,
        "7": jsonschema.Draft7Validator,
        "2019-09": jsonschema.Draft201909Validator,
        "2020-12": jsonschema.Draft202012Validator,
    }[draft]
    if not isinstance(value, dict):
        raise TypeError("a schema doc is an object")
    names = json.dumps(value)
    if '"unevaluatedProperties"' in names and '"patternProperties"' in names:
        raise TypeError("together they would be searched without a time limit")
    named = isinstance(value.get("$schema"), str)
    kind = jsonschema.validators.validator_for(value, default) if named else default
    keywords = {name: _in_time(keyword) for name, keyword in (kind.VALIDATORS | KEYWORDS).items()}
    kind = jsonschema.validators.extend(kind, keywords)
    # With a registry of its own the library does not fetch what a $ref names.
    return kind(value, registry=EMPTY_REGISTRY, format_checker=kind.FORMAT_CHECKER)


def _in_time(keyword: Callable[..., Any]) -> Callable[..., Any]:
    """The same keyword, which looks at the clock each time that it is met."""

    def looked_at(*arguments: Any) -> Any:
        check_time()
        return keyword(*arguments)

    return looked_at


def _library() -> Any:
    try:
        import jsonschema
        import regex  # noqa: F401
    except ModuleNotFoundError:
        raise BadConfig(
            "the collection of this bin has a schema, and what checks it is not installed",
            install_extra("serve"),
        ) from None
    return jsonschema


def _value(text: bytes) -> Any:
    """JSON with its numbers as a JavaScript server has them, but none of them infinite."""
    return json.loads(text, parse_float=_double, parse_int=_integer)


def _integer(digits: str) -> float | int:
    return int(digits) if len(digits) < 300 else _double(digits)


def _double(digits: str) -> float:
    value = float(digits)
    return value if not isinf(value) else sys.float_info.max * (1 if value > 0 else -1)


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
