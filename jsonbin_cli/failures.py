"""What can go wrong: the exit codes, and the exceptions that lead to them."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from jsonbin_cli.config.account import Account
    from jsonbin_cli.http.request import Request


class ExitCode(IntEnum):
    """What a script can rely on; the README holds the same table and a test compares them."""

    DONE = 0
    NEGATIVE = 1
    NOT_SENT = 2
    NO_ANSWER = 3
    REFUSED = 4
    TROUBLE = 5
    CONFLICT = 6
    BUG = 70
    COMMAND_NOT_STARTED = 127
    INTERRUPTED = 130
    PIPE_CLOSED = 141


def profile_option(name: str | None) -> str:
    """How a hint's command names a profile: ` --profile NAME`, and nothing where none is in use."""
    from shlex import quote

    return f" --profile {quote(name)}" if name else ""


def shortened(text: str, most: int = 200) -> str:
    """`text` for a message, cut to `most` characters: text from outside may be of any length."""
    return text if len(text) <= most else f"{text[:most]}…"


class Failure(Exception):
    """Base of every failure that ends a command with a message instead of a traceback.

    `message` is the fact and `hint` the next step, both for people. `sent` says whether a request
    left this machine (None: not known), `retryable` whether the same call may succeed later.
    """

    code: ClassVar[ExitCode]
    slug: ClassVar[str]
    sent: bool | None = False
    retryable: bool = False
    status: int | None = None

    def __init__(self, message: str, hint: str | None = None, *, bin: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.bin = bin


class UsageMistake(Failure):
    """The call itself is wrong: options, arguments, or no input where some is needed."""

    code = ExitCode.NOT_SENT
    slug = "usage"


class InvalidInput(Failure):
    """The record cannot be read, or JSONBin could never store it.

    `file` is where it was read, None for standard input; `line` and `column` count from 1. Each is None where it is
    not known.
    """

    code = ExitCode.NOT_SENT
    slug = "invalid-input"
    file: str | None = None
    line: int | None = None
    column: int | None = None


class TooMuchLost(Failure):
    """The new record is smaller than `--max-shrink` allows."""

    code = ExitCode.NOT_SENT
    slug = "too-much-lost"


class BackupFailed(Failure):
    """The old record could not be saved as a backup, so it was not replaced."""

    code = ExitCode.NOT_SENT
    slug = "backup-failed"


class EditorFailed(Failure):
    """The editor could not be run, or ended with an error."""

    code = ExitCode.NOT_SENT
    slug = "editor-failed"


class PathNotFound(Failure):
    """The record has no value at a path that was asked for."""

    code = ExitCode.NEGATIVE
    slug = "path-not-found"


class Declined(Failure):
    """The question was answered with no."""

    code = ExitCode.NEGATIVE
    slug = "declined"


class Conflict(Failure):
    """The bin does not hold what it should have held. `sent` says whether it was updated nevertheless."""

    code = ExitCode.CONFLICT
    slug = "conflict"


class PatchTestFailed(Conflict):
    """A `test` operation of a JSON Patch does not hold."""

    slug = "patch-test-failed"


class NotChecked(Failure):
    """The bin was updated, and it could not be found out what that overwrote."""

    code = ExitCode.TROUBLE
    slug = "not-checked"
    sent = True


class NotArrived(Failure):
    """An update of a command that was cut off is not in the bin."""

    code = ExitCode.NEGATIVE
    slug = "not-arrived"


class BadConfig(Failure):
    """The config file, a profile, an alias or the source of a key is broken."""

    code = ExitCode.NOT_SENT
    slug = "bad-config"


class StoreFailure(Failure):
    """The embedded store could not do its work: a full disk, or a lock. The bin is unchanged."""

    code = ExitCode.TROUBLE
    slug = "local-store"
    retryable = True


class NoAnswer(Failure):
    """The network gave no answer. `sent` tells whether the request may have arrived."""

    code = ExitCode.NO_ANSWER
    slug = "no-answer"
    retryable = True

    def __init__(self, message: str, hint: str | None, *, sent: bool, bin: str | None) -> None:
        super().__init__(message, hint, bin=bin)
        self.sent = sent


class Answered(Failure):
    """JSONBin, or something in front of it, answered, and not with success.

    `text` is the answer in one line, `account` the account that `request` was sent for. `may_be_done` says that an
    earlier try may have been carried out. `schema` names the schema doc that a record does not fit.
    """

    slug = "unknown-error"
    sent = True

    def __init__(
        self,
        status: int,
        text: str,
        request: Request,
        account: Account,
        *,
        may_be_done: bool = False,
        schema: str | None = None,
    ) -> None:
        super().__init__(text + ("; an earlier try may have changed the bin" if may_be_done else ""), bin=request.bin)
        self.status = status
        self.request = request
        self.account = account
        self.schema = schema


class Refused(Answered):
    """A 4xx with a message of JSONBin's: the bin is unchanged."""

    code = ExitCode.REFUSED


class Trouble(Answered):
    """5xx, 429, or an answer that is not JSONBin's: it may work later."""

    code = ExitCode.TROUBLE
    retryable = True


class StoredDifferently(Failure):
    """The reply's record is not the one that was sent."""

    code = ExitCode.NEGATIVE
    slug = "stored-differently"
    sent = True
    status = 200


class OutputFailed(Failure):
    """Standard output is closed or full: the work is done, its result could not be written."""

    code = ExitCode.NEGATIVE
    slug = "output-failed"


class Interrupted(Failure):
    """Ctrl-C. `sent` tells whether the request may have arrived."""

    code = ExitCode.INTERRUPTED
    slug = "interrupted"
    retryable = True

    def __init__(self, message: str, *, sent: bool = False, bin: str | None = None) -> None:
        super().__init__(message, bin=bin)
        self.sent = sent


class Bug(Failure):
    """An unexpected exception. Its traceback is shown."""

    code = ExitCode.BUG
    slug = "bug"
    sent = None


class PipeClosed(Failure):
    """The program that reads standard output has ended; nothing is printed."""

    code = ExitCode.PIPE_CLOSED
    slug = "pipe-closed"
    sent = True


class CommandNotStarted(Failure):
    """The command of `serve` is not a program, or could not be run."""

    code = ExitCode.COMMAND_NOT_STARTED
    slug = "command-not-started"


class CommandFailed(Exception):
    """The command of `serve` ended with `exit_code`, which is to be that of this program too; nothing is printed."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code
