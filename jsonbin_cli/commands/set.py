"""`jsonbin set`."""

from typing import TYPE_CHECKING, Annotated

import typer

from jsonbin_cli.commands import candidates
from jsonbin_cli.commands.options import CHANGING, Bin, Options, shared

if TYPE_CHECKING:
    from jsonbin_cli.records.text import JSON


@shared(*CHANGING)
def set_(
    bin: Bin,
    assignments: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH=TEXT|PATH:=JSON|PATH:=@FILE|PATH+=N...",
            autocompletion=candidates.assignments,
            help="What to set: user.name=Ann, user.age:=30, 'tags[]'=x at the end of an array, visits+=1 to add, "
            "/a~1b:=null as a JSON Pointer.",
        ),
    ],
    text: Annotated[
        bool, typer.Option("--text", help="Let = make a string also of what is a number, true, false, null or more.")
    ] = False,
    *,
    options: Options,
) -> None:
    """Set single values of a record: = gives a string, := JSON; objects and arrays on the way to them are made."""
    from jsonbin_cli.commands.changing import change
    from jsonbin_cli.commands.sending import tell
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.records.assignments import added_at, assigned, words_as_strings
    from jsonbin_cli.records.assignments import assignments as read

    account = resolve(options.profile)
    target = account.bin(bin)
    wanted = read(assignments, text=text)
    tell([note for assignment in wanted for note in assignment.notes], options)
    notes: list[str] = []

    def new(old: "JSON") -> "JSON":
        notes[:] = [] if text else words_as_strings(old, wanted)
        return assigned(old, wanted, text=text)

    change(account, target, new, options, added_at(wanted))
    tell(notes, options)
