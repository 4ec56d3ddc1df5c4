"""A look at the config file and all it names, without sending anything."""

from __future__ import annotations

from dataclasses import dataclass

from jsonbin_cli.config import file as config_file
from jsonbin_cli.config.environment import config_path
from jsonbin_cli.config.file import ConfigFile
from jsonbin_cli.config.key_shapes import LENGTH, is_well_formed
from jsonbin_cli.config.keys import Key, keys_in_environment
from jsonbin_cli.config.profiles import (
    API_URL,
    key_of,
    profile_in,
    profile_in_use,
    profile_names,
)
from jsonbin_cli.failures import BadConfig


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    good: bool
    text: str


def findings(chosen: str | None) -> list[Finding]:
    """All there is to say about the config file, the environment, and each profile or the chosen one."""
    try:
        file = config_file.read(config_path())
    except BadConfig as failure:
        return [_bad(failure)]
    found = [Finding(True, f"{file.path} {'is in order' if file.data else 'does not exist'}")]
    try:
        profile = profile_in_use(file, chosen)
        found.append(Finding(True, f'profile "{profile.name}" is in use' if profile else "no profile is in use"))
    except BadConfig as failure:
        found.append(_bad(failure))
    try:
        found += [_of_key(key) for key in keys_in_environment()]
    except BadConfig as failure:
        found.append(_bad(failure))
    for name in [chosen] if chosen else file.profiles:
        found += _of_profile(file, name)
    return found


def listing() -> str:
    """One line a profile: its name, where it goes, its kind of key, how many aliases; `*` marks the one in use."""
    file = config_file.read(config_path())
    used = profile_in_use(file, None)
    rows = [_row(file, name, bool(used and used.name == name)) for name in profile_names()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _row(file: ConfigFile, name: str, used: bool) -> tuple[str, ...]:
    try:
        profile = profile_in(file, name)
    except BadConfig:
        return ("*" if used else " ") + f" {name}", "broken: see jsonbin config check", "", ""
    if profile.key:
        key = f"{profile.key.kind} key"
    elif profile.command:
        key = f"{profile.command_kind} key from {profile.command[0]}"
    else:
        key = "no key needed" if profile.path else "no key"
    aliases = f"aliases: {', '.join(profile.bins)}" if profile.bins else "no aliases"
    return ("*" if used else " ") + f" {profile.name}", str(profile.path or profile.url or API_URL), key, aliases


def _of_profile(file: ConfigFile, name: str) -> list[Finding]:
    try:
        profile = profile_in(file, name)
        key = key_of(profile)
    except BadConfig as failure:
        return [_bad(failure)]
    goes = f'profile "{name}" goes to {profile.path or profile.url or API_URL}'
    found = [Finding(True, f"{goes}, with {len(profile.bins)} aliases")]
    if key:
        found.append(_of_key(key))
    elif not profile.path:
        found.append(Finding(True, f'profile "{name}" has no key, which is enough for public bins'))
    return found


def _of_key(key: Key) -> Finding:
    damage = key.damage
    if damage:
        return Finding(False, f"the {key.kind} key from {key.source} {damage.happened}; {damage.fix}")
    text = key.secret.reveal()
    if not is_well_formed(text):
        return Finding(
            False,
            f"the {key.kind} key from {key.source} has {len(text)} characters and not the shape of a key "
            f"({LENGTH}, starting with $2)",
        )
    return Finding(True, f"the {key.kind} key from {key.source} has the shape of a key")


def _bad(failure: BadConfig) -> Finding:
    return Finding(False, failure.message + (f"; {failure.hint}" if failure.hint else ""))
