"""What the commands that talk to JSONBin do alike: send a request and show its reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jsonbin_cli.reply import Reply
    from jsonbin_cli.request import Request


class Manner(NamedTuple):
    """How a command was asked to go about it."""

    record: bool
    metadata: bool
    quiet: bool
    dry_run: bool
    timeout: float
    retries: int
    verbose: bool

    @property
    def part(self) -> str | None:
        """Which part of a reply to print; None is all of it. Raises UsageMistake where two were asked for."""
        if self.record and self.metadata:
            from jsonbin_cli.failures import UsageMistake

            raise UsageMistake("--record and --metadata each print one part", "leave both out to print the whole reply")
        return "record" if self.record else "metadata" if self.metadata else None


def perform(request: Request, manner: Manner) -> None:
    """Send the request and show the reply, or, for a dry run, show the request."""
    from jsonbin_cli import output

    part = manner.part
    if not manner.quiet and request.document:
        for note in request.document.notes:
            output.note(note)
    if manner.dry_run:
        if not manner.quiet:
            output.show_json(_as_json(request))
        return
    reply = _sent(request, manner)
    if manner.quiet:
        return
    for note in reply.notes:
        output.note(note)
    done = _done(request, reply)
    output.show_reply(reply, part, done, request.target.id if request.target else None)
    if request.verb != "read":
        output.success(done)


def _sent(request: Request, manner: Manner) -> Reply:
    from jsonbin_cli import output
    from jsonbin_cli.client import Client

    with Client(
        request.account,
        timeout=manner.timeout,
        retries=manner.retries,
        note=(lambda _: None) if manner.quiet else output.note,
        log=output.detail if manner.verbose else lambda _: None,
    ) as client:
        return client.send(request)


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
