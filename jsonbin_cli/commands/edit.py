"""`jsonbin edit`."""

from jsonbin_cli.commands import options


def edit(
    bin: options.Bin,
    yes: options.Yes = False,
    versioning: options.Versioning = None,
    if_match: options.IfMatch = None,
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
    """Open a record in $VISUAL or $EDITOR, show the difference, ask, and update the bin.

    What somebody else changed in the bin meanwhile is kept where the two changes do not touch each other.
    """
    from jsonbin_cli.commands import by_hand
    from jsonbin_cli.commands.changing import Care
    from jsonbin_cli.commands.common import Manner
    from jsonbin_cli.config import profiles

    manner = Manner(record, metadata, quiet, dry_run, timeout, retries, verbose)
    account = profiles.resolve(profile)
    target = account.bin(bin)
    by_hand.edit(account, target, manner, Care(if_match, versioning=versioning), yes=yes)
