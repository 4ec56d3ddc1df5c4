"""A request as a test, which passes where the answer is the same again."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx

from jsonbin_cli.local.testing import LocalJSONBin
from tests.local.server.page.test_copies import JSON, ODD, copied

DEMO = LocalJSONBin.demo


def test_each_of_them_passes(control: httpx.Client, jsonbin_server: LocalJSONBin, tmp_path: Path) -> None:
    """Successes and failures, with each kind of key, settings and faults, in one run of pytest."""
    key = {"x-master-key": jsonbin_server.master_key}
    public = jsonbin_server.create({"n": 1}, public=True)
    texts: list[str | None] = []

    def made(method: str, path: str, headers: dict[str, str], body: str = "") -> None:
        with suppress(httpx.TransportError):
            control.request(method, f"/v3{path}", headers=headers, content=body.encode(), timeout=2)
        texts.append(copied(control)["pytest"])

    made("GET", f"/b/{DEMO}/latest", key)
    made("GET", f"/b/{DEMO}?meta=false", key | {"x-own": 'it\'s "odd" {x}'})
    made("PUT", f"/b/{DEMO}", key | JSON | {"x-bin-versioning": "true"}, ODD)
    made("POST", "/b", key | JSON | {"x-bin-name": "new"}, "[1]")
    made("GET", f"/b/{public}", {})
    made("GET", f"/b/{'0' * 24}", key)
    made("PUT", f"/b/{DEMO}", key | JSON, "{}")
    made("GET", f"/b/{DEMO}", {})
    made("GET", f"/b/{DEMO}", {"x-master-key": "wrong"})
    made("GET", f"/b/{DEMO}", {"x-access-key": jsonbin_server.access_key("read")})
    made("PUT", f"/b/{DEMO}", JSON | {"x-access-key": jsonbin_server.access_key("read")}, "[1]")
    made("GET", f"/b/{DEMO}", {"user-agent": "Python-urllib/3.12"})
    for fault in ("502", "html", "cut", "hang"):
        jsonbin_server.script(fault)
        made("PUT", f"/b/{DEMO}", key | JSON, "[1]")
    jsonbin_server.change(settings={"plan": "free", "quota": 1000})
    made("PUT", f"/b/{DEMO}", key | JSON | {"x-bin-versioning": "true"}, "[1]")
    jsonbin_server.change(settings={"quota": 0})
    made("DELETE", f"/b/{DEMO}", key)

    assert jsonbin_server.master_key not in "".join(map(str, texts))
    for number, text in enumerate(texts):
        (tmp_path / f"test_{number}.py").write_text(str(text))
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        env={name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
    )
    assert process.returncode == 0, process.stdout.decode()
    assert f"{len(texts)} passed" in process.stdout.decode()


def test_what_depends_on_more_than_one_bin_is_none(control: httpx.Client) -> None:
    """A version, a collection, or a path that is nothing."""
    for path in (f"/b/{DEMO}/3", "/c", "/b/12"):
        control.get(f"/v3{path}")
        assert copied(control)["pytest"] is None


def test_it_reads_as_somebody_would_write_it(control: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """The bin, the fault, the request, the answer."""
    jsonbin_server.script("429")
    headers = {"x-master-key": jsonbin_server.master_key, "user-agent": "mine"}
    control.put(f"/v3/b/{DEMO}", content='{"n": 1.10}', headers=headers | JSON)
    assert (
        copied(control)["pytest"]
        == """\
import httpx


def test_put_b(jsonbin_server):
    bin_id = jsonbin_server.create(b'{"n": 1}')
    jsonbin_server.script('429')
    reply = httpx.request(
        'PUT',
        f"{jsonbin_server.url}/b/{bin_id}",
        headers={'x-master-key': jsonbin_server.master_key, 'content-type': 'application/json'},
        content='{"n": 1.10}',
    )
    assert reply.status_code == 429
    assert reply.json()["message"] == 'Too Many Requests'
"""
    )
