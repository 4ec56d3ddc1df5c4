"""A request that was written down is the same request when it is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from jsonbin_cli.local.testing import LocalJSONBin
from tests.conftest import Program

DEMO = LocalJSONBin.demo
JSON = {"content-type": "application/json"}
ODD = '{"it\'s": "\\"$HOME\\" `x` \\\\ é\\n", "n": 1.10}'


def copied(control: httpx.Client, number: int = -1) -> Any:
    """The copies of a request: the last one, or that of a number."""
    kept = control.get("/page/requests", params={"search": ""}).json()
    return control.get(f"/page/requests/{kept[number]}").json()["copies"]


def same(before: Mapping[str, Any], after: Mapping[str, Any], *, but: tuple[str, ...] = ()) -> None:
    """Both requests are the same, but for what each client writes by itself, and these headers."""
    own = ("user-agent", "accept", "accept-encoding", "connection", "content-length", *but)
    for name in ("method", "path", "body", "status"):
        assert after[name] == before[name]
    headers = [{name: value for name, value in one["headers"].items() if name not in own} for one in (before, after)]
    assert headers[0] == headers[1]


@pytest.mark.parametrize(
    ("method", "path", "headers", "body"),
    [
        ("GET", f"/b/{DEMO}/latest?meta=false&x=a%20b%26", {}, ""),
        ("PUT", f"/b/{DEMO}", JSON | {"x-bin-versioning": "true"}, ODD),
        ("PUT", f"/b/{DEMO}", JSON, '["' + "x" * 150_000 + '"]'),
        ("POST", "/b", JSON | {"x-bin-name": "it's $x"}, "@file"),
        ("DELETE", "/b/it's%20%22odd%22%5B1-3%5D/{x}", {}, ""),
    ],
)
def test_curl_sends_it_again(
    method: str,
    path: str,
    headers: dict[str, str],
    body: str,
    jsonbin: Program,
    control: httpx.Client,
    tool: Callable[[str], str],
) -> None:
    """Byte for byte, whatever a shell or curl itself makes of its letters. The key is in a variable."""
    tool("curl")
    control.request(
        method, f"/v3{path}", content=body.encode(), headers=headers | {"x-master-key": LocalJSONBin.master_key}
    )
    command = copied(control)["curl"]
    assert LocalJSONBin.master_key not in command
    jsonbin.env["JSONBIN_MASTER_KEY"] = LocalJSONBin.master_key
    (jsonbin.home / "curl.sh").write_text(command.replace("curl ", "curl --silent ", 1))
    assert jsonbin.shell(". ./curl.sh").code == 0
    before, after = control.get("/control/requests").json()
    same(before, after)


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "command"),
    [
        ("PUT", f"/b/{DEMO}", JSON | {"x-bin-versioning": "true"}, ODD, f"update {DEMO} --versioning"),
        ("PUT", f"/b/{DEMO}", JSON | {"x-bin-versioning": "false"}, "[1]", f"update {DEMO} --no-versioning"),
        ("PUT", f"/b/{DEMO}", JSON, "[1]", f"update {DEMO}"),
        ("POST", "/b", JSON | {"x-bin-private": "true"}, "[1]", "create"),
        (
            "POST",
            "/b",
            JSON | {"x-bin-name": "it's", "x-bin-private": "false", "x-collection-id": DEMO},
            "[1]",
            f"create --name 'it'\"'\"'s' --public --collection {DEMO}",
        ),
        ("GET", f"/b/{DEMO}", {}, "", f"get {DEMO} --base"),
        ("GET", f"/b/{DEMO}/latest", {}, "", f"get {DEMO}"),
        ("GET", f"/b/{DEMO}/12", {}, "", f"get {DEMO} --version 12"),
        ("GET", f"/b/{DEMO}/versions/count", {}, "", f"history {DEMO}"),
        ("DELETE", f"/b/{DEMO}/versions", {"x-preserve-latest": "true"}, "", f"history {DEMO} --prune"),
        ("DELETE", f"/b/{DEMO}", {}, "", None),
        ("GET", "/b/12", {}, "", None),
        ("GET", "/a", {}, "", None),
    ],
)
def test_jsonbin_sends_it_again(
    method: str,
    path: str,
    headers: dict[str, str],
    body: str,
    command: str | None,
    jsonbin: Program,
    client: httpx.Client,
    control: httpx.Client,
) -> None:
    """Where one of its commands makes that request."""
    key = {"x-master-key": LocalJSONBin.master_key}
    control.request(method, f"/v3{path}", content=body.encode(), headers=headers | key)
    text = copied(control)["jsonbin"]
    if command is None:
        assert text is None
        return
    url = str(client.base_url).rstrip("/")
    assert text.endswith(f"JSONBIN_API_URL={url} jsonbin {command}")
    if method == "DELETE":  # which asks before
        return
    jsonbin.env["JSONBIN_MASTER_KEY"] = LocalJSONBin.master_key
    (jsonbin.home / "run.sh").write_text(text)
    jsonbin.shell(". ./run.sh")
    before, after = control.get("/control/requests").json()[:2]
    same(before, after, but=("x-bin-private",))
