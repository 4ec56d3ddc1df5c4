"""What the page asks about bins."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from pathlib import Path

import httpx

from jsonbin_cli.local.store.export import export, folder_for
from jsonbin_cli.local.store.initial import demo_bin
from jsonbin_cli.local.store.sqlite import SqliteStore
from jsonbin_cli.local.testing import LocalJSONBin
from tests.local.server.serving import KEY, serving

OWNER = "/page/as-owner/v3"
JSON = {"content-type": "application/json"}


def test_the_list_has_all_but_the_records(control: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """Name, privacy, bytes of the latest record, and how many versions."""
    bin_id = jsonbin_server.create(b'{"n": 1.10, "text": "\xc3\xbc"}', public=True, name="<b>prices</b>")
    control.put(f"/v3/b/{bin_id}", content='{"n": 1.20}', headers=JSON)
    demo, prices = control.get("/page/bins").json()
    assert (demo["id"], demo["name"], demo["private"], demo["size"]) == (jsonbin_server.demo, None, True, 18)
    assert prices.pop("createdAt").endswith("Z")
    assert prices == {"id": bin_id, "name": "<b>prices</b>", "private": False, "versions": 1, "size": 11}


def test_the_owner_is_held_to_the_rules(control: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """Every check of the API, no fault and no quota, and none of it among the requests."""
    jsonbin_server.change(settings={"quota": 0, "plan": "free"}, shares={"502": 1})
    demo = f"{OWNER}/b/{jsonbin_server.demo}"
    assert control.get(f"{demo}/latest", headers={"x-bin-meta": "false"}).content == b'{"hello": "world"}'
    stored = control.put(demo, content='{"n": 1.10, "big": 123456789012345678901234567890}', headers=JSON)
    assert stored.content.startswith(b'{"record":{"n": 1.10, "big": 123456789012345678901234567890},')
    for body, status, message in (
        ("{}", 400, "Bin cannot be blank"),
        ("[1", 400, "Invalid JSON. Please try again"),
        (f'["{"x" * 110_000}"]', 403, "Free users cannot create a record over 100kb. "),
    ):
        refused = control.put(demo, content=body, headers=JSON)
        assert refused.status_code == status
        assert refused.json()["message"].startswith(message)
    made = control.post(f"{OWNER}/b?x=1", content="[1]", headers=JSON | {"x-bin-name": "new"}).json()["metadata"]
    assert made["name"] == "new"
    assert control.delete(f"{OWNER}/b/{made['id']}").json()["message"] == "Bin deleted successfully"
    assert control.patch(demo).status_code == 405
    assert jsonbin_server.requests == []


def test_all_bins_are_a_folder_as_export_writes_it(
    control: httpx.Client, jsonbin_server: LocalJSONBin, tmp_path: Path
) -> None:
    """The same files, with the same bytes."""
    for name, record in (("flags", b'{"n": 1.10}'), ("flags", b"[1]"), ("../x", b"[ 2 ]")):
        jsonbin_server.create(record, name=name)
    reply = control.get("/page/bins.zip")
    assert reply.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    folder = tmp_path / "exported"
    jsonbin_server._server.run(jsonbin_server._server._queue.use(lambda store: export(store, folder_for(str(folder)))))
    assert found == {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {"bins.toml", "flags.json", "x.json"} <= found.keys()
    assert len(found) == 4


def test_a_second_writer_changes_a_bin(control: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """As the fault of that name does."""
    for number in (1, 2):
        assert control.post(f"/page/bins/{jsonbin_server.demo}/second-writer").json() == {}
        assert jsonbin_server.record(jsonbin_server.demo) == {"hello": "world", "changed_by_second_writer": number}
    jsonbin_server.change(settings={"quota": 0})
    refused = control.post(f"/page/bins/{jsonbin_server.demo}/second-writer")
    assert refused.status_code == 409
    assert refused.json() == {"message": "A second writer could not read and update that bin either"}


def test_a_store_that_others_hold_is_a_503(tmp_path: Path) -> None:
    """In the words that the API has for it."""
    path = tmp_path / "store.sqlite3"
    with serving(open_store=lambda: SqliteStore(path, demo_bin(), patience=0.05)) as served:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        url = f"http://127.0.0.1:{served.port}/page/bins"
        held = httpx.get(url, headers={"x-master-key": KEY}, trust_env=False, verify=False)
        other.execute("ROLLBACK")
        other.close()
    message = f"the local store {path} failed: another program holds it; nothing was changed"
    assert (held.status_code, held.json()) == (503, {"message": message})
