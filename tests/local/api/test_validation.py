"""JSON Schema: what a schema may cost, and what it needs."""

from __future__ import annotations

import json
import sys

import pytest

from jsonbin_cli.config.installing import install_extra
from jsonbin_cli.failures import BadConfig
from jsonbin_cli.local.api.validation import flaw, mismatch

TOO_LONG = "Should be checked by a schema that takes less time"
SLOW = "x" * 60 + "!"
BRANCHING = {f"d{n}": {"anyOf": [{"$ref": f"#/definitions/d{n + 1}"}] * 2} for n in range(60)} | {
    "d60": {"type": "null"}
}


@pytest.mark.parametrize(
    ("schema", "record"),
    [
        ({"items": {"pattern": "^(x+)+$"}}, [SLOW]),
        ({"unevaluatedProperties": False, "patternProperties": {"^(x|x)*$": {}}}, {SLOW: 1}),
        ({"uniqueItems": True}, [{"a": n} for n in range(60_000)]),
        ({"definitions": BRANCHING, "items": {"$ref": "#/definitions/d0"}}, [1]),
    ],
    ids=["pattern", "unevaluatedProperties", "uniqueItems", "references"],
)
def test_a_schema_that_takes_long_is_given_up(schema: object, record: object) -> None:
    """Whether it is a pattern, one keyword alone, or references that branch; the next one is checked."""
    assert mismatch(json.dumps(schema).encode(), json.dumps(record).encode(), "2020-12") == TOO_LONG
    assert mismatch(b'{"type": "array"}', b'{"a": 1}', "7") == "Should be array"
    assert mismatch(b'{"type": "array"}', b"[1]", "7") is None


def test_a_schema_is_looked_at_within_the_limit_too() -> None:
    """One that takes too long to look at is refused like one that is none."""
    slow = {"enum": [{"a": n} for n in range(60_000)]}  # which draft 4 wants to be unique
    assert flaw(b'{"type": "object"}', "7") is None
    assert flaw(b'{"type": "nonsense"}', "7") is not None
    assert flaw(json.dumps(slow).encode(), "4") == "it takes too long to check"


def test_without_the_library_the_line_to_run_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """An embedded store that was given a schema may be used where the extra is not installed."""
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    with pytest.raises(BadConfig) as raised:
        flaw(b"{}", "7")
    assert raised.value.hint == install_extra("serve")
