"""A request written down to be run again: as a command of curl, as one of jsonbin, and as a test with pytest."""

from __future__ import annotations

import re
from shlex import quote
from urllib.parse import quote as percent
from urllib.parse import urlencode

from jsonbin_cli.local.api.settings import Settings
from jsonbin_cli.local.server.page.as_test import as_test, headers_of
from jsonbin_cli.local.server.recent import Seen

_KEYS = {"x-master-key": "JSONBIN_MASTER_KEY", "x-access-key": "JSONBIN_ACCESS_KEY"}
_COMMANDS = re.compile(
    r"(GET|PUT|POST|DELETE) /v3/b(?:/([0-9a-fA-F]{24})(?:/(latest|[1-9][0-9]*|versions|versions/count))?)?"
)
# Linux lets no argument of a command be longer than 128 KiB.
_LONGEST_ARGUMENT = 100_000


def copies(seen: Seen, url: str, settings: Settings) -> dict[str, str | None]:
    """The request as `curl`, `jsonbin` and `pytest`; None where there is none, as for a body that is not text.

    Keys are named by the variables, or the fixture, that hold them.
    """
    try:
        body = seen.body.decode()
    except UnicodeDecodeError:
        return {"curl": None, "jsonbin": None, "pytest": None}
    return {
        "curl": _curl(seen, url, body),
        "jsonbin": _jsonbin(seen, url, body),
        "pytest": as_test(seen, body, settings),
    }


def _address(seen: Seen) -> str:
    """What comes after the base address."""
    path = percent(seen.path.removeprefix("/v3"), safe="/:@!$&'()*+,;=~-._")
    return path + (f"?{urlencode(seen.query)}" if seen.query else "")


def _curl(seen: Seen, url: str, body: str) -> str:
    piped = len(body) > _LONGEST_ARGUMENT
    words = [f"printf %s {quote(body)} | curl" if piped else "curl"]
    words += [f"-X {quote(seen.method)}"] if seen.method != "GET" else []
    words += [f'-H "{name}: ${variable}"' for name, variable in _KEYS.items() if name in seen.keys.values]
    words += [f"-H {quote(f'{name}: {value}')}" for name, value in headers_of(seen).items()]
    words += ["--data-binary @-" if piped else f"--data-raw {quote(body)}"] if body else []
    return " ".join([*words, quote(url + _address(seen))])


def _jsonbin(seen: Seen, url: str, body: str) -> str | None:
    """The command that sends such a request, None where no command does."""
    command = _command(seen)
    if command is None:
        return None
    text = f"JSONBIN_API_URL={quote(url)} jsonbin {command}"
    return f"printf %s {quote(body)} | {text}" if body and seen.method in ("PUT", "POST") else text


def _command(seen: Seen) -> str | None:
    found = _COMMANDS.fullmatch(f"{seen.method} {seen.path}")
    match found.groups() if found else ():
        case "PUT", str(bin_id), None:
            return f"update {bin_id}{_versioning(seen)}"
        case "POST", None, None:
            return f"create{_of_a_new_bin(seen)}"
        case "GET", str(bin_id), None:
            return f"get {bin_id} --base"
        case "GET", str(bin_id), "latest":
            return f"get {bin_id}"
        case "GET", str(bin_id), "versions/count":
            return f"history {bin_id}"
        case "GET", str(bin_id), str(version) if version.isdigit():
            return f"get {bin_id} --version {version}"
        case "DELETE", str(bin_id), "versions":
            return f"history {bin_id} --prune"
    return None


def _versioning(seen: Seen) -> str:
    return {"true": " --versioning", "false": " --no-versioning"}.get(seen.headers.get("x-bin-versioning", ""), "")


def _of_a_new_bin(seen: Seen) -> str:
    name, collection = seen.headers.get("x-bin-name"), seen.headers.get("x-collection-id")
    options = f" --name {quote(name)}" if name else ""
    options += " --public" if seen.headers.get("x-bin-private") == "false" else ""
    return options + (f" --collection {quote(collection)}" if collection else "")
