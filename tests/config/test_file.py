"""The config file as it is read."""

from __future__ import annotations

import pytest

from tests.conftest import Program, Run


@pytest.mark.parametrize("text", ["zz = 1\naa = 1\n", "aa = 1\nzz = 1\n"])
def test_the_first_of_several_unknown_settings_is_named(jsonbin: Program, text: str) -> None:
    """In the order of the alphabet."""
    jsonbin.configure(text)
    assert jsonbin("get", "demo", "-p", "local") == Run(
        2,
        "",
        f'error: {jsonbin.config}: unknown setting "aa"\n'
        "hint: only default_profile and the [profiles.NAME] tables stand at the top; the rest belongs in a profile\n",
    )
