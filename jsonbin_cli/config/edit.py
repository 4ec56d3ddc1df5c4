"""Changes to the config file: a key kept, a profile chosen or removed, an alias given."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from jsonbin_cli.config import file as config_file
from jsonbin_cli.config.account import id_in
from jsonbin_cli.config.environment import config_path
from jsonbin_cli.config.file import ALIAS, BIN_ID, COMMAND_SETTINGS, KEY_SETTINGS, ConfigFile, Table
from jsonbin_cli.config.key_shapes import LENGTH, damage_to, is_well_formed
from jsonbin_cli.config.profiles import LOCAL, profile_in, profile_in_use, profile_name
from jsonbin_cli.failures import BadConfig, UsageMistake


@dataclass(frozen=True)
class Saved:
    """What was done, in one line, and what else the user should know."""

    done: str
    notes: tuple[str, ...] = ()


def profile_for_login(chosen: str | None) -> str:
    """The profile that a login is for: the one in use, but for a store, else `default`. Raises UsageMistake."""
    file = config_file.read(config_path())
    name = profile_name(file, chosen) or "default"
    if chosen is None and name == file.table.get("default_profile") and _is_store(file, name):
        name = "default"
    if name == LOCAL:
        raise UsageMistake(f'profile "{LOCAL}" answers on this machine and needs no key', "choose another --profile")
    if not ALIAS.fullmatch(name):
        raise UsageMistake("a profile's name is made of letters, digits, dots, dashes and underscores")
    return str(name)


def save_key(name: str, kind: str, text: str) -> Saved:
    """Keep a key in a profile in the place of any other; the first profile becomes the default.

    Raises UsageMistake for a text that is empty, or whose shape shows how it was harmed on its way.
    """
    key = text.strip()
    if not key:
        raise UsageMistake("no key was given", "copy it from the API Keys page of the dashboard")
    if not (key.isascii() and key.isprintable()):
        raise UsageMistake("what was given holds a character that no key has", "copy it again from the API Keys page")
    damage = damage_to(key)
    if damage:
        raise UsageMistake(f"what was given {damage.happened}", damage.fix)
    notes = []
    if not is_well_formed(key):
        notes.append(
            f"what was given has {len(key)} characters and not the shape of a key ({LENGTH}, starting with $2); "
            "it was kept as it is"
        )
    file, table = _to_change()
    profile = _profile_table(table, name)
    for setting in KEY_SETTINGS + COMMAND_SETTINGS:
        profile.pop(setting, None)
    profile[f"{kind}_key"] = key
    others = [other for other in file.profiles if other != name and not _is_store(file, other)]
    if "default_profile" not in table or (not others and _is_store(file, table["default_profile"])):
        table["default_profile"] = name
    default = ", the default" if table["default_profile"] == name else ""
    return _written(file, table, f'kept the {kind} key in profile "{name}"{default} ({file.path})', notes)


def use(name: str) -> Saved:
    """Make a profile the default."""
    file, table = _to_change()
    profile_in(file, name)
    table["default_profile"] = name
    return _written(file, table, f'profile "{name}" is the default')


def remove(name: str) -> Saved:
    """Remove a profile."""
    file, table = _to_change()
    if name == LOCAL and name not in file.profiles:
        raise BadConfig(f'profile "{LOCAL}" is built in', "jsonbin config use NAME makes another one the default")
    if name not in file.profiles:
        raise BadConfig(f'there is no profile "{name}" in {file.path}', "jsonbin config list shows those there are")
    del table["profiles"][name]
    if table.get("default_profile") == name:
        del table["default_profile"]
    return _written(file, table, f'removed profile "{name}"')


def set_alias(name: str, bin: str | None, chosen: str | None, *, remove: bool) -> Saved:
    """Let `name` mean `bin` (an id or a URL) in the chosen profile or the one in use, or take it away."""
    file, table = _to_change()
    profile = profile_in_use(file, chosen)
    if profile is None:
        raise UsageMistake("no profile is in use", "name one with --profile, or make one: jsonbin login")
    bins = _profile_table(table, profile.name).setdefault("bins", {})
    if remove:
        if name not in bins:
            raise UsageMistake(f'profile "{profile.name}" has no alias "{name}"')
        del bins[name]
        return _written(file, table, f'removed alias "{name}" from profile "{profile.name}"')
    if not ALIAS.fullmatch(name) or BIN_ID.fullmatch(name):
        raise UsageMistake(
            "an alias is made of letters, digits, dots, dashes and underscores, and is no bin id",
            "first the alias, then the bin: jsonbin config alias NAME ID",
        )
    if bin is None:
        raise UsageMistake("no BIN for the alias", f"jsonbin config alias {name} ID, or {name} --remove")
    bin_id = id_in(bin)
    if bin_id is None:
        raise UsageMistake(f'"{bin}" is neither a bin id nor a URL that holds one', "an id is 24 hexadecimal digits")
    bins[name] = bin_id
    return _written(file, table, f'"{name}" is {bins[name]} in profile "{profile.name}"')


def _is_store(file: ConfigFile, name: str) -> bool:
    """Whether a profile is a store on this machine, which takes no login."""
    table = file.profiles.get(name, {})
    return "path" in table or (name == LOCAL and "url" not in table)


def _to_change() -> tuple[ConfigFile, Table]:
    file = config_file.read(config_path())
    return file, copy.deepcopy(file.table)


def _profile_table(table: Table, name: str) -> dict[str, Any]:
    profile: dict[str, Any] = table.setdefault("profiles", {}).setdefault(name, {})
    return profile


def _written(file: ConfigFile, table: Table, done: str, notes: list[str] | None = None) -> Saved:
    kept = config_file.write(file, table)
    if kept:
        notes = [*(notes or []), f"the file was written anew; as it was, with its comments and keys, it is in {kept}"]
    return Saved(done, tuple(notes or ()))
