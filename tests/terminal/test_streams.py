"""What goes to a stream, byte for byte, and when a stream takes colour."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from jsonbin_cli.failures import InvalidInput, OutputFailed, PipeClosed
from jsonbin_cli.http.reply import Reply
from jsonbin_cli.records.text import Member
from jsonbin_cli.terminal import output
from jsonbin_cli.terminal.streams import can_draw, full_disk, say, write_coloured

CHANGES = [("add", "+ /a"), ("remove", "- /b"), ("replace", "~ /c\x1b")]
REPLY = Reply(b'{"record": [1]}', Member(b"[1]"), Member(b"{}"), "read it")


class Stream(io.TextIOWrapper):
    """A stream whose text is kept; it says of itself whether it is a terminal."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        """Whether this is a terminal."""
        return self._is_terminal

    @property
    def text(self) -> str:
        """What arrived, which is what was flushed."""
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode()


class Streams(NamedTuple):
    """Both streams for output."""

    out: Stream
    err: Stream


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Streams]:
    """Makes both streams terminals, or pipes."""
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS", "JSONBIN_ERRORS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")

    def make(*, terminal: bool) -> Streams:
        made = Streams(Stream(is_terminal=terminal), Stream(is_terminal=terminal))
        monkeypatch.setattr("sys.stdout", made.out)
        monkeypatch.setattr("sys.stderr", made.err)
        return made

    return make


def test_what_a_pipe_gets(streams: Callable[..., Streams]) -> None:
    """JSON and strings as they are, a newline behind each, and nothing for somebody who looks."""
    out, err = streams(terminal=False)
    output.show_reply(REPLY, None, None, CHANGES)
    output.show_reply(REPLY, "record", None)
    output.show_string("s\x1b\ud800")
    output.show_difference("[2]", CHANGES)
    output.show_listing("[3]", "three")
    output.show_table([("a\nb", "bold"), ("c", "")])
    output.show_text("x\x07\ny")
    output.show_line("{}")
    assert out.text == '{"record": [1]}\n[1]\ns\x1b?\n[2]\n[3]\na b\nc\nx\ny\n{}\n'
    output.tell_difference(CHANGES)
    output.success("done")
    output.detail("detail")
    output.note("note")
    output.prompt("sure?")
    output.prompt("", end="")
    assert err.text == "+ /a\n- /b\n~ /c\ndetail\nnote: note\nsure? "
    assert output.width() is None


def test_what_a_terminal_gets(streams: Callable[..., Streams]) -> None:
    """Lines for people, in colour, without what would steer it."""
    out, err = streams(terminal=True)
    lines = "\x1b[32m+ /a\x1b[0m\n\x1b[31m- /b\x1b[0m\n\x1b[33m~ /c\x1b[0m\n"
    output.show_reply(REPLY, None, None, CHANGES)
    output.show_reply(REPLY, "record", None, CHANGES)
    output.show_string("s\x1b\ud800")
    output.show_difference("[2]", CHANGES)
    output.show_listing("[3]", "three")
    output.show_table([("a\nb", "bold"), ("c", "")])
    output.show_json('"\x9b"')
    record = "[\n  \x1b[36m1\x1b[0m\n]\n"
    assert out.text == f'{lines}{record}s\n{lines}three\n\x1b[1ma b\x1b[0m\nc\n\x1b[32m"\\u009b"\x1b[0m\n'
    output.tell_difference(CHANGES)
    output.success("done")
    output.detail("detail")
    output.note("two\nlines")
    output.prompt("sure?")
    output.prompt("", end="")
    notes = "\x1b[32mdone\x1b[0m\n\x1b[2mdetail\x1b[0m\n\x1b[1;33mnote: \x1b[0mtwo\n    lines\n\x1b[1msure?\x1b[0m "
    assert err.text == lines + notes
    assert output.width()


def test_notes_and_failures_for_github(streams: Callable[..., Streams], monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are annotations where the first option says so; else they are text."""
    monkeypatch.setattr("sys.argv", ["jsonbin", "--errors=github", "get"])
    _, err = streams(terminal=False)
    output.note("note")
    output.failure(InvalidInput("wrong"))
    assert err.text == "::warning title=jsonbin::note\n::error title=jsonbin::wrong\n"
    monkeypatch.setattr("sys.argv", ["jsonbin", "get"])
    _, err = streams(terminal=False)
    output.note("note")
    output.failure(InvalidInput("wrong"))
    assert err.text == "note: note\nerror: wrong\n"


def test_a_key_of_the_environment_is_never_shown(
    streams: Callable[..., Streams], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is in use or not, and whatever its shape."""
    monkeypatch.setenv("JSONBIN_ACCESS_KEY", "never-seen-before")
    out, err = streams(terminal=False)
    output.detail("it is never-seen-before")
    output.show_text("it is never-seen-before")
    assert (out.text, err.text) == ("it is •••\n", "it is •••\n")


def test_each_stream_by_itself(streams: Callable[..., Streams], monkeypatch: pytest.MonkeyPatch) -> None:
    """One may be a terminal where the other is none."""
    screen = streams(terminal=True).err
    monkeypatch.setattr("sys.stdout", Stream(is_terminal=False))
    output.success("done")
    assert (output.width(), screen.text) == (None, "\x1b[32mdone\x1b[0m\n")


@pytest.mark.parametrize("forced", [None, "1"])
def test_which_streams_take_colour(
    streams: Callable[..., Streams], monkeypatch: pytest.MonkeyPatch, forced: str | None
) -> None:
    """Terminals that are not dumb, and all with FORCE_COLOR, but none with NO_COLOR."""
    if forced:
        monkeypatch.setenv("FORCE_COLOR", forced)
    seen = []
    for terminal, term in ((True, "xterm"), (True, "dumb"), (False, "xterm"), (False, "dumb")):
        monkeypatch.setenv("TERM", term)
        _, err = streams(terminal=terminal)
        say("", "text", "green")
        seen.append("\x1b" in err.text)
    assert seen == [True, bool(forced), bool(forced), bool(forced)]
    monkeypatch.setenv("NO_COLOR", "1")
    _, err = streams(terminal=True)
    say("label ", "text", "green")
    assert err.text == "label text\n"


@pytest.mark.parametrize("more", [0, 1])
def test_the_longest_coloured_text(streams: Callable[..., Streams], more: int) -> None:
    """64 kB are in colour, and one character more is not; all of it arrives, in however many pieces."""
    out, _ = streams(terminal=True)
    pieces = [("x" * 1024, "green")] * 64 + [("y" * more, "")]
    write_coloured(pieces, "the text")
    assert out.text.replace("\x1b[32m", "").replace("\x1b[0m", "") == "x" * 64 * 1024 + "y" * more
    assert ("\x1b" in out.text) == (not more)


def test_a_long_text_is_never_whole_in_memory(streams: Callable[..., Streams]) -> None:
    """Each piece over 64 kB lets those go that came before it, and itself."""
    out, _ = streams(terminal=True)
    written = []

    def pieces() -> Iterator[tuple[str, str]]:
        for size in (65_536, 1, 65_536, 1, 5):
            written.append(len(out.text))
            yield "x" * size, "green"

    write_coloured(pieces(), "the text")
    assert written == [0, 0, 65_537, 65_537, 131_074]
    assert out.text == "x" * 131_079


def test_what_could_not_be_written(streams: Callable[..., Streams], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, with what was done before, and that stream leads to the null device; standard error is no failure."""
    out, err = streams(terminal=False)
    out.close()
    err.close()
    pointed = []
    monkeypatch.setattr("os.dup2", lambda _, descriptor: pointed.append(descriptor))
    with pytest.raises(OutputFailed, match="the result could not be written to standard output: standard output is"):
        output.show_line("{}")
    with pytest.raises(OutputFailed, match="read it, but the reply could not be written to standard output") as told:
        output.show_reply(REPLY, None, "an-id")
    assert (told.value.hint, told.value.sent, told.value.bin) == ("--quiet writes nothing", True, "an-id")
    say("", "nobody sees it")
    assert pointed == [1, 1, 2]
    assert full_disk(OSError(28, "No space")).message == "standard output could not be written: No space"
    assert pointed.pop() == 1


def test_a_pipe_that_nobody_reads(streams: Callable[..., Streams], monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends the program in silence."""
    streams(terminal=False)
    reader, writer = os.pipe()
    os.close(reader)
    pointed = []
    with open(os.devnull, "wb") as null, open(writer, "w") as pipe:
        monkeypatch.setattr("sys.stdout", pipe)
        with monkeypatch.context() as patched:
            patched.setattr("os.dup2", lambda _, descriptor: pointed.append(descriptor))
            with pytest.raises(PipeClosed):
                output.show_line("{}")
        os.dup2(null.fileno(), writer)
    assert pointed == [1]


def test_a_stream_that_is_closed(streams: Callable[..., Streams], monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output is missed, and standard error is not."""
    streams(terminal=False)
    monkeypatch.setattr("sys.stdout", None)
    monkeypatch.setattr("sys.stderr", None)
    with pytest.raises(OutputFailed, match="the result could not be written: standard output is closed"):
        output.show_line("{}")
    say("", "nobody sees it", "green")
    assert (output.width(), can_draw()) == (None, False)


@pytest.mark.parametrize(
    ("terminal", "term", "foreground", "draws"),
    [(True, "xterm", True, True), (True, "xterm", False, False), (True, "dumb", True, False), (False, "xterm", True, False)],
)  # fmt: skip
def test_where_a_line_is_drawn_again(
    streams: Callable[..., Streams],
    monkeypatch: pytest.MonkeyPatch,
    terminal: bool,
    term: str,
    foreground: bool,
    draws: bool,
) -> None:
    """On a terminal that is not dumb, while this program is in the foreground."""
    if sys.platform == "win32":
        pytest.skip("Windows knows no foreground")
    _, err = streams(terminal=terminal)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(err, "fileno", lambda: 2)
    monkeypatch.setattr("os.tcgetpgrp", lambda _: os.getpgrp() + (not foreground), raising=False)
    assert can_draw() == draws
