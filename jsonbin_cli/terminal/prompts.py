"""What is asked at the terminal, and what is typed there."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.terminal.output import prompt


def can_ask() -> bool:
    """Whether standard input is a terminal, with somebody at it."""
    return sys.stdin is not None and sys.stdin.isatty()


def ask(question: str) -> str:
    """A line typed in answer to `question`, without its newline; empty at the end of input."""
    prompt(question)
    return _typed().strip()


def choose(question: str, answers: Sequence[str]) -> str:
    """The answer typed, by its first letter or whole; asked again until it is one.

    Raises UsageMistake at the end of input.
    """
    while True:
        prompt(f"{question} [{'/'.join(answers)}]")
        line = _typed()
        if not line:
            raise UsageMistake("no answer was given", f"it is one of: {', '.join(answers)}")
        typed = line.strip().casefold()
        if typed in {*answers, *(answer[0] for answer in answers)}:
            return next(answer for answer in answers if answer[0] == typed[0])


def read_secret(question: str) -> str:
    """A line typed unseen at the terminal in answer to `question`; else one line of standard input."""
    if not can_ask():
        return _typed() if sys.stdin is not None else ""
    from getpass import getpass

    try:
        return getpass(question + " ")
    except (EOFError, UnicodeDecodeError, KeyboardInterrupt) as without_answer:
        prompt("", end="\n")  # getpass ends the line after an answer only
        if isinstance(without_answer, KeyboardInterrupt):
            raise
        return "" if isinstance(without_answer, EOFError) else "\ufffd"


def _typed() -> str:
    """A line of standard input, whatever bytes it holds."""
    return sys.stdin.buffer.readline().decode("utf-8", "replace")
