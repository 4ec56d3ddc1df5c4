"""`jsonbin patch`."""

from typing import TYPE_CHECKING, Annotated

import typer

from jsonbin_cli.commands.options import CHANGING, Bin, Options, shared

if TYPE_CHECKING:
    from jsonbin_cli.records.text import JSON


@shared(*CHANGING)
def patch_(
    bin: Bin,
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="The patch; - or nothing reads standard input.")
    ] = None,
    json_patch: Annotated[
        bool | None,
        typer.Option(
            "--json-patch/--merge-patch",
            help="Which kind it is. Without either, an array of operations, as diff writes it, is a JSON Patch (RFC "
            "6902), an object is a merge patch, and all else is refused.",
        ),
    ] = None,
    *,
    options: Options,
) -> None:
    """Change part of a record by a patch.

    In a merge patch (RFC 7396) members replace, and null removes. In a JSON Patch (RFC 6902), which diff writes, a test
    that fails exits 6.
    """
    from shlex import quote

    from jsonbin_cli.commands.changing import change
    from jsonbin_cli.commands.sending import tell
    from jsonbin_cli.config.profiles import resolve
    from jsonbin_cli.failures import profile_option
    from jsonbin_cli.records import pipeline
    from jsonbin_cli.records.document import json_from
    from jsonbin_cli.records.guards import check_depth
    from jsonbin_cli.records.patch import is_json_patch, names_like_paths, patched

    account = resolve(options.profile)
    target = account.bin(bin)
    patch = json_from(file, as_is=options.as_is)
    if not options.as_is:
        pipeline.check_not_a_part(account, target, file, patch, "patch")
    value = patch.value
    check_depth(patch.name, value)
    if json_patch is None:
        json_patch = is_json_patch(value, patch.name, quote(target.name) + profile_option(account.name))
    del value  # it may be large
    tell(patch.notes, options)
    notes: list[str] = []

    def new(old: "JSON") -> "JSON":
        notes[:] = [] if json_patch else names_like_paths(old, patch.value)
        return patched(old, patch.value, patch.name, is_json_patch=json_patch)

    change(account, target, new, options)
    tell(notes, options)
