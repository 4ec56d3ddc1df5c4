"""Whom a request speaks for, where it goes, and which bin is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from jsonbin_cli.config.file import ALIAS, BIN_ID
from jsonbin_cli.config.keys import Key
from jsonbin_cli.failures import UsageMistake, profile_option

_ID_IN_URL = re.compile(r"(?<![0-9a-zA-Z])[0-9a-fA-F]{24}(?![0-9a-zA-Z])")


class Profile(NamedTuple):
    """One `[profiles.NAME]` table, checked. `path` is set for a store on this machine only."""

    name: str
    key: Key | None = None
    command: tuple[str, ...] | None = None
    command_kind: str = "master"
    url: str | None = None
    path: Path | None = None
    plan: str | None = None
    quota: int | None = None
    versioning: bool | None = None
    backup: bool | None = None
    backups: int | None = None
    bins: Mapping[str, str] = MappingProxyType({})


class Target(NamedTuple):
    """A bin as it was named: its 24 hexadecimal digits, and the alias where it was one."""

    id: str
    alias: str | None = None

    @property
    def name(self) -> str:
        """The alias, else the id."""
        return self.alias or self.id


class Account(NamedTuple):
    """Whom a request speaks for, and where it goes.

    `profile` is None where no profile is in use. `key` is None where none was found, which public bins allow.
    """

    profile: Profile | None
    key: Key | None
    url: str
    url_source: str

    @property
    def name(self) -> str | None:
        """The profile's name."""
        return self.profile.name if self.profile else None

    @property
    def store(self) -> Path | None:
        """The SQLite file that answers instead of the network."""
        return self.profile.path if self.profile else None

    @property
    def plan(self) -> str | None:
        """`free`, `pro`, or None where the profile does not say."""
        return self.profile.plan if self.profile else None

    @property
    def versioning(self) -> bool | None:
        """The profile's default for `--versioning`."""
        return self.profile.versioning if self.profile else None

    @property
    def backup(self) -> bool:
        """Whether `update` is to keep the old record on this machine."""
        return bool(self.profile and self.profile.backup)

    @property
    def backups(self) -> int | None:
        """How many backups of a bin are kept, where the profile says so."""
        return self.profile.backups if self.profile else None

    def bin(self, named: str) -> Target:
        """The bin that an id, an alias of the profile, or a URL names. Raises UsageMistake where none does."""
        named = named.strip()
        bins = self.profile.bins if self.profile else {}
        if named in bins:
            return Target(bins[named], named)
        bin_id = id_in(named)
        if bin_id:
            return Target(bin_id)
        raise self._unknown(named, bins)

    def _unknown(self, named: str, bins: Mapping[str, str]) -> UsageMistake:
        from difflib import get_close_matches

        if "$2" in named or len(named) == 60:
            return UsageMistake("BIN looks like a key", "keys are read from a profile: jsonbin login")
        close = get_close_matches(named, bins, 1)
        hint: str | None
        if named.endswith(".json") and not close:
            hint = "the bin comes first, then the file"
        elif self.profile is None:
            hint = (
                "jsonbin login makes a profile, which can hold aliases; to try demo without an account: --profile local"
            )
        elif close:
            hint = f'did you mean "{close[0]}"?'
        else:
            option = profile_option(self.profile.name)
            hint = f"jsonbin config alias {named} ID{option}" if ALIAS.fullmatch(named) else None
        whose = f' of profile "{self.profile.name}"' if self.profile else ""
        return UsageMistake(
            f'"{named}" is not a bin: neither 24 hexadecimal digits, nor an alias{whose}, nor a URL', hint
        )


def id_in(text: str) -> str | None:
    """The bin id that `text` is, or that the URL `text` holds; None where it is neither. Raises UsageMistake."""
    if BIN_ID.fullmatch(text):
        return text
    if not text.startswith(("https://", "http://")):
        return None
    found = set(_ID_IN_URL.findall(text))
    if len(found) != 1:
        raise UsageMistake(
            f"{text} holds {'more than one bin id' if found else 'no bin id'}",
            "give the id alone, 24 hexadecimal digits",
        )
    return str(found.pop())
