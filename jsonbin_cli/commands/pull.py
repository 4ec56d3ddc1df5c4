"""`jsonbin pull`."""

from typing import Annotated

import typer

from jsonbin_cli.commands import candidates
from jsonbin_cli.commands.options import (
    ASKING,
    Collection,
    FailFast,
    Jobs,
    MaxRequests,
    Options,
    Rate,
    StateFile,
    shared,
)


@shared(*ASKING)
def pull_(
    folder: Annotated[
        str, typer.Argument(metavar="[FOLDER]", show_default=False, help="Where the files go; . where none is named.")
    ] = ".",
    bins: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[BIN...]",
            autocompletion=candidates.aliases,
            help="The bins: ids, aliases or URLs; without any, those that the folder has.",
        ),
    ] = None,
    collection: Collection = None,
    theirs: Annotated[
        bool, typer.Option("--theirs", help="Overwrite files that were changed here by what the bins hold.")
    ] = False,
    state: StateFile = None,
    jobs: Jobs = 4,
    rate: Rate = None,
    max_requests: MaxRequests = None,
    fail_fast: FailFast = False,
    *,
    options: Options,
) -> None:
    """Fetch bins into files, byte for byte, and write the manifest that `jsonbin apply` reads."""
    from jsonbin_cli.commands.bulk.pulling import Asked, Pulling
    from jsonbin_cli.commands.bulk.session import Limits
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.records.folders.state import State, state_path

    account = resolve(options.profile)
    asked = Asked(folder, bins or [], collection, theirs)
    kept = State(state_path(folder, state), account, repr(asked))
    pulling = Pulling(asked, account, options, kept)
    raise typer.Exit(pulling.run(Limits(jobs, rate, max_requests, fail_fast)))
