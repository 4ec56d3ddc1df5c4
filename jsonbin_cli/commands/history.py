"""`jsonbin history`."""

from typing import Annotated

import typer

from jsonbin_cli.commands.options import ASKING, Bin, Options, shared


@shared(*ASKING)
def history_(
    bin: Bin,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="At most so many of each.")] = 20,
    sizes: Annotated[
        bool, typer.Option("--sizes", help="Read each version for its size: one request for each of them.")
    ] = False,
    *,
    options: Options,
) -> None:
    """List what can be put back: versions at JSONBin, and backups on this machine, the newest first."""
    from jsonbin_cli.commands.sending import client_for, tell
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.http.request import count_versions, read
    from jsonbin_cli.records import backups
    from jsonbin_cli.records.history import history
    from jsonbin_cli.terminal import output

    account = resolve(options.profile)
    target = account.bin(bin)
    kept = backups.kept(account, target)
    with client_for(account, options) as client:

        def size_of(version: int, last: int) -> int:
            asked = read(target, version)._replace(doing=f"version {version} of {last}")
            return len(client.send(asked).part("record"))

        found = history(
            kept,
            limit,
            count=lambda: client.send(count_versions(target)).version_count,
            size_of=size_of if sizes else None,
        )
    tell(found.notes, options)
    if not options.quiet:
        output.show_listing(found.as_json(), found.as_text())
