"""The Typer app: which commands there are, in the order that help shows them."""

from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from jsonbin_cli import __version__

COMMANDS = (
    *("update", "get", "create"),
    *("diff", "patch", "set", "unset", "edit", "history", "restore"),
    *("login", "explain", "serve", "config"),
)


def app_for(arguments: Sequence[str]) -> typer.Typer:
    """The app with the one command that `arguments` begin with, or else with all.

    To build all takes longer than it takes most of them to run.
    """
    # Without Rich's markup, help and usage errors are plain text, also where a CI runner pretends to be a terminal.
    app = typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(jsonbin)
    named = [name for name in COMMANDS if name in arguments[:1]]
    for name in named or COMMANDS:
        module = import_module(f"jsonbin_cli.commands.{name}")
        if name == "config":
            app.add_typer(module.app, name=name, help="Profiles, keys and aliases.")
        else:
            app.command(name)(getattr(module, f"{name}_" if name == "set" else name))
    return app


def jsonbin(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Update JSONBin.io bins: byte for byte, and with errors that say what to do next."""
    from jsonbin_cli import output

    if version:
        output.show_text(f"jsonbin {__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        from jsonbin_cli.failures import UsageMistake

        raise UsageMistake(f"no command\n\n{ctx.get_help()}")
