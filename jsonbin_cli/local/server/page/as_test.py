"""A request as a test with pytest, which makes it again and expects the same answer."""

from __future__ import annotations

import json
import re
from textwrap import indent

from jsonbin_cli.local.api import errors
from jsonbin_cli.local.api.settings import Settings, described
from jsonbin_cli.local.server.recent import Seen
from jsonbin_cli.records.text import NotJSON, members

# What each client writes by itself.
_BY_ITSELF = {"host", "content-length", "connection", "accept", "accept-encoding", "user-agent", "transfer-encoding"}
# The requests whose answer depends on one bin, or on none.
_OF_ONE_BIN = re.compile(
    r"POST /v3/b|(?:GET|PUT|DELETE) /v3/b/(?P<bin>[0-9a-fA-F]{24})(?:/latest|/meta/name|/meta/privacy|/versions/count)?"
)
_ANY_RECORD = '{"n": 1}'
_ALL = '"create", "read", "update", "delete"'


def headers_of(seen: Seen) -> dict[str, str]:
    """The headers that mean something to JSONBin. Its edge looks at the name of one library."""
    told = "user-agent" if seen.headers.get("user-agent", "").lower().startswith("python-urllib") else ""
    return {
        name: value
        for name, value in seen.headers.items()
        if name == told or (name not in _BY_ITSELF and not name.startswith("sec-"))
    }


def as_test(seen: Seen, body: str, settings: Settings) -> str | None:
    """The test, for the fixture `jsonbin_server`; None for a request that depends on more than one bin.

    `settings` are in force there too. The bin that the request is about is made before, with the record that was read.
    """
    found = _OF_ONE_BIN.fullmatch(f"{seen.method} {seen.path}")
    if found is None:
        return None
    steps, path = [], seen.path.removeprefix("/v3")
    changed = _changed(seen, settings)
    if found["bin"] and seen.status != 404:
        public = ", public=True" if not seen.keys.values and 200 <= seen.status < 300 else ""
        steps.append(f"bin_id = jsonbin_server.create({_record(seen).encode()!r}{public})")
        path = path.replace(found["bin"], "{bin_id}")
    steps += [f"jsonbin_server.change(settings={changed!r})"] if changed else []
    steps += [f"jsonbin_server.script({seen.fault!r})"] if seen.fault else []
    call = [
        f"{seen.method!r},",
        f'f"{{jsonbin_server.url}}{path}",',
        *([f"params={dict(seen.query)!r},"] if seen.query else []),
        f"headers={{{', '.join(_headers(seen))}}},",
        *([f"content={body!r},"] if body else []),
    ]
    lost = seen.status == 0 or seen.fault == "cut"
    request = "\n".join(
        ["httpx.request(", *(f"    {part}" for part in call), *(["    timeout=1,"] if lost else []), ")"]
    )
    if lost:
        steps += ["with pytest.raises(httpx.TransportError):", indent(request, "    ")]
    else:
        steps += [f"reply = {request}", f"assert reply.status_code == {seen.status}", *_message(seen)]
    name = "_".join(re.findall(r"[a-z]+", f"{seen.method} {path}".lower().replace("bin_id", "")))
    imports = "import httpx\nimport pytest\n" if lost else "import httpx\n"
    return f"{imports}\n\ndef test_{name}(jsonbin_server):\n" + indent("\n".join(steps), "    ") + "\n"


def _headers(seen: Seen) -> list[str]:
    found = [f"{name!r}: {_key(seen, name)}" for name in seen.keys.values if name in ("x-master-key", "x-access-key")]
    return [*found, *(f"{name!r}: {value!r}" for name, value in headers_of(seen).items())]


def _key(seen: Seen, name: str) -> str:
    """What stands in a test for a key: one as good, or as bad."""
    if b"does not have permission" in seen.response:
        return "jsonbin_server.access_key()"
    if seen.status == 401:
        return '"not the key"'
    return "jsonbin_server.master_key" if name == "x-master-key" else f"jsonbin_server.access_key({_ALL})"


def _changed(seen: Seen, settings: Settings) -> dict[str, str]:
    """The settings that are not those of a new server. Of a quota only that it is used up can be told."""
    usual = described(Settings(""))
    changed = {name: value for name, value in described(settings).items() if value != usual[name]}
    changed.pop("quota", None)
    return changed | ({"quota": "0"} if errors.QUOTA.message.encode() in seen.response else {})


def _record(seen: Seen) -> str:
    """The record that a read found, else any."""
    if seen.method != "GET" or not 200 <= seen.status < 300:
        return _ANY_RECORD
    try:
        found = members(seen.response.decode())
    except (NotJSON, UnicodeDecodeError):
        return _ANY_RECORD
    return found["record"].text if found.keys() == {"record", "metadata"} else _ANY_RECORD


def _message(seen: Seen) -> list[str]:
    """The line that compares an error's words."""
    if seen.status < 400:
        return []
    try:
        said = json.loads(seen.response)["message"]
    except (ValueError, KeyError, TypeError):
        return []
    return [f'assert reply.json()["message"] == {said!r}']
