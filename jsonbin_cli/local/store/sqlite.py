"""The store: bins, versions, keys, collections and schema docs in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shlex import quote

from jsonbin_cli.failures import BadConfig, StoreFailure
from jsonbin_cli.local.store import migrations
from jsonbin_cli.local.store.rows import AccessKey, Bin, Collection, SchemaDoc

_BIN = "id, record, private, created_at, name, collection, versions, base"


class SqliteStore:
    """A store in the file `path`, None for memory. A new one is created with `first` as its only bin.

    What a finished transaction wrote survives the end of the process and of the machine. Several
    processes may use the file at once; each waits up to `patience` seconds for its turn. Raises BadConfig where the
    file cannot be opened or is not a store, StoreFailure where the disk or a lock prevents a transaction.
    """

    def __init__(self, path: Path | None, first: Bin | None, patience: float = 30.0) -> None:
        self._path = path
        with ExitStack() as unless_it_opens:
            try:
                if path is not None:
                    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                    # SQLite would make it readable by others; its side files get the mode of this one.
                    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
                self._db = sqlite3.connect(path or ":memory:", timeout=patience, isolation_level=None)
                unless_it_opens.callback(self._db.close)
                self._db.execute("PRAGMA synchronous = FULL")
                layout = migrations.layout_of(self._db)
                if layout < migrations.NEWEST:
                    self._make(first, patience)
            except OSError as wrong:
                raise BadConfig(f"the local store {path} cannot be opened: {wrong.strerror}") from None
            except sqlite3.OperationalError as wrong:
                raise self._failure(wrong) from None
            except sqlite3.DatabaseError as wrong:
                raise BadConfig(
                    f"{path} is not a store of jsonbin: {wrong}",
                    f"move it away: mv {quote(str(path))} {quote(f'{path}.old')}",
                ) from None
            if layout > migrations.NEWEST:
                raise BadConfig(f"{path} was made by a newer jsonbin", "pip install --upgrade jsonbin-cli")
            unless_it_opens.pop_all()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block while no other process writes; at its end what it wrote is durable, or undone if it raised."""
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
        row = self._db.execute(f"SELECT {_BIN} FROM bins WHERE id = ?", (bin_id,)).fetchone()
        return _bin(row) if row else None

    def add(self, new: Bin) -> None:
        """Add a new bin."""
        self._db.execute(f"INSERT INTO bins ({_BIN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", new)

    def replace(self, bin_id: str, record: bytes) -> None:
        """Make `record` the latest, and the base."""
        self._db.execute("UPDATE bins SET record = ?, base = NULL WHERE id = ?", (record, bin_id))

    def add_version(self, bin_id: str, number: int, record: bytes) -> None:
        """Make `record` the latest, and a new version. The first version leaves what was there before as the base."""
        self._db.execute(
            "UPDATE bins SET base = COALESCE(base, record), record = ?, versions = ? WHERE id = ?",
            (record, number, bin_id),
        )
        self._db.execute("INSERT INTO versions VALUES (?, ?, ?)", (bin_id, number, record))

    def rewrite_version(self, bin_id: str, number: int, record: bytes) -> None:
        """Make `record` the latest, and the content of a version."""
        self._db.execute("UPDATE bins SET record = ? WHERE id = ?", (record, bin_id))
        self._db.execute("UPDATE versions SET record = ? WHERE bin = ? AND number = ?", (record, bin_id, number))

    def describe(self, bin_id: str, *, name: str | None = None, private: bool | None = None) -> None:
        """Change the name, the privacy, or both."""
        self._db.execute(
            "UPDATE bins SET name = COALESCE(?, name), private = COALESCE(?, private) WHERE id = ?",
            (name, private, bin_id),
        )

    def delete(self, bin_id: str) -> None:
        """Delete a bin and its versions."""
        self._db.execute("DELETE FROM versions WHERE bin = ?", (bin_id,))
        self._db.execute("DELETE FROM bins WHERE id = ?", (bin_id,))

    def version(self, bin_id: str, number: int) -> bytes | None:
        """The record of one version."""
        row = self._db.execute("SELECT record FROM versions WHERE bin = ? AND number = ?", (bin_id, number)).fetchone()
        return row[0] if row else None

    def delete_versions(self, bin_id: str, *, preserve_latest: bool) -> None:
        """Delete all versions. What stays is the latest record, or the one under the versions."""
        self._db.execute("DELETE FROM versions WHERE bin = ?", (bin_id,))
        kept = "record" if preserve_latest else "COALESCE(base, record)"
        self._db.execute(f"UPDATE bins SET record = {kept}, base = NULL, versions = 0 WHERE id = ?", (bin_id,))

    def bins_of(self, collection_id: str | None, after: str | None, limit: int, *, ascending: bool) -> list[Bin]:
        """Up to `limit` bins of a collection (None: of no collection), those after the bin `after`."""
        order, beyond = ("ASC", ">") if ascending else ("DESC", "<")
        rows = self._db.execute(
            f"SELECT {_BIN} FROM bins WHERE collection IS :collection AND (:after IS NULL OR rowid {beyond} "
            f"(SELECT rowid FROM bins WHERE id = :after)) ORDER BY rowid {order} LIMIT :limit",
            {"collection": collection_id, "after": after, "limit": limit},
        )
        return [_bin(row) for row in rows]

    def add_access_key(self, secret: str, permissions: frozenset[str], key_id: str = "", name: str = "") -> None:
        """Add an access key; `permissions` are of `create`, `read`, `update`, `delete`."""
        self._db.execute(
            "INSERT INTO access_keys (secret, permissions, id, name) VALUES (?, ?, ?, ?)",
            (secret, " ".join(sorted(permissions)), key_id, name),
        )

    def access_keys(self) -> list[AccessKey]:
        """All access keys, the oldest first."""
        rows = self._db.execute("SELECT id, secret, name, permissions FROM access_keys ORDER BY rowid")
        return [AccessKey(key_id, secret, name, frozenset(verbs.split())) for key_id, secret, name, verbs in rows]

    def delete_access_key(self, key_id: str) -> bool:
        """Delete an access key; whether there was one."""
        return self._db.execute("DELETE FROM access_keys WHERE id = ?", (key_id,)).rowcount > 0

    def permissions(self, access_key: str) -> frozenset[str] | None:
        """What an access key may do to bins; None where it is unknown."""
        row = self._db.execute("SELECT permissions FROM access_keys WHERE secret = ?", (access_key,)).fetchone()
        return frozenset(row[0].split()) if row else None

    def add_collection(self, collection_id: str, name: str, created_at: str = "") -> None:
        """Add a new collection."""
        self._db.execute(
            "INSERT INTO collections (id, name, created_at) VALUES (?, ?, ?)", (collection_id, name, created_at)
        )

    def collection(self, collection_id: str) -> Collection | None:
        """The collection with that id (lower case)."""
        row = self._db.execute(
            "SELECT id, name, created_at, schema FROM collections WHERE id = ?", (collection_id,)
        ).fetchone()
        return Collection(*row) if row else None

    def collections(self) -> list[Collection]:
        """All collections, the oldest first."""
        rows = self._db.execute("SELECT id, name, created_at, schema FROM collections ORDER BY rowid")
        return [Collection(*row) for row in rows]

    def change_collection(self, changed: Collection) -> None:
        """Give a collection another name or schema doc."""
        self._db.execute(
            "UPDATE collections SET name = ?, schema = ? WHERE id = ?", (changed.name, changed.schema, changed.id)
        )

    def schema(self, schema_id: str) -> SchemaDoc | None:
        """The schema doc with that id (lower case)."""
        row = self._db.execute("SELECT id, name, record, created_at FROM schemas WHERE id = ?", (schema_id,)).fetchone()
        return SchemaDoc(*row) if row else None

    def put_schema(self, doc: SchemaDoc) -> None:
        """Add a schema doc, or replace the one with its id."""
        self._db.execute("INSERT OR REPLACE INTO schemas (id, name, record, created_at) VALUES (?, ?, ?, ?)", doc)

    def count_request(self) -> int:
        """Count one request and return how many there were before it."""
        count: int = self._db.execute("UPDATE requests SET count = count + 1 RETURNING count - 1").fetchone()[0]
        return count

    def _make(self, first: Bin | None, patience: float) -> None:
        migrations.use_write_ahead_log(self._db, patience)
        with self.transaction():
            # Another process may have done all of it in the meantime.
            if migrations.bring_up_to_date(self._db) == 0 and first:
                self.add(first)

    def _failure(self, wrong: sqlite3.Error) -> StoreFailure:
        busy = getattr(wrong, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
        reason = "another program holds it" if busy else str(wrong)
        return StoreFailure(
            f"the local store {self._path} failed: {reason}; the bin is unchanged",
            "make room on the disk, or wait for the program that uses the store, and run it again",
        )


def _bin(row: tuple[str, bytes, int, str, str | None, str | None, int, bytes | None]) -> Bin:
    return Bin(row[0], row[1], bool(row[2]), *row[3:])
