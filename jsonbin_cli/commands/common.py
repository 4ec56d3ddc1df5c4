"""What the commands that talk to JSONBin do alike: send a request and show its reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jsonbin_cli.config.account import Account
    from jsonbin_cli.http.client import Client
    from jsonbin_cli.http.reply import Reply
    from jsonbin_cli.http.request import Request
    from jsonbin_cli.records.document import Document


class Manner(NamedTuple):
    """How a command was asked to go about it."""

    record: bool = False
    metadata: bool = False
    quiet: bool = False
    dry_run: bool = False
    timeout: float = 30
    retries: int = 2
    verbose: bool = False

    @property
    def part(self) -> str | None:
        """Which part of a reply to print; None is all of it."""
        return "record" if self.record else "metadata" if self.metadata else None

    def check(self) -> None:
        """Raise UsageMistake where two parts were asked for."""
        if self.record and self.metadata:
            from jsonbin_cli.failures import UsageMistake

            raise UsageMistake("--record and --metadata each print one part", "leave both out to print the whole reply")


def perform(request: Request, manner: Manner) -> None:
    """Send the request and show the reply, or, for a dry run, show the request."""
    from jsonbin_cli.terminal import output

    manner.check()
    if request.document:
        tell(request.document.notes, manner)
    if manner.dry_run:
        if not manner.quiet:
            output.show_json(_as_json(request))
        return
    with client_for(request.account, manner) as client:
        reply = client.send(request)
    show(request, reply, manner)


def record_from(file: str | None, account: Account) -> Document:
    """The record to send, from a file or standard input."""
    from jsonbin_cli.records.document import document_from

    if file in (None, "-"):  # so that the time of this import is not lost behind a slow pipe
        from jsonbin_cli.http import client  # noqa: F401
    return document_from(file, account.plan)


def client_for(account: Account, manner: Manner) -> Client:
    """What sends the requests of one command, and tells what it was asked to tell."""
    from jsonbin_cli.http.connect import ahead
    from jsonbin_cli.terminal import output

    connecting = ahead(account, manner.timeout)
    # This takes as long as to connect does, which goes on meanwhile.
    from jsonbin_cli.http.client import Client

    return Client(
        account,
        connecting,
        timeout=manner.timeout,
        retries=manner.retries,
        note=(lambda _: None) if manner.quiet else output.note,
        log=output.detail if manner.verbose else lambda _: None,
    )


def tell(notes: Iterable[str], manner: Manner) -> None:
    """The notes, unless nothing is to be said."""
    from jsonbin_cli.terminal import output

    for note in () if manner.quiet else notes:
        output.note(note)


def show(request: Request, reply: Reply, manner: Manner) -> None:
    """A reply, and what was done."""
    from jsonbin_cli.terminal import output

    if manner.quiet:
        return
    tell(reply.notes, manner)
    done, target = _done(request, reply), request.target
    output.show_reply(reply, manner.part, done, target.id if target else None)
    if request.verb != "read":
        output.success(done)


def _done(request: Request, reply: Reply) -> str:
    target = request.target
    if target is None:
        return f"created {reply.metadata.get('id')}"
    alias = f" ({target.alias})" if target.alias else ""
    version = reply.metadata.get("version")
    done = "read" if request.verb == "read" else "updated"
    return f"{done} {target.id}{alias}" + (f", version {version}" if version is not None else "")


def _as_json(request: Request) -> str:
    import json

    key, store = request.account.key, request.account.store
    return json.dumps(
        {
            "method": request.method,
            "url": request.url,
            **({"store": str(store)} if store else {}),
            "headers": [*request.headers, *([key.header] if key else [])],
            "bytes": len(request.body or b""),
            "key": key.source if key else None,
        },
        ensure_ascii=False,
    )
