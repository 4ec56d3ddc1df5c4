"""What the commands that read a record before they write it do alike: read, check, keep, write."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jsonbin_cli.commands.common import Manner, client_for, show, tell
from jsonbin_cli.failures import Declined, UsageMistake
from jsonbin_cli.http import request
from jsonbin_cli.records import backups, guards
from jsonbin_cli.records.compare import Change, changes, lines, operations
from jsonbin_cli.records.document import Document, document_of
from jsonbin_cli.records.guards import Held
from jsonbin_cli.records.numbers import text_of
from jsonbin_cli.terminal import output

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsonbin_cli.config.account import Account, Target
    from jsonbin_cli.http.client import Client
    from jsonbin_cli.records.text import JSON


class Care(NamedTuple):
    """How careful a command was asked to be."""

    if_match: str | None = None
    recheck: bool = False
    versioning: bool | None = None


def change(account: Account, target: Target, new: Callable[[JSON], JSON], manner: Manner, care: Care) -> None:
    """Put what `new` makes of the record in its place, unless that is the same."""
    manner.check()
    wanted = guards.expected(care.if_match)
    with client_for(account, manner) as client:
        before = read(client, account, target)
        guards.check_match(wanted, before, target, account.name)
        after = new(before.value)
        found = changes(before.value, after)
        if manner.dry_run:
            show_changes(found, manner)
        elif not found:
            unchanged(before, target, manner)
        else:
            write(client, account, target, before, made(after, account), manner, care)


def replace(
    account: Account,
    target: Target,
    document: Document,
    manner: Manner,
    care: Care,
    keep: bool,
    max_shrink: str | None,
) -> None:
    """Put a record in the place of the one that is there, which was read first."""
    manner.check()
    wanted, most = guards.expected(care.if_match), guards.share(max_shrink)
    after = guards.exact_value(document.name, document.raw.decode())
    with client_for(account, manner) as client:
        before = read(client, account, target)
        guards.check_match(wanted, before, target, account.name)
        smaller = guards.check_shrink(before.value, after, most, target)
        tell([smaller] if smaller else [], manner)
        if manner.dry_run:
            show_changes(changes(before.value, after), manner)
        else:
            write(client, account, target, before, document, manner, care, keep=keep)


def read(client: Client, account: Account, target: Target, version: int | None = None) -> Held:
    """What the bin holds, or held as that version."""
    return guards.held(client.send(request.read(account, target, version)))


def write(
    client: Client,
    account: Account,
    target: Target,
    before: Held,
    document: Document,
    manner: Manner,
    care: Care,
    *,
    keep: bool = True,
) -> None:
    """Keep the old record on this machine, read once more where that was asked for, and send the new one."""
    tell(document.notes, manner)
    if keep:
        backups.keep(account, target, before.raw)
    if care.recheck:
        guards.check_unchanged(before, read(client, account, target), target)
    asked = request.update(account, target, document, care.versioning)
    show(asked, client.send(asked), manner)


def made(value: JSON, account: Account) -> Document:
    """A record that was made here, checked as one from a file is."""
    return document_of("the changed record", text_of(value).encode(), account.plan, made_here=True)


def unchanged(before: Held, target: Target, manner: Manner) -> None:
    """Say that there is nothing to send, and show what is there."""
    if not manner.quiet:
        output.show_reply(before.reply, manner.part, "nothing was sent", target.id)
        output.success(f"{target.alias or target.id} holds that already; nothing was sent")


def show_changes(found: list[Change], manner: Manner) -> None:
    """What differs, on standard output."""
    if not manner.quiet:
        output.show_difference(operations(found), lines(found))
        if not found:
            output.success("no difference")


def check_can_ask(yes: bool, manner: Manner) -> None:
    """Raise UsageMistake where a question would have nobody to answer it."""
    if not (yes or manner.dry_run or output.can_ask()):
        raise UsageMistake("there is no terminal to ask at; nothing was sent", "--yes goes on without asking")


def ask(found: list[Change], target: Target, yes: bool) -> None:
    """Show what would change and ask whether it is to be sent. Raises Declined."""
    if yes:
        return
    output.tell_difference(lines(found))
    if not output.ask(f"Update {target.alias or target.id}? [y/N]").lower().startswith("y"):
        raise Declined("nothing was sent", bin=target.id)
