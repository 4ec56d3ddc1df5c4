"""The config file on disk: read and checked."""

from __future__ import annotations

import re
from pathlib import Path
from shlex import quote
from typing import Any, NamedTuple, TypeAlias

from jsonbin_cli.config.bounded import TooLarge, read_at_most
from jsonbin_cli.config.known_secrets import remember
from jsonbin_cli.config.ownership import refuse_if_changeable_by_others, refuse_if_readable_by_others
from jsonbin_cli.failures import BadConfig, shortened

Table: TypeAlias = dict[str, Any]

LARGEST = 1024 * 1024
"""How many bytes a config file may have."""
KEY_SETTINGS = ("master_key", "access_key")
COMMAND_SETTINGS = ("master_key_command", "access_key_command")
PLANS = ("free", "pro")
BIN_ID = re.compile(r"[0-9a-fA-F]{24}")
ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""What `login` and `config alias` take for the name of a profile or an alias; a file may hold others."""

SETTINGS: dict[str, type] = {
    "master_key": str,
    "access_key": str,
    "master_key_command": list,
    "access_key_command": list,
    "url": str,
    "insecure_http": bool,
    "path": str,
    "plan": str,
    "quota": int,
    "versioning": bool,
    "backup": bool,
    "backups": int,
    "merge": bool,
    "counters": list,
    "bins": dict,
}
_NAMES_OF_TYPES = {str: "a string", list: "a list", int: "a whole number", bool: "true or false", dict: "a table"}


class ConfigFile(NamedTuple):
    """A config file as it was read: `table` is its content, empty where there is no file."""

    path: Path
    data: bytes
    table: Table

    @property
    def profiles(self) -> Table:
        """The `[profiles.*]` tables by name."""
        profiles: Table = self.table.get("profiles", {})
        return profiles


def read(path: Path) -> ConfigFile:
    """Read the config file at `path`, and remember its keys, so that none is shown.

    Raises BadConfig where it is unreadable or not TOML, where others may change it, or read a key in it.
    """
    try:
        data, status = read_at_most(path, LARGEST)
        refuse_if_changeable_by_others(path, status)
    except FileNotFoundError:
        return ConfigFile(path, b"", {})
    except TooLarge:
        raise BadConfig(f"{path} is larger than {LARGEST:,} bytes, so it is no config file") from None
    except TimeoutError:
        raise BadConfig(f"{path} is a pipe that nobody writes to") from None
    except OSError as wrong:
        raise BadConfig(f"{path}: {wrong.strerror}") from None
    import tomllib

    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        away = f"mv {quote(str(path))} {quote(f'{path}.old')}"
        raise BadConfig(f"{path} is not UTF-8 text", f"correct it, or move it away: {away}") from None
    except (ValueError, RecursionError) as wrong:
        # The parser's own words could quote a key.
        place = re.search(r"line (\d+), column (\d+)", str(wrong))
        where = f"{path}:{place[1]}:{place[2]}" if place else str(path)
        raise BadConfig(f"{where}: not valid TOML", "correct that line; strings stand in single quotes") from None
    file = ConfigFile(path, data, table)
    _check_tables(file)
    keys = [profile[setting] for profile in file.profiles.values() for setting in KEY_SETTINGS if setting in profile]
    for key in keys:
        remember(str(key).strip())
    if keys:
        refuse_if_readable_by_others(path, status)
    return file


def check_settings(where: str, table: Table) -> None:
    """Raise BadConfig, starting with `where`, for the first setting of a profile that is unknown or malformed."""
    from difflib import get_close_matches

    for name, value in table.items():
        if name not in SETTINGS:
            close = get_close_matches(name, SETTINGS, 1)
            raise BadConfig(
                f'{where}: unknown setting "{shortened(name)}"', f'did you mean "{close[0]}"?' if close else None
            )
        if type(value) is not SETTINGS[name]:
            raise BadConfig(f"{where}: {name} must be {_NAMES_OF_TYPES[SETTINGS[name]]}")
    keys = [name for name in table if name in KEY_SETTINGS + COMMAND_SETTINGS]
    if len(keys) > 1:
        raise BadConfig(f"{where} has {' and '.join(keys)}", "keep one of them")
    if "path" in table and "url" in table:
        raise BadConfig(f"{where} has path and url", "keep path for a store on this machine, url for a server")
    if table.get("plan", "pro") not in PLANS:
        raise BadConfig(f"{where}: plan must be {' or '.join(PLANS)}")
    if table.get("backups", 1) < 1:
        raise BadConfig(f"{where}: backups must be 1 or more", "backup = true or false says whether update keeps one")
    for name in COMMAND_SETTINGS:
        command = table.get(name, ["true"])
        if not command or not all(isinstance(part, str) for part in command):
            raise BadConfig(f"{where}: {name} must be a list of strings", f'{name} = ["pass", "show", "jsonbin"]')
    for pointer in table.get("counters", []):
        if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
            raise BadConfig(
                f"{where}: counters must be a list of JSON Pointers", 'counters = ["/visits"], or [""] for all numbers'
            )
    if "\0" in table.get("path", ""):
        raise BadConfig(f"{where}: path holds a character that no path has")
    for alias, bin_id in table.get("bins", {}).items():
        if BIN_ID.fullmatch(alias):
            raise BadConfig(f'{where}: alias "{alias}" is a bin id itself', "call it something that is no id")
        if not isinstance(bin_id, str) or not BIN_ID.fullmatch(bin_id):
            raise BadConfig(f'{where}: alias "{shortened(alias)}" does not name a bin: an id is 24 hexadecimal digits')


def _check_tables(file: ConfigFile) -> None:
    unknown = sorted(set(file.table) - {"default_profile", "profiles"})
    if unknown:
        raise BadConfig(
            f'{file.path}: unknown setting "{shortened(unknown[0])}"',
            "only default_profile and the [profiles.NAME] tables stand at the top; the rest belongs in a profile",
        )
    if not isinstance(file.table.get("default_profile", ""), str):
        raise BadConfig(f"{file.path}: default_profile must be a string", "write it as default_profile = 'NAME'")
    profiles = file.table.get("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(profile, dict) for profile in profiles.values()):
        raise BadConfig(f"{file.path}: profiles must be tables", "write [profiles.NAME] above a profile's settings")
