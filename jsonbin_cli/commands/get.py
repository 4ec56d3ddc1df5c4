"""`jsonbin get`."""

from typing import Annotated

import typer

from jsonbin_cli.commands import options


def get(
    bin: options.Bin,
    version: Annotated[
        int | None, typer.Option(min=1, metavar="N", show_default=False, help="One version instead of the latest.")
    ] = None,
    profile: options.Profile = None,
    record: options.Record = False,
    metadata: options.Metadata = False,
    quiet: options.Quiet = False,
    dry_run: options.DryRun = False,
    timeout: options.Timeout = 30,
    retries: options.Retries = 2,
    errors: options.Errors = None,  # noqa: ARG001
    verbose: options.Verbose = False,
) -> None:
    """Read the record of a bin, the latest or one of its versions."""
    from jsonbin_cli.commands.common import Manner, perform
    from jsonbin_cli.config import profiles
    from jsonbin_cli.http import request

    manner = Manner(record, metadata, quiet, dry_run, timeout, retries, verbose)
    account = profiles.resolve(profile)
    perform(request.read(account, account.bin(bin), version), manner)
