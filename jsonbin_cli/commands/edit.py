"""`jsonbin edit`."""

from typing import TYPE_CHECKING

from jsonbin_cli.commands.options import CHANGING, Bin, Options, Yes, shared

if TYPE_CHECKING:
    from jsonbin_cli.failures import InvalidInput


@shared(*(name for name in CHANGING if name != "recheck"))
def edit_(bin: Bin, yes: Yes = False, *, options: Options) -> None:
    """Open a record in $VISUAL or $EDITOR, show the difference, ask, and update the bin.

    What somebody else changed in the bin meanwhile is kept where the two changes are in different places.
    """
    from jsonbin_cli.commands.changing import OpenBin, check_can_ask, made
    from jsonbin_cli.commands.sending import tell
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.records.compare import changes
    from jsonbin_cli.records.guards import check_depth, lone_record, put_together
    from jsonbin_cli.records.text import indented
    from jsonbin_cli.terminal.editor import draft, edited

    account = resolve(options.profile)
    target = account.bin(bin)
    check_can_ask(yes, options)
    with OpenBin(account, target, options) as open_bin:
        before = open_bin.read()
        held = before.record.value
        text = "".join(piece for piece, _ in indented(before.record.text)) + "\n"
        with draft(target, text.encode(), keep=options.dry_run, lasting=not options.no_backup) as path:
            document = edited(path, account, _again, as_is=options.as_is)
            ours = document.value if document else held
            check_depth("your text", ours)
            tell(lone_record("your text", ours, held), options)
            found = changes(held, ours)
            if options.dry_run or not found:
                open_bin.finish(before, ours)
                tell([f"your text is kept in {path}"] if found else [], options)
                return
            new = made(ours, account)
            if not yes:
                open_bin.ask(found, f"Update {target.alias or target.id}?")
            now = open_bin.read_again()
            if now.record.value != held:
                after = put_together(
                    held, ours, now.record.value, target, added_at=account.counters, prefer=options.prefer
                )
                tell(["the bin was changed by somebody else meanwhile; both changes are put together"], options)
                if after == now.record.value:
                    open_bin.show_unchanged(now)
                    return
                new = made(after, account)
            open_bin.write(now, new, found)


def _again(failure: "InvalidInput") -> bool:
    """Show what is wrong with the text and ask whether to go on, where there is somebody to ask."""
    from jsonbin_cli.terminal import output, prompts

    if not prompts.can_ask():
        return False
    output.note(failure.message + (f"\nhint: {failure.hint}" if failure.hint else ""))
    return not prompts.ask("Edit it again? [Y/n]").lower().startswith("n")
