"""`jsonbin update`."""

from typing import Annotated

import typer

from jsonbin_cli.commands import options


def update(
    bin: options.Bin,
    file: options.File = None,
    versioning: Annotated[
        bool | None,
        typer.Option(
            "--versioning/--no-versioning",
            show_default=False,
            help="Keep the old record as a version, or not; without either, the profile or JSONBin decides.",
        ),
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
    """Replace the record of a bin with the JSON in FILE or on standard input."""
    # The client is imported before standard input is read, so that its time is not lost behind a slow pipe.
    from jsonbin_cli import client, document, profiles, request  # noqa: F401
    from jsonbin_cli.commands.common import Manner, perform

    manner = Manner(record, metadata, quiet, dry_run, timeout, retries, verbose)
    account = profiles.resolve(profile)
    target = account.bin(bin)
    content = document.document_from(file, account.plan)
    perform(request.update(account, target, content, versioning), manner)
