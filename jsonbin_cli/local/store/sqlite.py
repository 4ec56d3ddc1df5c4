"""The store: bins, versions, keys, collections and schema docs in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from shlex import quote
from time import monotonic
from typing import Any

from jsonbin_cli.config.atomic import make_folder
from jsonbin_cli.config.locks import make_file
from jsonbin_cli.failures import BadConfig, StoreFailure
from jsonbin_cli.local.store import identity, migrations
from jsonbin_cli.local.store.rows import AccessKey, Bin, Collection, SchemaDoc

_BIN = "id, record, private, created_at, name, collection, versions, base"
_TEXT = (str, type(None))
_BIN_TYPES = (str, bytes, int, str, _TEXT, _TEXT, int, (bytes, type(None)))
_COLLECTION_TYPES = (str, str, str, _TEXT)
_SCHEMA_TYPES = (str, str, bytes, str)
_KEY_TYPES = (str, str, str, str)
_ONE_WAIT = 0.1  # seconds
# What SQLite says of a file whose tables or pages are not as they were written.
_DAMAGED = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_NOTADB,
}


class SqliteStore:
    """A store in the file `path`, None for memory. A new one is created with `first` as its only bin.

    What a finished transaction wrote survives the end of the process and of the machine. Several
    processes may use the file at once; to open it and for each transaction one waits up to `patience` seconds. Raises
    BadConfig where the file cannot be opened, is not a store or is damaged, StoreFailure where the disk or a lock
    prevents a transaction.
    """

    def __init__(self, path: Path | None, first: Bin | None, patience: float = 30.0) -> None:
        self._path = path
        self._patience = patience
        deadline = monotonic() + patience
        if path is not None:
            _claim(path)
        with ExitStack() as unless_it_opens:
            try:
                self._db = sqlite3.connect(path or ":memory:", timeout=patience, isolation_level=None)
                unless_it_opens.callback(self._db.close)
                self._db.execute("PRAGMA synchronous = FULL")
                layout = migrations.layout_of(self._db)
                if layout > migrations.NEWEST:
                    raise BadConfig(f"{path} was made by a newer jsonbin", f"run that one, or {_move_away(path)}")
                if layout < migrations.NEWEST or not migrations.is_marked(self._db):
                    self._make(first, deadline)
            except sqlite3.DatabaseError as wrong:
                raise self._failure(wrong) from None
            unless_it_opens.pop_all()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Run the block while no other process writes; at its end what it wrote is durable, or undone if it raised."""
        return self._transaction(monotonic() + self._patience)

    @contextmanager
    def _transaction(self, deadline: float) -> Iterator[None]:
        try:
            self._begin(deadline)
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
        return self._row("versions", row, (bytes,))[0] if row else None

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
        rows = [self._row("access_keys", row, _KEY_TYPES) for row in found]
        return [AccessKey(key_id, secret, name, frozenset(verbs.split())) for key_id, secret, name, verbs in rows]

    def delete_access_key(self, key_id: str) -> bool:
        """Delete an access key; whether there was one."""
        return self._db.execute("DELETE FROM access_keys WHERE id = ?", (key_id,)).rowcount > 0

    def permissions(self, access_key: str) -> frozenset[str] | None:
        """What an access key may do to bins; None where it is unknown."""
        row = self._db.execute("SELECT permissions FROM access_keys WHERE secret = ?", (access_key,)).fetchone()
        return frozenset(self._row("access_keys", row, (str,))[0].split()) if row else None

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
        return Collection(*self._row("collections", row, _COLLECTION_TYPES)) if row else None

    def collections(self) -> list[Collection]:
        """All collections, the oldest first."""
        rows = self._db.execute("SELECT id, name, created_at, schema FROM collections ORDER BY rowid")
        return [Collection(*self._row("collections", row, _COLLECTION_TYPES)) for row in rows]

    def change_collection(self, changed: Collection) -> None:
        """Give a collection another name or schema doc."""
        self._db.execute(
            "UPDATE collections SET name = ?, schema = ? WHERE id = ?", (changed.name, changed.schema, changed.id)
        )

    def schema(self, schema_id: str) -> SchemaDoc | None:
        """The schema doc with that id (lower case)."""
        row = self._db.execute("SELECT id, name, record, created_at FROM schemas WHERE id = ?", (schema_id,)).fetchone()
        return SchemaDoc(*self._row("schemas", row, _SCHEMA_TYPES)) if row else None

    def put_schema(self, doc: SchemaDoc) -> None:
        """Add a schema doc, or replace the one with its id."""
        self._db.execute("INSERT OR REPLACE INTO schemas (id, name, record, created_at) VALUES (?, ?, ?, ?)", doc)

    def count_request(self) -> int:
        """Count one request and return how many there were before it."""
        row = self._db.execute("UPDATE requests SET count = count + 1 RETURNING count - 1").fetchone()
        return int(self._row("requests", row or (None,), (int,))[0])

    def _bin(self, row: tuple[Any, ...]) -> Bin:
        checked = self._row("bins", row, _BIN_TYPES)
        return Bin(checked[0], checked[1], bool(checked[2]), *checked[3:])

    def _make(self, first: Bin | None, deadline: float) -> None:
        self._wait_at_most(deadline - monotonic())
        # Before anything else, so that it is in the file and not only in the log.
        migrations.mark(self._db)
        migrations.use_write_ahead_log(self._db, deadline)
        with self._transaction(deadline):
            # Another process may have done all of it in the meantime.
            if migrations.bring_up_to_date(self._db) == 0 and first:
                self.add(first)

    def _begin(self, deadline: float) -> None:
        """Begin once no other process writes. Python hears Ctrl-C only between two waits, so that each is short."""
        while True:
            left = deadline - monotonic()
            self._wait_at_most(min(left, _ONE_WAIT))
            try:
                self._db.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as wrong:
                if wrong.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or left <= 0:
                    raise

    def _wait_at_most(self, seconds: float) -> None:
        self._db.execute(f"PRAGMA busy_timeout = {max(0, round(seconds * 1000))}")

    def _row(self, table: str, row: tuple[Any, ...], types: tuple[Any, ...]) -> tuple[Any, ...]:
        """The row, of these types. SQLite takes values of any type into any column."""
        if not all(map(isinstance, row, types)):
            raise self._damaged(f"the table {table} holds a value of a wrong type")
        return row

    def _damaged(self, reason: str) -> BadConfig:
        return BadConfig(f"the local store {self._path} is damaged: {reason}", _move_away(self._path))

    def _failure(self, wrong: sqlite3.Error) -> StoreFailure | BadConfig:
        code = getattr(wrong, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _DAMAGED:
            return self._damaged(str(wrong))
        if code == sqlite3.SQLITE_BUSY:
            return self._failed("another program holds it", "wait for that program, and run it again")
        return self._failed(str(wrong), "make room on the disk, and run it again")

    def _failed(self, reason: str, hint: str) -> StoreFailure:
        return StoreFailure(f"the local store {self._path} failed: {reason}; nothing was changed", hint)


def _claim(path: Path) -> None:
    """Create the file where there is none; refuse one that is not a store. Raises BadConfig."""
    try:
        make_folder(path.parent)
        # SQLite would make it readable by others; its side files get the mode of this one.
        make_file(path)
        os.close(os.open(path, os.O_RDWR))
        reason = identity.reason_against(path)
    except OSError as wrong:
        raise BadConfig(f"the local store {path} cannot be opened: {wrong.strerror}") from None
    if reason:
        raise BadConfig(f"{path} is not a store of jsonbin: {reason}", _move_away(path))


def _move_away(path: Path | None) -> str:
    return f"move it away: mv {quote(str(path))} {quote(f'{path}.old')}"
