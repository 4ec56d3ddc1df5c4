"""What a local JSONBin can be told about the account, and about what nobody knows of the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.local.api.model import Settings


class Choice(NamedTuple):
    """One setting: the values it takes, the first being the default, and what it decides."""

    values: tuple[str, ...]
    meaning: str


# The README holds the same table, and a test compares them.
CHOICES: dict[str, Choice] = {
    "plan": Choice(("pro", "free"), "the account's plan"),
    "quota": Choice(("none", "NUMBER"), "how many requests the account has, counted for as long as the store lives"),
    "quota_check": Choice(
        ("last", "first"), "where the quota is looked at: after all other checks, or before them, so that errors count"
    ),
    "kilobyte": Choice(("1024", "1000"), "how many bytes make the kB of the plans' 100 kB and 1 MB"),
    "size_of": Choice(("sent", "compact"), "whether a record is measured as it was sent, or without its blanks"),
    "bare_id": Choice(
        ("latest", "base"), "what GET /b/ID reads: what /latest reads, or the record under the bin's versions"
    ),
    "past_last_version": Choice(
        ("update", "keep"), "what an update with a version does to a bin that has 1000: change the record, or nothing"
    ),
    "permission_status": Choice(("401", "403"), "the status of an access key that may not do what it is used for"),
    "numbers": Choice(
        ("exact", "javascript"), "how a record's numbers are kept: digit for digit, or rounded as JavaScript does"
    ),
    "schema_draft": Choice(
        ("7", "4", "6", "2019-09", "2020-12"), "the JSON Schema draft of a schema doc that names none"
    ),
    "edge": Choice(("on", "off"), "whether the edge refuses Python-urllib, as the service's does"),
    "malformed_id": Choice(
        ("400", "422"), "the answer to what is no bin id: `Invalid Bin Id provided`, or `Invalid Record ID` as in 2021"
    ),
    "owner": Choice(("account", "nobody"), "whose the bins are; nobody's are blocked, says the older reference"),
}


def changed(settings: Settings, changes: Mapping[str, str]) -> Settings:
    """The settings with other values, given as text. Raises UsageMistake for what is not in the table."""
    for name, text in changes.items():
        if name not in CHOICES:
            raise UsageMistake(f'there is no setting "{name}"', f"the settings are: {', '.join(CHOICES)}")
        settings = Settings(**{**settings._asdict(), name: _value(name, text)})
    return settings


def described(settings: Settings) -> dict[str, str]:
    """The settings as text, without the key."""
    values = settings._asdict()
    return {name: "none" if values[name] is None else str(values[name]) for name in CHOICES}


def _value(name: str, text: str) -> str | int | None:
    values = CHOICES[name].values
    if text == "none" and text in values:
        return None
    if "NUMBER" in values and text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    if text not in values or text == "NUMBER":
        raise UsageMistake(f'{name} cannot be "{text}"', f"it takes: {', '.join(values)}")
    return int(text) if name in ("kilobyte", "permission_status", "malformed_id") else text
