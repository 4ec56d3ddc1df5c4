"""`jsonbin diff`."""

import typer

from jsonbin_cli.commands import options


def diff(
    bin: options.Bin,
    file: options.File = None,
    profile: options.Profile = None,
    quiet: options.Quiet = False,
    timeout: options.Timeout = 30,
    retries: options.Retries = 2,
    errors: options.Errors = None,  # noqa: ARG001
    verbose: options.Verbose = False,
) -> None:
    """Print what `update` would change: at a terminal for people, else as JSON Patch. Exit 1 when something would."""
    from jsonbin_cli.commands import changing
    from jsonbin_cli.commands.common import Manner, client_for
    from jsonbin_cli.config import profiles
    from jsonbin_cli.failures import ExitCode
    from jsonbin_cli.records import compare, document, guards

    manner = Manner(quiet=quiet, timeout=timeout, retries=retries, verbose=verbose)
    account = profiles.resolve(profile)
    target = account.bin(bin)
    content = document.document_from(file, account.plan)
    after = guards.exact_value(content.name, content.raw.decode())
    with client_for(account, manner) as client:
        before = changing.read(client, account, target)
    found = compare.changes(before.value, after)
    changing.show_changes(found, manner)
    if found:
        raise typer.Exit(ExitCode.NEGATIVE)
