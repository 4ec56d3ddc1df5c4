"""A key: held so that nothing can print it, and the places it is read from."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from jsonbin_cli.config.file import refuse_if_readable_by_others
from jsonbin_cli.config.key_shapes import LOCAL_MASTER_KEY as LOCAL_MASTER_KEY
from jsonbin_cli.config.key_shapes import Damage, damage_to
from jsonbin_cli.failures import BadConfig

KINDS = ("master", "access")
COMMAND_SECONDS = 60
"""How long a command that prints a key may take."""


class Secret:
    """A string that `repr`, `str`, a format and a traceback cannot show. `reveal()` gives it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

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
        """The request header that carries it (the reference, Authentication)."""
        return {"master": "X-Master-Key", "access": "X-Access-Key"}[self.kind]

    @property
    def damage(self) -> Damage | None:
        """What happened to it on its way here, as far as its shape shows that."""
        return damage_to(self.secret.reveal())


def checked_key(kind: str, text: str, source: str, renew: str) -> Key:
    """The key in `text`, without the blanks around it. Raises BadConfig where no header could carry it."""
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


def keys_in_environment() -> list[Key]:
    """The keys that the environment holds, the one that would be used first. Raises BadConfig."""
    return [key for kind in KINDS if (key := _key_in_environment(kind))]


def key_from_command(profile: str, kind: str, command: Sequence[str], seconds: float = COMMAND_SECONDS) -> Key:
    """The key that a profile's `*_key_command` prints. Its error output goes where ours goes.

    It has no shell, no standard input (that may be the record), and `seconds` to finish. Raises BadConfig.
    """
    import subprocess

    # The arguments may say more than a log should hold, so only the program is named.
    source = f'{kind}_key_command of profile "{profile}" ({command[0]})'
    try:
        run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise BadConfig(f"{source} did not finish within {seconds:g} s") from None
    except (OSError, ValueError) as wrong:
        raise BadConfig(f"{source} could not be run: {getattr(wrong, 'strerror', None) or 'not a command'}") from None
    if run.returncode != 0:
        raise BadConfig(f"{source} failed with exit code {run.returncode}", "run it by hand to see why")
    return checked_key(kind, run.stdout.decode("utf-8", "replace"), source, "look at what that command prints")


def store_key() -> Key:
    """The key that a store on this machine takes, so that nobody has to set one."""
    return Key("master", Secret(LOCAL_MASTER_KEY), "the embedded store", "remove the key from the profile")


def served_key() -> Secret:
    """The master key of `jsonbin serve`: JSONBIN_LOCAL_MASTER_KEY, else the well-known one. Raises BadConfig."""
    own = os.environ.get("JSONBIN_LOCAL_MASTER_KEY")
    if own is None:
        return Secret(LOCAL_MASTER_KEY)
    name = "JSONBIN_LOCAL_MASTER_KEY"
    return checked_key("master", own, name, f"export {name}='…' with the key in single quotes").secret


def _key_in_environment(kind: str) -> Key | None:
    name = f"JSONBIN_{kind.upper()}_KEY"
    if name in os.environ:
        return checked_key(kind, os.environ[name], name, f"set {name} again, in single quotes")
    file = os.environ.get(f"{name}_FILE")
    if file is None:
        return None
    try:
        # What a container engine mounts as a secret is readable by everybody, and nobody can change that.
        if sys.platform != "win32" and not os.statvfs(file).f_flag & os.ST_RDONLY:
            refuse_if_readable_by_others(Path(file))
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, ValueError) as wrong:
        reason = getattr(wrong, "strerror", None) or "not a text file"
        raise BadConfig(f"{name}_FILE names {file}, which cannot be read: {reason}") from None
    return checked_key(kind, text, f"{name}_FILE ({file})", f"write it into {file} again, alone on one line")
