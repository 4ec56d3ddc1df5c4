"""The Typer app: which commands there are, in the order that help shows them."""

from collections.abc import Callable
from typing import Annotated

import typer

from jsonbin_cli import __version__
from jsonbin_cli.commands import config
from jsonbin_cli.commands.create import create
from jsonbin_cli.commands.diff import diff
from jsonbin_cli.commands.edit import edit
from jsonbin_cli.commands.explain import explain
from jsonbin_cli.commands.get import get
from jsonbin_cli.commands.history import history
from jsonbin_cli.commands.login import login
from jsonbin_cli.commands.patch import patch
from jsonbin_cli.commands.restore import restore
from jsonbin_cli.commands.serve import serve
from jsonbin_cli.commands.set import set_
from jsonbin_cli.commands.unset import unset
from jsonbin_cli.commands.update import update

# Without Rich's markup, help and usage errors are plain text, also where a CI runner pretends to be a terminal.
app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
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


_COMMANDS: tuple[Callable[..., None], ...] = (
    *(update, get, create),
    *(diff, patch, set_, unset, edit, history, restore),
    login,
)
for command in _COMMANDS:
    app.command(command.__name__.rstrip("_"))(command)
app.add_typer(config.app, name="config", help="Profiles, keys and aliases.")
app.command()(explain)
app.command()(serve)
