"""`jsonbin explain`."""

from typing import Annotated

import typer

from jsonbin_cli.commands import options


def _slugs(incomplete: str) -> list[str]:
    from jsonbin_cli.terminal.hints import RULES

    return [rule.slug for rule in RULES if rule.slug.startswith(incomplete)]


def explain(
    error: Annotated[
        str | None,
        typer.Argument(
            metavar="[ERROR]",
            show_default=False,
            autocompletion=_slugs,
            help="A slug from the list, or the server's message in quotes.",
        ),
    ] = None,
    errors: options.Errors = None,  # noqa: ARG001
) -> None:
    """Say what an error means and how to fix it, offline; without ERROR, list them all."""
    from jsonbin_cli.terminal import hints, output

    output.show_text(hints.explanation(error) if error else hints.listing())
