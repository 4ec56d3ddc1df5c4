"""`jsonbin ls`."""

from typing import Annotated

import typer

from jsonbin_cli.commands.options import ASKING, Collection, Options, Rate, shared


@shared(*ASKING)
def ls_(
    collection: Collection = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Stop after so many bins.")] = None,
    name: Annotated[str | None, typer.Option(metavar="GLOB", help="Only bins whose names match: 'flags-*'.")] = None,
    save: Annotated[bool, typer.Option("--save", help="Keep the names as aliases in the profile.")] = False,
    rate: Rate = None,
    *,
    options: Options,
) -> None:
    """List the bins of the account that are in no collection, or those of a collection; ten in each request."""
    from jsonbin_cli.commands.bulk.listing import list_bins
    from jsonbin_cli.config.profiles import resolve

    list_bins(resolve(options.profile), options, collection, name, limit, rate, save=save)
