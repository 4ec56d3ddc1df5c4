"""`jsonbin login`."""

from typing import TYPE_CHECKING, Annotated

import typer

from jsonbin_cli.commands import candidates
from jsonbin_cli.commands.options import Options, Profile, shared

if TYPE_CHECKING:
    from jsonbin_cli.config.login import Login


@shared("timeout", "verbose")
def login_(
    profile: Profile = None,
    access: Annotated[
        bool | None, typer.Option("--access/--master", help="Which key it is; else you are asked.")
    ] = None,
    check: Annotated[
        str | None,
        typer.Option(
            metavar="BIN",
            autocompletion=candidates.aliases,
            help="Try the key first, with one request that reads this bin.",
        ),
    ] = None,
    *,
    options: Options,
) -> None:
    """Keep a key in a profile: typed at a terminal, which does not show it, or one line of standard input."""
    from jsonbin_cli.commands.config import tell
    from jsonbin_cli.config import login
    from jsonbin_cli.terminal import prompts

    name = login.profile_for_login(profile)
    with prompts.nothing_shown():
        key = login.key_in(prompts.read_secret(f"Paste the key from {login.PAGE} (it is not shown):"))
        if access is None and prompts.can_ask():
            access = prompts.choose("Is it the account's master key, or an access key?", login.KINDS) == "access"
        planned = login.login(name, "access" if access else "master", key)
        if planned.replaces:
            prompts.confirm(f"Replace {planned.replaces}?", otherwise=f"replaces {planned.replaces}")
    if check:
        _try(planned, check, options)
    tell(planned.save())


def _try(planned: "Login", bin: str, options: Options) -> None:
    """Read the bin with the key. Raises what that raises, which then says that nothing was kept."""
    from jsonbin_cli.commands.sending import client_for
    from jsonbin_cli.failures import Failure
    from jsonbin_cli.http.request import read
    from jsonbin_cli.terminal import output

    account = planned.account
    try:
        asked = read(account.bin(bin))
        with client_for(account, options._replace(retries=0)) as client:
            client.send(asked)
    except Failure as failure:
        failure.message += "; the key was not kept"
        raise
    output.success(f"the key reads {bin}")
