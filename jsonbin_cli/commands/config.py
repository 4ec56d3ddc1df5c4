"""`jsonbin config`: profiles, keys, aliases."""

from typing import TYPE_CHECKING, Annotated

import typer

from jsonbin_cli.commands import options

if TYPE_CHECKING:
    from jsonbin_cli.config.edit import Saved

app = typer.Typer(rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def config(ctx: typer.Context) -> None:
    """Profiles, keys and aliases."""
    if ctx.invoked_subcommand is None:
        from jsonbin_cli.failures import UsageMistake

        raise UsageMistake(f"no command\n\n{ctx.get_help()}")


@app.command()
def path(errors: options.Errors = None) -> None:  # noqa: ARG001
    """Print where the config file is, or would be."""
    from jsonbin_cli.config import profiles
    from jsonbin_cli.terminal import output

    output.show_text(str(profiles.config_path()))


@app.command("list")
def list_(errors: options.Errors = None) -> None:  # noqa: ARG001
    """List the profiles, where each goes and what kind of key it has; * marks the one in use."""
    from jsonbin_cli.config import check as config_check
    from jsonbin_cli.terminal import output

    output.show_text(config_check.listing())


@app.command()
def use(name: options.ProfileName, errors: options.Errors = None) -> None:  # noqa: ARG001
    """Make a profile the default."""
    from jsonbin_cli.config import edit as config_edit

    _tell(config_edit.use(name))


@app.command()
def remove(name: options.ProfileName, errors: options.Errors = None) -> None:  # noqa: ARG001
    """Remove a profile with its key and its aliases."""
    from jsonbin_cli.config import edit as config_edit

    _tell(config_edit.remove(name))


@app.command()
def alias(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False, help="What to call the bin.")],
    bin: Annotated[
        str | None,
        typer.Argument(metavar="[BIN]", show_default=False, help="Its id, or a URL with the id."),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the alias away.")] = False,
    profile: options.Profile = None,
    errors: options.Errors = None,  # noqa: ARG001
) -> None:
    """Give a bin a name in a profile."""
    from jsonbin_cli.config import edit as config_edit

    _tell(config_edit.set_alias(name, bin, profile, remove=remove))


@app.command()
def check(profile: options.Profile = None, errors: options.Errors = None) -> None:  # noqa: ARG001
    """Look at the file, keys, aliases and addresses; send nothing. Exit 1 when something is wrong."""
    from jsonbin_cli.config import check as config_check
    from jsonbin_cli.failures import ExitCode
    from jsonbin_cli.terminal import output

    findings = config_check.findings(profile)
    output.show_text("\n".join(f"{'ok ' if finding.good else 'bad'} {finding.text}" for finding in findings))
    if not all(finding.good for finding in findings):
        raise typer.Exit(ExitCode.NEGATIVE)


def _tell(saved: "Saved") -> None:
    from jsonbin_cli.terminal import output

    for note in saved.notes:
        output.note(note)
    output.success(saved.done)
