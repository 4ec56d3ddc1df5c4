"""SQLite: bins, versions, keys, collections."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jsonbin_cli.failures import BadConfig, StoreFailure
from jsonbin_cli.local.rules import Bin

_LAYOUT = 1
_TABLES = """
CREATE TABLE bins (
    id TEXT PRIMARY KEY,
    record BLOB NOT NULL,
    private INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    name TEXT,
    collection TEXT,
    versions INTEGER NOT NULL
);
CREATE TABLE versions (
    bin TEXT NOT NULL REFERENCES bins (id),
    number INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (bin, number)
) WITHOUT ROWID;
CREATE TABLE access_keys (secret TEXT PRIMARY KEY, permissions TEXT NOT NULL);
CREATE TABLE collections (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE requests (count INTEGER NOT NULL);
INSERT INTO requests VALUES (0);
"""


class SqliteStore:
    """A store in one file, made where there is none, with `first` as its only bin.

    What a finished transaction wrote survives the end of the process and of the machine. Several
    processes may use the file at once; each waits up to `patience` seconds for its turn. Raises BadConfig where the
    file cannot be opened or is no store, StoreFailure where the disk or a lock refuses later.
    """

    def __init__(self, path: Path, first: Bin, patience: float = 30.0) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # SQLite would make it readable by others; its side files get the mode of this one.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = sqlite3.connect(path, timeout=patience, isolation_level=None)
            self._db.execute("PRAGMA synchronous = FULL")
            layout = self._layout(first)
        except OSError as wrong:
            raise BadConfig(f"the local store {path} cannot be opened: {wrong.strerror}") from None
        except sqlite3.OperationalError as wrong:
            raise self._failure(wrong) from None
        except sqlite3.DatabaseError as wrong:
            raise BadConfig(
                f"{path} is not a store of jsonbin: {wrong}", f"move it away: mv {path} {path}.old"
            ) from None
        if layout > _LAYOUT:
            self.close()
            raise BadConfig(f"{path} was made by a newer jsonbin", "pip install --upgrade jsonbin-cli")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block alone among all processes; what it wrote is durable at its end, or gone if it raises."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
        except sqlite3.DatabaseError as wrong:
            raise self._failure(wrong) from None

    def bin(self, bin_id: str) -> Bin | None:
        """The bin with that id (lower case)."""
        row = self._db.execute(
            "SELECT id, record, private, created_at, name, collection, versions FROM bins WHERE id = ?", (bin_id,)
        ).fetchone()
        return Bin(row[0], row[1], bool(row[2]), *row[3:]) if row else None

    def add(self, new: Bin) -> None:
        """Keep a new bin."""
        self._db.execute(
            "INSERT INTO bins VALUES (?, ?, ?, ?, ?, ?, ?)",
            (new.id, new.record, new.private, new.created_at, new.name, new.collection, new.versions),
        )

    def replace(self, bin_id: str, record: bytes, version: int | None) -> None:
        """Make `record` the latest; keep it as version number `version` too, where that is not None."""
        self._db.execute("UPDATE bins SET record = ? WHERE id = ?", (record, bin_id))
        if version is not None:
            self._db.execute("UPDATE bins SET versions = ? WHERE id = ?", (version, bin_id))
            self._db.execute("INSERT INTO versions VALUES (?, ?, ?)", (bin_id, version, record))

    def version(self, bin_id: str, number: int) -> bytes | None:
        """The record of one version."""
        row = self._db.execute("SELECT record FROM versions WHERE bin = ? AND number = ?", (bin_id, number)).fetchone()
        return row[0] if row else None

    def add_access_key(self, secret: str, permissions: frozenset[str]) -> None:
        """Let an access key do to bins what `permissions` names: `create`, `read`, `update`, `delete`."""
        self._db.execute("INSERT INTO access_keys VALUES (?, ?)", (secret, " ".join(sorted(permissions))))

    def permissions(self, access_key: str) -> frozenset[str] | None:
        """What an access key may do to bins; None where it is unknown."""
        row = self._db.execute("SELECT permissions FROM access_keys WHERE secret = ?", (access_key,)).fetchone()
        return frozenset(row[0].split()) if row else None

    def add_collection(self, collection_id: str, name: str) -> None:
        """Keep a new collection."""
        self._db.execute("INSERT INTO collections VALUES (?, ?)", (collection_id, name))

    def has_collection(self, collection_id: str) -> bool:
        """Whether there is such a collection."""
        return self._db.execute("SELECT 1 FROM collections WHERE id = ?", (collection_id,)).fetchone() is not None

    def count_request(self) -> int:
        """Count one request and return how many there were before it."""
        count: int = self._db.execute("UPDATE requests SET count = count + 1 RETURNING count - 1").fetchone()[0]
        return count

    def _layout(self, first: Bin) -> int:
        """The file's layout, made where there is none yet, by one process of many."""
        self._db.execute("BEGIN IMMEDIATE")
        layout: int = self._db.execute("PRAGMA user_version").fetchone()[0]
        if layout == 0:
            for statement in _TABLES.split(";"):
                self._db.execute(statement)
            self.add(first)
            self._db.execute(f"PRAGMA user_version = {_LAYOUT}")
        self._db.execute("COMMIT")
        return layout

    def _failure(self, wrong: sqlite3.Error) -> StoreFailure:
        return StoreFailure(
            f"the local store {self._path} failed: {wrong}; the bin is unchanged",
            "make room on the disk, or wait for the program that uses the store, and run it again",
        )
