"""A key: held so that nothing can print it, and the places it is read from."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from jsonbin_cli.config.bounded import TooLarge, output_of, read_at_most
from jsonbin_cli.config.environment import in_github_actions, without_keys
from jsonbin_cli.config.key_shapes import LOCAL_MASTER_KEY as LOCAL_MASTER_KEY
from jsonbin_cli.config.key_shapes import Fault, fault_of
from jsonbin_cli.config.known_secrets import remember
from jsonbin_cli.config.ownership import refuse_if_readable_by_others
from jsonbin_cli.failures import BadConfig

KINDS = ("master", "access")
COMMAND_SECONDS = 60
"""How long a command that prints a key may take."""
LARGEST = 64 * 1024
"""How many bytes a key's file, or the output of its command, may have."""


_LOOK_AT_OUTPUT = "look at what that command prints"


class Secret:
    """A string that `repr`, `str`, a format and a traceback cannot show. `reveal()` gives it.

    Once it exists, it is replaced in all that is written for people (`known_secrets.masked`).
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text
        remember(text)

    def reveal(self) -> str:
        """The string itself, for the header of a request or the config file."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


class Key(NamedTuple):
    """A key with its kind (`master` or `access`), where it was read, and how to enter another one there."""

    kind: str
    secret: Secret
    source: str
    renew: str

    @property
    def header(self) -> str:
        """The request header that carries it (the reference, bins/update, 2026)."""
        return {"master": "X-Master-Key", "access": "X-Access-Key"}[self.kind]

    @property
    def fault(self) -> Fault | None:
        """What is wrong with it, as far as its shape shows that."""
        return fault_of(self.secret.reveal())

    @property
    def in_environment(self) -> bool:
        """Whether a variable of the environment holds it, or names the file that does."""
        return self.source.startswith("JSONBIN_")

    @property
    def looks(self) -> str:
        """What its shape shows, and the fix where something is wrong; without a full stop."""
        fault = self.fault
        if fault is None:
            return f"the {self.kind} key from {self.source} has the shape of a key"
        return f"the {self.kind} key from {self.source} {fault.happened}; {fix_of(fault)}"


def fix_of(fault: Fault) -> str:
    """The fix for a fault, where this runs."""
    return fault.in_actions if fault.in_actions and in_github_actions() else fault.fix


def checked_key(kind: str, text: str, source: str, renew: str) -> Key:
    """The key in `text`, without the blanks around it. Raises BadConfig where no header could carry it."""
    secret = Secret(text.strip())
    if not text.strip():
        raise BadConfig(f"the key from {source} is empty", _when_empty(source, renew))
    if not (text.strip().isascii() and text.strip().isprintable()):
        raise BadConfig(f"the key from {source} holds a character that no key has", renew)
    return Key(kind, secret, source, renew)


def _when_empty(source: str, renew: str) -> str:
    if not source.startswith("JSONBIN_"):
        return renew
    if in_github_actions():
        return (
            f"{renew}; a secret that does not exist arrives empty, and so does each one in a pull request from a fork"
        )
    return f"{renew}, or unset it"


def keys_in_environment() -> list[Key]:
    """The keys that the environment holds, the one that would be used first. Raises BadConfig."""
    return [key for kind in KINDS if (key := _key_in_environment(kind))]


def key_from_command(profile: str, kind: str, command: Sequence[str], seconds: float = COMMAND_SECONDS) -> Key:
    """The key that a profile's `*_key_command` prints. Its error output goes where ours goes.

    It has no shell, no standard input (that may be the record), none of the keys in the environment, and `seconds` to
    finish. Raises BadConfig.
    """
    # The arguments may hold secrets, so only the program is named.
    source = f'{kind}_key_command of profile "{profile}" ({command[0]})'
    try:
        output = output_of(command, LARGEST, seconds, without_keys())
    except TimeoutError:
        raise BadConfig(f"{source} did not finish within {seconds:g} s") from None
    except TooLarge:
        raise BadConfig(f"{source} printed more than {LARGEST:,} bytes", _LOOK_AT_OUTPUT) from None
    except (OSError, ValueError) as wrong:
        raise BadConfig(f"{source} could not be run: {getattr(wrong, 'strerror', None) or 'not a command'}") from None
    if output.code != 0:
        raise BadConfig(f"{source} failed with exit code {output.code}", "run it by hand to see why")
    return checked_key(kind, output.data.decode("utf-8", "replace"), source, _LOOK_AT_OUTPUT)


def store_key() -> Key:
    """The key that a store on this machine takes, so that nobody has to set one."""
    return Key("master", Secret(LOCAL_MASTER_KEY), "the embedded store", "remove the key from the profile")


def served_key() -> Secret:
    """The master key of `jsonbin serve`: JSONBIN_LOCAL_MASTER_KEY, else the well-known one. Raises BadConfig."""
    own = os.environ.get("JSONBIN_LOCAL_MASTER_KEY")
    if own is None:
        return Secret(LOCAL_MASTER_KEY)
    name = "JSONBIN_LOCAL_MASTER_KEY"
    return checked_key("master", own, name, _set_again(name)).secret


def _key_in_environment(kind: str) -> Key | None:
    name = f"JSONBIN_{kind.upper()}_KEY"
    if name in os.environ:
        return checked_key(kind, os.environ[name], name, _set_again(name))
    file = os.environ.get(f"{name}_FILE")
    if file is None:
        return None
    text = _text_in(Path(file), f"{name}_FILE names {file}, which cannot be read")
    return checked_key(kind, text, f"{name}_FILE ({file})", f"write it into {file} again, alone on one line")


def _set_again(name: str) -> str:
    """How to enter a variable's key again. In a repository's secret quotes would be part of it."""
    if in_github_actions():
        return f"enter the secret behind {name} again, alone and without quotes"
    return f"set {name} again, in single quotes"


def _text_in(path: Path, failed: str) -> str:
    """The text of a key file. Raises BadConfig, whose message begins with `failed`."""
    try:
        data, status = read_at_most(path, LARGEST)
        # What a container engine mounts as a secret is readable by everybody, and nobody can change that.
        if sys.platform != "win32" and not os.statvfs(path).f_flag & os.ST_RDONLY:
            refuse_if_readable_by_others(path, status)
        return data.decode()
    except TooLarge:
        raise BadConfig(f"{failed}: it is larger than {LARGEST:,} bytes, and a key is one line") from None
    except TimeoutError:
        raise BadConfig(f"{failed}: it is a pipe that nobody writes to") from None
    except (OSError, ValueError) as wrong:
        raise BadConfig(f"{failed}: {getattr(wrong, 'strerror', None) or 'not a text file'}") from None
