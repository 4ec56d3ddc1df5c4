"""`jsonbin create`."""

from typing import Annotated

import typer

from jsonbin_cli.commands import options


def create(
    file: options.File = None,
    name: Annotated[str | None, typer.Option(metavar="TEXT", show_default=False, help="What to call the bin.")] = None,
    public: Annotated[bool, typer.Option("--public", help="Let everybody read and update it.")] = False,
    collection: Annotated[
        str | None, typer.Option(metavar="ID", show_default=False, help="The collection to put it into.")
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
    """Make a new bin, private unless --public, from the JSON in FILE or on standard input."""
    from jsonbin_cli.commands.common import Manner, perform, record_from
    from jsonbin_cli.config import profiles
    from jsonbin_cli.http import request

    manner = Manner(record, metadata, quiet, dry_run, timeout, retries, verbose)
    account = profiles.resolve(profile)
    content = record_from(file, account)
    perform(request.create(account, content, name, public=public, collection=collection), manner)
