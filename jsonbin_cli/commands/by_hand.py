"""What changes a record under the user's eyes: `edit` and `restore`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonbin_cli.commands import changing
from jsonbin_cli.commands.common import Manner, client_for, tell
from jsonbin_cli.records import backups, guards
from jsonbin_cli.records.compare import changes
from jsonbin_cli.records.document import document_of
from jsonbin_cli.records.text import indented
from jsonbin_cli.terminal import editor, output

if TYPE_CHECKING:
    from jsonbin_cli.commands.changing import Care
    from jsonbin_cli.config.account import Account, Target
    from jsonbin_cli.failures import InvalidInput


def edit(account: Account, target: Target, manner: Manner, care: Care, *, yes: bool) -> None:
    """Let the user change the record in the editor, and send what came of it."""
    manner.check()
    changing.check_can_ask(yes, manner)
    wanted = guards.expected(care.if_match)
    with client_for(account, manner) as client:
        before = changing.read(client, account, target)
        guards.check_match(wanted, before, target, account.name)
        text = "".join(piece for piece, _ in indented(before.raw.decode())) + "\n"
        with editor.draft(target, text.encode(), keep=manner.dry_run) as path:
            document = editor.edited(path, account, _again)
            ours = before.value
            if document:
                ours = guards.exact_value(str(path), document.raw.decode())
            found = changes(before.value, ours)
            if manner.dry_run:
                changing.show_changes(found, manner)
                tell([f"your text is kept in {path}"] if found else [], manner)
                return
            if not found:
                changing.unchanged(before, target, manner)
                return
            new = changing.made(ours, account)
            changing.ask(found, target, yes)
            now = changing.read(client, account, target)
            if now.value != before.value:
                after = guards.put_together(before.value, ours, now.value, target)
                tell(["the bin was changed by somebody else meanwhile; both changes are put together"], manner)
                if after == now.value:
                    changing.unchanged(now, target, manner)
                    return
                new = changing.made(after, account)
            changing.write(client, account, target, now, new, manner, care)


def _again(failure: InvalidInput) -> bool:
    output.note(failure.message + (f"\nhint: {failure.hint}" if failure.hint else ""))
    return output.can_ask() and not output.ask("Edit it again? [Y/n]").lower().startswith("n")


def restore(
    account: Account,
    target: Target,
    version: int | None,
    backup: str | None,
    manner: Manner,
    care: Care,
    *,
    yes: bool,
) -> None:
    """Put an old record back, once the user saw what that changes."""
    manner.check()
    changing.check_can_ask(yes, manner)
    wanted = guards.expected(care.if_match)
    old = backups.document(account, target, version, backup)
    with client_for(account, manner) as client:
        if old is None:
            raw = changing.read(client, account, target, version).raw
            old = document_of(f"version {version}", raw, account.plan, made_here=True)
        after = guards.exact_value(old.name, old.raw.decode())
        before = changing.read(client, account, target)
        guards.check_match(wanted, before, target, account.name)
        found = changes(before.value, after)
        if manner.dry_run:
            changing.show_changes(found, manner)
        elif not found:
            changing.unchanged(before, target, manner)
        else:
            changing.ask(found, target, yes)
            changing.write(client, account, target, before, old, manner, care)
