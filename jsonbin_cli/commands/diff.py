"""`jsonbin diff`."""

import typer

from jsonbin_cli.commands.options import ASKING, Bin, File, Options, shared


@shared(*ASKING, "as_is")
def diff_(bin: Bin, file: File = None, *, options: Options) -> None:
    """Print what `update` would change: at a terminal for people, else as JSON Patch. Exit 1 when something would.

    Before each value that the patch replaces or removes, it tests that value: where it is another one by then, `patch`
    exits 6. What the patch adds is not tested.
    """
    from jsonbin_cli.commands.changing import OpenBin
    from jsonbin_cli.commands.sending import document_from, tell
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.failures import ExitCode
    from jsonbin_cli.records import pipeline
    from jsonbin_cli.records.compare import changes
    from jsonbin_cli.records.guards import check_depth, lone_record

    account = resolve(options.profile)
    target = account.bin(bin)
    document = document_from(file, account, options)
    if not options.as_is:
        pipeline.check_not_a_part(account, target, file, document, "diff")
    check_depth(document.name, document.value)
    with OpenBin(account, target, options) as open_bin:
        held, new = open_bin.read().record.value, document.value
        tell(lone_record(document.name, new, held), options)
        found = changes(held, new)
        open_bin.show_changes(found, held, new)
    if found:
        raise typer.Exit(ExitCode.NEGATIVE)
