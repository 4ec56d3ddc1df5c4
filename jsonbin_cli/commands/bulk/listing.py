"""`ls`: the bins of an account, as each page arrives, and their names as aliases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from jsonbin_cli.commands.bulk.session import pace_for
from jsonbin_cli.commands.sending import client_for, tell
from jsonbin_cli.config import edit
from jsonbin_cli.config.file import ALIAS, BIN_ID
from jsonbin_cli.http.listing import Listed, matching, pages
from jsonbin_cli.terminal import output, streams
from jsonbin_cli.terminal.layout import padded

if TYPE_CHECKING:
    from jsonbin_cli.commands.options import Options
    from jsonbin_cli.config.account import Account

_WORTH_TELLING = 3
"""More requests than these are told."""


def list_bins(
    account: Account,
    options: Options,
    collection: str | None,
    pattern: str | None,
    most: int | None,
    rate: float | None,
    *,
    save: bool,
) -> None:
    """Show the bins, and save their names where that is wanted. Raises what the requests raise."""
    if save:
        edit.profile_to_change(options.profile)
    pace = pace_for(account, rate)
    found: list[Listed] = []
    with client_for(account, options, pace) as client:
        for page in matching(pages(client, collection), pattern, most):
            if save:
                found += page
            if not options.quiet:
                _show(page)
    if pace.requests > _WORTH_TELLING and not options.quiet:
        output.detail(f"{pace.requests:,} requests")
    if save:
        _save(found, options)


def _show(page: Sequence[Listed]) -> None:
    if streams.is_terminal("stdout"):
        output.show_table((_line(bin), "") for bin in page)
        return
    for bin in page:
        about = {"name": bin.name or None, "id": bin.id, "private": bin.private, "createdAt": bin.created or None}
        output.show_line(json.dumps(about))


def _line(bin: Listed) -> str:
    """A bin in at most 80 columns of a terminal."""
    created = bin.created[:19].replace("T", " ")
    return f"{padded(bin.name, 22)}  {bin.id}  {'private' if bin.private else 'public':7}  {created}".rstrip()


def _save(bins: Sequence[Listed], options: Options) -> None:
    """Keep the names as aliases; those that are taken, or that cannot be an alias, are reported and left alone."""
    saved = edit.add_aliases(_with_names(bins, options), options.profile)
    tell(saved.notes, options)
    if not options.quiet:
        output.success(saved.done)


def _with_names(bins: Sequence[Listed], options: Options) -> Iterator[tuple[str, str]]:
    for bin in bins:
        if ALIAS.fullmatch(bin.name) and not BIN_ID.fullmatch(bin.name):
            yield bin.name, bin.id
        else:
            called = f'"{bin.name}" is not an alias' if bin.name else "it has no name"
            tell([f"{bin.id} gets no alias: {called}"], options)
