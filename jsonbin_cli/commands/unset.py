"""`jsonbin unset`."""

from jsonbin_cli.commands import options


def unset(
    bin: options.Bin,
    paths: options.Paths,
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
    """Take single values out of a record; what is not there is none the worse."""
    from jsonbin_cli.commands import changing
    from jsonbin_cli.commands.common import Manner
    from jsonbin_cli.config import profiles
    from jsonbin_cli.records import assigning
    from jsonbin_cli.records.paths import path_of

    manner = Manner(record, metadata, quiet, dry_run, timeout, retries, verbose)
    care = changing.Care(if_match, recheck, versioning)
    account = profiles.resolve(profile)
    target = account.bin(bin)
    ways = [path_of(path) for path in paths]
    changing.change(account, target, lambda old: assigning.taken_away(old, ways), manner, care)
