"""What became of many bins: their lines, their failures, the exit code, and the summary."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from shlex import quote
from typing import Any

from jsonbin_cli.commands.bulk.differences import Difference
from jsonbin_cli.config.account import Account
from jsonbin_cli.failures import ExitCode, Failure, Interrupted, NoAnswer, StoredDifferently, profile_option
from jsonbin_cli.records.folders.manifest import Entry, Folder
from jsonbin_cli.terminal import errors
from jsonbin_cli.terminal.report import as_object

# What a second run cannot cure comes first; of the rest, what may have changed a bin.
GRAVEST = (
    ExitCode.INTERRUPTED,
    ExitCode.REFUSED,
    ExitCode.NOT_SENT,
    ExitCode.CONFLICT,
    ExitCode.NEGATIVE,
    ExitCode.NO_ANSWER,
    ExitCode.TROUBLE,
    ExitCode.DONE,
)
"""The exit codes of a command with many bins: it ends with the first of these that one of its bins has."""
# The next request would only meet them again.
_STOPPING = {
    "access-key-permission",
    "bad-config",
    "edge-blocked",
    "edge-rate-limit",
    "invalid-access-key",
    "invalid-master-key",
    "key-missing",
    "requests-exhausted",
}
DONE_BEFORE = "done by the run before, which did not finish"
"""The note of a bin that was not asked for."""
_NAMED = 5
_NAMED_IN_DOUBT = 3
_MOST_NOTES = 20


class Row:
    """One bin of a command. `word` is what became of it, or what is to become of it; `failure` says why not.

    `file` is the digest of the file's bytes, which are many where it is `large`; `held` is the digest of the record in
    the bin, where a plan is made. Of the rest, its line says what is not None: how many `changes` the record needs,
    their `diff`, the new `version`, and a `note`.
    There may be very many rows, so that each is small.
    """

    __slots__ = ("changes", "diff", "entry", "failure", "file", "held", "large", "note", "shown", "version", "word")

    def __init__(self, entry: Entry, file: bytes = b"", *, large: bool = False) -> None:
        self.entry = entry
        self.file = file
        self.large = large
        self.held = b""
        self.word = "skipped"
        self.changes: int | None = None
        self.diff: Difference | None = None
        self.version: int | None = None
        self.note: str | None = None
        self.failure: Failure | None = None
        self.shown = False

    def fail(self, failure: Failure) -> None:
        """Take a failure, and the word for it."""
        # They hold all that was at work when it was raised, and there may be very many rows.
        failure.__traceback__ = failure.__context__ = None
        if isinstance(failure, Interrupted):  # before it was sent
            self.word = "skipped"
        else:
            self.word, self.failure = _word(failure), failure

    def line(self, kind: str) -> str:
        """One JSON object; `kind` is the name of the member that holds the word."""
        entry = self.entry
        about: dict[str, Any] = {kind: self.word, "name": entry.name, "bin": entry.id, "file": entry.file}
        for member in ("changes", "diff", "version", "note"):
            value = getattr(self, member)
            if value is not None:
                about[member] = value.steps if member == "diff" else value
        if self.failure:
            about["error"] = as_object(self.failure, errors.advice(self.failure))
            del about["error"]["bin"]
        return json.dumps(about)


def _word(failure: Failure) -> str:
    """What became of a bin that failed so."""
    # Where something else was stored than was sent, the bin changed, and holds something else than the file.
    if isinstance(failure, StoredDifferently) or failure.code == ExitCode.CONFLICT:
        return "drifted"
    return "no-answer" if failure.code in (ExitCode.NO_ANSWER, ExitCode.TROUBLE) else "refused"


def stops_all(failure: Failure) -> bool:
    """Whether the other bins would fail in the same way: a key, a quota, the network's edge, no network at all."""
    unreachable = isinstance(failure, NoAnswer) and not failure.sent
    return unreachable or errors.advice(failure).slug in _STOPPING


def theirs(folder: Folder, row: Row, account: Account) -> str:
    """The command that puts what a bin holds into its file."""
    return f"jsonbin pull {quote(folder.path)} {row.entry.id} --theirs{profile_option(account.name)}"


def is_finished(rows: Iterable[Row]) -> bool:
    """Whether nothing is left that the same command would do if it was only run again."""
    return not any(
        row.word in ("no-answer", "skipped") or (row.failure is not None and stops_all(row.failure)) for row in rows
    )


def interrupted(rows: Sequence[Row], *, writes: bool) -> Interrupted:
    """The failure for a command that a Ctrl-C ended. `writes` is for updates.

    What was under way is finished, or, where it is not, has no answer and no failure.
    """
    if not writes:
        return Interrupted("interrupted; nothing was changed at JSONBin")
    counts = Counter(row.word for row in rows)
    said = f"{counts['updated']:,} of {len(rows):,} bins updated, {counts['skipped']:,} not begun"
    names = [row.entry.name for row in rows if row.word == "no-answer" and not row.failure]
    if names:
        said += f", {len(names):,} may have changed: {', '.join(names[:_NAMED_IN_DOUBT])}"
        said += ", …" if len(names) > _NAMED_IN_DOUBT else ""
    failure = Interrupted(f"interrupted; {said}", sent=True)
    failure.hint = "the same command goes on with them" if names or counts["skipped"] else None
    return failure


def causes(rows: Sequence[Row]) -> list[Failure]:
    """The failures, the same cause once, with the names of the bins; the gravest is the last one."""
    same: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.failure:
            same.setdefault((type(row.failure).__name__, row.failure.message), []).append(row)
    found = []
    for alike in same.values():
        failure = alike[0].failure
        assert failure
        names = [row.entry.name for row in alike[:_NAMED]]
        more = f" and {len(alike) - _NAMED} more" if len(alike) > _NAMED else ""
        whose = f"{len(alike)} bins ({', '.join(names)}{more})" if len(alike) > 1 else names[0]
        failure.message = f"{whose}: {failure.message}"
        if failure.hint and len(alike) <= _MOST_NOTES:  # a command for one of them is to be one for all
            failure.hint = failure.hint.replace(alike[0].entry.id, " ".join(row.entry.id for row in alike))
        found.append(failure)
    return sorted(found, key=lambda failure: GRAVEST.index(failure.code), reverse=True)


def shortened_list(notes: Sequence[str]) -> list[str]:
    """The first of many notes, and how many there are besides."""
    more = len(notes) - _MOST_NOTES
    return [*notes] if more <= 0 else [*notes[:_MOST_NOTES], f"{more:,} more notes like these"]


def counted(rows: Iterable[Row], words: Sequence[str]) -> dict[str, int]:
    """How many bins have each word."""
    count = Counter(row.word for row in rows)
    return {word: count[word] for word in words}


def summary(counts: dict[str, int], requests: int, seconds: float) -> str:
    """One line about all."""
    bins = sum(counts.values())
    each = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
    return (
        f"{bins:,} bin{'' if bins == 1 else 's'}: {each}; "
        f"{requests:,} request{'' if requests == 1 else 's'} in {seconds:.1f} s"
    )


def outputs(counts: dict[str, int], requests: int, seconds: float) -> str:
    """The same as GitHub Actions takes the outputs of a step."""
    pairs: dict[str, object] = {"bins": sum(counts.values())}
    pairs |= {word.replace("-", "_"): count for word, count in counts.items()}
    pairs |= {"requests": requests, "seconds": f"{seconds:.1f}"}
    return "".join(f"{name}={value}\n" for name, value in pairs.items())
