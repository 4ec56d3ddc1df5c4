"""The config file on disk: read with suspicion, written whole or not at all."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from shlex import quote
from typing import Any, NamedTuple, TypeAlias

from jsonbin_cli.config.atomic import alone, write_whole
from jsonbin_cli.failures import BadConfig

Table: TypeAlias = dict[str, Any]

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
    "path": str,
    "plan": str,
    "quota": int,
    "versioning": bool,
    "backup": bool,
    "backups": int,
    "bins": dict,
}
_NAMES_OF_TYPES = {str: "a text", list: "a list", int: "a whole number", bool: "true or false", dict: "a table"}


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
    """Read the config file at `path`. Raises BadConfig where it is unreadable, not TOML, or shows keys to others."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ConfigFile(path, b"", {})
    except OSError as wrong:
        raise BadConfig(f"{path}: {wrong.strerror}") from None
    import tomllib

    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        away = f"mv {quote(str(path))} {quote(f'{path}.old')}"
        raise BadConfig(f"{path} is not UTF-8 text", f"mend it, or move it away: {away}") from None
    except (ValueError, RecursionError) as wrong:
        # The parser's own words could quote a key.
        place = re.search(r"line (\d+), column (\d+)", str(wrong))
        where = f"{path}:{place[1]}:{place[2]}" if place else str(path)
        raise BadConfig(f"{where}: not valid TOML", "mend that line; texts and keys stand in single quotes") from None
    file = ConfigFile(path, data, table)
    _check_tables(file)
    if any(setting in profile for profile in file.profiles.values() for setting in KEY_SETTINGS):
        refuse_if_readable_by_others(path)
    return file


def refuse_if_readable_by_others(path: Path) -> None:
    """Raise BadConfig, naming the chmod to run, unless only the owner may read or write `path`.

    On Windows a mode says nothing about who may read a file, so none is refused there.
    """
    status = path.stat()
    if sys.platform != "win32" and path.is_file() and status.st_mode & 0o077:
        raise BadConfig(
            f"{path} holds a key and others may read it (mode {status.st_mode & 0o777:04o})",
            f"chmod 600 {quote(str(path))}",
        )


def check_settings(where: str, table: Table) -> None:
    """Raise BadConfig, starting with `where`, for the first setting of a profile that is unknown or malformed."""
    from difflib import get_close_matches

    for name, value in table.items():
        if name not in SETTINGS:
            close = get_close_matches(name, SETTINGS, 1)
            raise BadConfig(f'{where}: unknown setting "{name}"', f'did you mean "{close[0]}"?' if close else None)
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
        raise BadConfig(f"{where}: backups must be 1 or more", "whether update keeps one is said by backup = true")
    for name in COMMAND_SETTINGS:
        command = table.get(name, ["true"])
        if not command or not all(isinstance(part, str) for part in command):
            raise BadConfig(f"{where}: {name} must be a list of texts", f'{name} = ["pass", "show", "jsonbin"]')
    if "\0" in table.get("path", ""):
        raise BadConfig(f"{where}: path holds a character that no path has")
    for alias, bin_id in table.get("bins", {}).items():
        if BIN_ID.fullmatch(alias):
            raise BadConfig(f'{where}: alias "{alias}" is a bin id itself', "call it something that is no id")
        if not isinstance(bin_id, str) or not BIN_ID.fullmatch(bin_id):
            raise BadConfig(f'{where}: alias "{alias}" does not name a bin: an id is 24 hexadecimal digits')


def write(file: ConfigFile, table: Table) -> Path | None:
    """Replace the file by `table`, so that a crash leaves the old or the new one, mode 0600.

    TOML is written anew, so a file that has comments is kept beside the new one; the path of that copy
    is returned. Raises BadConfig where the disk refuses, or the file changed since it was read.
    """
    import tomli_w

    path = Path(os.path.realpath(file.path))
    kept = _free_name(path) if b"#" in file.data else None
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists() and not path.is_file():
            raise BadConfig(f"{file.path} is no file that can be replaced", "name another one in JSONBIN_CONFIG")
        with alone(path):
            if (path.read_bytes() if path.exists() else b"") != file.data:
                raise BadConfig(f"{file.path} was changed by another program meanwhile", "run the command again")
            if kept:
                write_whole(kept, file.data)
            write_whole(path, tomli_w.dumps(table).encode())
    except OSError as wrong:
        raise BadConfig(f"{file.path} could not be written: {wrong.strerror}") from None
    return kept


def _free_name(path: Path) -> Path:
    """A name for a copy that no file has."""
    names = (path.with_name(f"{path.name}.bak{number}") for number in ["", *range(2, 1000)])
    return next(name for name in names if not name.exists())


def _check_tables(file: ConfigFile) -> None:
    unknown = sorted(set(file.table) - {"default_profile", "profiles"})
    if unknown:
        raise BadConfig(
            f'{file.path}: unknown setting "{unknown[0]}"',
            "at the top stand default_profile and the [profiles.NAME] tables; the rest belongs into a profile",
        )
    if not isinstance(file.table.get("default_profile", ""), str):
        raise BadConfig(f"{file.path}: default_profile must be a text", "write it as default_profile = 'NAME'")
    profiles = file.table.get("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(profile, dict) for profile in profiles.values()):
        raise BadConfig(f"{file.path}: profiles must be tables", "write [profiles.NAME] above a profile's settings")
