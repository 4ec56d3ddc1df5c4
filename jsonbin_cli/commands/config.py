"""`jsonbin config`: profiles, keys, aliases."""

from typing import TYPE_CHECKING, Annotated

import typer

from jsonbin_cli.commands import options

if TYPE_CHECKING:
    from jsonbin_cli.editing import Saved

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.command()
def path() -> None:
    """Print where the config file is, or would be."""
    from jsonbin_cli import output, profiles

    output.show_text(str(profiles.config_path()))


@app.command("list")
def list_() -> None:
    """List the profiles, where each goes and what kind of key it has; * marks the one in use."""
    from jsonbin_cli import checkup, output

    output.show_text(checkup.listing())


@app.command()
def use(name: options.ProfileName) -> None:
    """Make a profile the default."""
    from jsonbin_cli import editing

    _tell(editing.use(name))


@app.command()
def remove(name: options.ProfileName) -> None:
    """Remove a profile with its key and its aliases."""
    from jsonbin_cli import editing

    _tell(editing.remove(name))


@app.command()
def alias(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False, help="What to call the bin.")],
    bin: Annotated[
        str | None,
        typer.Argument(metavar="[BIN]", show_default=False, help="Its id, or a URL with the id."),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the alias away.")] = False,
    profile: options.Profile = None,
) -> None:
    """Give a bin a name in a profile."""
    from jsonbin_cli import editing

    _tell(editing.set_alias(name, bin, profile, remove=remove))


@app.command()
def check(profile: options.Profile = None) -> None:
    """Look at the file, keys, aliases and addresses; send nothing. Exit 1 when something is wrong."""
    from jsonbin_cli import checkup, output
    from jsonbin_cli.failures import ExitCode

    findings = checkup.findings(profile)
    output.show_text("\n".join(f"{'ok ' if finding.good else 'bad'} {finding.text}" for finding in findings))
    if not all(finding.good for finding in findings):
        raise typer.Exit(ExitCode.NEGATIVE)


def _tell(saved: "Saved") -> None:
    from jsonbin_cli import output

    for note in saved.notes:
        output.note(note)
    output.success(saved.done)
