"""What the commands that talk to JSONBin share: a client, a request sent, a reply shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jsonbin_cli.commands.options import Options
    from jsonbin_cli.config.account import Account, Target
    from jsonbin_cli.http.client import Client
    from jsonbin_cli.http.pace import Pace
    from jsonbin_cli.http.reply import Reply
    from jsonbin_cli.http.request import Request
    from jsonbin_cli.records.document import Document
    from jsonbin_cli.records.paths import Path
    from jsonbin_cli.records.text import Member


def document_from(file: str | None, account: Account, options: Options, *, any_size: bool = False) -> Document:
    """The record to send, from a file or standard input. Raises as `records.document.document_from` does."""
    from jsonbin_cli.records.document import document_from

    if file in (None, "-") and not account.store:  # while the command before the pipe is still at work
        from jsonbin_cli.http import transport  # noqa: F401
    return document_from(file, account.plan, as_is=options.as_is, any_size=any_size)


def send(request: Request, account: Account, options: Options) -> Reply | None:
    """Send the request, show the reply, and return it; for a dry run, show the request."""
    part = options.part
    if request.writes and request.target:
        mention(account, request.target, options)
    if request.document:
        tell(request.document.notes, options)
    if options.dry_run:
        show_request(request, account, options)
        return None
    with client_for(account, options) as client:
        reply = client.send(request)
        show(request, reply, part, options)
        return reply


def client_for(account: Account, options: Options, pace: Pace | None = None) -> Client:
    """What sends the requests of one command, and tells what it was asked to tell.

    With a `pace` it is one of several, and tells only what `--verbose` asks for.
    """
    connecting = None
    if not account.store:
        from jsonbin_cli.http.connect import open_early

        connecting = open_early(account, options.timeout)
        # This import takes as long as it takes to connect, which goes on meanwhile.
        from jsonbin_cli.http import transport  # noqa: F401
    from jsonbin_cli.http.client import Client
    from jsonbin_cli.terminal import output
    from jsonbin_cli.terminal.waiting import Waiting

    log = output.detail if options.verbose else lambda _: None
    client = partial(Client, account, connecting, timeout=options.timeout, retries=options.retries, log=log)
    if pace:
        return client(
            note=log, pause=pace.pause, turn=pace.turn, busy=pace.hold, values=pace.values, places=pace.places
        )
    return client(note=(lambda _: None) if options.quiet else output.note, waiting=Waiting(quiet=options.quiet))


def mention(account: Account, target: Target, options: Options) -> None:
    """A note where a command that updated this bin with --merge was cut off before it had checked that."""
    from contextlib import suppress
    from shlex import quote

    from jsonbin_cli.config.environment import state_folder
    from jsonbin_cli.failures import BadConfig, profile_option

    with suppress(BadConfig):  # there is no folder for notes
        if (state_folder() / "unchecked").is_dir():
            from jsonbin_cli.records.unchecked import left

            if left(account, target):
                name = quote(target.name)
                check = f"jsonbin check {name}{profile_option(account.name)}"
                tell([f"an update of {name} was cut off before it was checked: {check}"], options)


def tell(notes: Iterable[str], options: Options) -> None:
    """The notes, unless nothing is to be said."""
    from jsonbin_cli.terminal import output

    for note in () if options.quiet else notes:
        output.note(note)


def show(
    request: Request, reply: Reply, part: str | None, options: Options, changed: list[tuple[str, str]] | None = None
) -> None:
    """A reply or a part of it, and what was done; at a terminal the lines of `changed` in place of a whole reply."""
    from jsonbin_cli.terminal import output

    if options.quiet:
        return
    tell(reply.notes, options)
    output.show_reply(reply, part, request.bin, changed)
    if request.writes:
        output.success(reply.done)


def show_id(reply: Reply, options: Options) -> None:
    """The id of the bin that a reply says was created, alone. Raises OutputFailed where it says none."""
    from jsonbin_cli.failures import OutputFailed
    from jsonbin_cli.terminal import output

    tell(reply.notes, options)
    if not reply.id:
        raise OutputFailed("the bin was created, but the reply does not say its id", "look for it on the dashboard")
    output.show_string(reply.id, f"{reply.done}, but its id")


def show_selected(record: Member, wanted: Sequence[Path], options: Options, *, raw: bool) -> None:
    """The values at the paths, or the record where there are none. Raises PathNotFound."""
    from jsonbin_cli.records.values import selected
    from jsonbin_cli.records.writing import text_of
    from jsonbin_cli.terminal import output

    values = selected(record.value, wanted)
    if options.quiet:
        return
    if not wanted:
        output.show_json(record.text)
    for value in values:
        if raw and isinstance(value, str):
            output.show_string(value)
        else:
            output.show_json(text_of(value))


def show_request(request: Request, account: Account, options: Options) -> None:
    """What would be sent, without the key."""
    from jsonbin_cli.terminal import output, preview

    if not options.quiet:
        output.show_listing(preview.as_json(request, account), preview.as_text(request, account))
