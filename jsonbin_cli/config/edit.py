"""Changes to the config file: a profile chosen or removed, an alias given or removed."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Any

from jsonbin_cli.config import file as config_file
from jsonbin_cli.config.account import Profile, id_in
from jsonbin_cli.config.environment import config_path
from jsonbin_cli.config.file import ALIAS, BIN_ID, KEY_SETTINGS, ConfigFile, Table
from jsonbin_cli.config.profiles import LOCAL, profile_in, profile_in_use
from jsonbin_cli.config.saving import copies, write
from jsonbin_cli.failures import BadConfig, UsageMistake, profile_option, shortened


@dataclass(frozen=True)
class Saved:
    """What was done, in one line, and what else the user should know."""

    done: str
    notes: tuple[str, ...] = ()


def use(name: str) -> Saved:
    """Make a profile the default."""
    file, table = to_change()
    profile_in(file, name)
    table["default_profile"] = name
    return saved(file, table, f'profile "{name}" is the default')


def remove(name: str) -> Saved:
    """Remove a profile."""
    file, table = to_change()
    if name == LOCAL and name not in file.profiles:
        raise BadConfig(f'profile "{LOCAL}" is built in', "jsonbin config use NAME makes another one the default")
    if name not in file.profiles:
        raise BadConfig(
            f'there is no profile "{shortened(name)}" in {file.path}', "jsonbin config list shows those there are"
        )
    del table["profiles"][name]
    notes = []
    if table.get("default_profile") == name:
        del table["default_profile"]
        notes = ["it was the default, and there is none now: jsonbin config use NAME chooses one"]
    keys = [file.profiles[name][setting] for setting in KEY_SETTINGS if setting in file.profiles[name]]
    return saved(file, table, f'removed profile "{name}"', notes, without=keys[0] if keys else None)


def alias(name: str, chosen: str | None) -> str:
    """The id that an alias of the chosen profile or the one in use means. Raises UsageMistake."""
    profile = _profile(config_file.read(config_path()), chosen)
    if name not in profile.bins:
        raise _no_alias(
            name,
            profile.name,
            f"jsonbin config alias {name} ID{profile_option(profile.name)}" if ALIAS.fullmatch(name) else None,
        )
    return profile.bins[name]


def set_alias(name: str, bin: str, chosen: str | None) -> Saved:
    """Let `name` mean `bin` (an id or a URL) in the chosen profile or the one in use."""
    if not ALIAS.fullmatch(name) or BIN_ID.fullmatch(name):
        raise UsageMistake(
            "an alias is made of letters, digits, dots, dashes and underscores, and is no bin id",
            "first the alias, then the bin: jsonbin config alias NAME ID",
        )
    bin_id = id_in(bin)
    if bin_id is None:
        raise UsageMistake("BIN is neither a bin id nor a URL", "an id is 24 hexadecimal digits")
    file, table = to_change()
    profile = _profile(file, chosen)
    profile_table(table, profile.name).setdefault("bins", {})[name] = bin_id
    before = profile.bins.get(name, bin_id)
    notes = [f'"{name}" meant {before} until now'] if before != bin_id else []
    return saved(file, table, f'"{name}" is {bin_id} in profile "{profile.name}"', notes)


def profile_to_change(chosen: str | None) -> str:
    """The name of the chosen profile or the one in use. Raises UsageMistake where there is none, BadConfig."""
    return _profile(config_file.read(config_path()), chosen).name


def add_aliases(found: Iterable[tuple[str, str]], chosen: str | None) -> Saved:
    """Let each name mean its bin, in one go. A name that means another bin already is noted and left alone."""
    file, table = to_change()
    profile = _profile(file, chosen)
    bins = profile_table(table, profile.name).setdefault("bins", {})
    added, notes = 0, []
    for name, bin_id in found:
        if profile.bins.get(name, bins.get(name, bin_id)).lower() != bin_id:
            notes.append(f'{bin_id} gets no alias: "{name}" means {profile.bins.get(name, bins.get(name))} already')
        elif name not in bins:
            bins[name] = bin_id
            added += 1
    done = f'{added} alias{"" if added == 1 else "es"} added to profile "{profile.name}"'
    return saved(file, table, done, notes) if added else Saved(done, tuple(notes))


def remove_alias(name: str, chosen: str | None) -> Saved:
    """Remove an alias from the chosen profile or the one in use."""
    file, table = to_change()
    profile = _profile(file, chosen)
    bins = profile_table(table, profile.name).setdefault("bins", {})
    if name not in bins:
        raise _no_alias(name, profile.name)
    del bins[name]
    return saved(file, table, f'removed alias "{name}" from profile "{profile.name}"')


def to_change() -> tuple[ConfigFile, Table]:
    """The config file as it is, and a copy of its content to change."""
    file = config_file.read(config_path())
    return file, copy.deepcopy(file.table)


def profile_table(table: Table, name: str) -> dict[str, Any]:
    """The table of a profile, made where there is none."""
    profile: dict[str, Any] = table.setdefault("profiles", {}).setdefault(name, {})
    return profile


def saved(file: ConfigFile, table: Table, done: str, notes: Sequence[str] = (), *, without: str | None = None) -> Saved:
    """Write the changed content. `without` is a key that was removed: notes name the files that still hold it."""
    kept = write(file, table, without=without)
    found = list(notes)
    if kept:
        keys = "its other keys" if without else "keys"
        found.append(f"the file was written anew; as it was, with its comments and {keys}, it is in {kept}")
    if without:
        found += [
            f"the key is still in {path}; delete that: rm {quote(str(path))}" for path in copies(file.path, without)
        ]
    return Saved(done, tuple(found))


def _profile(file: ConfigFile, chosen: str | None) -> Profile:
    profile = profile_in_use(file, chosen)
    if profile is None:
        raise UsageMistake("no profile is in use", "name one with --profile NAME, or make one: jsonbin login")
    return profile


def _no_alias(name: str, profile: str, hint: str | None = None) -> UsageMistake:
    return UsageMistake(f'profile "{profile}" has no alias "{shortened(name)}"', hint)
