"""`jsonbin edit`."""

from typing import TYPE_CHECKING

from jsonbin_cli.commands.options import CHANGING, Bin, Options, Yes, shared

if TYPE_CHECKING:
    from jsonbin_cli.failures import InvalidInput
    from jsonbin_cli.http.reply import Reply
    from jsonbin_cli.records.document import Document
    from jsonbin_cli.records.merge import Merged


@shared(*(name for name in CHANGING if name != "recheck"))
def edit_(bin: Bin, yes: Yes = False, *, options: Options) -> None:
    """Open a record in $VISUAL or $EDITOR, show the difference, ask, and update the bin.

    What somebody else changed in the bin meanwhile is kept where the two changes are in different places.
    """
    from jsonbin_cli.commands.changing import OpenBin, check_can_ask, made
    from jsonbin_cli.commands.sending import tell
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.failures import OutputFailed, PipeClosed
    from jsonbin_cli.records.guards import put_together
    from jsonbin_cli.records.writing import indented
    from jsonbin_cli.terminal.editor import draft, edited, how_to_send

    account = resolve(options.profile)
    target = account.bin(bin)
    check_can_ask(yes, options)
    with OpenBin(account, target, options) as open_bin:
        before = open_bin.read()
        text = bytearray()
        for piece, _ in indented(before.record.text):
            text += piece.encode()
        with draft(
            account,
            target,
            bytes(text + b"\n"),
            open_bin.interrupted,
            keep=options.dry_run,
            lasting=not options.no_backup,
        ) as path:
            document = edited(path, account, _again, as_is=options.as_is)
            changed = _changed(before, document, options)
            if options.dry_run or not (document and changed):
                open_bin.finish(before, lambda held: document.value if document else held)
                kept = f"your text is kept in {path}; {how_to_send(account, target, path, is_right=True)}"
                tell([kept] if changed else [], options)
                return
            new = made(document.value, account)
            if not yes:
                open_bin.ask(changed, f"Update {target.name}?")
            now = open_bin.read_again()
            if now.record.raw != before.record.raw and now.record.value != before.record.value:
                held, theirs = before.record.value, now.record.value
                both = put_together(
                    held, document.value, theirs, target, added_at=account.counters, prefer=options.prefer
                )
                tell([f"the bin was changed by somebody else meanwhile; {_put_together(both, options)}"], options)
                if both.value == theirs:
                    open_bin.show_unchanged(now)
                    return
                new = made(both.value, account)
                del held, theirs, both  # they may be large
            try:
                open_bin.write(now, new, changed)
            except (OutputFailed, PipeClosed):
                path.unlink(missing_ok=True)  # the text is in the bin
                raise


def _put_together(both: "Merged", options: Options) -> str:
    """What became of the two changes."""
    from jsonbin_cli.failures import shortened

    if not both.clashes:
        return "both changes are put together"
    places = shortened(", ".join(clash.pointer or "the whole record" for clash in both.clashes))
    kept = "theirs stays, and yours is left out" if options.prefer == "theirs" else "yours replaces theirs"
    return f"both of you changed {places}: there {kept}"


def _changed(before: "Reply", document: "Document | None", options: Options) -> list[tuple[str, str]]:
    """The lines of what the user changed. Raises InvalidInput where the text is nested too deeply."""
    from jsonbin_cli.commands.sending import tell
    from jsonbin_cli.records.compare import changes, lines
    from jsonbin_cli.records.guards import check_depth, lone_record

    if document is None:
        return []
    held, ours = before.record.value, document.value
    check_depth("your text", ours)
    tell(lone_record("your text", ours, held), options)
    return lines(changes(held, ours))


def _again(failure: "InvalidInput") -> bool:
    """Show what is wrong with the text and ask whether to go on, where there is somebody to ask."""
    from jsonbin_cli.terminal import output, prompts

    if not prompts.can_ask():
        return False
    output.note(failure.message + (f"\nhint: {failure.hint}" if failure.hint else ""))
    return not prompts.ask("Edit it again? [Y/n]").lower().startswith("n")
