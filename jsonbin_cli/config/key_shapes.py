"""The shape of a key: what is wrong with a string that does not have it, and text with its keys replaced."""

from __future__ import annotations

import re
from typing import NamedTuple

# Every key so far has been a bcrypt hash of 60 characters (observed); the reference does not promise it.
_SHAPE = r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}"
LENGTH = 60

MASK = "•••"
"""What is shown in the place of a secret."""
_BODY = "[./A-Za-z0-9]"
# A whole or damaged key: text that starts like one, or the last 53 characters of one, which are the secret. A path
# of 53 such characters starts with a slash or a dot. Each alternative starts only where a run of its characters does,
# so that the time is linear in the length of the text.
_LIKE_A_KEY = (
    rf"(?<![\\$])[\\$]*+(?<=\$)2[aby]\\*+\$*+\d\d\\*+\$*+{_BODY}{{20,}}+(?:\s++{_BODY}{{10,}})?"
    rf"|(?<!{_BODY})2?[aby](?:\$?10\$?|0)(?={_BODY}*[A-Z])(?={_BODY}*[0-9./]){_BODY}{{20,}}"
    rf"|(?<!{_BODY})(?![./])(?={_BODY}*[A-Z])(?={_BODY}*[a-z])(?={_BODY}*[0-9.]){_BODY}{{52,54}}(?!{_BODY})"
)
# The key of every store on this machine. It opens nothing but files that their owner can read anyway.
LOCAL_MASTER_KEY = "$2b$10$this.key.opens.only.stores.that.live.on.this.machine/"


class Fault(NamedTuple):
    """What is wrong with a key: `happened` completes "this key …", `fix` says what to do.

    `certain` is False for what is merely unlike every key seen so far. `in_actions` is the fix in GitHub Actions, where
    it differs: a secret of a repository is read by no shell, and quotes would be part of it. `enter_again` is False
    where the fix itself says how a variable of the environment gets the right key.
    """

    happened: str
    fix: str
    certain: bool = True
    in_actions: str | None = None
    enter_again: bool = True


_COPY = "copy the key itself from the API Keys page"
_SINGLE_QUOTES = "put the key in single quotes where the shell reads it: '$2b$10$…'"
_AS_IT_IS = "paste the key into the secret as it is, without quotes"
_LOOK = "check the name of the member, variable or secret that it was read from"
_NOT_EXPANDED = Fault(
    "is the name of a variable or a placeholder, not its value", "put the key there, or let the variable be expanded"
)

# How a key `$2b$10$…` arrives where something damaged it, and what stands in its place; the most specific first.
_FAULTS: tuple[tuple[str, Fault], ...] = (
    (
        r"null",
        Fault(
            'is the word "null", which jq -r prints for a missing member, as in jq -r .missing',
            _LOOK,
            enter_again=False,
        ),
    ),
    (
        r"undefined|None|nil|NaN|\[object Object\]|<no value>|<nil>",
        Fault(
            'is the word "{0}", which programs print for a variable or a secret that is missing',
            _LOOK,
            enter_again=False,
        ),
    ),
    (
        r"(?i:change.?me|to.?do|x{3,}|your[-_ ][a-z_ -]*|placeholder|example|dummy)",
        Fault("is a placeholder, not a key", _COPY),
    ),
    (
        r"[*•.…]+",
        Fault("is what logs and forms show in the place of a key", _COPY),
    ),
    (
        r"\$\{?[A-Z][A-Z0-9]*_[A-Z0-9_]+\}?|\$\{\{.*\}\}",
        _NOT_EXPANDED,
    ),
    (
        r"(?i:(?:authorization: *)?(?:bearer|basic|token)\b.*)",
        Fault("starts with the word of another kind of authentication", "keep only the key, which follows that word"),
    ),
    (
        r"[0-9a-fA-F]{24}",
        Fault(
            "is 24 hexadecimal digits: the ID of an access key or a bin, not a key",
            f"{_COPY}; an access key is shown only once, so make a new one",
        ),
    ),
    (
        r"\\+\$2[aby]\\+\$.*",
        Fault("has a backslash before each $", "take the backslashes away"),
    ),
    (
        r"\$\$2[aby]\$\$.*",
        Fault("has each $ doubled, as docker compose and make want it written", "write single $ signs everywhere else"),
    ),
    (
        rf"[\"'“‘].*{_SHAPE}.*|.*{_SHAPE}[\"'”’]",
        Fault("has quotes around it", "take the quotes away: where this value is read, they are part of it"),
    ),
    (
        rf"(?=.*\s)(?=\s*\$2).*|.*{_SHAPE}\s.*",
        Fault("has blanks inside", "copy it again, without the line break or blank"),
    ),
    (
        rf".+{_SHAPE}|{_SHAPE}\W.*",
        Fault("has more around it than the key", f"keep only the {LENGTH} characters that start with $2"),
    ),
    (
        r"\$\{*[A-Za-z_][A-Za-z_0-9.]*\}*|\$\{\{.*|<.*>",
        _NOT_EXPANDED,
    ),
    (
        r"[aby]0[./A-Za-z0-9]{52}",
        Fault(
            "starts in the middle: make, or a shell's double quotes, took its $ parts",
            f"in a makefile write each $ as $$; else {_SINGLE_QUOTES}",
            in_actions=_AS_IT_IS,
            enter_again=False,
        ),
    ),
    (
        r"[aby]0.*",
        Fault(
            "starts in the middle: a shell's double quotes took its $ parts",
            _SINGLE_QUOTES,
            in_actions=_AS_IT_IS,
            enter_again=False,
        ),
    ),
    (
        r"\$2[aby]\$\d\d(?!\$).*",
        Fault(
            "has lost what follows $2b$10: a .env file was read with variable expansion",
            r"in that .env file write each $ as \$",
        ),
    ),
    (
        r"\$?[./].*",
        Fault(
            "has lost its beginning: PowerShell's double quotes took its $ parts",
            "put the key in single quotes: '$2b$10$…'",
            in_actions=_AS_IT_IS,
            enter_again=False,
        ),
    ),
    (
        rf"\$2[aby]\$\d\d\$[./A-Za-z0-9]{{0,{LENGTH - 8}}}",
        Fault(f"is shorter than {LENGTH} characters", "copy it again, whole"),
    ),
    (
        rf"\$2[aby]\$\d\d\$[./A-Za-z0-9]{{{LENGTH - 6},}}",
        Fault(f"is longer than {LENGTH} characters", "copy it again, alone"),
    ),
)
# The first five rows are for placeholders: words in the place of a key, which are no secret.
_PLACEHOLDERS = 5


def fault_of(text: str) -> Fault | None:
    """What is wrong with the shape of a key; None where nothing is."""
    if re.fullmatch(_SHAPE, text):
        return None
    for shape, fault in _FAULTS:
        if re.fullmatch(shape, text):
            return fault._replace(happened=fault.happened.replace("{0}", text))
    return Fault(
        f"has {len(text):,} character{'' if len(text) == 1 else 's'} and not the shape of a key "
        f"({LENGTH}, starting with $2)",
        _COPY,
        certain=False,
    )


def is_placeholder(text: str) -> bool:
    """Whether `text` is a word in the place of a key, such as `null`, and no secret."""
    # No placeholder starts as a key does, so for a key none of the patterns is compiled.
    return not text.startswith("$2") and any(re.fullmatch(shape, text) for shape, _ in _FAULTS[:_PLACEHOLDERS])


def looks_like_a_key(text: str) -> bool:
    """Whether `text` is, or was, a key of the usual shape."""
    return "$2" in text or len(text) == LENGTH or re.search(_LIKE_A_KEY, text) is not None


def without_keys(text: str) -> str:
    """`text` with all that looks like a key replaced: each well-formed one, and what is left of a damaged one.

    The key of local stores is no secret, and `jsonbin serve` shows it.
    """
    return re.sub(_LIKE_A_KEY, lambda found: found[0] if found[0] == LOCAL_MASTER_KEY else MASK, text)
