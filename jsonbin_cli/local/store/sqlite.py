"""The store: bins, versions, keys, collections and schema docs in one SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from jsonbin_cli.local.store.database import Database
from jsonbin_cli.local.store.rows import AccessKey, Bin, Collection, SchemaDoc

_BIN = "id, record, private, created_at, name, collection, versions, base"
_ADD_BIN = f"INSERT INTO bins ({_BIN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_TEXT = (str, type(None))
_BIN_TYPES = (str, bytes, int, str, _TEXT, _TEXT, int, (bytes, type(None)))
_COLLECTION_TYPES = (str, str, str, _TEXT)
_SCHEMA_TYPES = (str, str, bytes, str)
_KEY_TYPES = (str, str, str, str)


class SqliteStore:
    """A store in the file `path`, None for memory. A new one is created with `first` as its only bin.

    It waits up to `patience` seconds for other processes, and raises what `Database` raises.
    """

    def __init__(self, path: Path | None, first: Bin | None, patience: float = 30.0) -> None:
        def fill(new: Database) -> None:
            if first:
                new.execute(_ADD_BIN, first)

        self._db = Database(path, patience, fill)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Run the block while no other process writes; at its end what it wrote is durable, or undone if it raised."""
        return self._db.transaction()

    def bin(self, bin_id: str) -> Bin | None:
        """The bin with that id (lower case)."""
        row = self._db.execute(f"SELECT {_BIN} FROM bins WHERE id = ?", (bin_id,)).fetchone()
        return self._bin(row) if row else None

    def bins(self) -> Iterator[Bin]:
        """All bins, the oldest first."""
        return map(self._bin, self._db.execute(f"SELECT {_BIN} FROM bins ORDER BY rowid"))

    def sizes(self) -> list[tuple[Bin, int]]:
        """All bins, the oldest first, each with the bytes of its record in place of the record."""
        columns = _BIN.replace("record", "x''").replace("base", "NULL")
        rows = self._db.execute(f"SELECT {columns}, LENGTH(record) FROM bins ORDER BY rowid")
        return [(self._bin(row[:-1]), row[-1]) for row in rows]

    def add(self, new: Bin) -> None:
        """Add a new bin."""
        self._db.execute(_ADD_BIN, new)

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
        return self._db.checked("versions", row, (bytes,))[0] if row else None

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
        return [self._bin(row) for row in rows]

    def add_access_key(self, secret: str, permissions: frozenset[str], key_id: str = "", name: str = "") -> None:
        """Add an access key; `permissions` are of `create`, `read`, `update`, `delete`."""
        self._db.execute(
            "INSERT INTO access_keys (secret, permissions, id, name) VALUES (?, ?, ?, ?)",
            (secret, " ".join(sorted(permissions)), key_id, name),
        )

    def access_keys(self) -> list[AccessKey]:
        """All access keys, the oldest first."""
        found = self._db.execute("SELECT id, secret, name, permissions FROM access_keys ORDER BY rowid")
        rows = [self._db.checked("access_keys", row, _KEY_TYPES) for row in found]
        return [AccessKey(key_id, secret, name, frozenset(verbs.split())) for key_id, secret, name, verbs in rows]

    def delete_access_key(self, key_id: str) -> bool:
        """Delete an access key; whether there was one."""
        return self._db.execute("DELETE FROM access_keys WHERE id = ?", (key_id,)).rowcount > 0

    def permissions(self, access_key: str) -> frozenset[str] | None:
        """What an access key may do to bins; None where it is unknown."""
        row = self._db.execute("SELECT permissions FROM access_keys WHERE secret = ?", (access_key,)).fetchone()
        return frozenset(self._db.checked("access_keys", row, (str,))[0].split()) if row else None

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
        return Collection(*self._db.checked("collections", row, _COLLECTION_TYPES)) if row else None

    def collections(self) -> list[Collection]:
        """All collections, the oldest first."""
        rows = self._db.execute("SELECT id, name, created_at, schema FROM collections ORDER BY rowid")
        return [Collection(*self._db.checked("collections", row, _COLLECTION_TYPES)) for row in rows]

    def change_collection(self, changed: Collection) -> None:
        """Give a collection another name or schema doc."""
        self._db.execute(
            "UPDATE collections SET name = ?, schema = ? WHERE id = ?", (changed.name, changed.schema, changed.id)
        )

    def schema(self, schema_id: str) -> SchemaDoc | None:
        """The schema doc with that id (lower case)."""
        row = self._db.execute("SELECT id, name, record, created_at FROM schemas WHERE id = ?", (schema_id,)).fetchone()
        return SchemaDoc(*self._db.checked("schemas", row, _SCHEMA_TYPES)) if row else None

    def put_schema(self, doc: SchemaDoc) -> None:
        """Add a schema doc, or replace the one with its id."""
        self._db.execute("INSERT OR REPLACE INTO schemas (id, name, record, created_at) VALUES (?, ?, ?, ?)", doc)

    def count_request(self) -> int:
        """Count one request and return how many there were before it."""
        row = self._db.execute("UPDATE requests SET count = count + 1 RETURNING count - 1").fetchone()
        return int(self._db.checked("requests", row or (None,), (int,))[0])

    def _bin(self, row: tuple[Any, ...]) -> Bin:
        checked = self._db.checked("bins", row, _BIN_TYPES)
        return Bin(checked[0], checked[1], bool(checked[2]), *checked[3:])
