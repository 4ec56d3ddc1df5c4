"""Profiles, and the account that a call is for."""

from __future__ import annotations

import os
import re
from pathlib import Path

from jsonbin_cli.config.account import Account, Profile
from jsonbin_cli.config.environment import config_is_chosen, config_path, store_path
from jsonbin_cli.config.file import ConfigFile, Table, check_settings, read
from jsonbin_cli.config.keys import KINDS, Key, checked_key, key_from_command, keys_in_environment, store_key
from jsonbin_cli.failures import BadConfig, profile_option

API_URL = "https://api.jsonbin.io/v3"
LOCAL = "local"
_LOCAL_URL = "http://local/v3"
DEMO_BIN = "de30de30de30de30de30de30"


def resolve(chosen: str | None) -> Account:
    """The account for a call; `chosen` is the value of `--profile`.

    The first hit wins. A source that is there but broken raises BadConfig, and is never passed over.
    """
    profile = profile_in_use(_config_to_read(), chosen)
    in_environment = keys_in_environment() if chosen is None else []
    if profile and profile.path and in_environment:
        # The environment comes before the default profile; two that are both in it contradict each other.
        if "JSONBIN_PROFILE" in os.environ:
            raise BadConfig(
                f'{in_environment[0].source} holds a key, and JSONBIN_PROFILE names "{profile.name}", which needs none',
                f"unset one of them, or say{profile_option(profile.name)}",
            )
        profile = None
    url, url_source = _address(profile, chosen)

    # 1. --profile: that profile's key, or none.
    if profile and (chosen is not None or profile.path):
        return Account(profile, key_of(profile) or (store_key() if profile.path else None), url, url_source)
    # 2. The environment: the key itself, or a file that holds it.
    if in_environment:
        return Account(profile, in_environment[0], url, url_source)
    # 3. JSONBIN_PROFILE, 4. default_profile.
    return Account(profile, key_of(profile) if profile else None, url, url_source)


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
        known = ", ".join([*file.profiles, LOCAL])
        raise BadConfig(
            f'there is no profile "{name}" in {file.path}',
            f"the profiles are: {known}; jsonbin login --profile makes one",
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
        url=_checked_url(url, f'url of profile "{name}"') if url is not None else None,
        path=path,
        plan=table.get("plan"),
        quota=table.get("quota"),
        versioning=table.get("versioning"),
        backup=table.get("backup"),
        backups=table.get("backups"),
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
        if config_is_chosen():
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


def _address(profile: Profile | None, chosen: str | None) -> tuple[str, str]:
    """Where requests go, and who says so."""
    from_profile = (profile.url, f'profile "{profile.name}"') if profile and profile.url else None
    if profile and profile.path:
        return _LOCAL_URL, f'profile "{profile.name}"'
    if chosen is not None and from_profile:
        return from_profile
    url = os.environ.get("JSONBIN_API_URL")
    if url:
        return _checked_url(url, "JSONBIN_API_URL"), "JSONBIN_API_URL"
    return from_profile or (API_URL, "the default")


def _checked_url(url: str, source: str) -> str:
    from urllib.parse import urlsplit

    hint = f"the service is at {API_URL}; plain http is for 127.0.0.1 and localhost only"
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (asking for it checks it)
    except ValueError:
        raise BadConfig(f"{source} is not a URL", hint) from None
    host = parts.hostname or ""
    loopback = host in ("localhost", "::1") or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None
    if parts.scheme not in ("https", "http") or not host or (parts.scheme == "http" and not loopback):
        raise BadConfig(f"{source} must start with https://", hint)
    if (
        not all(0 < len(label) < 64 for label in host.removesuffix(".").split("."))
        or parts.username is not None
        or parts.query
        or parts.fragment
        or not url.isascii()
        or not url.isprintable()
        or " " in url
    ):
        raise BadConfig(f"{source} must be a plain address, without a user, query or blank", hint)
    return url.rstrip("/")
