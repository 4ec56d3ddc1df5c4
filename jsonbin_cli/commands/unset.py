"""`jsonbin unset`."""

from typing import Annotated

import typer

from jsonbin_cli.commands import candidates
from jsonbin_cli.commands.options import CHANGING, Bin, Options, shared


@shared(*CHANGING)
def unset_(
    bin: Bin,
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            autocompletion=candidates.paths,
            help="What to remove: user.age, 'tags[0]', /a~1b. An index is that in the record as it is now.",
        ),
    ],
    *,
    options: Options,
) -> None:
    """Remove single values from a record; a path that is not there changes nothing."""
    from jsonbin_cli.commands.changing import change
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.records.assignments import paths_to_remove, removed

    account = resolve(options.profile)
    target = account.bin(bin)
    wanted = paths_to_remove(paths)
    change(account, target, lambda old: removed(old, wanted), options, unchanged="has nothing there")
