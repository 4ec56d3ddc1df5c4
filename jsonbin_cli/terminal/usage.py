"""A mistake in the command line: what Typer says about it, and the next step. Pure, but for keys that it remembers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jsonbin_cli.config.known_secrets import remember
from jsonbin_cli.failures import UsageMistake

_MEANS_A_KEY = re.compile(r"-k|-?-(?:x-)?(?:api|master|access|secret|auth)?-?(?:key|token|secret|password|auth)")
_WHERE_KEYS_COME_FROM = (
    "keys come from a profile (jsonbin login), JSONBIN_MASTER_KEY or JSONBIN_MASTER_KEY_FILE, since everybody on this "
    "machine can read a command line"
)


def mistake(said: str, command: str, option: str | None, arguments: Sequence[str]) -> UsageMistake:
    """The failure for a command line that Typer refused. `option` is the one that does not exist, if that is why."""
    if option and _MEANS_A_KEY.fullmatch(option):
        return UsageMistake(said, _WHERE_KEYS_COME_FROM)
    if option and command == "jsonbin" and len(arguments) > 1:
        return UsageMistake(said, "options come after the command: jsonbin get BIN --profile NAME")
    if command == "jsonbin login":
        for argument in arguments[1:]:
            if not argument.startswith("-"):
                remember(argument)
        if "extra argument" in said:
            return UsageMistake(
                said, "login asks for the key at a terminal, or reads it from standard input: jsonbin login < FILE"
            )
    return UsageMistake(said, f"{command} --help")
