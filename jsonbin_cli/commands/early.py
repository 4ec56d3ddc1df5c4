"""A connection that is begun before the command line is parsed: importing Typer takes half as long as connecting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import zip_longest

COMMANDS = frozenset(
    (
        *("update", "patch", "set", "unset", "edit", "create"),
        *("get", "diff", "history", "check", "restore"),
        *("ls", "pull", "apply"),
    )
)
"""The commands that talk to JSONBin."""
_SENDING_NOTHING = ("--help", "--dry-run", "h", "n")


def begin(arguments: Sequence[str]) -> None:
    """Begin to connect to where a command will send its requests, if these arguments say so plainly.

    `client_for` takes that connection, where it leads to the account that the parsed command line names. Mistakes in
    the arguments and in the config file are left to those who report them.
    """
    if not arguments or arguments[0] not in COMMANDS or any(name in _SENDING_NOTHING for name in _options(arguments)):
        return
    from jsonbin_cli.config.profiles import account_in_sight
    from jsonbin_cli.failures import BadConfig

    with suppress(BadConfig):
        account = account_in_sight(_profile(arguments))
        if account:
            from jsonbin_cli.http import connect

            connect.begin(account)


def _options(arguments: Sequence[str]) -> Iterator[str]:
    """The options in the arguments: `--name`, and the letters of `-abc`."""
    for argument in arguments:
        if argument.startswith("--"):
            yield argument
        elif argument.startswith("-"):
            yield from argument[1:].partition("p")[0]


def _profile(arguments: Sequence[str]) -> str | None:
    """The value of `--profile`, or of a `p` among letters."""
    for argument, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        if argument == "--profile":
            return following
        if argument.startswith("--profile="):
            return argument.removeprefix("--profile=")
        if argument.startswith("-") and not argument.startswith("--") and "p" in argument:
            return argument.partition("p")[2] or following
    return None
