"""`jsonbin patch`."""

from typing import Annotated

import typer

from jsonbin_cli.commands import options


def patch(
    bin: options.Bin,
    file: options.PatchFile = None,
    json_patch: Annotated[
        bool, typer.Option("--json-patch", help="It is a JSON Patch (RFC 6902); a test in it that fails exits 6.")
    ] = False,
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
    """Change part of a record by a merge patch (RFC 7396): its members replace, null takes away."""
    from jsonbin_cli.commands import changing
    from jsonbin_cli.commands.common import Manner
    from jsonbin_cli.config import profiles
    from jsonbin_cli.records import document, guards
    from jsonbin_cli.records import patch as patches

    manner = Manner(record, metadata, quiet, dry_run, timeout, retries, verbose)
    care = changing.Care(if_match, recheck, versioning)
    account = profiles.resolve(profile)
    target = account.bin(bin)
    source = document.json_from(file)
    value = guards.exact_value(source.name, source.raw.decode())
    changing.change(account, target, lambda old: patches.patched(old, value, source.name, json_patch), manner, care)
