"""`jsonbin set`."""

from jsonbin_cli.commands import options


def set_(
    bin: options.Bin,
    assignments: options.Assignments,
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
    """Set single values of a record: = gives text, := JSON, and what lies on the way is made."""
    from jsonbin_cli.commands import changing
    from jsonbin_cli.commands.common import Manner
    from jsonbin_cli.config import profiles
    from jsonbin_cli.records import assigning

    manner = Manner(record, metadata, quiet, dry_run, timeout, retries, verbose)
    care = changing.Care(if_match, recheck, versioning)
    account = profiles.resolve(profile)
    target = account.bin(bin)
    wanted = assigning.assignments(assignments)
    changing.change(account, target, lambda old: assigning.assigned(old, wanted), manner, care)
