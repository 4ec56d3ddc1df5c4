"""What the commands that read a record before they replace it share: read, check, keep, write."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jsonbin_cli.commands.merging import Merging
from jsonbin_cli.commands.sending import client_for, mention, show, tell
from jsonbin_cli.failures import Declined, Interrupted, NoAnswer, UsageMistake
from jsonbin_cli.http import request
from jsonbin_cli.records import backups, guards
from jsonbin_cli.records.compare import Change, changes, lines, operations
from jsonbin_cli.records.document import Document, document_made, names_given_twice
from jsonbin_cli.records.text import parse
from jsonbin_cli.terminal import output, prompts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from jsonbin_cli.commands.options import Options
    from jsonbin_cli.config.account import Account, Target
    from jsonbin_cli.http.reply import Reply
    from jsonbin_cli.records.text import JSON


class _Change(NamedTuple):
    """A record to send, and the lines of what it changes."""

    document: Document
    lines: list[tuple[str, str]]


class OpenBin:
    """A bin that one command reads and writes. Use it in a `with`, which keeps the connection open.

    `keep` says whether the old record is kept on this machine, unless the options say otherwise. `added_at` are the
    places to which is only added, as JSON Pointers. `unchanged` says of the bin why there is nothing to send. Raises
    UsageMistake and InvalidInput where the options contradict each other or name a file that is not JSON.
    """

    def __init__(
        self,
        account: Account,
        target: Target,
        options: Options,
        *,
        keep: bool = True,
        added_at: Sequence[str] = (),
        unchanged: str = "holds that already",
    ) -> None:
        self._account = account
        self._target = target
        self._options = options
        self._keep = keep and not options.no_backup
        self._asked = False
        self._writes = False
        self._unchanged = unchanged
        self._part = options.part
        self._expected = guards.expected(options.if_match, as_is=options.as_is)
        merge = _merges(account, options)
        self._client = client_for(account, options)
        self._merging = Merging(account, target, options, self._client, tuple(added_at)) if merge else None
        mention(account, target, options)

    def __enter__(self) -> Self:
        self._client.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, where: TracebackType | None
    ) -> None:
        try:
            self._client.__exit__(kind, wrong, where)
        except Interrupted as failure:
            raise (self._merging.interrupted(failure) if self._merging else failure) from None

    def interrupted(self) -> Interrupted:
        """The failure for a Ctrl-C inside the `with`, which says what became of the bin."""
        if not self._writes:
            return Interrupted("interrupted; nothing was sent", bin=self._target.id)
        failure = self._client.interrupted()
        return self._merging.interrupted(failure) if self._merging else failure

    @property
    def merges(self) -> bool:
        """Whether what other writers write at the same time is kept."""
        return self._merging is not None

    def read(self, version: int | None = None, *, match: bool = True) -> Reply:
        """What the bin holds, or held as that version. Raises Conflict where `--if-match` names something else.

        `match` False leaves that to `based`.
        """
        if self._merging and version is None:
            self._merging.count()
        reply = self._client.send(request.read(self._target, version))
        held = reply.record.value
        guards.check_held(held)
        if version is None and match:
            guards.check_match(self._expected, held, self._target, self._account.name)
        return reply

    def read_again(self) -> Reply:
        """What the bin holds by now."""
        if self._merging:
            self._merging.count()
        return self._client.send(request.read(self._target))

    def based(self, document: Document, held: JSON) -> Document:
        """The document, with what was changed in the bin since it held what the file of `--if-match` holds.

        Raises Conflict where both changed the same place.
        """
        if self._expected is None or (expected := self._expected.record.value) == held:
            return document
        both = guards.put_together(
            expected,
            document.value,
            held,
            self._target,
            added_at=self._account.counters,
            prefer=self._options.prefer,
        )
        return made(both.value, self._account)

    def finish(self, before: Reply, new: Callable[[JSON], JSON], document: Document | None = None) -> None:
        """Send what `new` makes of the record, or show what the dry run does; nothing where the bin holds that already.

        `document` is the record where it was not made here.
        """
        found = self._change(before, new, document)
        if found:
            self.write(before, found.document, found.lines)

    def _change(self, before: Reply, new: Callable[[JSON], JSON], document: Document | None) -> _Change | None:
        """What is to be sent; None where nothing is. The values, which may be large, are gone once it is known."""
        twice: list[str] = []
        held = parse(before.record.text, twice, any_size=True)
        after = new(held)
        found = changes(held, after)
        if found:
            tell(names_given_twice("the record in the bin", twice, "the last value is kept"), self._options)
            document = document or made(after, self._account)
        if self._options.dry_run:
            self.show_changes(found, held, after)
        elif found and document:
            return _Change(document, lines(found))
        else:
            self.show_unchanged(before)
        return None

    def write(self, before: Reply, document: Document, changed: list[tuple[str, str]] | None = None) -> None:
        """Keep the old record on this machine, read once more where that was asked for, and send the new one.

        `changed` are the lines that a terminal shows afterwards, unless a question showed them already; None shows the
        reply.
        """
        tell(document.notes, self._options)
        if self._keep:
            backups.keep(self._account, self._target, before.part("record"))
        if self._options.recheck:
            guards.check_unchanged(before.record, self.read_again().record, self._target)
        self._writes = True
        if self._merging:
            asked, reply = self._merging.write(before.record, document)
        else:
            asked = request.update(self._account, self._target, document, self._options.versioning)
            reply = self._client.send(asked)
        show(asked, reply, self._part, self._options, [] if changed is not None and self._asked else changed)

    def show_unchanged(self, held: Reply) -> None:
        """Say that there is nothing to send, and in a pipe show what is there."""
        if not self._options.quiet:
            output.show_reply(held, self._part, self._target.id, changed=[])
            output.success(f"{self._target.name} {self._unchanged}; nothing was sent")

    def show_changes(self, found: list[Change], held: JSON, after: JSON) -> None:
        """What differs, on standard output."""
        if not self._options.quiet:
            output.show_difference(operations(found, held, after), lines(found))
            if not found:
                output.success("no difference")

    def ask(self, changed: list[tuple[str, str]], question: str) -> None:
        """Show the lines of what would change, and ask whether it is to be sent. Raises Declined."""
        output.tell_difference(changed)
        if not prompts.ask(f"{question} [y/N]").lower().startswith("y"):
            raise Declined("nothing was sent", bin=self._target.id)
        self._asked = True


def change(
    account: Account,
    target: Target,
    new: Callable[[JSON], JSON],
    options: Options,
    added_at: Sequence[str] = (),
    unchanged: str = "holds that already",
) -> None:
    """Put what `new` makes of the record in its place, unless that is the same."""
    with OpenBin(account, target, options, added_at=added_at, unchanged=unchanged) as bin:
        before = bin.read()
        try:
            bin.finish(before, new)
        except NoAnswer as failure:
            if added_at and failure.sent:  # the same command would add it once more
                failure.retryable = False
            raise


def _merges(account: Account, options: Options) -> bool:
    """Whether an update is to be merged. Raises UsageMistake where other options contradict that."""
    wanted = account.merge if options.merge is None else options.merge
    if wanted and options.versioning is False:
        raise UsageMistake("--merge needs versions, and --no-versioning makes none", "leave one of them out")
    if wanted and options.recheck:
        raise UsageMistake("--merge and --recheck are two ways", "leave one of them out; --merge loses nothing")
    if not wanted and options.prefer:
        raise UsageMistake("--prefer is for --merge", "add --merge, or leave --prefer out")
    return wanted


def made(value: JSON, account: Account) -> Document:
    """A record built by this program, checked like one from a file."""
    return document_made("the changed record", value, account.plan)


def check_can_ask(yes: bool, options: Options) -> None:
    """Raise UsageMistake where nobody could answer a question."""
    if not (yes or options.dry_run or prompts.can_ask()):
        raise UsageMistake("there is no terminal to ask at; nothing was sent", "--yes goes on without asking")
