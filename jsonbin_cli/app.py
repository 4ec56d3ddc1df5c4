"""The Typer app: which commands there are, in the order that help shows them."""

from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from jsonbin_cli import __version__

COMMANDS = {
    "update": "Replace the record of a bin.",
    "get": "Read a bin, or one of its versions.",
    "create": "Make a new bin.",
    "diff": "Show what an update would change.",
    "patch": "Change part of a record by a merge patch.",
    "set": "Set single values of a record.",
    "unset": "Take single values out of a record.",
    "edit": "Change a record in your editor.",
    "history": "List the versions and backups of a bin.",
    "restore": "Put an old record back.",
    "login": "Keep a key in a profile.",
    "explain": "Say what an error means and how to fix it.",
    "serve": "Be JSONBin on this machine, over HTTP.",
    "config": "Manage profiles, keys and aliases.",
}


def app_for(arguments: Sequence[str]) -> typer.Typer:
    """The app with the one command that `arguments` begin with; with all of them where it is none.

    To build all takes longer than it takes most of them to run, so where only their names are asked for, there is
    nothing behind these.
    """
    # Without Rich's markup, help and usage errors are plain text, also where a CI runner pretends to be a terminal.
    app = typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(jsonbin)
    first = next(iter(arguments), None)
    for name in [first] if first in COMMANDS else COMMANDS:
        if first in ("--help", "-h", "--version"):
            app.command(name, short_help=COMMANDS[name])(_nothing)
            continue
        module = import_module(f"jsonbin_cli.commands.{name}")
        if name == "config":
            app.add_typer(module.app, name=name, short_help=COMMANDS[name])
        else:
            app.command(name, short_help=COMMANDS[name])(getattr(module, f"{name}_" if name == "set" else name))
    return app


def _nothing() -> None:
    """What stands behind a name that is only listed."""


def jsonbin(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Update JSONBin.io bins: byte for byte, and with errors that say what to do next."""
    from jsonbin_cli.terminal import output

    if version:
        output.show_text(f"jsonbin {__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        from jsonbin_cli.failures import UsageMistake

        raise UsageMistake(f"no command\n\n{ctx.get_help()}")
