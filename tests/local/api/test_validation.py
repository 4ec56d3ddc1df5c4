"""JSON Schema: which records fit, and in which words it is said."""

from __future__ import annotations

import json
import sys

import pytest

from jsonbin_cli.config.installing import install_extra
from jsonbin_cli.failures import BadConfig
from jsonbin_cli.local.api.validation import flaw, mismatch

WORDS = [
    ('{"required": ["a", "username"]}', '{"a": 1}', "Should have required property 'username'"),
    ('{"required": true, "$schema": "http://json-schema.org/draft-03/schema#"}', '{"a": 1}', None),
    ('{"type": "array"}', '{"a": 1}', "Should be array"),
    ('{"type": ["array", "null"]}', '{"a": 1}', "Should be array,null"),
    ('{"enum": [1]}', '{"a": 1}', "Should be equal to one of the allowed values"),
    ('{"const": 1}', '{"a": 1}', "Should be equal to constant"),
    ('{"additionalProperties": {"minimum": 2}}', '{"a": 1}', "Should be >= 2"),
    ('{"additionalProperties": {"exclusiveMaximum": 1}}', '{"a": 1}', "Should be < 1"),
    ('{"additionalProperties": {"multipleOf": 2}}', '{"a": 1e400}', None),
    ('{"additionalProperties": {"maximum": 1}}', '{"a": ' + "9" * 400 + "}", "Should be <= 1"),
    ('{"additionalProperties": {"minimum": 1}}', '{"a": -1e400}', "Should be >= 1"),
    ('{"additionalProperties": false}', '{"a": 1}', "Should NOT have additional properties"),
    ('{"additionalProperties": {"format": "ipv4"}}', '{"a": "x"}', 'Should match format "ipv4"'),
    ('{"additionalProperties": {"pattern": "^[a-z]+$"}}', '{"a": "x1"}', 'Should match pattern "^[a-z]+$"'),
    ('{"additionalProperties": {"pattern": "^(?=.*1)"}}', '{"a": "x1"}', None),
    ('{"additionalProperties": {"pattern": "x"}}', '{"a": 1}', None),
    ('{"patternProperties": {"^a": {"type": "string"}}}', '{"ba": 1, "ab": 1}', "Should be string"),
    ('{"patternProperties": {"^a": {"type": "string"}}}', '{"ba": 1, "ab": "fits"}', None),
    ('{"patternProperties": {"^a": {"type": "string"}}}', "[1]", None),
    ('{"patternProperties": {"^a": {}}, "additionalProperties": false}', '{"ab": 1}', None),
    ('{"properties": {"b": {}}, "additionalProperties": false}', '{"b": 1}', None),
    (
        '{"patternProperties": {"^a": {}}, "additionalProperties": false}',
        '{"ba": 1}',
        "Should NOT have additional properties",
    ),
    ('{"additionalProperties": true}', '{"a": 1}', None),
    ('{"additionalProperties": false}', "[1]", None),
    (
        '{"additionalProperties": {"type": "null"}, "patternProperties": {"a": {}}}',
        '{"a": 1, "b": 2}',
        "Should be null",
    ),
    ('{"not": {}}', '{"a": 1}', 'Should pass "not" keyword validation'),
    ('{"$ref": "http://127.0.0.1:9/never-fetched"}', "[1]", "Should be checked by a schema that can be followed"),
    ('{"$ref": "http://[nonsense"}', "[1]", "Should be checked by a schema that can be followed"),
    ('{"$id": "http://[nonsense"}', "[1]", None),
    ('{"$ref": "#"}', "[1]", "Should be checked by a schema that can be followed"),
    ('{"properties": {"a": {"type": "string"}}}', '{"a": "fits"}', None),
    ('{"$schema": 5, "type": "object"}', '{"a": 1}', None),
]


@pytest.mark.parametrize(("schema", "record", "words"), WORDS)
def test_a_mismatch_is_told_as_the_service_tells_it(schema: str, record: str, words: str | None) -> None:
    """The first thing that is wrong, in Ajv's words; a schema that cannot be followed fits nothing."""
    assert mismatch(schema.encode(), record.encode(), "7") == words


TOO_LONG = "Should be checked by a schema that can be followed"
BRANCHING = {f"d{n}": {"anyOf": [{"$ref": f"#/definitions/d{n + 1}"}] * 2} for n in range(60)} | {
    "d60": {"type": "null"}
}


@pytest.mark.parametrize(
    "schema",
    [
        {"items": {"pattern": "^(x|x)*$"}},
        {"items": {"patternProperties": {"^(x|x)*$": {}}}},
        {"items": {"patternProperties": {"^(x|x)*$": {}}, "additionalProperties": False}},
        {"items": {"additionalProperties": False, "patternProperties": {"^(x|x)*$": {}}}},
        {"definitions": BRANCHING, "items": {"$ref": "#/definitions/d0"}},
    ],
)
def test_a_schema_that_takes_years_is_given_up(schema: object) -> None:
    """Whether a pattern takes so long or references that branch."""
    slow = "x" * 60 + "!"
    records = [json.dumps(record).encode() for record in ([slow], [{slow: 1}])]
    assert TOO_LONG in [mismatch(json.dumps(schema).encode(), record, "7") for record in records]


@pytest.mark.parametrize(
    ("schema", "good"),
    [
        ('{"type": "object"}', True),
        ('{"type": "nonsense"}', False),
        ('{"pattern": "("}', False),
        ('{"patternProperties": {}, "items": {"unevaluatedProperties": false}}', False),
        ('{"patternProperties": {}, "items": {"\\u0075nevaluatedProperties": false}}', False),
        ('{"items": {"unevaluatedProperties": false}}', True),
        ("[1]", False),
    ],
)
def test_a_schema_is_looked_at_when_it_comes(schema: str, good: bool) -> None:
    """What is no JSON Schema is known before a record meets it."""
    assert (flaw(schema.encode(), "7") is None) is good


@pytest.mark.parametrize(("draft", "words"), [("4", None), ("2020-12", "Should be equal to constant")])
def test_the_draft_counts_where_the_schema_names_none(draft: str, words: str | None) -> None:
    """`const` is unknown to draft 4."""
    assert mismatch(b'{"const": 1}', b"[1]", draft) == words


@pytest.mark.parametrize("library", ["jsonschema", "regex"])
def test_without_the_library_the_line_to_run_is_named(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An embedded store that was given a schema may be used where the extra is not installed."""
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(BadConfig) as raised:
        flaw(b"{}", "7")
    assert raised.value.hint == install_extra("serve")


@pytest.mark.parametrize(("digits", "exact"), [(299, True), (300, False)])
def test_up_to_299_digits_an_integer_is_exact(digits: int, exact: bool) -> None:
    """A longer one is the nearest double, as every number is for a JavaScript server."""
    one, next_one = "1" + "0" * (digits - 1), "1" + "0" * (digits - 2) + "1"
    schema = f'{{"additionalProperties": {{"const": {one}}}}}'.encode()
    assert mismatch(schema, f'{{"a": {one}}}'.encode(), "7") is None
    differs = mismatch(schema, f'{{"a": {next_one}}}'.encode(), "7")
    assert differs == ("Should be equal to constant" if exact else None)
