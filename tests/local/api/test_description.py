"""The description of the API: whole, valid, true of what answers, and enough to make a client from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from jsonbin_cli.local.api import errors
from jsonbin_cli.local.api.description import description
from jsonbin_cli.local.api.endpoints import ROUTES
from jsonbin_cli.local.testing import LocalJSONBin
from tests.local.api.described import Described

Tool = Callable[[str], str]
TAGS = sorted({route.handler.split(":")[0] for route in ROUTES})
# A client as `openapi-python-client` makes it is named after the title of the description.
USE_OF_CLIENT = """
import json, sys
from made.client import AuthenticatedClient
from made.api.bins import bins_create, bins_read_latest, bins_update
from made.models import BinsCreateBodyType0, BinsUpdateBodyType0, ErrorMessage

url, key = sys.argv[1:]
client = AuthenticatedClient(url, token=key, prefix="", auth_header_name="X-Master-Key")
created = bins_create.sync(client=client, body=BinsCreateBodyType0.from_dict({"n": 1}), x_bin_name="made")
bin_id = created.metadata.id
updated = bins_update.sync(bin_id, client=client, body=BinsUpdateBodyType0.from_dict({"n": 2}), x_bin_versioning=True)
read = bins_read_latest.sync(bin_id, client=client)
missing = bins_read_latest.sync("0" * 24, client=client)
assert isinstance(missing, ErrorMessage)
print(json.dumps([updated.metadata.version, read.record.to_dict(), read.metadata.name, missing.message]))
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """The description as a file."""
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(description("/v3")))
    return path


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """A run of a program that ends within a quarter of an hour, also on a machine that does much else."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, timeout=900)


def operations() -> dict[str, Any]:
    """The operations of the description, by method and path."""
    paths = description("/v3")["paths"]
    return {f"{method.upper()} {path}": one for path, methods in paths.items() for method, one in methods.items()}


def test_every_route_is_described_with_its_source() -> None:
    """Each with words of its own, an answer, and the errors that every endpoint has."""
    found = operations()
    assert sorted(found) == sorted(f"{route.method} {route.path}" for route in ROUTES)
    assert len({one["operationId"] for one in found.values()}) == len({one["summary"] for one in found.values()}) == 26
    for route in ROUTES:
        one = found[f"{route.method} {route.path}"]
        assert one["x-source"] == route.source
        assert {"200", "401", "403", "408", "413", "503"} <= set(one["responses"])


def test_an_update_is_described_in_all_its_parts() -> None:
    """Keys, header, body, answer, and an error with its words and how these are known."""
    update = operations()["PUT /b/{bin}"]
    assert (update["operationId"], update["tags"], update["summary"]) == ("bins_update", ["bins"], "Replace the record")
    assert update["security"] == [{"masterKey": []}, {"accessKey": []}, {}]
    assert [(one["name"], one["in"], one["required"]) for one in update["parameters"]] == [
        ("bin", "path", True),
        ("X-Bin-Versioning", "header", False),
    ]
    record = {
        "anyOf": [
            {"type": "object", "additionalProperties": {}, "minProperties": 1},
            {"type": "array", "items": {}, "minItems": 1},
        ]
    }
    assert update["requestBody"]["content"]["application/json"]["schema"] == record
    assert update["requestBody"]["required"]
    assert [status for status, one in update["responses"].items() if "text/plain" in one.get("content", {})] == ["403"]
    document = description("/v3")
    everywhere = document["components"]["responses"]
    assert [name for name, one in everywhere.items() if "text/plain" in one["content"]] == ["Error503"]
    assert update["description"] == "Its metadata has `parentId` instead of `id`, and no more (observed)."
    assert "description" not in operations()["POST /b"]
    assert update["responses"]["200"]["content"] == {
        "application/json": {"schema": {"$ref": "#/components/schemas/RecordAndUpdateMetadata"}}
    }
    assert update["responses"]["404"] == {
        "description": "- Bin not found",
        "content": {
            "application/json": {
                "schema": {
                    "$ref": "#/components/schemas/ErrorMessage",
                    "properties": {
                        "message": {
                            "anyOf": [
                                {
                                    "const": "Bin not found",
                                    "x-evidence": "documented",
                                    "x-source": "reference, observed",
                                }
                            ]
                        }
                    },
                }
            }
        },
    }


def test_the_schema_of_an_update_s_answer() -> None:
    """A member that is not always there is not required; a variable of a type is filled in."""
    schemas = description("/v3")["components"]["schemas"]
    assert schemas["RecordAndUpdateMetadata"]["properties"]["metadata"] == {
        "$ref": "#/components/schemas/UpdateMetadata"
    }
    assert schemas["UpdateMetadata"] == {
        "type": "object",
        "description": "The metadata of an update: `parentId` is the bin's id, and `version` is there where one was made.",
        "properties": {
            "parentId": {"type": "string", "pattern": "^[0-9a-f]{24}$"},
            "private": {"type": "boolean"},
            "version": {"type": "integer", "minimum": 1},
        },
        "required": ["parentId", "private"],
    }


def test_what_is_inferred_or_chosen_is_marked_wherever_it_stands() -> None:
    """Of errors, headers, answers and endpoints; a source that names neither is never marked so."""
    marked = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if "x-source" in value:
                source = value["x-source"]
                word = next((word for word in ("inferred", "choice") if word in source), None)
                assert value["x-evidence"] == (word or ("observed" if source.startswith("observed") else "documented"))
            if value.get("x-evidence") == "inferred":
                marked.add(value.get("const") or value.get("name") or value.get("operationId") or value.get("$ref"))
            for one in value.values():
                look(one)
        elif isinstance(value, list):
            for one in value:
                look(one)

    look(description("/v3"))
    assert errors.KEY_NAME_MISSING.message in marked
    assert "X-Access-Key passed does not have permission to delete the bin." in marked
    assert {"X-Key-Name", "bins_read_bare", "#/components/schemas/Identity"} <= marked


def test_the_words_of_an_error_are_whole_or_begin_so() -> None:
    """What a request fills in at the end may be anything, in the form of regular expressions that JSON Schema has."""
    update = operations()["PUT /b/{bin}"]["responses"]["400"]["content"]["application/json"]["schema"]
    assert {"^Schema Doc Validation Mismatch:  "} == {
        one["pattern"] for one in update["properties"]["message"]["anyOf"] if "pattern" in one
    }


def test_a_type_that_no_schema_is_known_for_is_refused() -> None:
    """A new endpoint whose answer cannot be described is no endpoint."""
    from jsonbin_cli.local.api.json_schema import Schemas

    with pytest.raises(TypeError, match="no JSON Schema is known for <class 'bytes'>"):
        Schemas().of(bytes)


def test_it_is_served_without_a_key(control: httpx.Client) -> None:
    """It holds no secret."""
    reply = control.get("/openapi.json")
    assert (reply.status_code, reply.json()) == (200, description("/v3"))


@pytest.mark.foreign
def test_it_is_valid(document: Path, tool: Tool) -> None:
    """By a validator that others maintain."""
    checked = run(tool("openapi-spec-validator"), document, cwd=document.parent)
    assert (checked.returncode, checked.stdout) == (0, f"{document}: OK\n".encode())


@pytest.mark.foreign
@pytest.mark.parametrize("tag", TAGS)
def test_fuzzed_requests_are_answered_as_described(
    tag: str, document: Path, jsonbin_server: LocalJSONBin, tool: Tool
) -> None:
    """Schemathesis makes requests from it, the same in each run: no 500, and no answer that is not described."""
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    command = [tool("schemathesis"), "run", str(document), "--url", jsonbin_server.url, "--checks", checks]
    command += ["--header", f"X-Master-Key: {jsonbin_server.master_key}", "--phases", "coverage,stateful", "--no-color"]
    command += ["--generation-deterministic", "--max-examples", "5", "--include-tag", tag]
    ran = run(*command, cwd=document.parent)
    assert ran.returncode == 0, ran.stdout.decode()
    assert {200, 400} <= {seen.status for seen in jsonbin_server.requests}


@pytest.mark.foreign
def test_a_generated_client_creates_reads_and_updates_a_bin(
    document: Path, jsonbin_server: LocalJSONBin, tool: Tool
) -> None:
    """Made by openapi-python-client, which others maintain; its types say what came back."""
    made = document.parent / "made"
    ran = run(
        tool("openapi-python-client"),
        "generate",
        "--path",
        document,
        "--output-path",
        made,
        "--meta",
        "none",
        cwd=made.parent,
    )
    assert ran.returncode == 0, ran.stdout.decode()
    used = run(sys.executable, "-c", USE_OF_CLIENT, jsonbin_server.url, jsonbin_server.master_key, cwd=made.parent)
    assert used.stderr == b""
    assert json.loads(used.stdout) == [1, {"n": 2}, "made", "Bin not found or it doesn't belong to your account"]


def test_the_check_of_answers_finds_what_is_not_described() -> None:
    """A status, a type, a member, a header, a key: each is found."""
    described = Described()
    url, key = f"http://x/v3/b/{'a' * 24}", {"x-master-key": "k"}
    good = {"record": {"n": 1}, "metadata": {"parentId": "a" * 24, "private": True}}

    def flaws(status: int = 200, body: Any = good, headers: dict[str, str] = key, sent: Any = None, **kind: str) -> int:
        request = httpx.Request("PUT", url, headers=headers, json=sent or {"n": 1})
        content = {"content-type": "application/json", **kind}
        return len(described.flaws(httpx.Response(status, json=body, headers=content, request=request)))

    assert flaws() == 0
    assert flaws(201) == 1
    assert flaws(200, {**good, "more": 1}) == 1
    assert flaws(200, {**good, "metadata": {"parentId": "a" * 23, "private": True}}) == 1
    assert flaws(404, {"message": "Bin not found"}) == 0
    assert flaws(404, {"message": "No such bin"}) == 1
    assert flaws(headers=key | {"x-bin-name": "n"}) >= 1
    assert flaws(headers=key | {"x-bin-versioning": "1"}) == 1
