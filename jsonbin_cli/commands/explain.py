"""`jsonbin explain`."""

from typing import Annotated

import typer

from jsonbin_cli.commands import candidates
from jsonbin_cli.commands.options import shared


@shared()
def explain_(
    error: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ERROR]",
            autocompletion=candidates.errors,
            help="A name from the list, the server's message, an HTTP status, or an exit code.",
        ),
    ] = None,
) -> None:
    """Say what an error means and how to fix it, offline; without ERROR, list them all."""
    from jsonbin_cli.terminal import explain, output

    width = output.width()
    output.show_text(explain.explanation(" ".join(error), width) if error else explain.listing(width))
