"""A key put into a profile, and taken out of it again."""

from __future__ import annotations

from dataclasses import dataclass

from jsonbin_cli.config.account import Account
from jsonbin_cli.config.edit import Saved, profile_table, saved, to_change
from jsonbin_cli.config.environment import keys_set
from jsonbin_cli.config.file import ALIAS, COMMAND_SETTINGS, KEY_SETTINGS, ConfigFile, Table
from jsonbin_cli.config.key_shapes import fault_of
from jsonbin_cli.config.keys import KINDS as KINDS
from jsonbin_cli.config.keys import Key, Secret, fix_of
from jsonbin_cli.config.profiles import LOCAL, account_of, profile_in, profile_name
from jsonbin_cli.failures import UsageMistake

# What the reference calls the page, and where public programs that use JSONBin say it is (observed).
PAGE = "the API Keys page of the dashboard, https://jsonbin.io/app/api-keys"


@dataclass(frozen=True)
class Login:
    """A key that is about to be kept in a profile. `replaces` names the key that is there already, if there is one."""

    name: str
    key: Key
    file: ConfigFile
    table: Table
    replaces: str | None

    @property
    def account(self) -> Account:
        """The account that a call with this profile and this key is for. Raises BadConfig."""
        return account_of(profile_in(self.file._replace(table=self.table), self.name), self.key, chosen=True)

    def save(self) -> Saved:
        """Keep the key. Raises BadConfig."""
        fault = self.key.fault
        notes = [f"what was given {fault.happened}; it was kept as it is"] if fault else []
        before, now = self.file.table.get("default_profile", self.name), self.table["default_profile"]
        if before != now:
            notes.append(f'"{now}" is the default now, and no longer "{before}"; back: jsonbin config use {before}')
        default = ", the default" if now == self.name else ""
        done = f'kept the {self.key.kind} key in profile "{self.name}"{default} ({self.file.path})'
        return saved(self.file, self.table, done, notes)


def profile_for_login(chosen: str | None) -> str:
    """The profile that a login is for: the one in use, unless that is a store; else `default`. Raises UsageMistake."""
    file, _ = to_change()
    name = profile_name(file, chosen) or "default"
    if chosen is None and name == file.table.get("default_profile") and _is_store(file, name):
        name = "default"
    if name == LOCAL:
        raise UsageMistake(f'profile "{LOCAL}" answers on this machine and needs no key', "choose another --profile")
    if not ALIAS.fullmatch(name):
        raise UsageMistake("a profile's name is made of letters, digits, dots, dashes and underscores")
    return str(name)


def key_in(text: str) -> Secret:
    """The key that was typed or piped in. Raises UsageMistake where it is not a key, or a damaged one."""
    key = text.strip()
    secret = Secret(key)
    if not key:
        raise UsageMistake("no key was given", f"copy it from {PAGE}")
    if not (key.isascii() and key.isprintable()):
        raise UsageMistake("what was given holds a character that no key has", f"copy it again from {PAGE}")
    fault = fault_of(key)
    if fault and fault.certain:
        raise UsageMistake(f"what was given {fault.happened}", fix_of(fault))
    return secret


def login(name: str, kind: str, secret: Secret) -> Login:
    """A key that is about to replace any other key of a profile; the first profile becomes the default."""
    file, table = to_change()
    profile = profile_table(table, name)
    held = {setting: profile.pop(setting) for setting in KEY_SETTINGS + COMMAND_SETTINGS if setting in profile}
    profile[f"{kind}_key"] = secret.reveal()
    others = [other for other in file.profiles if other != name and not _is_store(file, other)]
    if "default_profile" not in table or (not others and _is_store(file, table["default_profile"])):
        table["default_profile"] = name
    replaced = [_called(setting, name) for setting in held if held[setting] != profile.get(setting)]
    key = Key(kind, secret, "standard input", f"copy it again from {PAGE}")
    return Login(name, key, file, table, replaced[0] if replaced else None)


def logout(chosen: str | None) -> Saved:
    """Remove the key, or the command that prints it, from the chosen profile or the one in use. Raises UsageMistake."""
    file, table = to_change()
    name = profile_name(file, chosen)
    if name is not None and name not in file.profiles:
        profile_in(file, name)  # raises, unless it is the built-in one
    held = [setting for setting in KEY_SETTINGS + COMMAND_SETTINGS if name and setting in file.profiles.get(name, {})]
    if name is None or not held:
        raise UsageMistake(
            f'profile "{name}" has no key' if name else "no profile is in use, so there is no key to remove",
            "jsonbin config list shows which profiles have one",
        )
    key = profile_table(table, name).pop(held[0])
    notes = ["the environment still holds a key, which calls without --profile use"] if keys_set() else []
    return saved(
        file, table, f"removed {_called(held[0], name)}", notes, without=key if held[0] in KEY_SETTINGS else None
    )


def _called(setting: str, name: str) -> str:
    return f'the {setting.replace("_", " ") if setting in KEY_SETTINGS else setting} of profile "{name}"'


def _is_store(file: ConfigFile, name: str) -> bool:
    """Whether a profile is a store on this machine, which takes no login."""
    table = file.profiles.get(name, {})
    return "path" in table or (name == LOCAL and "url" not in table)
