"""`jsonbin update`."""

from typing import Annotated

import typer

from jsonbin_cli.commands.options import REPLACING, Bin, File, Options, shared


@shared(*REPLACING)
def update_(
    bin: Bin,
    file: File = None,
    backup: Annotated[
        bool | None,
        typer.Option(
            "--backup/--no-backup",
            help="Read the old record first and keep it on this machine; without either, the profile decides.",
        ),
    ] = None,
    max_shrink: Annotated[
        str | None,
        typer.Option(
            metavar="PERCENT",
            help="Refuse a record that is smaller than the old one by more than this, for example 50%.",
        ),
    ] = None,
    *,
    options: Options,
) -> None:
    """Replace the record of a bin with the JSON in FILE or on standard input."""
    import os
    from shlex import quote

    from jsonbin_cli.commands.sending import document_from, send
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.failures import UsageMistake
    from jsonbin_cli.http.request import update
    from jsonbin_cli.records import pipeline

    account = resolve(options.profile)
    target = account.bin(bin)
    merge = account.merge if options.merge is None else options.merge
    keep = backup or (backup is None and account.backup)
    reads_first = keep or options.if_match or options.recheck or max_shrink or merge or options.prefer
    if file and options.if_match and os.path.realpath(file) == os.path.realpath(options.if_match):
        raise UsageMistake(
            "FILE and --if-match name the same file, and --if-match is for what the bin held before",
            f"keep that in another file: jsonbin get {quote(target.name)} --record > before.json",
        )
    document = document_from(file, account, options, any_size=not reads_first)
    if not options.as_is:
        pipeline.check_not_a_part(account, target, file, document, "update")
    if reads_first:
        from jsonbin_cli.commands.replacing import replace

        if backup is False:
            options = options._replace(no_backup=True)
        replace(account, target, document, options, keep=backup is not False, max_shrink=max_shrink)
    else:
        request = update(account, target, document, options.versioning)
        send(request._replace(any_size=True), account, options)
