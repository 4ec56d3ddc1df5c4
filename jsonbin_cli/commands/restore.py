"""`jsonbin restore`."""

from typing import Annotated

import typer

from jsonbin_cli.commands import candidates
from jsonbin_cli.commands.options import CHANGING, Bin, Options, Yes, shared


@shared(*CHANGING)
def restore_(
    bin: Bin,
    version: Annotated[int | None, typer.Option("--version", min=1, metavar="N", help="A version at JSONBin.")] = None,
    backup: Annotated[
        str | None,
        typer.Option(
            "--backup",
            metavar="WHEN",
            autocompletion=candidates.backups,
            help="A backup on this machine, by the start of its time.",
        ),
    ] = None,
    yes: Yes = False,
    *,
    options: Options,
) -> None:
    """Put an old record back, the newest backup unless told otherwise; what is there now is kept as a backup."""
    from jsonbin_cli.commands.changing import OpenBin, check_can_ask
    from jsonbin_cli.commands.sending import tell
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.records import backups
    from jsonbin_cli.records.compare import changes, lines
    from jsonbin_cli.records.document import document_of
    from jsonbin_cli.records.guards import check_depth

    account = resolve(options.profile)
    target = account.bin(bin)
    check_can_ask(yes, options)
    kept = backups.chosen(account, target, version, backup)
    with OpenBin(account, target, options) as open_bin:
        if kept:
            what, old = f"the backup of {kept.when}", backups.document(kept, account.plan)
        else:
            what = f"version {version}"
            old = document_of(what, open_bin.read(version).part("record"), account.plan)
        check_depth(old.name, old.value)
        before = open_bin.read()
        changed = lines(changes(before.record.value, old.value))
        if changed and kept and yes and not options.dry_run:
            tell([f"the backup was made at {kept.when}; what was changed since then is undone"], options)
        elif changed and not (yes or options.dry_run):
            open_bin.ask(changed, f"Put {what} back into {target.name}?")
        open_bin.finish(before, lambda _: old.value, old)
