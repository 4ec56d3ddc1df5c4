"""The settings of a local JSONBin: the account, and what is not known about the service."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal, NamedTuple, get_args, get_type_hints

from jsonbin_cli.failures import UsageMistake


class Settings(NamedTuple):
    """The account's key, and the settings: each with the values it takes, the default first, and what it decides."""

    master_key: str
    plan: Annotated[Literal["pro", "free"], "the account's plan"] = "pro"
    quota: Annotated[int | None, "how many requests the account has, counted for as long as the store lives"] = None
    quota_check: Annotated[
        Literal["last", "first"],
        "where the quota is checked: after all other checks, or before them, so that errors count",
    ] = "last"
    kilobyte: Annotated[Literal[1024, 1000], "how many bytes make the kB of the plans' 100 kB and 1 MB"] = 1024
    size_of: Annotated[
        Literal["sent", "compact"], "whether a record is measured as it was sent, or without its white space"
    ] = "sent"
    bare_id: Annotated[
        Literal["base", "latest"],
        "what GET /b/ID reads: the record from before the first version, or what /latest reads",
    ] = "base"
    unversioned_update: Annotated[
        Literal["version", "base"],
        "what an update without a version rewrites in a bin that has versions, beside what /latest reads: "
        "the last version, or the base",
    ] = "version"
    past_last_version: Annotated[
        Literal["update", "keep"],
        "what an update with a version does to a bin that has 1000: change the record, or nothing",
    ] = "update"
    permission_status: Annotated[
        Literal[401, 403], "the status of an access key that may not do what it is used for"
    ] = 401
    numbers: Annotated[
        Literal["exact", "javascript"],
        "how a record's numbers are kept: digit for digit, or rounded as JavaScript does",
    ] = "exact"
    schema_draft: Annotated[
        Literal["7", "4", "6", "2019-09", "2020-12"], "the JSON Schema draft of a schema doc that names none"
    ] = "7"
    edge: Annotated[Literal["on", "off"], "whether the edge refuses Python-urllib, as the service's does"] = "on"
    malformed_id: Annotated[
        Literal[400, 422],
        "the answer to a malformed bin id: `Invalid Bin Id provided`, or `Invalid Record ID` as in 2021",
    ] = 400
    owner: Annotated[
        Literal["account", "nobody"],
        "who owns the bins; those of nobody are blocked, according to the older reference",
    ] = "account"


class Choice(NamedTuple):
    """One setting as users write it: the values it takes, the default first, and what it decides."""

    values: tuple[str, ...]
    meaning: str


def choices() -> dict[str, Choice]:
    """Each setting by its name. `jsonbin help serve` shows them."""
    return {name: Choice(tuple(_values(name)), get_args(hint)[1]) for name, hint in _declared().items()}


def changed(settings: Settings, changes: Mapping[str, str]) -> Settings:
    """The settings with other values, given as users write them. Raises UsageMistake."""
    known = choices()
    for name, text in changes.items():
        if name not in known:
            raise UsageMistake(f'there is no setting "{name}"', f"the settings are: {', '.join(known)}")
        values = _values(name)
        if "NUMBER" in values and text.isascii() and text.isdigit() and len(text) < 10:
            value: object = int(text)
        elif text in values and text != "NUMBER":
            value = values[text]
        else:
            raise UsageMistake(f'{name} cannot be "{text}"', f"it takes: {', '.join(values)}")
        settings = Settings(**{**settings._asdict(), name: value})
    return settings


def described(settings: Settings) -> dict[str, str]:
    """The settings as users write them, without the key."""
    values = settings._asdict()
    return {name: "none" if values[name] is None else str(values[name]) for name in _declared()}


@cache
def _declared() -> dict[str, object]:
    """The annotation of each setting."""
    hints = get_type_hints(Settings, include_extras=True)
    del hints["master_key"]
    return hints


def _values(name: str) -> dict[str, object]:
    """What users write for each value of a setting; NUMBER stands for any number."""
    kind = get_args(_declared()[name])[0]
    if kind == int | None:
        return {"none": None, "NUMBER": None}
    return {str(value): value for value in get_args(kind)}
