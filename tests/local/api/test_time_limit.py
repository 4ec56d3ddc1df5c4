"""The limit on what a library may do with what somebody else wrote."""

from __future__ import annotations

import sys

import pytest

from jsonbin_cli.local.api.time_limit import time_limit


def forever() -> None:
    """Call functions without end."""
    while True:
        abs(-1)


def test_what_goes_on_is_ended() -> None:
    """And who looked on before does so again."""
    seen: list[str] = []
    before = sys.getprofile()

    def look(_: object, event: str, __: object) -> None:
        seen.append(event)

    sys.setprofile(look)
    try:
        with pytest.raises(TimeoutError), time_limit(0.05):
            forever()
        assert sys.getprofile() is look
    finally:
        sys.setprofile(before)


def test_what_ends_in_time_is_left_alone() -> None:
    """Nothing is raised then, also not later."""
    with time_limit(60):
        value = sum(range(10))
    assert (value, sys.getprofile()) == (45, None)
