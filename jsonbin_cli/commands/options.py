"""The arguments and options that commands share."""

from math import isnan
from typing import Annotated, Literal

import typer


def _profile_names(incomplete: str) -> list[str]:
    from jsonbin_cli.config.profiles import profile_names

    return [name for name in profile_names() if name.startswith(incomplete)]


def _aliases(ctx: typer.Context, incomplete: str) -> list[str]:
    from jsonbin_cli.config.profiles import aliases

    return [name for name in aliases(ctx.params.get("profile")) if name.startswith(incomplete)]


def _a_number(seconds: float) -> float:
    if isnan(seconds):  # which is in every range
        raise typer.BadParameter("nan is not a number of seconds.")
    return seconds


Bin = Annotated[
    str,
    typer.Argument(
        metavar="BIN",
        show_default=False,
        autocompletion=_aliases,
        help="The bin: its id, an alias of the profile, or a URL that holds the id.",
    ),
]
File = Annotated[
    str | None,
    typer.Argument(metavar="[FILE]", show_default=False, help="The record; - or nothing reads standard input."),
]
PatchFile = Annotated[
    str | None,
    typer.Argument(metavar="[FILE]", show_default=False, help="The patch; - or nothing reads standard input."),
]
Assignments = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH=TEXT|PATH:=JSON|PATH:=@FILE...",
        show_default=False,
        help="What to set: user.name=Ann, user.age:=30, 'tags[]'=x at an array's end, /a~1b:=null as a JSON Pointer.",
    ),
]
Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", show_default=False, help="What to take away: user.age, 'tags[0]', /a~1b."),
]
ProfileName = Annotated[
    str,
    typer.Argument(metavar="NAME", show_default=False, autocompletion=_profile_names, help="The profile."),
]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        "-p",
        metavar="NAME",
        show_default=False,
        autocompletion=_profile_names,
        help="The profile to use; local is built in.",
    ),
]
Record = Annotated[bool, typer.Option("--record", help="Print only the record.")]
Metadata = Annotated[bool, typer.Option("--metadata", help="Print only the metadata.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing unless it fails.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Print what would be sent, and send nothing.")]
DryDifference = Annotated[
    bool, typer.Option("--dry-run", "-n", help="Print what would change, and send nothing but reads.")
]
Versioning = Annotated[
    bool | None,
    typer.Option(
        "--versioning/--no-versioning",
        show_default=False,
        help="Keep the old record as a version, or not; without either, the profile or JSONBin decides.",
    ),
]
IfMatch = Annotated[
    str | None,
    typer.Option(
        "--if-match", metavar="FILE", show_default=False, help="Send only if the bin still holds the record in FILE."
    ),
]
Recheck = Annotated[
    bool,
    typer.Option(
        "--recheck",
        help="Read once more just before writing: narrows the gap between two writers, and cannot close it.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Timeout = Annotated[
    float,
    typer.Option(min=0.1, max=3600, metavar="SECONDS", callback=_a_number, help="How long an answer may take."),
]
Retries = Annotated[int, typer.Option(min=0, max=20, metavar="N", help="How often to try again.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Tell each request and answer on standard error.")]
# Read by output.errors_style before anything can fail; here for the help and the check of its value.
Errors = Annotated[
    Literal["text", "json", "github"] | None,
    typer.Option(envvar="JSONBIN_ERRORS", show_default=False, help="How failures are written."),
]
