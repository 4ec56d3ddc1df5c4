"""What the rules work with."""

from __future__ import annotations

from jsonbin_cli.local.api.model import dumped


def test_json_as_the_service_writes_it() -> None:
    """Without white space, in UTF-8; only half of a surrogate pair, which UTF-8 does not have, is escaped."""
    assert dumped({"é": [1, "\U0001f600"]}) == '{"é":[1,"\U0001f600"]}'.encode()
    assert dumped({"é\ud83d": "\udc00"}) == '{"é\\ud83d":"\\udc00"}'.encode()
