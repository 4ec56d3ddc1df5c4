"""`app`, the Typer app. Its group imports a command when it is asked for, since all of them take longer than one."""

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from jsonbin_cli import __version__
from jsonbin_cli.commands import early

GROUPS = {
    "Change a record": {
        "update": "Replace the record of a bin.",
        "patch": "Change part of a record with a patch.",
        "set": "Set single values of a record.",
        "unset": "Remove single values from a record.",
        "edit": "Change a record in your editor.",
        "create": "Make a new bin.",
    },
    "Look, and go back": {
        "get": "Read a bin, or one of its versions.",
        "diff": "Show what an update would change.",
        "history": "List the versions and backups of a bin.",
        "check": "Finish what a command with --merge was cut off from.",
        "restore": "Put an old record back.",
    },
    "Many bins": {
        "ls": "List the bins of the account.",
        "pull": "Fetch bins into the files of a folder.",
        "apply": "Update the bins whose files in a folder differ.",
    },
    "Set up": {
        "login": "Keep a key in a profile.",
        "logout": "Remove the key from a profile.",
        "config": "Manage profiles, keys and aliases.",
        "explain": "Say what an error means and how to fix it.",
        "help": "Show a chapter of the reference.",
    },
    "JSONBin on this machine": {
        "serve": "Answer as JSONBin does, over HTTP.",
    },
}
_WHERE_KEYS_COME_FROM = "The key comes from a profile (jsonbin login) or from JSONBIN_MASTER_KEY."
COMMANDS = {name: summary for commands in GROUPS.values() for name, summary in commands.items()}
# Without Rich's markup, help and usage errors are plain text, also where a CI runner pretends to be a terminal.
PLAIN: dict[str, Any] = {
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


class Commands(TyperGroup):
    """The group of all commands: their names and summaries are known, the rest is imported when it is needed."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, summary in COMMANDS.items():
            self.add_command(TyperCommand(name, short_help=summary))

    def get_params(self, ctx: typer.Context) -> list[Any]:  # type: ignore[override]
        """The options, without those that would install Typer's own completion scripts instead of ours."""
        return [option for option in super().get_params(ctx) if not str(option.name).endswith("_completion")]

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        """The command of that name; None where there is none."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"jsonbin_cli.commands.{cmd_name}")
        command = getattr(module, "app", None)
        if command is None:
            command = typer.Typer(add_completion=False, **PLAIN)
            epilog = _WHERE_KEYS_COME_FROM if cmd_name in early.COMMANDS else None
            command.command(cmd_name, short_help=COMMANDS[cmd_name], epilog=epilog)(getattr(module, f"{cmd_name}_"))
        return typer.main.get_command(command)

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]  # noqa: ARG002
        """Help's list of commands, by what they are for."""
        for title, commands in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl(list(commands.items()))


app = typer.Typer(cls=Commands, **PLAIN)


@app.callback(invoke_without_command=True)
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
