"""What Tab offers in the place of each argument: found on this machine, with no request and no key.

Typer offers those that begin with what was typed.
"""

from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from jsonbin_cli.config.account import Account, Target
    from jsonbin_cli.records.text import JSON

# For an error status; any other from 400 to 599 can be typed.
_STATUSES = ("429", "500", "502", "503", "504")


def profile_names() -> list[str]:
    """Profiles."""
    from jsonbin_cli.config import profiles

    return profiles.profile_names()


def aliases(ctx: typer.Context) -> list[str]:
    """Aliases of the profile that stands on the line, or of the one in use."""
    from jsonbin_cli.config import profiles

    return profiles.aliases(ctx.params.get("profile"))


def backups(ctx: typer.Context) -> list[str]:
    """Times of the backups of the bin on the line, the newest first."""
    from jsonbin_cli.failures import Failure
    from jsonbin_cli.records.backups import kept

    try:
        return [backup.when for backup in kept(*_bin(ctx))]
    except Failure:
        return []


def paths(ctx: typer.Context, incomplete: str) -> list[str]:
    """Paths in the record of the bin on the line, as far as this machine knows it."""
    return [path for path, _ in _paths(ctx, incomplete) if not path.endswith("[]")]


def assignments(ctx: typer.Context, incomplete: str) -> list[str]:
    """The same with the sign that keeps the kind of the value: = for a string, := for all else."""
    return [f"{path}{'=' if isinstance(value, str) else ':='}" for path, value in _paths(ctx, incomplete)]


def errors() -> list[str]:
    """Names of errors."""
    from jsonbin_cli.terminal.errors import RULES

    return [rule.slug for rule in RULES]


def topics(ctx: typer.Context) -> list[str]:
    """Topics of help, and commands."""
    from jsonbin_cli.commands.chapters import CHAPTERS

    program = ctx.find_root().command
    commands = program.list_commands(ctx) if isinstance(program, TyperGroup) else []
    return list(dict.fromkeys([*CHAPTERS, *commands]))


def settings() -> list[str]:
    """Settings of `serve`, each with the values that it takes."""
    from jsonbin_cli.local.api.settings import choices

    return [f"{name}={value}" for name, choice in choices().items() for value in choice.values if not value.isupper()]


def faults(incomplete: str) -> list[str]:
    """The faults of a script of `serve`, after those that were typed already."""
    from jsonbin_cli.local.server.faults import FAULTS

    named = [name for name in FAULTS if name.islower()]
    late = [f"late-{name}" for name in (*_STATUSES, "hang", "html", "edge")]
    before, comma, _ = incomplete.rpartition(",")
    return [before + comma + name for name in (*named, *_STATUSES, *late)]


def shares(incomplete: str) -> list[str]:
    """The faults that a share of `serve`'s answers can have."""
    return [f"{name}=" for name in faults(incomplete) if name.startswith(incomplete)]


def _paths(ctx: typer.Context, incomplete: str) -> list[tuple[str, "JSON"]]:
    from jsonbin_cli.failures import Failure
    from jsonbin_cli.records.path_candidates import paths_from

    try:
        return paths_from(_last_record(ctx), incomplete)
    except Failure:
        return []


def _last_record(ctx: typer.Context) -> "JSON":
    """The record of the bin on the line: in the store of the profile, else the newest backup. Raises Failure."""
    from jsonbin_cli.records.backups import chosen, document

    account, target = _bin(ctx)
    if account.store and account.store.exists():
        from jsonbin_cli.http.client import Client
        from jsonbin_cli.http.request import read

        with Client(account, None, timeout=1, retries=0) as client:
            return client.send(read(target)).record.value
    backup = chosen(account, target, None, None)
    assert backup is not None
    return document(backup, None).value


def _bin(ctx: typer.Context) -> tuple["Account", "Target"]:
    """The account and the bin on the line. Raises Failure."""
    from jsonbin_cli.config.profiles import resolve_without_key

    account = resolve_without_key(ctx.params.get("profile"))
    # Behind an option that has no value yet, Typer leaves BIN among the arguments.
    return account, account.bin(ctx.params.get("bin") or next(iter(ctx.args), ""))
