"""A folder of records, and the bins that they belong to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from jsonbin_cli.local.testing import LocalJSONBin
from tests.conftest import Program, Run


class Many:
    """Bins on a local JSONBin, called `b0`, `b1` and so on, each with the record `{"n": 0}`, and their files."""

    def __init__(self, jsonbin: Program, server: LocalJSONBin, count: int = 3) -> None:
        self.jsonbin = jsonbin
        self.server = server
        self.folder = jsonbin.home / "records"
        self.folder.mkdir()
        self.names = [f"b{number}" for number in range(count)]
        self.ids = {name: server.create(b'{"n": 0}', name=name) for name in self.names}
        self.write_manifest()
        for name in self.names:
            self.write(name, '{"n": 1}\n')
        jsonbin.env |= {"JSONBIN_API_URL": server.url, "JSONBIN_MASTER_KEY": server.master_key}
        self._seen = 0

    @property
    def state(self) -> Path:
        """The file that keeps what was last applied."""
        (found,) = (self.jsonbin.home / ".local/state/jsonbin/folders").glob("*.jsonl")
        return found

    def write_manifest(self, more: str = "") -> None:
        """A manifest that names each bin."""
        tables = [f'[bins.{name}]\nid = "{self.ids[name]}"\nfile = "{name}.json"\n' for name in self.names]
        (self.folder / "bins.toml").write_text("\n".join(tables) + more)

    def write(self, name: str, text: str) -> None:
        """Another record in the file of a bin."""
        (self.folder / f"{name}.json").write_text(text)

    def put(self, name: str, record: bytes) -> None:
        """Another record in the bin, written by somebody else."""
        key = {"X-Master-Key": self.server.master_key, "Content-Type": "application/json"}
        assert httpx.put(f"{self.server.url}/b/{self.ids[name]}", content=record, headers=key).status_code == 200
        self._seen += 1

    def apply(self, *options: str) -> Run:
        """Run `jsonbin apply records`."""
        return self.jsonbin("apply", "records", *options)

    def requests(self) -> list[str]:
        """The requests since the last call, as method and the bin's name, sorted."""
        names = {bin_id: name for name, bin_id in self.ids.items()}
        seen = self.server.requests
        found = sorted(f"{one.method} {names[one.path.split('/')[3]]}" for one in seen[self._seen :])
        self._seen = len(seen)
        return found

    def held(self) -> list[Any]:
        """What the bins hold."""
        return [self.server.record(self.ids[name]) for name in self.names]


def words(run: Run, kind: str = "result") -> dict[str, str]:
    """What became of each bin, by its name."""
    return {line["name"]: line[kind] for line in lines(run)}


def lines(run: Run) -> Iterator[dict[str, Any]]:
    """The JSON lines of standard output."""
    return map(json.loads, run.out.splitlines())
