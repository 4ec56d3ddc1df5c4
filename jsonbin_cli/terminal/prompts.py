"""Questions at the terminal, and the answers that are typed there."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from jsonbin_cli.failures import Declined, UsageMistake
from jsonbin_cli.terminal.output import note, prompt


def can_ask() -> bool:
    """Whether standard input is a terminal, with somebody at it."""
    return sys.stdin is not None and sys.stdin.isatty()


@contextmanager
def nothing_shown() -> Iterator[None]:
    """Let the terminal show nothing that is typed, also between two questions. Raises UsageMistake where it would."""
    if sys.platform == "win32" or not can_ask():
        yield
        return
    import termios

    try:
        before = termios.tcgetattr(sys.stdin)
        hidden = before[:]
        hidden[3] &= ~termios.ECHO  # the local modes
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, hidden)
    except termios.error:
        hint = "jsonbin login < FILE reads it from a file"
        raise UsageMistake("this terminal would show what is typed", hint) from None
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSAFLUSH, before)  # and drop what was typed, so that no shell reads it


def ask(question: str) -> str:
    """A line typed in answer to `question`, without its newline; empty at the end of input."""
    prompt(question)
    line = _typed()
    if not line.endswith("\n"):
        prompt("", end="\n")  # Ctrl-D leaves the cursor behind the question
    return line.strip()


def confirm(question: str, otherwise: str) -> None:
    """Ask at a terminal, and raise Declined unless the answer is yes. In a pipe `otherwise` is noted instead.

    The answer is not shown, since somebody may paste a key here by mistake.
    """
    if not can_ask():
        note(otherwise)
    elif not (_unseen(f"{question} [y/N]") or "").lower().startswith("y"):
        raise Declined("nothing was changed")


def choose(question: str, answers: Sequence[str]) -> str:
    """The answer typed, by its first letter or whole; Enter means the first one. Asked again until it is one.

    The answer is not shown, since somebody may paste a key here by mistake. Raises UsageMistake at the end of input.
    """
    choices = "/".join([f"[{answers[0]}]", *answers[1:]])
    while True:
        line = _unseen(f"{question} {choices}:")
        if line is None:
            raise UsageMistake("no answer was given", f"it is one of: {', '.join(answers)}")
        typed = line.strip().casefold() or answers[0]
        if typed in {*answers, *(answer[0] for answer in answers)}:
            return next(answer for answer in answers if answer[0] == typed[0])


def read_secret(question: str) -> str:
    """A line typed unseen at the terminal in answer to `question`; else one line of standard input."""
    if can_ask():
        return _unseen(question) or ""
    return _typed() if sys.stdin is not None else ""


def _unseen(question: str) -> str | None:
    """A line typed at the terminal, which does not show it; None at the end of input."""
    from getpass import getpass

    try:
        return getpass(question + " ")
    except (EOFError, UnicodeDecodeError, KeyboardInterrupt) as without_answer:
        prompt("", end="\n")  # getpass ends the line after an answer only
        if isinstance(without_answer, KeyboardInterrupt):
            raise
        return None if isinstance(without_answer, EOFError) else "\ufffd"


def _typed() -> str:
    """A line of standard input, whatever bytes it holds."""
    return sys.stdin.buffer.readline().decode("utf-8", "replace")
