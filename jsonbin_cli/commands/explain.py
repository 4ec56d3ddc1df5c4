"""`jsonbin explain`."""

from typing import Annotated

import typer

from jsonbin_cli.commands.options import shared


def _slugs(incomplete: str) -> list[str]:
    from jsonbin_cli.terminal.errors import RULES

    return [rule.slug for rule in RULES if rule.slug.startswith(incomplete)]


@shared()
def explain_(
    error: Annotated[
        str | None,
        typer.Argument(
            metavar="[ERROR]",
            show_default=False,
            autocompletion=_slugs,
            help="A slug from the list, or the server's message in quotes.",
        ),
    ] = None,
) -> None:
    """Say what an error means and how to fix it, offline; without ERROR, list them all."""
    from jsonbin_cli.terminal import errors, output

    output.show_text(errors.explanation(error) if error else errors.listing())
