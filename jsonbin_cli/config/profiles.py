"""Profiles, and the account that a call is for."""

from __future__ import annotations

import os
from pathlib import Path

from jsonbin_cli.config.account import Account, Profile
from jsonbin_cli.config.addresses import address_of, checked_url, refuse_plain_http
from jsonbin_cli.config.environment import config_path, store_path
from jsonbin_cli.config.file import ConfigFile, Table, check_settings, read
from jsonbin_cli.config.keys import KINDS, Key, checked_key, key_from_command, keys_in_environment, store_key
from jsonbin_cli.failures import BadConfig, profile_option, shortened

LOCAL = "local"
DEMO_BIN = "de30de30de30de30de30de30"


def resolve(chosen: str | None) -> Account:
    """The account for a call; `chosen` is the value of `--profile`.

    The first source that has one wins. A broken source raises BadConfig and is never skipped.
    """
    # 1. --profile: that profile's key, or none. 2. The environment: the key itself, or a file that holds it.
    # 3. The profile of JSONBIN_PROFILE. 4. The profile of default_profile.
    profile, in_environment = in_use(_config_to_read(), chosen)
    return account_of(profile, in_environment or (key_of(profile) if profile else None), chosen=chosen is not None)


def resolve_without_key(chosen: str | None) -> Account:
    """The same account for what is found on this machine: the profile's key is not asked for. Raises BadConfig."""
    profile, in_environment = in_use(_config_to_read(), chosen)
    return account_of(profile, in_environment, chosen=chosen is not None)


def account_in_sight(chosen: str | None) -> Account | None:
    """The account for a call, without its key, as far as the config file and the names of variables tell it.

    None where its profile is a store, and where the config file can be read only once. Raises BadConfig.
    """
    path = config_path()
    if os.path.exists(path) and not os.path.isfile(path):
        return None
    profile = profile_in_use(read(path), chosen)
    return None if profile and profile.path else account_of(profile, None, chosen=chosen is not None)


def in_use(file: ConfigFile, chosen: str | None) -> tuple[Profile | None, Key | None]:
    """The profile of a call, and the key from the environment where that is used instead. Raises BadConfig."""
    profile = profile_in_use(file, chosen)
    keys = keys_in_environment() if chosen is None else []
    if profile and profile.path and keys:
        # The environment comes before the default profile; two that are both in it contradict each other.
        if "JSONBIN_PROFILE" in os.environ:
            raise BadConfig(
                f'{keys[0].source} holds a key, and JSONBIN_PROFILE names "{profile.name}", which needs none',
                f"unset one of them, or add{profile_option(profile.name)}",
            )
        profile = None
    by_default = chosen is None and "JSONBIN_PROFILE" not in os.environ
    if profile and profile.path and by_default and os.environ.get("JSONBIN_API_URL"):
        raise BadConfig(
            f'JSONBIN_API_URL names an address, and the default profile, "{profile.name}", is a store on this machine',
            f"for the store add{profile_option(profile.name)}; for the address set JSONBIN_MASTER_KEY too",
        )
    return profile, keys[0] if keys else None


def account_of(profile: Profile | None, key: Key | None, *, chosen: bool) -> Account:
    """The account that a profile and a key make, with the address that calls for it go to. Raises BadConfig."""
    address = address_of(profile, chosen=chosen)
    refuse_plain_http(address, profile, key)
    if profile and profile.path and key is None:
        key = store_key()
    return Account(profile, key, address.url, address.source)


def local_store() -> Path:
    """The file of the profile `local`."""
    return profile_in(read(config_path()), LOCAL).path or store_path()


def profile_names() -> list[str]:
    """All profiles that `--profile` takes; those of a broken config file are left out."""
    try:
        file = read(config_path())
    except BadConfig:
        return [LOCAL]
    return list(dict.fromkeys([*file.profiles, LOCAL]))


def aliases(chosen: str | None) -> list[str]:
    """The aliases that BIN can be, with `chosen` as the value of `--profile`."""
    try:
        profile = profile_in_use(read(config_path()), chosen)
    except BadConfig:
        return []
    return list(profile.bins) if profile else []


def profile_in_use(file: ConfigFile, chosen: str | None) -> Profile | None:
    """The profile named by `--profile`, else by JSONBIN_PROFILE, else by the config file; None where none is."""
    name = profile_name(file, chosen)
    return profile_in(file, name) if name is not None else None


def profile_name(file: ConfigFile, chosen: str | None) -> str | None:
    """The name that `profile_in_use` goes by. Raises BadConfig for an empty one."""
    for name, source in (
        (chosen, "--profile"),
        (os.environ.get("JSONBIN_PROFILE"), "JSONBIN_PROFILE"),
        (file.table.get("default_profile"), f"default_profile in {file.path}"),
    ):
        if name is not None:
            if not name:
                raise BadConfig(f"the profile's name from {source} is empty", "name one, or leave it out")
            return str(name)
    return None


def profile_in(file: ConfigFile, name: str) -> Profile:
    """The profile `name` of a config file, or the built-in `local`. Raises BadConfig where it is unknown or broken."""
    if name not in file.profiles and name != LOCAL:
        known = ", ".join(shortened(other) for other in dict.fromkeys([*file.profiles, LOCAL]))
        raise BadConfig(
            f'there is no profile "{shortened(name)}" in {file.path}',
            f"the profiles are: {known}; jsonbin login --profile NAME makes one",
        )
    table = file.profiles.get(name, {})
    check_settings(f'{file.path}: profile "{name}"', table)
    url, path = table.get("url"), _store_path(file, name, table)
    command = next((kind for kind in KINDS if f"{kind}_key_command" in table), None)
    return Profile(
        name=name,
        key=_key_in_table(name, table),
        command=tuple(table[f"{command}_key_command"]) if command else None,
        command_kind=command or "master",
        url=checked_url(url, f'url of profile "{name}"') if url is not None else None,
        insecure_http=table.get("insecure_http", False),
        path=path,
        plan=table.get("plan"),
        quota=table.get("quota"),
        versioning=table.get("versioning"),
        backup=table.get("backup"),
        backups=table.get("backups"),
        merge=table.get("merge"),
        counters=tuple(table.get("counters", ())),
        bins=({"demo": DEMO_BIN} if path else {}) | table.get("bins", {}),
    )


def key_of(profile: Profile) -> Key | None:
    """The profile's own key, from its table or its command. Raises BadConfig where the command fails."""
    if profile.command:
        return key_from_command(profile.name, profile.command_kind, profile.command)
    return profile.key


def _config_to_read() -> ConfigFile:
    """The config file; where there is no home folder, as for a container's bare user id, an empty one."""
    try:
        path = config_path()
    except BadConfig:
        if os.environ.get("JSONBIN_CONFIG"):
            raise
        return ConfigFile(Path("config.toml"), b"", {})
    return read(path)


def _key_in_table(name: str, table: Table) -> Key | None:
    for kind in KINDS:
        if f"{kind}_key" in table:
            renew = f"run jsonbin login{profile_option(name)}" + (" --access" if kind == "access" else "")
            return checked_key(kind, table[f"{kind}_key"], f'profile "{name}"', renew)
    return None


def _store_path(file: ConfigFile, name: str, table: Table) -> Path | None:
    """The SQLite file of a profile that is a store on this machine."""
    if "path" in table:
        return file.path.parent / os.path.expanduser(str(table["path"]))
    return store_path() if name == LOCAL and "url" not in table else None
