"""A key that is held."""

from __future__ import annotations

from jsonbin_cli.config.keys import Secret


def test_secrets_are_equal_where_their_strings_are() -> None:
    """And nothing of them is printed."""
    small, large = Secret("a-secret-string"), Secret("b-secret-string")
    assert small == Secret("a-secret-string")
    assert len({small, large, Secret("a-secret-string")}) == 2
    assert (small == large, large == small, small == "a-secret-string") == (False, False, False)
    assert [repr(small), str(small), f"{small}", "%s" % small] == ["Secret(…)"] * 4
    assert small.reveal() == "a-secret-string"
