"""`jsonbin get`."""

from typing import Annotated

import typer

from jsonbin_cli.commands.options import SENDING, Bin, Options, shared


@shared(*SENDING)
def get_(
    bin: Bin,
    version: Annotated[
        int | None, typer.Option(min=1, metavar="N", show_default=False, help="One version instead of the latest.")
    ] = None,
    *,
    options: Options,
) -> None:
    """Read the record of a bin, the latest or one of its versions."""
    from jsonbin_cli.commands.sending import send
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.http.request import read

    account = resolve(options.profile)
    send(read(account.bin(bin), version), account, options)
