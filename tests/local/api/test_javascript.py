"""How a JavaScript server writes the numbers it has read."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest

from jsonbin_cli.local.api.javascript import rounded
from jsonbin_cli.local.testing import LocalJSONBin

NUMBERS = [
    ("1.10", "1.1"),
    ("12345678901234567890", "12345678901234567000"),
    ("9007199254740993", "9007199254740992"),
    ("1E400", "null"),
    ("-1E400", "null"),
    ("-0", "0"),
    ("0.0", "0"),
    ("1e21", "1e+21"),
    ("123456789012345678901234", "1.2345678901234569e+23"),
    ("1e20", "100000000000000000000"),
    ("0.000001", "0.000001"),
    ("0.0000001", "1e-7"),
    ("-1.5E-9", "-1.5e-9"),
    ("5e-324", "5e-324"),
    ("100", "100"),
]


@pytest.mark.parametrize(("written", "kept"), NUMBERS)
def test_a_number_becomes_a_double(written: str, kept: str) -> None:
    """Only the number changes; a text that looks like one does not."""
    assert rounded(f'{{"1.10": [{written}, "a \\" 1.10"]}}') == f'{{"1.10": [{kept}, "a \\" 1.10"]}}'


def test_node_agrees(tool: Callable[[str], str]) -> None:
    """The table above is what JSON.stringify makes of JSON.parse."""
    script = "process.stdout.write(JSON.stringify(JSON.parse(process.argv[1]).map(JSON.stringify)))"
    written = f"[{','.join(written for written, _ in NUMBERS)}]"
    run = subprocess.run([tool("node"), "-e", script, written], capture_output=True, check=True, timeout=60)
    assert json.loads(run.stdout) == [kept for _, kept in NUMBERS]


def test_a_server_rounds_when_it_is_told_to(jsonbin_server: LocalJSONBin) -> None:
    """With numbers=javascript the reply and the stored record have doubles."""
    jsonbin_server.change(settings={"numbers": "javascript"})
    bin_id = jsonbin_server.create(b'{"big":12345678901234567890}')
    assert jsonbin_server.record(bin_id) == {"big": 12345678901234567000}
