"""The tables of a store, and how a file of an older jsonbin is brought up to date."""

from __future__ import annotations

import sqlite3
import time

from jsonbin_cli.local.store.identity import APPLICATION_ID

# Each step leads from one layout to the next; `user_version` of a file counts the steps that were taken.
_STEPS = (
    """
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
    INSERT INTO requests VALUES (0)
    """,
    """
    ALTER TABLE bins ADD COLUMN base BLOB;
    CREATE INDEX bins_of_collection ON bins (collection);
    ALTER TABLE collections ADD COLUMN created_at TEXT NOT NULL DEFAULT '';
    ALTER TABLE collections ADD COLUMN schema TEXT;
    ALTER TABLE access_keys ADD COLUMN id TEXT NOT NULL DEFAULT '';
    ALTER TABLE access_keys ADD COLUMN name TEXT NOT NULL DEFAULT '';
    CREATE TABLE schemas (id TEXT PRIMARY KEY, name TEXT NOT NULL, record BLOB NOT NULL, created_at TEXT NOT NULL)
    """,
)
NEWEST = len(_STEPS)


def layout_of(db: sqlite3.Connection) -> int:
    """How many steps were taken for this file; 0 for an empty one."""
    layout: int = db.execute("PRAGMA user_version").fetchone()[0]
    return layout


def bring_up_to_date(db: sqlite3.Connection) -> int:
    """Take the missing steps, inside a transaction, and return how many had been taken before."""
    taken = layout_of(db)
    for step in _STEPS[taken:]:
        for statement in step.split(";"):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {max(taken, NEWEST)}")
    return taken


def is_marked(db: sqlite3.Connection) -> bool:
    """Whether the file says that it is a store of jsonbin. Those of the first versions do not."""
    return bool(db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)


def mark(db: sqlite3.Connection) -> None:
    """Let the file say that it is a store of jsonbin."""
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def use_write_ahead_log(db: sqlite3.Connection, deadline: float) -> None:
    """Turn on the write-ahead log: readers do not wait for the writer, and a commit costs one sync.

    The mode stays with the file. While another process opens it too, SQLite refuses the change at once,
    without its own time limit, so it is tried again until `deadline`, by the monotonic clock.
    """
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as wrong:
            if wrong.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
