"""JSON Schema: which records fit, and in which words it is said."""

from __future__ import annotations

import pytest

from jsonbin_cli.local.api.schema_check import CANNOT_BE_FOLLOWED, flaw, mismatch

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
    ('{"$ref": "http://127.0.0.1:9/never-fetched"}', "[1]", CANNOT_BE_FOLLOWED),
    ('{"$ref": "http://[nonsense"}', "[1]", CANNOT_BE_FOLLOWED),
    ('{"$id": "http://[nonsense"}', "[1]", None),
    ('{"$ref": "#"}', "[1]", CANNOT_BE_FOLLOWED),
    ('{"properties": {"a": {"type": "string"}}}', '{"a": "fits"}', None),
    ('{"$schema": 5, "type": "object"}', '{"a": 1}', None),
]


@pytest.mark.parametrize(("schema", "record", "words"), WORDS)
def test_a_mismatch_is_told_as_the_service_tells_it(schema: str, record: str, words: str | None) -> None:
    """The first thing that is wrong, in Ajv's words; a schema that cannot be followed fits nothing."""
    assert mismatch(schema, record, "7") == words


@pytest.mark.parametrize(
    ("schema", "good"),
    [
        ('{"type": "object"}', True),
        ('{"type": "nonsense"}', False),
        ('{"pattern": "("}', False),
        ('{"items": {"unevaluatedProperties": false}}', True),
        ("[1]", False),
    ],
)
def test_a_schema_is_looked_at_when_it_comes(schema: str, good: bool) -> None:
    """What is no JSON Schema is known before a record meets it."""
    assert (flaw(schema, "7") is None) is good


@pytest.mark.parametrize(("draft", "words"), [("4", None), ("2020-12", "Should be equal to constant")])
def test_the_draft_counts_where_the_schema_names_none(draft: str, words: str | None) -> None:
    """`const` is unknown to draft 4."""
    assert mismatch('{"const": 1}', "[1]", draft) == words


@pytest.mark.parametrize(("digits", "exact"), [(299, True), (300, False)])
def test_up_to_299_digits_an_integer_is_exact(digits: int, exact: bool) -> None:
    """A longer one is the nearest double, as every number is for a JavaScript server."""
    one, next_one = "1" + "0" * (digits - 1), "1" + "0" * (digits - 2) + "1"
    schema = f'{{"additionalProperties": {{"const": {one}}}}}'
    assert mismatch(schema, f'{{"a": {one}}}', "7") is None
    differs = mismatch(schema, f'{{"a": {next_one}}}', "7")
    assert differs == ("Should be equal to constant" if exact else None)
