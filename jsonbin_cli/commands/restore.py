"""`jsonbin restore`."""

from typing import Annotated

import typer

from jsonbin_cli.commands import options


def restore(
    bin: options.Bin,
    version: Annotated[
        int | None, typer.Option("--version", min=1, metavar="N", show_default=False, help="A version at JSONBin.")
    ] = None,
    backup: Annotated[
        str | None,
        typer.Option(
            "--backup", metavar="WHEN", show_default=False, help="A backup on this machine, by how its instant starts."
        ),
    ] = None,
    yes: options.Yes = False,
    versioning: options.Versioning = None,
    if_match: options.IfMatch = None,
    recheck: options.Recheck = False,
    profile: options.Profile = None,
    record: options.Record = False,
    metadata: options.Metadata = False,
    quiet: options.Quiet = False,
    dry_run: options.DryDifference = False,
    timeout: options.Timeout = 30,
    retries: options.Retries = 2,
    errors: options.Errors = None,  # noqa: ARG001
    verbose: options.Verbose = False,
) -> None:
    """Put an old record back, the newest backup unless told otherwise; what is there now is kept as a backup."""
    from jsonbin_cli.commands import by_hand, changing
    from jsonbin_cli.commands.common import Manner
    from jsonbin_cli.config import profiles

    manner = Manner(record, metadata, quiet, dry_run, timeout, retries, verbose)
    care = changing.Care(if_match, recheck, versioning)
    account = profiles.resolve(profile)
    target = account.bin(bin)
    by_hand.restore(account, target, version, backup, manner, care, yes=yes)
