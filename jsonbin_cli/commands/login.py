"""`jsonbin login`."""

from typing import Annotated

import typer

from jsonbin_cli.commands.options import Profile, shared


@shared()
def login_(
    profile: Profile = None,
    access: Annotated[
        bool | None,
        typer.Option("--access/--master", show_default=False, help="Which key it is; else you are asked."),
    ] = None,
) -> None:
    """Keep a key in a profile: typed unseen at a terminal, or one line of standard input. Sends nothing."""
    from jsonbin_cli.config import edit
    from jsonbin_cli.terminal import output, prompts

    name = edit.profile_for_login(profile)
    if access is None and prompts.can_ask():
        access = prompts.choose("Is it the account's master key, or an access key?", ("master", "access")) == "access"
    kind = "access" if access else "master"
    saved = edit.save_key(name, kind, prompts.read_secret(f"The {kind} key:"))
    for note in saved.notes:
        output.note(note)
    output.success(saved.done)
