"""What was last applied to the bins of a folder, kept so that a run that was killed is continued where it ended.

The file has one JSON object a line: the first is about the last run, each other one about a bin. While a run goes on,
what is finished is appended to a second file beside it, which costs little and survives the end of the process; at the
end of the run the two become one, whole or not at all.
"""

from __future__ import annotations

import json
import os
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from jsonbin_cli.config.account import Account
from jsonbin_cli.config.atomic import make_folder, write_whole
from jsonbin_cli.config.bounded import NotAFile, opened
from jsonbin_cli.config.environment import state_folder
from jsonbin_cli.config.locks import alone
from jsonbin_cli.failures import BadConfig
from jsonbin_cli.records.folders import digests

_FORMAT = 1
_TAKEN_UP_FOR = 60 * 60
"""How many seconds after its last line a run that did not finish is taken up again."""
_LONGEST_LINE = 64 * 1024
_WHEN = "%Y-%m-%dT%H:%M:%SZ"
# There may be very many bins, of which each keeps this.
_PACKED = struct.Struct(f"<{digests.SIZE}s{digests.SIZE}siII")
_NO_VERSION = -1
_MOST_RUNS = 2**31  # so that each number of a run can be packed


class Applied(NamedTuple):
    """A bin as it was left: the digests of the file's bytes and of the record's value, and in which run that was.

    `when` is in seconds since 1970.
    """

    file: bytes
    record: bytes
    version: int | None
    when: int
    run: int

    def packed(self) -> bytes:
        """The same in a third of the memory. Raises ValueError where a number is too large for that."""
        try:
            version = _NO_VERSION if self.version is None else self.version
            return _PACKED.pack(self.file, self.record, version, self.when, self.run)
        except struct.error:
            raise ValueError from None


def _unpacked(packed: bytes) -> Applied:
    file, record, version, when, run = _PACKED.unpack(packed)
    return Applied(file, record, None if version == _NO_VERSION else version, when, run)


class State:
    """What is known of the bins at one address. Use it in a `with`, which locks the file for one process.

    Outside of a `with` it can only be read. `task` says what a run is for: it continues one that did not finish where
    that was for the same. Raises BadConfig where the file cannot be read or written, or holds something else.
    """

    def __init__(self, path: Path, account: Account, task: str) -> None:
        self.path = path
        self._task = sha256(task.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._last_task = self._task
        self._bins: dict[str, bytes] = {}
        self._address = f"store:{os.path.realpath(account.store)}" if account.store else account.url
        self._journal = path.with_name(f"{path.name}.journal")
        self._run = 0
        self._finished = True
        self._written: FileIO | None = None
        self._load()

    def __enter__(self) -> Self:
        """Begin a run, or continue the one before where that did not finish."""
        with ExitStack() as unless_it_opens:
            try:
                make_folder(self.path.parent)
                unless_it_opens.enter_context(alone(self.path))
                self._bins.clear()
                self._load()
                if self._finished or self._last_task != self._task:
                    self._run += 1
                self._finished = False
                self._written = unless_it_opens.enter_context(open(self._journal, "ab", buffering=0))
                os.chmod(self._journal, 0o600)
                self._append({"run": self._run, "task": self._task})
            except OSError as wrong:
                raise self._unusable(wrong) from None
            self._open = unless_it_opens.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, where: TracebackType | None
    ) -> None:
        """Put what was appended into the file itself."""
        with self._open:
            try:
                write_whole(self.path, self._lines())
                self._journal.unlink()
            except OSError as failed:
                raise self._unusable(failed) from None

    def finish(self) -> None:
        """Let the next run begin anew, since nothing is left to do."""
        self._finished = True

    def last(self, bin: str) -> Applied | None:
        """How a bin was left; None where it was never applied from here."""
        packed = self._bins.get(bin)
        return None if packed is None else _unpacked(packed)

    def is_done(self, bin: str, file: bytes) -> bool:
        """Whether the run that is continued has finished a bin, with the file that is still there."""
        applied = self.last(bin)
        return applied is not None and applied.run == self._run and applied.file == file

    def keep(self, bin: str, file: bytes, record: bytes, version: int | None = None) -> None:
        """Note that a bin holds now what its file does."""
        applied = Applied(file, record, version, int(time.time()), self._run)
        self._bins[bin] = applied.packed()
        try:
            self._append(_as_object(self._address, bin, applied))
        except OSError as wrong:
            raise self._unusable(wrong) from None

    def _append(self, line: dict[str, Any]) -> None:
        assert self._written
        # One call for one line: a process that is killed leaves it whole or not there.
        self._written.write(json.dumps(line).encode() + b"\n")

    def _load(self) -> None:
        self._others: dict[tuple[str, str], bytes] = {}
        last_line = 0.0
        for path in (self.path, self._journal):
            try:
                with opened(path) as file:
                    last_line = os.fstat(file.fileno()).st_mtime
                    self._take(iter(lambda: file.readline(_LONGEST_LINE), b""), is_journal=path == self._journal)
            except FileNotFoundError:
                continue
            except (NotAFile, ValueError, TypeError, KeyError, RecursionError, OverflowError):
                raise BadConfig(
                    f"{path} is not a state file of jsonbin", f"name another with --state FILE, or remove it: rm {path}"
                ) from None
            except OSError as wrong:
                raise self._unusable(wrong) from None
            if path == self._journal:
                self._finished = False
        if time.time() - last_line > _TAKEN_UP_FOR:
            self._finished = True

    def _take(self, lines: Iterator[bytes], *, is_journal: bool) -> None:
        """Read the lines of one file. Raises ValueError and the like for one that was not written here."""
        for number, line in enumerate(lines):
            if is_journal and not line.endswith(b"\n"):
                return  # the machine went down before all of it was on the disk
            found = json.loads(line)
            if "run" in found and "bin" not in found:
                if not is_journal and found["jsonbin_state"] != _FORMAT:
                    raise ValueError
                self._run = int(found["run"])
                if not 0 <= self._run < _MOST_RUNS:
                    raise ValueError
                self._finished = bool(found.get("finished", False))
                self._last_task = str(found.get("task", ""))
            elif number == 0 and not is_journal:
                raise ValueError
            elif found["address"] == self._address:
                self._bins[str(found["bin"])] = _applied(found).packed()
            else:
                self._others[str(found["address"]), str(found["bin"])] = line

    def _lines(self) -> Iterator[bytes]:
        first = {"jsonbin_state": _FORMAT, "run": self._run, "task": self._task, "finished": self._finished}
        yield json.dumps(first).encode() + b"\n"
        yield from self._others.values()
        for bin, packed in self._bins.items():
            yield json.dumps(_as_object(self._address, bin, _unpacked(packed))).encode() + b"\n"

    def _unusable(self, wrong: OSError) -> BadConfig:
        return BadConfig(
            f"what was applied cannot be kept in {self.path}: {wrong.strerror}", "name another file with --state FILE"
        )


def state_path(folder: str, chosen: str | None) -> Path:
    """The file that `--state` names, else one of the state folder for the folder on this machine."""
    if chosen is not None:
        return Path(chosen)
    name = sha256(os.path.realpath(folder).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return state_folder() / "folders" / f"{name}.jsonl"


@lru_cache  # the bins of a second have it in common
def _in_words(when: int) -> str:
    return datetime.fromtimestamp(when, UTC).strftime(_WHEN)


def _as_object(address: str, bin: str, applied: Applied) -> dict[str, Any]:
    return {
        "address": address,
        "bin": bin,
        "file": applied.file.hex(),
        "record": applied.record.hex(),
        "version": applied.version,
        "time": _in_words(applied.when),
        "run": applied.run,
    }


@lru_cache
def _in_seconds(time: str) -> int:
    return int(datetime.strptime(time, _WHEN).replace(tzinfo=UTC).timestamp())


def _applied(found: dict[str, Any]) -> Applied:
    when = _in_seconds(found["time"])
    version = None if found["version"] is None else int(found["version"])
    file, record = bytes.fromhex(found["file"]), bytes.fromhex(found["record"])
    if {len(file), len(record)} != {digests.SIZE}:
        raise ValueError
    return Applied(file, record, version, when, int(found["run"]))
