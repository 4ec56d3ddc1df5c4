"""`jsonbin login`."""

from typing import Annotated

import typer

from jsonbin_cli.commands import options


def login(
    profile: options.Profile = None,
    access: Annotated[
        bool | None,
        typer.Option("--access/--master", show_default=False, help="Which key it is; else you are asked."),
    ] = None,
    errors: options.Errors = None,  # noqa: ARG001
) -> None:
    """Keep a key in a profile: typed unseen at a terminal, or one line of standard input. Sends nothing."""
    from jsonbin_cli.config import edit as config_edit
    from jsonbin_cli.terminal import output

    name = config_edit.profile_for_login(profile)
    if access is None and output.can_ask():
        access = output.choose("Is it the account's master key, or an access key?", ("master", "access")) == "access"
    kind = "access" if access else "master"
    saved = config_edit.save_key(name, kind, output.read_secret(f"The {kind} key:"))
    for note in saved.notes:
        output.note(note)
    output.success(saved.done)
