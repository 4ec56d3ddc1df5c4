"""The arguments and options that commands share. `shared` gives a command the options, in one object."""

import inspect
from collections.abc import Callable
from functools import wraps
from math import isnan
from typing import Annotated, Any, Literal, NamedTuple, get_type_hints

import typer

from jsonbin_cli.commands import candidates


def _a_number(value: float | None) -> float | None:
    if value is not None and isnan(value):  # which is in every range
        raise typer.BadParameter("nan is not a number.")
    return value


Bin = Annotated[
    str,
    typer.Argument(
        metavar="BIN",
        autocompletion=candidates.aliases,
        help="The bin: its id, an alias of the profile, or a URL that holds the id.",
    ),
]
File = Annotated[str | None, typer.Argument(metavar="[FILE]", help="The record; - or nothing reads standard input.")]
ProfileName = Annotated[
    str, typer.Argument(metavar="NAME", autocompletion=candidates.profile_names, help="The profile.")
]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        "-p",
        metavar="NAME",
        autocompletion=candidates.profile_names,
        help="The profile to use; local is built in.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

Jobs = Annotated[int, typer.Option(min=1, max=64, metavar="N", help="How many requests may be under way at once.")]
Rate = Annotated[
    float | None,
    typer.Option(
        min=0,
        metavar="N",
        callback=_a_number,
        help="Requests a minute, 0 for no limit; 60 for a service on the network, no limit for this machine.",
    ),
]
StateFile = Annotated[
    str | None, typer.Option(metavar="FILE", help="Keep here what was last applied; CI can cache it.")
]
Collection = Annotated[
    str | None,
    typer.Option(
        metavar="ID|NAME|all",
        help="The bins of this collection; all is every collection and none, uncategorized those in none.",
    ),
]
MaxRequests = Annotated[int | None, typer.Option(min=0, metavar="N", help="Refuse what takes more requests.")]
FailFast = Annotated[bool, typer.Option("--fail-fast", help="Begin nothing more after the first failure.")]


class Options(NamedTuple):
    """What commands that talk to JSONBin have in common; a command that lacks an option has its default."""

    versioning: Annotated[
        bool | None,
        typer.Option(
            "--versioning/--no-versioning",
            help="Keep the new record as a version, or not; without either, the profile or JSONBin decides.",
        ),
    ] = None
    if_match: Annotated[
        str | None, typer.Option(metavar="FILE", help="Send only if the bin still holds the record in FILE.")
    ] = None
    recheck: Annotated[
        bool,
        typer.Option(
            "--recheck",
            help="Read once more just before writing: narrows the gap between two writers, and cannot close it.",
        ),
    ] = False
    merge: Annotated[
        bool | None,
        typer.Option(
            "--merge/--no-merge",
            help="Keep what other writers write at the same time, where the bin keeps versions; see: jsonbin help "
            "two-writers.",
        ),
    ] = None
    prefer: Annotated[
        Literal["ours", "theirs"] | None,
        typer.Option(help="With --merge: whose value is taken where both changed the same place."),
    ] = None
    tries: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="With --merge: how often to write.")] = 20
    no_backup: Annotated[
        bool, typer.Option("--no-backup", help="Do not keep the old record on this machine before it is replaced.")
    ] = False
    as_is: Annotated[
        bool,
        typer.Option(
            "--as-is",
            help="Take a whole reply of JSONBin, a JSON Patch, or what is only a part of the record, for a record.",
        ),
    ] = False
    profile: Profile = None
    record: Annotated[bool, typer.Option("--record", help="Print only the record.")] = False
    metadata: Annotated[bool, typer.Option("--metadata", help="Print only the metadata.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing unless it fails.")] = False
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Print what would be sent or changed, and change nothing.")
    ] = False
    timeout: Annotated[
        float,
        typer.Option(min=0.1, max=3600, metavar="SECONDS", callback=_a_number, help="How long an answer may take."),
    ] = 30
    retries: Annotated[int, typer.Option(min=0, max=20, metavar="N", help="How often to try again.")] = 2
    # Read by report.style_of before anything can fail; here for the help and the check of its value.
    errors: Annotated[
        Literal["text", "json", "github"] | None,
        typer.Option(envvar="JSONBIN_ERRORS", help="How failures are written."),
    ] = None
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell each request and answer on standard error.")
    ] = False

    @property
    def part(self) -> str | None:
        """Which part of a reply to print; None is all of it. Raises UsageMistake where both were asked for."""
        if self.record and self.metadata:
            from jsonbin_cli.failures import UsageMistake

            raise UsageMistake("--record and --metadata each print one part", "leave both out to print the whole reply")
        return "record" if self.record else "metadata" if self.metadata else None


ASKING = ("profile", "quiet", "timeout", "retries", "verbose")
"""For commands that only ask JSONBin, and for those about many bins."""
SENDING = (*ASKING, "record", "metadata", "dry_run")
"""For commands that print a reply."""
REPLACING = (*SENDING, "versioning", "if_match", "recheck", "as_is", "merge", "prefer", "tries")
"""For commands that may read a record before they replace it."""
CHANGING = (*REPLACING, "no_backup")
"""For commands that always read the record first, and keep it unless told otherwise."""


def shared(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of `Options` with these names, and `--errors`; it receives them as `options`."""

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command).parameters
        types = get_type_hints(Options, include_extras=True)
        chosen = [name for name in Options._fields if name in (*names, "errors")]

        @wraps(command)
        def with_options(**given: Any) -> None:
            options = Options(**{name: given.pop(name) for name in chosen})
            command(**given, **({"options": options} if "options" in own else {}))

        added = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=Options._field_defaults[name], annotation=types[name]
            )
            for name in chosen
        ]
        kept = [
            parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for name, parameter in own.items()
            if name != "options"
        ]
        with_options.__signature__ = inspect.Signature([*kept, *added])  # type: ignore[attr-defined]
        return with_options

    return decorated
