"""`jsonbin create`."""

from typing import Annotated

import typer

from jsonbin_cli.commands.options import SENDING, File, Options, shared


@shared(*SENDING, "as_is")
def create_(
    file: File = None,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="What to call the bin.")] = None,
    public: Annotated[bool, typer.Option("--public", help="Let everybody read and update it.")] = False,
    collection: Annotated[str | None, typer.Option(metavar="ID", help="The collection to put it into.")] = None,
    only_id: Annotated[bool, typer.Option("--id", help="Print only the id of the new bin, also with --quiet.")] = False,
    *,
    options: Options,
) -> None:
    """Make a new bin, private unless --public, from the JSON in FILE or on standard input."""
    from jsonbin_cli.commands.sending import client_for, document_from, send, show_id, tell
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.http.request import create

    account = resolve(options.profile)
    document = document_from(file, account, options, any_size=True)
    request = create(document, name, public=public, collection=collection)._replace(any_size=True)
    if options.dry_run or not only_id:
        send(request, account, options)
        return
    tell(document.notes, options)
    with client_for(account, options) as client:
        show_id(client.send(request), options)
