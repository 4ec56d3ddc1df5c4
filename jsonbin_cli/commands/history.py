"""`jsonbin history`."""

from typing import Annotated

import typer

from jsonbin_cli.commands import options


def history(
    bin: options.Bin,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="At most so many of each.")] = 20,
    sizes: Annotated[
        bool, typer.Option("--sizes", help="Read each version for its size: one request for each of them.")
    ] = False,
    profile: options.Profile = None,
    quiet: options.Quiet = False,
    timeout: options.Timeout = 30,
    retries: options.Retries = 2,
    errors: options.Errors = None,  # noqa: ARG001
    verbose: options.Verbose = False,
) -> None:
    """List what can be put back: versions at JSONBin, and backups on this machine, the newest first."""
    from jsonbin_cli.commands.common import Manner, client_for, tell
    from jsonbin_cli.config import profiles
    from jsonbin_cli.records import history
    from jsonbin_cli.terminal import output

    manner = Manner(quiet=quiet, timeout=timeout, retries=retries, verbose=verbose)
    account = profiles.resolve(profile)
    target = account.bin(bin)
    with client_for(account, manner) as client:
        found = history.history(client.send, account, target, limit, sizes=sizes)
    tell(found.notes, manner)
    if not quiet:
        output.show_listing(found.as_json(), found.as_text())
