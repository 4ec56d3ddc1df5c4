"""What a key looks like: told apart from what it is not, and masked wherever it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

# Every key seen so far is a bcrypt hash of 60 characters; the reference does not promise it.
_SHAPE = r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}"
LENGTH = 60

_MASK = "$2…"
_LEAST_MASKED = 12
_BODY = "[./A-Za-z0-9]"
# A key whole or harmed: what starts like one, and its bare end of 53 characters, which alone is the secret. A path
# of 53 such characters starts with a slash or a dot.
_LIKE_A_KEY = (
    rf"\\*\$+2[aby]\\*\$*\d\d\\*\$*{_BODY}{{20,}}(?:\s+{_BODY}{{10,}})?"
    rf"|(?<!{_BODY})2?[aby](?:\$?10\$?|0)(?={_BODY}*[A-Z])(?={_BODY}*[0-9./]){_BODY}{{20,}}"
    rf"|(?<!{_BODY})(?![./])(?={_BODY}*[A-Z])(?={_BODY}*[a-z])(?={_BODY}*[0-9.]){_BODY}{{52,54}}(?!{_BODY})"
)
# The key of every store on this machine. It opens nothing but files that their owner can read anyway.
LOCAL_MASTER_KEY = "$2b$10$this.key.opens.only.stores.that.live.on.this.machine/"


class Damage(NamedTuple):
    """What became of a key: `happened` completes "this key …", `fix` says what to do."""

    happened: str
    fix: str


_SINGLE_QUOTES = "put the key in single quotes where the shell reads it: '$2b$10$…'"

# How a key `$2b$10$…` arrives by the routes that harm it, most telling first.
_DAMAGES: tuple[tuple[str, Damage], ...] = (
    (
        r"[0-9a-fA-F]{24}",
        Damage(
            "is 24 hexadecimal digits: the ID of an access key or a bin, not a key",
            "copy the key itself from the API Keys page; an access key is shown only once, so make a new one",
        ),
    ),
    (
        r"\\+\$2[aby]\\+\$.*",
        Damage("has a backslash before each $", "take the backslashes away"),
    ),
    (
        r"\$\$2[aby]\$\$.*",
        Damage(
            "has each $ doubled, as docker compose and make want it written",
            "write single $ signs everywhere else",
        ),
    ),
    (
        rf"[\"'“‘].*{_SHAPE}.*|.*{_SHAPE}[\"'”’]",
        Damage("has quotes around it", "take the quotes away: where this value is read, they are part of it"),
    ),
    (
        rf"(?=.*\s)(?=\s*\$2).*|.*{_SHAPE}\s.*",
        Damage("has blanks inside", "copy it again, without the line break or blank"),
    ),
    (
        rf".+{_SHAPE}|{_SHAPE}\W.*",
        Damage("has more around it than the key", f"keep only the {LENGTH} characters that start with $2"),
    ),
    (
        r"\$\{*[A-Za-z_][A-Za-z_0-9.]*\}*|\$\{\{.*|<.*>",
        Damage(
            "is the name of a variable or a placeholder, not its value",
            "put the key there, or let the variable be expanded",
        ),
    ),
    (
        r"[aby]0[./A-Za-z0-9]{52}",
        Damage(
            "starts in the middle: make, or a shell's double quotes, took its $ parts",
            f"in a makefile write each $ as $$; else {_SINGLE_QUOTES}",
        ),
    ),
    (
        r"[aby]0.*",
        Damage("starts in the middle: a shell's double quotes took its $ parts", _SINGLE_QUOTES),
    ),
    (
        r"\$2[aby]\$\d\d(?!\$).*",
        Damage(
            "has lost what follows $2b$10: a .env file was read with variable expansion",
            r"in that .env file write each $ as \$",
        ),
    ),
    (
        r"\$?[./].*",
        Damage(
            "has lost its beginning: PowerShell's double quotes took its $ parts",
            "put the key in single quotes: '$2b$10$…'",
        ),
    ),
    (
        rf"\$2[aby]\$\d\d\$[./A-Za-z0-9]{{0,{LENGTH - 8}}}",
        Damage(f"is shorter than {LENGTH} characters", "copy it again, whole"),
    ),
    (
        rf"\$2[aby]\$\d\d\$[./A-Za-z0-9]{{{LENGTH - 6},}}",
        Damage(f"is longer than {LENGTH} characters", "copy it again, alone"),
    ),
)


def is_well_formed(text: str) -> bool:
    """Whether `text` has the shape that every key seen so far has."""
    return re.fullmatch(_SHAPE, text) is not None


def damage_to(text: str) -> Damage | None:
    """What happened to a key, as far as its shape shows it; None where it is well formed or unlike a key."""
    if is_well_formed(text):
        return None
    return next((damage for shape, damage in _DAMAGES if re.fullmatch(shape, text)), None)


def masked(text: str, known: Iterable[str] = ()) -> str:
    """`text` with all that looks like a key replaced, for the last door before the terminal.

    That is every well-formed key, what is left of one after each route that harms it, and the `known` texts.
    The key of local stores is no secret, and `jsonbin serve` shows it.
    """
    for secret in known:
        if len(secret) >= _LEAST_MASKED:
            text = text.replace(secret, _MASK)
    return re.sub(_LIKE_A_KEY, lambda found: found[0] if found[0] == LOCAL_MASTER_KEY else _MASK, text)
