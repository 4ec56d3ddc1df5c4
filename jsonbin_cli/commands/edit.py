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
    from jsonbin_cli.records.guards import check_depth, put_together
    from jsonbin_cli.records.text import indented
    from jsonbin_cli.terminal.editor import draft, edited

    account = resolve(options.profile)
    target = account.bin(bin)
    check_can_ask(yes, options)
    with OpenBin(account, target, options) as open_bin:
        before = open_bin.read()
        held = before.record.value
        text = "".join(piece for piece, _ in indented(before.record.text)) + "\n"
        with draft(target, text.encode(), keep=options.dry_run) as path:
            document = edited(path, account, _again)
            ours = document.value if document else held
            check_depth(str(path), ours)
            found = changes(held, ours)
            if options.dry_run or not found:
                open_bin.finish(before, ours)
                tell([f"your text is kept in {path}"] if found else [], options)
                return
            new = made(ours, account)
            if not yes:
                open_bin.ask(found)
            now = open_bin.read_again()
            if now.record.value != held:
                after = put_together(held, ours, now.record.value, target)
                tell(["the bin was changed by somebody else meanwhile; both changes are put together"], options)
                if after == now.record.value:
                    open_bin.show_unchanged(now)
                    return
                new = made(after, account)
            open_bin.write(now, new)


def _again(failure: "InvalidInput") -> bool:
    """Show what is wrong with the text, and ask whether to go on."""
    from jsonbin_cli.terminal import output, prompts

    output.note(failure.message + (f"\nhint: {failure.hint}" if failure.hint else ""))
    return prompts.can_ask() and not prompts.ask("Edit it again? [Y/n]").lower().startswith("n")
