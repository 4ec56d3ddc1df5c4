"""The differences of many bins: in memory as long as they are few, else on the disk, and the same from there."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import pytest

from jsonbin_cli.commands.bulk.differences import Differences
from tests.benchmarks.hostile import cost
from tests.conftest import Program, unmeasured
from tests.http.hostile import GOOD, Reply, http
from tests.http.raw import RawServer


def test_they_come_back_in_any_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also once they are on the disk, where no name leads to them."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    place = Differences()
    wanted = [[["+", f"+ /é{number}  {'x' * size}"]] for number, size in enumerate((10, 3_000_000, 2_000_000, 10))]
    kept = []
    for steps in wanted:
        kept.append(place.keep(json.dumps(steps, ensure_ascii=False)))
        assert kept[0].steps == wanted[0]
    assert [one.steps for one in reversed(kept)] == wanted[::-1]
    if sys.platform != "win32":
        assert os.listdir(tmp_path) == []
    place.close()


@pytest.mark.parametrize(("size", "fits"), [(4 * 1024 * 1024, True), (4 * 1024 * 1024 + 1, False)])
def test_how_much_is_kept_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: int, fits: bool) -> None:
    """Four MiB of all; more needs a folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    place = Differences()
    place.keep("x" * 1000)
    if fits:
        assert place.keep("x" * (size - 1000)).length == size - 1000
    else:
        with pytest.raises(FileNotFoundError):
            place.keep("x" * (size - 1000))
    place.close()


@pytest.mark.costly
def test_many_large_files_take_little_memory(jsonbin: Program) -> None:
    """Neither their records nor their differences are kept, of which each is as large as a file."""
    if sys.platform == "win32":
        pytest.skip("Windows does not say what a process took")
    folder = jsonbin.home / "many"
    folder.mkdir()
    for number in range(32):
        (folder / f"{number:024}.json").write_text(json.dumps({"n": "x" * 1_000_000}))
    env, peak = unmeasured(jsonbin.env), jsonbin.home / "peak"
    command = ["apply", str(folder), "--check", "--diff", "--jobs=8"]
    with RawServer() as server:
        reply = Reply("", http(GOOD.replace(b'{"n":1}', b"[1]")), ("reply",))
        small = cost(server, reply, 60, peak, env)
        large = cost(server, reply, 60, peak, env, command=command)
    assert (small.code, large.code) == (1, 1)
    assert large.memory < small.memory + 24
