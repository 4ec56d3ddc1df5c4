"""What README says of many bins is what happens."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonbin_cli.local.testing import LocalJSONBin
from tests.conftest import BIN, Program
from tests.many import Many, words
from tests.test_docs import block


@pytest.fixture
def many(jsonbin: Program, jsonbin_server: LocalJSONBin) -> Many:
    """Three bins, and a repository with their files."""
    return Many(jsonbin, jsonbin_server)


def expanded(text: str, values: dict[str, str]) -> str:
    """Text with what GitHub puts in the place of its expressions."""
    return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: values[found[1]], text)


def run_workflow(many: Many, cache: dict[str, bytes], attempt: int) -> list[tuple[int, str]]:
    """The steps of README's workflow, as the runner of GitHub Actions goes through them: the code and output of each."""
    workflow: dict[str, Any] = yaml.safe_load(block("yaml", "jobs:"))
    values = {
        "secrets.JSONBIN_MASTER_KEY": many.server.master_key,
        "vars.JSONBIN_CLI": "example.test/jsonbin",
        "github.run_id": "7",
        "github.run_attempt": str(attempt),
    }
    folder = many.jsonbin.home
    done: list[tuple[int, str]] = []
    assert workflow["jobs"]["apply"]["runs-on"] == "ubuntu-latest"
    for step in workflow["jobs"]["apply"]["steps"]:
        if any(code for code, _ in done) and step.get("if") != "always()":
            continue
        name, _, _ = step.get("uses", "").partition("@")
        kept = folder / step.get("with", {}).get("path", "none") / "state"
        key = expanded(step.get("with", {}).get("key", ""), values)
        if name == "actions/cache/restore":
            found = [one for one in cache if one == key or one.startswith(step["with"]["restore-keys"])]
            if found:
                kept.parent.mkdir(exist_ok=True)
                kept.write_bytes(cache[found[-1]])
        elif name == "actions/cache/save":
            cache.setdefault(key, kept.read_bytes())
            kept.unlink()
        elif "run" in step:
            env = {name: expanded(value, values) for name, value in step.get("env", {}).items()}
            settings = "".join(f"export {name}='{value}'\n" for name, value in env.items())
            script = f'pipx() {{ echo "$@"; }}\nset -e\n{settings}{expanded(step["run"], values)}'
            run = many.jsonbin.follow(f"export GITHUB_ACTIONS=true GITHUB_OUTPUT={folder}/output\n{script}")
            done.append((run.code, run.out))
        else:
            assert name == "actions/checkout"
    return done


def test_the_workflow_runs(many: Many) -> None:
    """What was changed in the repository is updated; what somebody changed meanwhile is known from the cache."""
    del many.jsonbin.env["JSONBIN_MASTER_KEY"]
    cache: dict[str, bytes] = {}
    (_, install), (code, out) = run_workflow(many, cache, 1)
    assert (install, code) == ("install git+https://example.test/jsonbin\n", 0)
    assert {json.loads(line)["result"] for line in out.splitlines()} == {"updated"}
    assert list(cache) == ["bins-7-1"]
    many.put("b1", b"[7]")
    many.write("b2", "[8]")
    _, (code, out) = run_workflow(many, cache, 2)
    assert code == 6
    assert {line["name"]: line["result"] for line in map(json.loads, out.splitlines())} == {
        "b0": "unchanged",
        "b1": "drifted",
        "b2": "updated",
    }
    assert list(cache) == ["bins-7-1", "bins-7-2"]
    assert "drifted=1\n" in Path(many.jsonbin.home / "output").read_text()


def test_the_commands_of_the_chapter_run(many: Many) -> None:
    """One after the other, from the list to the update."""
    made = many.ids["b0"]
    shown = block("bash", "jsonbin pull").replace(BIN, made).replace("'flags*'", "'b*'")
    listing, pull, check, apply = shown.strip().splitlines()
    assert len(many.jsonbin.follow(listing).out.splitlines()) == 3
    assert many.jsonbin.follow(pull).code == 6, "the file was changed here"
    run = many.jsonbin.follow(check)
    assert (run.code, words(run, "plan")) == (1, dict.fromkeys(many.names, "update"))
    assert many.jsonbin.follow(apply).code == 0
    assert many.held() == [{"n": 1}] * 3
