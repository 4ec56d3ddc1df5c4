"""The account that a request is for, the address it goes to, and the bin that is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from jsonbin_cli.config.file import ALIAS, BIN_ID
from jsonbin_cli.config.key_shapes import looks_like_a_key
from jsonbin_cli.config.keys import Key
from jsonbin_cli.config.known_secrets import remember
from jsonbin_cli.failures import UsageMistake, profile_option, shortened

_ID_IN_URL = r"(?<![0-9a-zA-Z])[0-9a-fA-F]{24}(?![0-9a-zA-Z])"
# Text of this length is an id that lost or gained some digits.
_NEARLY_AN_ID = r"[0-9a-fA-F]{20,28}"
_NEARLY_AN_ID_IN_URL = rf"(?<![0-9a-zA-Z]){_NEARLY_AN_ID}(?![0-9a-zA-Z])"
_COPY_IT = "copy it again, whole, from the dashboard's list of bins"
# Text of at least this length may be a key, unless it looks like a name.
_SHORTEST_KEY = 12
_NAME = r"[^0-9]{,24}"


class Profile(NamedTuple):
    """One `[profiles.NAME]` table, checked. `path` is set only for a store on this machine."""

    name: str
    key: Key | None = None
    command: tuple[str, ...] | None = None
    command_kind: str = "master"
    url: str | None = None
    insecure_http: bool = False
    path: Path | None = None
    plan: str | None = None
    quota: int | None = None
    versioning: bool | None = None
    backup: bool | None = None
    backups: int | None = None
    merge: bool | None = None
    counters: tuple[str, ...] = ()
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
    """The account that requests are for: its profile, its key and its address.

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

    @property
    def merge(self) -> bool:
        """Whether commands that can do so merge in what other writers wrote at the same time."""
        return bool(self.profile and self.profile.merge)

    @property
    def counters(self) -> tuple[str, ...]:
        """JSON Pointers to the places, and all below them, at which every writer only adds."""
        return self.profile.counters if self.profile else ()

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

        if looks_like_a_key(named):
            remember(named)
            return UsageMistake("BIN looks like a key", "keys are read from a profile: jsonbin login")
        close = get_close_matches(shortened(named), bins, 1)
        # A key could be of any shape, so only what looks like a name is repeated.
        is_name = bool(close) or len(named) < _SHORTEST_KEY or re.fullmatch(_NAME, named) is not None
        whose = f' of profile "{shortened(self.profile.name)}"' if self.profile else ""
        return UsageMistake(
            f"{_quoted(named) if is_name else 'BIN'} is not a bin: "
            f"neither 24 hexadecimal digits, nor an alias{whose}, nor a URL",
            f"did you mean {_quoted(close[0])}?" if close else self._next_step(named, is_name=is_name),
        )

    def _next_step(self, named: str, *, is_name: bool) -> str | None:
        """The hint for a name that is neither a bin nor close to an alias."""
        if named.endswith(".json"):
            return "the bin comes first, then the file"
        if "=" in named:
            return "the bin comes first, then what is to be set"
        if self.profile is None:
            return (
                "jsonbin login makes a profile, which can hold aliases; to try demo without an account: --profile local"
            )
        if is_name and ALIAS.fullmatch(named):
            return f"jsonbin config alias {named} ID{profile_option(self.profile.name)}"
        return None


def _quoted(text: str) -> str:
    return f'"{shortened(text)}"'


def id_in(text: str) -> str | None:
    """The bin id that `text` is, or that the URL `text` holds; None where it is neither. Raises UsageMistake."""
    if BIN_ID.fullmatch(text):
        return text
    others = re.findall(r"[^0-9a-fA-F]", text) if len(text) == 24 else []
    if len(others) == 1 and others[0].isalnum():
        raise UsageMistake(
            f'BIN has "{others[0]}" at place {text.index(others[0]) + 1}, and an id has only digits and a to f',
            _COPY_IT,
        )
    if re.fullmatch(_NEARLY_AN_ID, text):
        raise UsageMistake(f"BIN has {len(text)} hexadecimal digits, and the id of a bin has 24", _COPY_IT)
    if not text.startswith(("https://", "http://")):
        return None
    found = set(re.findall(_ID_IN_URL, text))
    if len(found) == 1:
        return str(found.pop())
    nearly = re.search(_NEARLY_AN_ID_IN_URL, text)
    if not found and nearly:
        raise UsageMistake(
            f"the URL holds an id of {len(nearly[0])} hexadecimal digits, and the id of a bin has 24", _COPY_IT
        )
    raise UsageMistake(
        f"the URL holds {'more than one bin id' if found else 'no bin id'}",
        "give the id alone, 24 hexadecimal digits",
    )
