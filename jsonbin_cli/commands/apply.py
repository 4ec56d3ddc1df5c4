"""`jsonbin apply`."""

from typing import Annotated

import typer

from jsonbin_cli.commands.options import ASKING, FailFast, Jobs, MaxRequests, Options, Rate, StateFile, shared


@shared(*ASKING, "versioning", "as_is")
def apply_(
    place: Annotated[
        str,
        typer.Argument(
            metavar="[FOLDER|MANIFEST|PLAN]",
            show_default=False,
            help="A folder with bins.toml or files named BIN.json, a manifest, or a plan that --plan saved.",
        ),
    ] = ".",
    check: Annotated[
        bool, typer.Option("--check", help="Stop after the plan; exit 1 where something is to do.")
    ] = False,
    plan: Annotated[
        str | None, typer.Option(metavar="FILE", help="Save the plan, and stop; jsonbin apply FILE carries it out.")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show what differs in each bin.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what was changed at JSONBin meanwhile.")] = False,
    since_last: Annotated[
        bool, typer.Option("--since-last", help="Do not read the bins whose files did not change since the last run.")
    ] = False,
    backup: Annotated[
        bool | None,
        typer.Option(
            "--backup/--no-backup",
            help="Keep each old record on this machine first; without either, the profile decides.",
        ),
    ] = None,
    max_shrink: Annotated[
        str | None,
        typer.Option(
            metavar="PERCENT",
            help="Refuse a record that is smaller than the old one by more than so much, 50% for example.",
        ),
    ] = None,
    state: StateFile = None,
    jobs: Jobs = 4,
    rate: Rate = None,
    max_requests: MaxRequests = None,
    fail_fast: FailFast = False,
    *,
    options: Options,
) -> None:
    """Update the bins whose files differ from what they hold. No bin is ever created or deleted."""
    from jsonbin_cli.commands.bulk.applying import Applying
    from jsonbin_cli.commands.bulk.places import place_of
    from jsonbin_cli.commands.bulk.planning import Wishes
    from jsonbin_cli.commands.bulk.session import Limits
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.records.folders.state import State, state_path
    from jsonbin_cli.records.guards import share

    account = resolve(options.profile)
    folder, planned = place_of(place, account, plans=plan is not None, forces=force)
    wishes = Wishes(
        check=check,
        plan=plan,
        diff=diff,
        force=force,
        since_last=since_last,
        keep=account.backup if backup is None else backup,
        max_shrink=share(max_shrink),
    )
    kept = State(state_path(folder.path, state), account, "apply")
    applying = Applying(folder, account, options, wishes, kept, planned)
    raise typer.Exit(applying.run(Limits(jobs, rate, max_requests, fail_fast)))
