"""One run over many bins: its threads, its pace, its progress, and how it ends."""

from __future__ import annotations

import gc
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar
from urllib.parse import urlsplit

from jsonbin_cli.commands.bulk import outcomes
from jsonbin_cli.commands.bulk.outcomes import Row
from jsonbin_cli.commands.sending import client_for
from jsonbin_cli.config.addresses import is_this_machine
from jsonbin_cli.config.environment import github_output
from jsonbin_cli.config.memory import give_back_what_is_free
from jsonbin_cli.failures import ExitCode, Failure, Interrupted, NoAnswer, OutputFailed, PipeClosed, UsageMistake
from jsonbin_cli.http.exchange import LONGEST_TO_CONNECT
from jsonbin_cli.http.pace import Pace
from jsonbin_cli.http.workers import Workers
from jsonbin_cli.terminal import output, streams
from jsonbin_cli.terminal.progress import Progress

if TYPE_CHECKING:
    from jsonbin_cli.commands.options import Options
    from jsonbin_cli.config.account import Account
    from jsonbin_cli.http.client import Client

Made = TypeVar("Made")
HOSTED_RATE = 60.0
"""Requests in a minute for a service whose terms threaten to block who sends too many."""
_IN_A_ROW = 3
"""So many requests of each thread without an answer, and nothing between them: then nobody is there to answer."""


class Limits(NamedTuple):
    """What `--jobs`, `--rate`, `--max-requests` and `--fail-fast` ask for."""

    jobs: int = 4
    rate: float | None = None
    most: int | None = None
    fail_fast: bool = False


class Session:
    """Sends for one account in several threads. Use it in a `with`, in which the first Ctrl-C sets `interrupted`.

    What is under way is finished, unless there is a second one. Where nothing was begun, or nobody waits for it, a
    Ctrl-C leaves the `with` as Interrupted.
    """

    def __init__(self, account: Account, options: Options, limits: Limits) -> None:
        self.pace = pace_for(account, limits.rate)
        self._options = options
        self._limits = limits
        self._started = time.monotonic()
        self._unanswered = 0
        self._shows_lines = not (options.quiet or streams.is_terminal("stdout"))
        self._unwritten: OutputFailed | PipeClosed | None = None
        self.interrupted = False
        self.writes = False  # set before the first update
        self._begun = False  # whether any row was taken up
        self._under_way: dict[Row, None] = {}
        self._finishing = False  # whether somebody was told what is waited for after a Ctrl-C
        # An embedded store does one thing at a time, and each further connection to it would keep 2 MiB of its pages.
        jobs = 1 if account.store else limits.jobs
        self._workers = Workers(lambda: client_for(account, options, self.pace), jobs, self.pace.stopped)

    def __enter__(self) -> Self:
        gc.enable()  # off in short runs; this one may be long
        give_back_what_is_free()
        self._workers.__enter__()
        # A shell has what runs in the background ignore Ctrl-C.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, where: TracebackType | None
    ) -> None:
        if wrong:
            self.pace.places.give_up()
        self._workers.__exit__(kind, wrong, where)
        if signal.getsignal(signal.SIGINT) == self._interrupt:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if isinstance(wrong, KeyboardInterrupt):
            said = "what was being updated may have changed" if self.writes else "nothing was changed at JSONBin"
            raise Interrupted(f"interrupted; {said}", sent=self.writes) from None

    def _interrupt(self, *_: object) -> None:
        """Let the first Ctrl-C begin nothing more, and the second one leave alone what is waited for."""
        if self._begun and not self.interrupted:
            self.interrupted = True
            self.pace.stopped.set()
        elif self._under_way and not self._workers.left_alone.is_set():
            self._workers.left_alone.set()
        else:
            raise KeyboardInterrupt

    def each(
        self, doing: str, work: Callable[[Client, Row], Made], rows: Sequence[Row]
    ) -> Iterator[tuple[Row, Made | None]]:
        """Each row that was taken up, with what was made of it: None where it failed, which it notes, or was not begun.

        There is a progress bar. Some failures stop the others.
        """
        self._begun = True
        with Progress(doing, len(rows), quiet=self._options.quiet or self._options.verbose) as progress:
            outcomes_of = self._workers.each(partial(self._stopping, work), rows, partial(self._beat, progress))
            for row, made, failure in outcomes_of:
                self._under_way.pop(row, None)
                progress.advance()
                if failure:
                    row.fail(failure)
                yield row, made
                progress.beat()
        if self._workers.left_alone.is_set() and self._under_way:
            streams.end_line_of_ctrl_c()
            left, self._under_way = self._under_way, {}
            for row in list(left) if self.writes else ():
                row.word = "no-answer"

    def _beat(self, progress: Progress) -> None:
        """Show how far it is, or, once after a Ctrl-C, what is waited for."""
        count = len(self._under_way)
        if self.interrupted and count and not self._finishing:
            self._finishing = True
            progress.disappear()
            streams.end_line_of_ctrl_c()
            requests = f"{count:,} request{'' if count == 1 else 's'} under way"
            longest = self._options.timeout + min(self._options.timeout, LONGEST_TO_CONNECT)
            output.note(f"finishing {requests}, for {longest:g} s at most; Ctrl-C again ends it now")
        progress.beat()

    def _stopping(self, work: Callable[[Client, Row], Made], client: Client, row: Row) -> Made:
        """Work, and stop the others where that fails for a reason that they would meet too. Raises what `work` does."""
        self._under_way[row] = None
        try:
            made = work(client, row)
        except Failure as failure:
            self._unanswered = self._unanswered + 1 if isinstance(failure, NoAnswer) else 0
            nobody_there = self._unanswered >= _IN_A_ROW * self._limits.jobs
            if nobody_there or self._limits.fail_fast or outcomes.stops_all(failure):
                self.pace.stopped.set()
            raise
        self._unanswered = 0
        return made

    def check_budget(self, more: int, what: str) -> None:
        """Raise UsageMistake where `more` requests are more than `--max-requests` leaves."""
        most = self._limits.most
        needed = self.pace.requests + more
        if most is not None and needed > most and not self.interrupted:
            raise UsageMistake(
                f"{what} takes {needed:,} requests, over the {most:,} of --max-requests; nothing was updated",
                f"allow them: --max-requests {needed}",
            )

    def show(self, row: Row, kind: str = "result") -> None:
        """Write the line of a bin, once, where standard output is no terminal.

        Where that fails no more lines are written, and `end` and `code` tell it: the bins come before their lines.
        """
        if not self._shows_lines or self._unwritten or row.shown:
            return
        row.shown = True
        try:
            output.show_line(row.line(kind))
        except (OutputFailed, PipeClosed) as failure:
            self._unwritten = failure

    def end(self, rows: Sequence[Row], words: Sequence[str], *, tells: bool = True) -> None:
        """Tell the failures and, unless `tells` says otherwise, the summary; and GitHub Actions the counts.

        The first of the `words` says that a bin was changed, or its file. Where failures are JSON the last line is one.
        """
        counts, seconds = outcomes.counted(rows, words), time.monotonic() - self._started
        path = github_output()
        if path:
            _append(path, outcomes.outputs(counts, self.pace.requests, seconds))
        failures: list[Failure] = outcomes.causes(rows)
        if self._unwritten:
            if tells:
                done = f"{counts[words[0]]:,} of {len(rows):,} bins {words[0]}"
                self._unwritten.message = f"{done}; {self._unwritten.message}"
                self._unwritten.sent = True
            self._unwritten.hint = "--quiet writes nothing"
            failures.insert(0, self._unwritten)
        said = [partial(output.failure, failure) for failure in failures]
        if tells and not self._options.quiet:
            summary = partial(output.detail, outcomes.summary(counts, self.pace.requests, seconds))
            said.insert(0 if output.failures_are_json() else len(said), summary)
        for say in said:
            say()

    def code(self, rows: Sequence[Row], others: Iterable[ExitCode] = ()) -> ExitCode:
        """The gravest code of the failures and the `others`. Raises Interrupted after a Ctrl-C.

        Only where all of them went well is it that of output which could not be written: what became of the bins is
        what a script must know.
        """
        if self.interrupted:
            raise outcomes.interrupted(rows, writes=self.writes)
        codes = {ExitCode.DONE, *others, *(row.failure.code for row in rows if row.failure)}
        gravest = next(code for code in outcomes.GRAVEST if code in codes)
        return self._unwritten.code if self._unwritten and gravest == ExitCode.DONE else gravest


def pace_for(account: Account, rate: float | None) -> Pace:
    """The pace of `--rate`, where 0 is no limit; None leaves it to where the requests go."""
    here = account.store is not None or is_this_machine(urlsplit(account.url).hostname or "")
    return Pace((None if here else HOSTED_RATE) if rate is None else rate or None)


def _append(path: str, text: str) -> None:
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)
    except OSError as wrong:
        output.note(f"the counts could not be written to {path}: {wrong.strerror}")
