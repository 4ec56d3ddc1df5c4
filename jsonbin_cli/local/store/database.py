"""One SQLite file: opening it, waiting for other programs, transactions, and what is said where it fails."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from shlex import quote
from time import monotonic
from typing import Any

from jsonbin_cli.config.atomic import make_folder
from jsonbin_cli.config.locks import make_file
from jsonbin_cli.failures import BadConfig, StoreFailure
from jsonbin_cli.local.store import identity, migrations

_ONE_WAIT = 0.1  # seconds
# What SQLite says of a file whose tables or pages are not as they were written.
_DAMAGED = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_NOTADB,
}


class Database:
    """The file `path`, None for memory, with the tables of a store. `fill` is called once for a new one.

    What a finished transaction wrote survives the end of the process and of the machine. Several
    processes may use the file at once; to open it and for each transaction one waits up to `patience` seconds. Raises
    BadConfig where the file cannot be opened, is not a store or is damaged, StoreFailure where the disk or a lock
    prevents a transaction.
    """

    def __init__(self, path: Path | None, patience: float, fill: Callable[[Database], None]) -> None:
        self._path = path
        self._patience = patience
        deadline = monotonic() + patience
        if path is not None:
            _claim(path)
        with ExitStack() as unless_it_opens:
            try:
                self._file = sqlite3.connect(path or ":memory:", timeout=patience, isolation_level=None)
                unless_it_opens.callback(self._file.close)
                self._file.execute("PRAGMA synchronous = FULL")
                layout = migrations.layout_of(self._file)
                if layout > migrations.NEWEST:
                    raise BadConfig(f"{path} was made by a newer jsonbin", f"run that one, or {_move_away(path)}")
                if layout < migrations.NEWEST or not migrations.is_marked(self._file):
                    self._make(fill, deadline)
            except sqlite3.DatabaseError as wrong:
                raise self._failure(wrong) from None
            unless_it_opens.pop_all()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Run the block while no other process writes; at its end what it wrote is durable, or undone if it raised."""
        return self._transaction(monotonic() + self._patience)

    def execute(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> sqlite3.Cursor:
        """Run one statement of SQL. Raises what sqlite3 raises; within a transaction that becomes a failure of ours."""
        return self._file.execute(statement, values)

    def checked(self, table: str, row: tuple[Any, ...], types: tuple[Any, ...]) -> tuple[Any, ...]:
        """The row, of these types: SQLite takes values of any type into any column. Raises BadConfig."""
        if not all(map(isinstance, row, types)):
            raise self._damaged(f"the table {table} holds a value of a wrong type")
        return row

    @contextmanager
    def _transaction(self, deadline: float) -> Iterator[None]:
        try:
            self._begin(deadline)
            try:
                yield
                self._file.execute("COMMIT")
            finally:
                if self._file.in_transaction:
                    self._file.execute("ROLLBACK")
        except sqlite3.DatabaseError as wrong:
            raise self._failure(wrong) from None

    def _begin(self, deadline: float) -> None:
        """Begin once no other process writes. Python hears Ctrl-C only between two waits, so that each is short."""
        while True:
            left = deadline - monotonic()
            self._wait_at_most(min(left, _ONE_WAIT))
            try:
                self._file.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as wrong:
                if wrong.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or left <= 0:
                    raise

    def _make(self, fill: Callable[[Database], None], deadline: float) -> None:
        self._wait_at_most(deadline - monotonic())
        # Before anything else, so that it is in the file and not only in the log.
        migrations.mark(self._file)
        migrations.use_write_ahead_log(self._file, deadline)
        with self._transaction(deadline):
            # Another process may have done all of it in the meantime.
            if migrations.bring_up_to_date(self._file) == 0:
                fill(self)

    def _wait_at_most(self, seconds: float) -> None:
        self._file.execute(f"PRAGMA busy_timeout = {max(0, round(seconds * 1000))}")

    def _failure(self, wrong: sqlite3.Error) -> StoreFailure | BadConfig:
        code = getattr(wrong, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _DAMAGED:
            return self._damaged(str(wrong))
        if code == sqlite3.SQLITE_BUSY:
            return self._failed("another program holds it", "wait for that program, and run it again")
        return self._failed(str(wrong), "make room on the disk, and run it again")

    def _damaged(self, reason: str) -> BadConfig:
        return BadConfig(f"the local store {self._path} is damaged: {reason}", _move_away(self._path))

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
