"""What `update` does where it reads the old record first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonbin_cli.commands.changing import OpenBin
from jsonbin_cli.commands.sending import tell
from jsonbin_cli.records import guards
from jsonbin_cli.records.compare import changes

if TYPE_CHECKING:
    from decimal import Decimal

    from jsonbin_cli.commands.options import Options
    from jsonbin_cli.config.account import Account, Target
    from jsonbin_cli.http.reply import Reply
    from jsonbin_cli.records.document import Document


def replace(
    account: Account, target: Target, document: Document, options: Options, *, keep: bool, max_shrink: str | None
) -> None:
    """Put a record in the place of the one that is there, which is read first."""
    most = guards.share(max_shrink)
    guards.check_depth(document.name, document.value)
    with OpenBin(account, target, options, keep=keep) as bin:
        before = bin.read(match=not bin.merges)
        if bin.merges:
            document = bin.based(document, before.record.value)
        _look(bin, before, document, options, most, target)
        if not options.dry_run:
            bin.write(before, document)


def _look(
    bin: OpenBin, before: Reply, document: Document, options: Options, most: Decimal | None, target: Target
) -> None:
    """Check a document against the record that it is to replace, and show the difference in a dry run."""
    held, new = before.record.value, document.value
    smaller = guards.check_shrink(held, new, most, target)
    tell([*([smaller] if smaller else []), *guards.lone_record(document.name, new, held)], options)
    if options.dry_run:
        bin.show_changes(changes(held, new), held, new)
