"""`jsonbin history`."""

from typing import TYPE_CHECKING, Annotated

import typer

from jsonbin_cli.commands.options import ASKING, Bin, Options, Yes, shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonbin_cli.config.account import Account, Target
    from jsonbin_cli.records.lost import Lost
    from jsonbin_cli.records.text import Member

_NAMED = 5


@shared(*ASKING)
def history_(
    bin: Bin,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="At most so many of each.")] = 20,
    sizes: Annotated[
        bool, typer.Option("--sizes", help="Read each version for its size: one request for each of them.")
    ] = False,
    lost: Annotated[
        bool,
        typer.Option(
            "--lost",
            help="Read the versions, and list changes that a later version overwrote unread.",
        ),
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete the versions at JSONBin; the bin keeps what it holds now.")
    ] = False,
    yes: Yes = False,
    *,
    options: Options,
) -> None:
    """List what can be put back: versions at JSONBin, and backups on this machine, the newest first."""
    from jsonbin_cli.commands.sending import mention
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.failures import UsageMistake

    account = resolve(options.profile)
    target = account.bin(bin)
    if lost + prune + sizes > 1:
        raise UsageMistake("--lost, --prune and --sizes are three ways", "give one of them")
    mention(account, target, options)
    if prune:
        _prune(account, target, options, yes=yes)
    elif lost:
        _lost(account, target, options, limit)
    else:
        _list(account, target, options, limit, sizes=sizes)


def _list(account: "Account", target: "Target", options: Options, limit: int, *, sizes: bool) -> None:
    from jsonbin_cli.commands.sending import client_for, tell
    from jsonbin_cli.http.request import count_versions, read
    from jsonbin_cli.records import backups
    from jsonbin_cli.records.history import history
    from jsonbin_cli.terminal import output

    kept = backups.kept(account, target)
    with client_for(account, options) as client:

        def size_of(version: int, last: int) -> int:
            asked = read(target, version)._replace(doing=f"version {version} of {last}")
            return len(client.send(asked).part("record"))

        found = history(
            kept,
            limit,
            count=lambda: client.send(count_versions(target)).version_count,
            size_of=size_of if sizes else None,
        )
    tell(found.notes, options)
    if not options.quiet:
        output.show_listing(found.as_json(), found.as_text() or "no version at JSONBin, and no backup on this machine")


def _lost(account: "Account", target: "Target", options: Options, limit: int) -> None:
    import json
    from shlex import quote

    from jsonbin_cli.commands.sending import client_for, tell
    from jsonbin_cli.http.request import count_versions, read
    from jsonbin_cli.records.lost import lost
    from jsonbin_cli.terminal import output

    with client_for(account, options) as client:
        last = client.send(count_versions(target)).version_count
        first = max(0, last - limit)
        count = last - first + 1
        read_first = f"{count} version{'' if count == 1 else 's'} and the record"
        tell([f"{count + 1} more requests read {read_first}"], options)

        def version(number: int) -> "tuple[int, Member]":
            asked = read(target, number or None, base=number == 0)
            return number, client.send(asked._replace(doing=f"version {number} of {last}")).record

        found = lost(map(version, range(first, last + 1)), lambda: client.send(read(target)).record)
    data = [
        {
            "version": one.number,
            "overwritten_by": one.number + 1,
            "places": [place.pointer for place in one.places],
        }
        for one in found
    ]
    if not options.quiet:
        lines = [line for one in found for line in _how_to_put_back(one, quote(target.name), account)]
        output.show_listing(json.dumps(data), "\n".join(lines) or "no version undoes what the one before it changed")


def _how_to_put_back(lost: "Lost", name: str, account: "Account") -> "Iterator[str]":
    """What was lost, and commands that put it back where nothing else is in its place, else those that show it."""
    from shlex import quote

    from jsonbin_cli.failures import profile_option
    from jsonbin_cli.records.paths import written

    option, version = profile_option(account.name), f"--version {lost.number}"
    said = f"version {lost.number} was overwritten by version {lost.number + 1}"
    back = [(place.pointer, place.to) for place in lost.places if place.to is not None]
    if back:
        yield f"{said}; to put back what it changed:"
    for pointer, to in back:
        look = f"jsonbin get {name} {quote(written(pointer))} {version}{option}"
        yield f"  {look} | jsonbin set {name} {quote(written(to) + ':=@-')} --merge{option}"
    others = [place.pointer or "the whole record" for place in lost.places if place.to is None]
    if others:
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        yield f"{said} at {', '.join(others[:_NAMED])}{more}, where the bin may hold newer values; to look at both:"
        record = f"jsonbin get {name} {version} --record{option}"
        yield f"  {record}"
        yield f"  {record} | jsonbin diff {name}{option}"


def _prune(account: "Account", target: "Target", options: Options, *, yes: bool) -> None:
    from jsonbin_cli.commands.changing import check_can_ask
    from jsonbin_cli.commands.sending import client_for
    from jsonbin_cli.failures import Declined
    from jsonbin_cli.http.request import count_versions, delete_versions
    from jsonbin_cli.terminal import output, prompts

    check_can_ask(yes, options)
    with client_for(account, options) as client:
        count = client.send(count_versions(target)).version_count
        if count:
            question = f"Delete {count} versions of {target.name} for good? It keeps what it holds now. [y/N]"
            if not yes and not prompts.ask(question).lower().startswith("y"):
                raise Declined("nothing was sent", bin=target.id)
            client.send(delete_versions(target))
    if not options.quiet:
        output.success(f"deleted {count} versions of {target.name}")
