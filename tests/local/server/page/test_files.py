"""The files of the page, and what a browser is told about them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

import jsonbin_cli.local.server.page as page
from tests.commands.test_serve import served
from tests.conftest import Program

FOLDER = Path(page.__file__).parent
FILES = [path for path in FOLDER.iterdir() if path.suffix in (".html", ".js", ".css")]


def test_there_are_three_small_files() -> None:
    """One page, one module, one style sheet, 60 kB together."""
    assert sorted(path.suffix for path in FILES) == [".css", ".html", ".js"]
    assert sum(path.stat().st_size for path in FILES) <= 60_000


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    """No address of another host, and no way to make HTML of text."""
    text = path.read_text()
    for word in (
        "http://",
        "https://",
        "//cdn",
        "@import",
        "url(",
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "eval(",
    ):
        assert word not in text
    assert "<script>" not in text
    assert "style=" not in text


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "text/html"), ("/page/page.js", "text/javascript"), ("/page/page.css", "text/css")],
)
def test_a_browser_is_told_to_allow_nothing_else(path: str, kind: str, control: httpx.Client) -> None:
    """The policy allows no inline script, no other host, no frame around it; and no cookie is set."""
    reply = control.get(path)
    assert (reply.status_code, reply.headers["content-type"]) == (200, f"{kind}; charset=utf-8")
    policy = reply.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"} <= set(policy)
    assert {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "trusted-types 'none'"} <= set(policy)
    assert "unsafe" not in reply.headers["content-security-policy"]
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in reply.headers
    assert control.post(path).status_code == 405


def test_on_another_host_the_page_is_asked_for(jsonbin: Program) -> None:
    """There it is off, with all that it calls, unless --page is given; names of other machines are refused as before."""
    for options, status in (((), 404), (("--page",), 200)):
        with served(jsonbin, "--memory", "--host", "0.0.0.0", *options) as (url, _):
            root = url.removesuffix("/v3")
            for path in ("/", "/page/page.js", "/page/bins"):
                assert httpx.get(root + path, trust_env=False, verify=False).status_code == status
            foreign = httpx.get(root, headers={"host": "attacker.example"}, trust_env=False, verify=False)
            assert foreign.status_code == 403
