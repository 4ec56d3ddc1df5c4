"""`jsonbin get`."""

from typing import Annotated

import typer

from jsonbin_cli.commands import candidates
from jsonbin_cli.commands.options import SENDING, Bin, Options, shared


@shared(*SENDING)
def get_(
    bin: Bin,
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH...]",
            autocompletion=candidates.paths,
            help="Print only these values of the record, one a line: user.name, 'tags[0]', /a~1b. Exit 1 where one is "
            "not there.",
        ),
    ] = None,
    version: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="The record as the N-th update with a version wrote it.")
    ] = None,
    base: Annotated[
        bool, typer.Option("--base", help="The record from before the first update with a version.")
    ] = False,
    raw: Annotated[bool, typer.Option("--raw", help="Print a string without its quotes.")] = False,
    fallback: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Print only the record, and keep it in FILE; where JSONBin cannot be asked, print the one kept there.",
        ),
    ] = None,
    *,
    options: Options,
) -> None:
    """Read a bin: its latest record, single values of that, or an older one."""
    from jsonbin_cli.commands.sending import client_for, send, show_selected, tell
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.http.request import read
    from jsonbin_cli.records import pipeline
    from jsonbin_cli.records.fallback import latest
    from jsonbin_cli.records.paths import path_of

    account = resolve(options.profile)
    target = account.bin(bin)
    request = read(target, version, base=base)
    wanted = [path_of(path) for path in paths or ()]
    _check(options, raw=raw, paths=bool(wanted), record_alone=bool(wanted or fallback))
    if options.dry_run or not (wanted or fallback):
        reply = send(request._replace(any_size=True), account, options)
        if reply:
            pipeline.note_read(account, target, reply.record)
        return
    with client_for(account, options) as client:
        found = latest(fallback, lambda: client.send(request).record)
    tell(found.notes, options)
    show_selected(found.record, wanted, options, raw=raw)
    # Several values are put together to something new.
    pipeline.note_read(account, target, found.record, wanted[0].text if len(wanted) == 1 else None)


def _check(options: Options, *, raw: bool, paths: bool, record_alone: bool) -> None:
    """Raise UsageMistake for options that do not go together."""
    from jsonbin_cli.failures import UsageMistake

    if raw and not paths:
        raise UsageMistake("--raw is for single values, and there is no PATH", "name one: jsonbin get BIN PATH --raw")
    if options.metadata and record_alone:
        raise UsageMistake("PATH and --fallback print what is in the record, not the metadata", "leave --metadata out")
