"""The limit on what a library may do with what somebody else wrote."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from jsonbin_cli.local.api.time_limit import check_time, time_limit


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


def closed_without_end() -> None:
    """Close generators without end: what is raised meanwhile is dropped."""

    def generator() -> Iterator[int]:
        yield 1

    while True:
        next(generator())
        check_time()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_error_that_python_drops() -> None:
    """What is checked by hand is ended nevertheless."""
    for _ in range(20):
        with pytest.raises(TimeoutError), time_limit(0.01):
            closed_without_end()
    check_time()
