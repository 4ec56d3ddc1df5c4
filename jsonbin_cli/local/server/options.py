"""What the options of `jsonbin serve` ask for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from jsonbin_cli.config import keys, profiles
from jsonbin_cli.config.addresses import is_this_machine
from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.local.api import settings
from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.server import faults
from jsonbin_cli.local.store.rows import Bin
from jsonbin_cli.records.folders.manifest import Folder


class Options(NamedTuple):
    """What is served, and where. `store` None is memory; `bins` are added where the store does not have them.

    `export` is the folder that gets all bins at the end. `page` asks for the page where others can connect too.
    `command` is run while it serves; without one it serves until a signal comes. `pass_through` lets the proxy reach
    other hosts.
    """

    host: str
    port: int
    store: Path | None
    bins: list[Bin]
    settings: Settings
    plan: faults.Plan
    ready_file: Path | None
    export: Folder | None = None
    page: bool = False
    command: Sequence[str] = ()
    pass_through: bool = False

    @property
    def has_page(self) -> bool:
        """Whether the page is at the root."""
        return self.page or is_this_machine(self.host)


def store_of(path: Path | None, *, memory: bool, with_command: bool) -> Path | None:
    """The store's file, None for memory. Raises UsageMistake.

    Without either option it is the one of the profile `local`, and memory where a command is run.
    """
    if memory and path:
        raise UsageMistake("--memory and --store exclude each other", "keep one of them")
    return None if memory else path or (None if with_command else profiles.local_store())


def plan_of(latency: str | None, shares: list[str], script: str | None, seed: int) -> faults.Plan:
    """The faults that the options ask for. Raises UsageMistake."""
    shortest, _, longest = (latency or "0").partition("-")
    given = dict(share.partition("=")[::2] for share in shares)
    return faults.Plan(
        latency=faults.latency(_number(shortest), _number(longest or shortest)),
        shares=faults.shares({name: _number(share or "1") for name, share in given.items()}),
        script=faults.script(script.split(",")) if script else (),
        seed=seed,
    )


def settings_of(plan: str, quota: int | None, given: list[str]) -> Settings:
    """The settings that the options ask for, with the key from the environment. Raises UsageMistake, BadConfig."""
    pairs = {"plan": plan, "quota": "none" if quota is None else str(quota)}
    pairs |= dict(one.partition("=")[::2] for one in given)
    return settings.changed(Settings(keys.served_key().reveal()), pairs)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageMistake(
            f'"{text}" is not a number', "write it as 0.1; only --latency takes a range, of seconds: 0.1-0.5"
        ) from None
