"""What `jsonbin config check` and `config list` find in the config file and the environment. Nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from jsonbin_cli.config import file as config_file
from jsonbin_cli.config.account import Profile
from jsonbin_cli.config.addresses import address_of
from jsonbin_cli.config.environment import config_path
from jsonbin_cli.config.file import ConfigFile
from jsonbin_cli.config.keys import Key, keys_in_environment
from jsonbin_cli.config.profiles import account_of, in_use, key_of, profile_in, profile_in_use, profile_names
from jsonbin_cli.failures import BadConfig, shortened

_WIDEST = 400
"""How many characters of a name or an address are listed."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    good: bool
    text: str


def findings(chosen: str | None) -> list[Finding]:
    """What was found in the config file, the environment, and each profile or the chosen one."""
    try:
        file = config_file.read(config_path())
    except BadConfig as failure:
        return [_bad(failure)]
    found = [Finding(True, f"{file.path} {'can be read' if file.data else 'does not exist'}")]
    profile = None
    try:
        profile = profile_in_use(file, chosen)
        found.append(Finding(True, f'profile "{_cell(profile.name)}" is in use' if profile else "no profile is in use"))
        found.append(Finding(True, _call(file, chosen)))
    except BadConfig as failure:
        found.append(_bad(failure))
    try:
        found += [_of_key(key) for key in keys_in_environment()]
    except BadConfig as failure:
        found.append(_bad(failure))
    used = profile.name if profile else None
    for name in [chosen] if chosen else file.profiles:
        found += _of_profile(file, name, chosen=chosen is not None or name != used)
    return list(dict.fromkeys(found))


def listing() -> str:
    """One line a profile, with its name, where it goes and its kind of key, and one for each of its aliases.

    `*` marks the profile in use; the last line says where a call without `--profile` goes. Raises BadConfig.
    """
    file = config_file.read(config_path())
    used = profile_in_use(file, None)
    rows = [_row(file, name, used=used is not None and used.name == name) for name in profile_names()]
    widths = [max(len(row.cells[column]) for row in rows) for column in range(len(rows[0].cells))]
    lines = []
    for row in rows:
        lines.append("  ".join(f"{cell:{width}}" for cell, width in zip(row.cells, widths, strict=True)).rstrip())
        lines += [f"      {_cell(alias)}  {bin_id}" for alias, bin_id in row.aliases.items()]
    try:
        lines.append(_call(file, None))
    except BadConfig:
        lines.append("a call fails: see jsonbin config check")
    return "\n".join(lines)


class _Row(NamedTuple):
    cells: tuple[str, ...]
    aliases: Mapping[str, str]


def _row(file: ConfigFile, name: str, *, used: bool) -> _Row:
    mark = "*" if used else " "
    try:
        profile = profile_in(file, name)
        where = _where(profile, chosen=not used)
    except BadConfig:
        return _Row((f"{mark} {_cell(name)}", "broken: see jsonbin config check", ""), {})
    return _Row((f"{mark} {_cell(name)}", where, _kind_of_key(profile)), profile.bins)


def _kind_of_key(profile: Profile) -> str:
    if profile.key:
        return f"{profile.key.kind} key"
    if profile.command:
        return f"{profile.command_kind} key from {_cell(profile.command[0])}"
    return "no key needed" if profile.path else "no key"


def _where(profile: Profile | None, *, chosen: bool) -> str:
    """The address that calls for a profile go to, with its source where that is not the profile."""
    if profile and profile.path:
        return _cell(str(profile.path))
    address = address_of(profile, chosen=chosen)
    return _cell(address.url) + (f" ({address.source})" if address.source == "JSONBIN_API_URL" else "")


def _call(file: ConfigFile, chosen: str | None) -> str:
    """Where a call goes, and with which key. Raises BadConfig where it would fail before it goes anywhere."""
    profile, in_environment = in_use(file, chosen)
    account_of(profile, in_environment or (profile.key if profile else None), chosen=chosen is not None)
    if in_environment:
        key = f"the {in_environment.kind} key from {in_environment.source}"
    elif profile and (profile.key or profile.command):
        key = f'the {_kind_of_key(profile)} of profile "{_cell(profile.name)}"'
    else:
        key = "no key"
    return f"a call goes to {_where(profile, chosen=chosen is not None)}, with {key}"


def _of_profile(file: ConfigFile, name: str, *, chosen: bool) -> list[Finding]:
    try:
        profile = profile_in(file, name)
        key = key_of(profile)
        account_of(profile, key, chosen=chosen)
    except BadConfig as failure:
        return [_bad(failure)]
    goes = f'profile "{_cell(name)}" goes to {_where(profile, chosen=chosen)}'
    count = f"{len(profile.bins)} alias{'' if len(profile.bins) == 1 else 'es'}"
    found = [Finding(True, f"{goes}, with {count}")]
    if key:
        found.append(_of_key(key))
    elif not profile.path:
        found.append(Finding(True, f'profile "{_cell(name)}" has no key, which is enough for public bins'))
    return found


def _of_key(key: Key) -> Finding:
    return Finding(key.fault is None, key.looks)


def _bad(failure: BadConfig) -> Finding:
    return Finding(False, failure.message + (f"; {failure.hint}" if failure.hint else ""))


def _cell(text: str) -> str:
    return shortened(text, _WIDEST)
