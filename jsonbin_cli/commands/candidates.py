"""What Tab offers in the place of each argument: found on this machine, with no request and no key."""

from collections.abc import Iterable

import typer
from typer.core import TyperGroup

# For an error status; any other from 400 to 599 can be typed.
_STATUSES = ("429", "500", "502", "503", "504")


def profile_names(incomplete: str) -> list[str]:
    """Profiles."""
    from jsonbin_cli.config import profiles

    return _starting(incomplete, profiles.profile_names())


def aliases(ctx: typer.Context, incomplete: str) -> list[str]:
    """Aliases of the profile that stands on the line, or of the one in use."""
    from jsonbin_cli.config import profiles

    return _starting(incomplete, profiles.aliases(ctx.params.get("profile")))


def errors(incomplete: str) -> list[str]:
    """Names of errors."""
    from jsonbin_cli.terminal.errors import RULES

    return _starting(incomplete, [rule.slug for rule in RULES])


def topics(ctx: typer.Context, incomplete: str) -> list[str]:
    """Topics of help, and commands."""
    from jsonbin_cli.commands.chapters import CHAPTERS

    program = ctx.find_root().command
    commands = program.list_commands(ctx) if isinstance(program, TyperGroup) else []
    return _starting(incomplete, dict.fromkeys([*CHAPTERS, *commands]))


def settings(incomplete: str) -> list[str]:
    """Settings of `serve`, each with the values that it takes."""
    from jsonbin_cli.local.api.settings import choices

    pairs = (f"{name}={value}" for name, choice in choices().items() for value in choice.values if not value.isupper())
    return _starting(incomplete, pairs)


def faults(incomplete: str) -> list[str]:
    """The faults of a script of `serve`, after those that were typed already."""
    from jsonbin_cli.local.server.faults import FAULTS

    named = [name for name in FAULTS if name.islower()]
    late = [f"late-{name}" for name in (*_STATUSES, "hang", "html", "edge")]
    before, comma, begun = incomplete.rpartition(",")
    return [before + comma + name for name in _starting(begun, (*named, *_STATUSES, *late))]


def shares(incomplete: str) -> list[str]:
    """The faults that a share of `serve`'s answers can have."""
    return [f"{name}=" for name in faults(incomplete)]


def _starting(incomplete: str, candidates: Iterable[str]) -> list[str]:
    return [candidate for candidate in candidates if candidate.startswith(incomplete)]
