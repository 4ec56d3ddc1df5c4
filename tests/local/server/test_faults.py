"""The faults, and which request gets which."""

from __future__ import annotations

import pytest

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.local.server import faults
from jsonbin_cli.local.server.faults import GOOD, Fault, Plan, Schedule, fault


def test_shares_follow_from_the_seed() -> None:
    """The same seed gives the same faults, another one others, and each gets about its share."""
    plan = Plan(latency=(0.1, 0.2), shares=((fault("502"), 0.2), (fault("hang"), 0.1)))

    def given(seed: int) -> list[tuple[float, Fault]]:
        schedule = Schedule(plan._replace(seed=seed))
        return [schedule.next(reads=False) for _ in range(1000)]

    assert given(1) == given(1) != given(2)
    names = [fault.name for _, fault in given(1)]
    assert (150 < names.count("502") < 250, 60 < names.count("hang") < 140) == (True, True)
    assert all(0.1 <= seconds <= 0.2 for seconds, _ in given(1))


def test_a_second_writer_by_share_follows_reads_only() -> None:
    """It comes between a read and a write, so a write brings none."""
    always = Schedule(Plan(shares=((fault("second-writer"), 1.0),)))
    assert always.next(reads=True)[1].name == "second-writer"
    assert always.next(reads=False)[1] is GOOD


@pytest.mark.parametrize(
    "name", ["", "sometimes", "200", "399", "600", "429:", "429:soon", "502:7", "late-cut", "late-ok", "late-late-502"]
)
def test_an_unknown_fault_is_refused(name: str) -> None:
    """The message names it."""
    with pytest.raises(UsageMistake) as raised:
        fault(name)
    assert raised.value.message == f'"{name}" is not a fault'


@pytest.mark.parametrize("name", ["400", "499", "500", "599", "429:0", "late-400", "late-hang", "late-429:3"])
def test_a_known_fault_has_its_name(name: str) -> None:
    """All statuses from 400 to 599; what starts with late- is late."""
    assert (fault(name).name, fault(name).late) == (name, name.startswith("late-"))


@pytest.mark.parametrize("given", [{"502": 1.5}, {"502": -0.1}, {"502": 0.6, "hang": 0.6}])
def test_shares_are_shares(given: dict[str, float]) -> None:
    """Each from 0 to 1, together at most 1."""
    with pytest.raises(UsageMistake):
        faults.shares(given)
    assert len(faults.shares({"502": 0.4, "hang": 0.6, "cut": 0})) == 3


@pytest.mark.parametrize("given", [(-1.0, 0.0), (0.2, 0.1), (0.0, 3600.1)])
def test_a_latency_is_a_range_of_seconds(given: tuple[float, float]) -> None:
    """Not before the request, and not for ever."""
    with pytest.raises(UsageMistake):
        faults.latency(*given)
    assert faults.latency(0.0, 3600.0) == (0.0, 3600.0)
