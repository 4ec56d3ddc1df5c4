"""`jsonbin update`."""

from typing import Annotated

import typer

from jsonbin_cli.commands import options


def update(
    bin: options.Bin,
    file: options.File = None,
    versioning: options.Versioning = None,
    backup: Annotated[
        bool | None,
        typer.Option(
            "--backup/--no-backup",
            show_default=False,
            help="Read the old record first and keep it on this machine; without either, the profile decides.",
        ),
    ] = None,
    if_match: options.IfMatch = None,
    recheck: options.Recheck = False,
    max_shrink: Annotated[
        str | None,
        typer.Option(
            metavar="PERCENT",
            show_default=False,
            help="Refuse a record that is smaller than the old one by more than so much, 50% for example.",
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
    from jsonbin_cli.commands.common import Manner, perform, record_from
    from jsonbin_cli.config import profiles
    from jsonbin_cli.http import request

    manner = Manner(record, metadata, quiet, dry_run, timeout, retries, verbose)
    account = profiles.resolve(profile)
    target = account.bin(bin)
    content = record_from(file, account)
    if backup or if_match or recheck or max_shrink or (backup is None and account.backup):
        from jsonbin_cli.commands import changing

        care = changing.Care(if_match, recheck, versioning)
        changing.replace(account, target, content, manner, care, backup is not False, max_shrink)
    else:
        perform(request.update(account, target, content, versioning), manner)
