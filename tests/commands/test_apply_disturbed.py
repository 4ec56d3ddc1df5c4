"""`jsonbin apply` where something goes wrong: faulty answers, and kills at any moment."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import threading
from collections import Counter

import pytest

from jsonbin_cli.local.testing import LocalJSONBin
from tests.conftest import Program, unmeasured
from tests.many import Many, words

pytestmark = pytest.mark.costly

KINDS = ("502", "late-502", "429:0", "cut", "html")


def test_each_bin_ends_updated_or_is_told_as_failed(
    jsonbin: Program, jsonbin_server: LocalJSONBin, *, thorough: bool
) -> None:
    """Of 500 bins with 5 % faulty answers, or, in short, of 60 with 15 %.

    None is called updated that is not, none is sent twice after a success, and further runs do the rest.
    """
    count, share = (500, 0.01) if thorough else (60, 0.03)
    many = Many(jsonbin, jsonbin_server, count)
    jsonbin_server.change(shares=dict.fromkeys(KINDS, share))
    left = many.names
    for turn in range(3):
        run = many.apply("--retries", "0", "--jobs", "8")
        became = words(run)
        assert set(became) == set(many.names)
        assert {name for name in many.names if became[name] != "unchanged"} <= set(left)
        failed = [name for name in left if became[name] == "no-answer"]
        assert {became[name] for name in left} <= {"updated", "unchanged", "no-answer"}
        held = dict(zip(many.names, many.held(), strict=True))
        assert all(held[name] == {"n": 1} for name in many.names if became[name] != "no-answer")
        requests = Counter(many.requests())
        assert max(requests.values()) == 1
        assert {request.split()[1] for request in requests} <= set(left)
        if turn == 0:
            assert run.code == 3
            assert count / 100 < len(failed) < count / 2
            said = {name for line in run.err.splitlines() for name in re.findall(r"\bb\d+\b", line)}
            assert said
            assert said <= set(failed)
        if turn == 1:
            jsonbin_server.change(shares={})
        left = failed
    assert (run.code, left) == (0, [])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_run_that_is_killed_at_any_moment_is_taken_up(
    jsonbin: Program, jsonbin_server: LocalJSONBin, *, thorough: bool
) -> None:
    """What was told as done is not asked for again, and in the end all is as after one run that nobody killed."""
    count, turns = (30, 20) if thorough else (10, 3)
    many = Many(jsonbin, jsonbin_server, count)
    assert many.apply("-q").code == 0
    chance = random.Random(12)
    pause = threading.Event()
    jsonbin_server.change(latency=0.01)
    killed = 0
    for turn in range(2, 2 + turns):
        for name in many.names:
            many.write(name, json.dumps({"n": turn}))
        many.requests()
        before, moment = len(jsonbin_server.requests), chance.randrange(2 * count)
        process = jsonbin.start("apply", "records", "--jobs", "3", env=unmeasured(jsonbin.env))
        while len(jsonbin_server.requests) < before + moment and process.poll() is None:
            pause.wait(0.001)
        process.kill()
        out, _ = process.communicate(timeout=60)
        killed += process.returncode != 0
        done = {json.loads(line)["name"] for line in out.decode().splitlines() if line.endswith("}")}
        settle(many)
        run = many.apply("--jobs", "3")
        assert run.code == 0, run.err
        if process.returncode != 0:
            assert {request.split()[1] for request in many.requests()} & done == set()
        assert many.held() == [{"n": turn}] * count
        first, *rest = map(json.loads, many.state.read_text().splitlines())
        assert first["finished"] is True
        assert {line["bin"] for line in rest} == set(many.ids.values())
        assert len({(line["file"], line["record"]) for line in rest}) == 1
    assert killed > turns / 2
    assert sorted(path.name for path in many.state.parent.iterdir()) == [f".{many.state.name}.lock", many.state.name]


def settle(many: Many) -> None:
    """Wait until the server has answered what a killed process still asked for, and forget those requests."""
    many.held()
    many.requests()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_pull_that_is_killed_is_taken_up(jsonbin: Program, jsonbin_server: LocalJSONBin, *, thorough: bool) -> None:
    """No file is half written, and what was told as written is not asked for again."""
    count, moments = (30, (1, 7, 15, 23, 29)) if thorough else (10, (4,))
    many = Many(jsonbin, jsonbin_server, count)
    jsonbin_server.change(latency=0.01)
    pause = threading.Event()
    ids = list(many.ids.values())
    for moment in moments:
        folder = f"pulled-{moment}"
        many.requests()
        before = len(jsonbin_server.requests)
        process: subprocess.Popen[bytes] = jsonbin.start(
            "pull", folder, *ids, "--jobs", "3", env=unmeasured(jsonbin.env)
        )
        while len(jsonbin_server.requests) < before + moment and process.poll() is None:
            pause.wait(0.001)
        process.kill()
        out, _ = process.communicate(timeout=60)
        done = {json.loads(line)["name"] for line in out.decode().splitlines() if line.endswith("}")}
        settle(many)
        assert jsonbin("pull", folder, *ids).code == 0
        names = {bin_id: name for name, bin_id in many.ids.items()}
        if process.returncode != 0:
            assert {request.split()[1] for request in many.requests()} & {names[bin_id] for bin_id in done} == set()
        files = sorted((jsonbin.home / folder).iterdir())
        assert {path.name for path in files} == {"bins.toml", *(f"{bin_id}.json" for bin_id in ids)}
        assert {path.read_bytes() for path in files if path.suffix == ".json"} == {b'{"n": 0}'}
