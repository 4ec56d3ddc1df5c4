"""Profiles, bin aliases, and where a key and an address come from."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from jsonbin_cli.config import file as config_file
from jsonbin_cli.config.account import Account, Profile
from jsonbin_cli.config.file import ConfigFile
from jsonbin_cli.config.keys import LOCAL_MASTER_KEY, Key, Secret
from jsonbin_cli.failures import BadConfig, profile_option

API_URL = "https://api.jsonbin.io/v3"
LOCAL = "local"
_LOCAL_URL = "http://local/v3"
DEMO_BIN = "de30de30de30de30de30de30"

_COMMAND_SECONDS = 60
_NO_HOME = "this user has no home folder"

# The first is Debian's, and asks what the user chose; the last is on every Windows.
_EDITORS = ("sensible-editor", "nano", "vim", "vi", "notepad")

_KINDS = ("master", "access")


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
        return Account(profile, key_of(profile) or _store_key(profile), url, url_source)
    # 2. The environment: the key itself, or a file that holds it.
    if in_environment:
        return Account(profile, in_environment[0], url, url_source)
    # 3. JSONBIN_PROFILE, 4. default_profile.
    return Account(profile, key_of(profile) if profile else None, url, url_source)


def _store_key(profile: Profile) -> Key | None:
    """The key that a store on this machine takes, so that nobody has to set one."""
    if profile.path is None:
        return None
    return Key("master", Secret(LOCAL_MASTER_KEY), "the embedded store", "take the key out of the profile")


def keys_in_environment() -> list[Key]:
    """The keys that the environment holds, the one that would be used first. Raises BadConfig."""
    return [key for kind in _KINDS if (key := _key_in_environment(kind))]


def served_key() -> Secret:
    """The master key of `jsonbin serve`: JSONBIN_LOCAL_MASTER_KEY, else the one that everybody knows."""
    own = os.environ.get("JSONBIN_LOCAL_MASTER_KEY")
    if own is None:
        return Secret(LOCAL_MASTER_KEY)
    name = "JSONBIN_LOCAL_MASTER_KEY"
    return _checked_key("master", own, name, f"export {name}='…' with the key in single quotes").secret


def local_store() -> Path:
    """The file of the profile `local`."""
    file = config_file.read(config_path())
    return profile_in(file, LOCAL).path or _store_path(file, {})


def config_path() -> Path:
    """JSONBIN_CONFIG, else `config.toml` in the user's config folder."""
    chosen = os.environ.get("JSONBIN_CONFIG")
    if chosen:
        try:
            return Path(chosen).expanduser()
        except RuntimeError:
            raise BadConfig(f"JSONBIN_CONFIG names {chosen}, and there is no such user") from None
    from platformdirs import user_config_path

    try:
        return user_config_path("jsonbin", appauthor=False) / "config.toml"
    except RuntimeError:
        raise BadConfig(_NO_HOME, "set HOME, or JSONBIN_CONFIG") from None


def _config_to_read() -> ConfigFile:
    """The config file; where there is no home folder, as for a container's bare user id, an empty one."""
    try:
        path = config_path()
    except BadConfig:
        if os.environ.get("JSONBIN_CONFIG"):
            raise
        return ConfigFile(Path("config.toml"), b"", {})
    return config_file.read(path)


def profile_names() -> list[str]:
    """All profiles that `--profile` takes; those of a broken config file are left out."""
    try:
        file = config_file.read(config_path())
    except BadConfig:
        return [LOCAL]
    return list(dict.fromkeys([*file.profiles, LOCAL]))


def aliases(chosen: str | None) -> list[str]:
    """The aliases that BIN can be, with `chosen` as the value of `--profile`."""
    try:
        profile = profile_in_use(config_file.read(config_path()), chosen)
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


def editor() -> str | None:
    """The user's editor: VISUAL, else EDITOR, else the first usual one there is; None where there is none."""
    import shutil

    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    return chosen.strip() or next((name for name in _EDITORS if shutil.which(name)), None)


def proxy_is_set() -> bool:
    """Whether a proxy may stand between here and an https address; httpx knows for certain, and for which."""
    # These two have settings outside the environment.
    return sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) or os.environ.get(name.upper()) for name in ("https_proxy", "all_proxy")
    )


def trusted_certificates() -> tuple[str | None, str | None]:
    """A bundle and a folder of certificates to trust, each None where it is not to be loaded.

    SSL_CERT_FILE and SSL_CERT_DIR where they are set; else the system's folder if its entries are
    hashed, which costs a hundredth of parsing a bundle; else the system's bundle, else certifi's.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        return file or None, folder or None
    import ssl

    system = ssl.get_default_verify_paths().openssl_capath
    if os.path.isdir(system) and any(name.endswith(".0") for name in os.listdir(system)):
        return None, system
    bundle = ssl.get_default_verify_paths().cafile
    if bundle:
        return bundle, None
    import certifi

    return certifi.where(), None


def profile_in(file: ConfigFile, name: str) -> Profile:
    """The profile `name` of a config file, or the built-in `local`. Raises BadConfig where it is unknown or broken."""
    if name not in file.profiles and name != LOCAL:
        known = ", ".join([*file.profiles, LOCAL])
        raise BadConfig(
            f'there is no profile "{name}" in {file.path}',
            f"the profiles are: {known}; jsonbin login --profile makes one",
        )
    table = file.profiles.get(name, {})
    where = f'{file.path}: profile "{name}"'
    config_file.check_settings(where, table)
    url = table.get("url")
    path = _store_path(file, table) if "path" in table or (name == LOCAL and url is None) else None
    command = next((kind for kind in _KINDS if f"{kind}_key_command" in table), None)
    return Profile(
        name=name,
        key=next(
            (
                _checked_key(kind, table[f"{kind}_key"], f'profile "{name}"', _login(name, kind))
                for kind in _KINDS
                if f"{kind}_key" in table
            ),
            None,
        ),
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
    return key_from_command(profile) if profile.command else profile.key


def key_from_command(profile: Profile, seconds: float = _COMMAND_SECONDS) -> Key:
    """The key that a profile's `*_command` prints. Its error output goes where ours goes.

    It has no shell, no standard input (that may be the record), and `seconds` to finish. Raises BadConfig.
    """
    import subprocess

    assert profile.command is not None
    # The arguments may say more than a log should hold, so only the program is named.
    source = f'{profile.command_kind}_key_command of profile "{profile.name}" ({profile.command[0]})'
    try:
        run = subprocess.run(profile.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise BadConfig(f"{source} did not finish within {seconds:g} s") from None
    except (OSError, ValueError) as wrong:
        raise BadConfig(f"{source} could not be run: {getattr(wrong, 'strerror', None) or 'not a command'}") from None
    if run.returncode != 0:
        raise BadConfig(f"{source} failed with exit code {run.returncode}", "run it by hand to see why")
    return _checked_key(
        profile.command_kind, run.stdout.decode("utf-8", "replace"), source, "look at what that command prints"
    )


def _key_in_environment(kind: str) -> Key | None:
    name = f"JSONBIN_{kind.upper()}_KEY"
    if name in os.environ:
        return _checked_key(kind, os.environ[name], name, f"set {name} again, in single quotes")
    file = os.environ.get(f"{name}_FILE")
    if file is None:
        return None
    try:
        # What a container engine mounts as a secret is for all to read, and nobody can change it.
        if sys.platform != "win32" and not os.statvfs(file).f_flag & os.ST_RDONLY:
            config_file.refuse_if_readable_by_others(Path(file))
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, ValueError) as wrong:
        reason = getattr(wrong, "strerror", None) or "not a text file"
        raise BadConfig(f"{name}_FILE names {file}, which cannot be read: {reason}") from None
    return _checked_key(kind, text, f"{name}_FILE ({file})", f"write it into {file} again, alone on one line")


def _checked_key(kind: str, text: str, source: str, renew: str) -> Key:
    text = text.strip()
    if not text:
        raise BadConfig(
            f"the key from {source} is empty",
            f"{renew}, or unset it; in GitHub Actions a secret that does not exist arrives empty"
            if source.startswith("JSONBIN_")
            else renew,
        )
    if not (text.isascii() and text.isprintable()):
        raise BadConfig(f"the key from {source} holds a character that no key has", renew)
    return Key(kind, Secret(text), source, renew)


def _login(name: str, kind: str) -> str:
    return f"run jsonbin login{profile_option(name)}" + (" --access" if kind == "access" else "")


def _address(profile: Profile | None, chosen: str | None) -> tuple[str, str]:
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
        parts.username is not None
        or parts.query
        or parts.fragment
        or not url.isascii()
        or not url.isprintable()
        or " " in url
    ):
        raise BadConfig(f"{source} must be a plain address, without a user, query or blank", hint)
    return url.rstrip("/")


def _store_path(file: ConfigFile, table: config_file.Table) -> Path:
    if "path" in table:
        return file.path.parent / os.path.expanduser(str(table["path"]))
    from platformdirs import user_data_path

    try:
        return user_data_path("jsonbin", appauthor=False) / "local.sqlite3"
    except RuntimeError:
        raise BadConfig(_NO_HOME, "set HOME") from None
