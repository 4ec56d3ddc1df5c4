"""X-JSON-Path: what an expression may cost, and what it needs."""

from __future__ import annotations

import sys

import pytest

from jsonbin_cli.config.installing import install_extra
from jsonbin_cli.failures import BadConfig
from jsonbin_cli.local.api.json_path import InvalidPath, found


def test_text_comes_back_as_it_is() -> None:
    """But for what is no UTF-8, which a damaged store may hold."""
    assert found(b'{"a": [1.10, "\xc3\xa9\xff"]}', "a[*]") == '[1.10,"é\ufffd"]'.encode()


@pytest.mark.parametrize(
    ("record", "expression"),
    [
        ('{"a":' * 90 + "[1,2,3]" + "}" * 90, "$" + "..*" * 9 + ".missing"),
        ("[1]", "$["),
    ],
    ids=["much time", "no path"],
)
def test_what_cannot_be_found_is_given_up(record: str, expression: str) -> None:
    """Also where nothing is found meanwhile."""
    with pytest.raises(InvalidPath):
        found(record.encode(), expression)


def test_without_the_library_the_line_to_run_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """An embedded store may be used where the extra is not installed."""
    monkeypatch.setitem(sys.modules, "jsonpath", None)
    with pytest.raises(BadConfig) as raised:
        found(b"[1]", "$")
    assert raised.value.hint == install_extra("serve")
