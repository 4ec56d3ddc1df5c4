"""`jsonbin config`: profiles, keys, aliases."""

from typing import TYPE_CHECKING, Annotated

import typer

from jsonbin_cli.commands import candidates
from jsonbin_cli.commands.options import Profile, ProfileName, shared

if TYPE_CHECKING:
    from jsonbin_cli.config.edit import Saved

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.callback(invoke_without_command=True)
def config(ctx: typer.Context) -> None:
    """Profiles, keys and aliases."""
    if ctx.invoked_subcommand is None:
        from jsonbin_cli.failures import UsageMistake

        raise UsageMistake(f"no command\n\n{ctx.get_help()}")


@app.command("path")
@shared()
def path_() -> None:
    """Print where the config file is, or would be."""
    from jsonbin_cli.config.environment import config_path
    from jsonbin_cli.terminal import output

    output.show_text(str(config_path()))


@app.command("list")
@shared()
def list_() -> None:
    """List the profiles with their aliases, where each goes and what kind of key it has; * marks the one in use."""
    from jsonbin_cli.config import check
    from jsonbin_cli.terminal import output

    output.show_text(check.listing())


@app.command("use")
@shared()
def use_(name: ProfileName) -> None:
    """Make a profile the default."""
    from jsonbin_cli.config import edit

    tell(edit.use(name))


@app.command("remove")
@shared()
def remove_(name: ProfileName) -> None:
    """Remove a profile with its key and its aliases."""
    from jsonbin_cli.config import edit

    tell(edit.remove(name))


@app.command("alias")
@shared()
def alias_(
    name: Annotated[
        str, typer.Argument(metavar="NAME", autocompletion=candidates.aliases, help="What to call the bin.")
    ],
    bin: Annotated[str | None, typer.Argument(metavar="[BIN]", help="Its id, or a URL with the id.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the alias.")] = False,
    profile: Profile = None,
) -> None:
    """Give a bin a name; without BIN, print the id that the name means."""
    from jsonbin_cli.config import edit
    from jsonbin_cli.terminal import output

    if remove:
        tell(edit.remove_alias(name, profile))
    elif bin is None:
        output.show_text(edit.alias(name, profile))
    else:
        tell(edit.set_alias(name, bin, profile))


@app.command("check")
@shared()
def check_(profile: Profile = None) -> None:
    """Look at the file, keys, aliases and addresses, and send nothing. Exit 1 when something is wrong."""
    from jsonbin_cli.config import check
    from jsonbin_cli.failures import ExitCode
    from jsonbin_cli.terminal import output

    findings = check.findings(profile)
    output.show_text("\n".join(f"{'ok ' if finding.good else 'bad'} {finding.text}" for finding in findings))
    if not all(finding.good for finding in findings):
        raise typer.Exit(ExitCode.NEGATIVE)


def tell(saved: "Saved") -> None:
    """What was done to the config file."""
    from jsonbin_cli.terminal import output

    for note in saved.notes:
        output.note(note)
    output.success(saved.done)
