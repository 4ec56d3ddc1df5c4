"""What an error means and how to fix it, found by its slug, its words, its HTTP status or an exit code. Pure."""

from __future__ import annotations

import re
from http import HTTPStatus

from jsonbin_cli.failures import ExitCode, UsageMistake
from jsonbin_cli.terminal.errors import RULES, Rule, rule_for
from jsonbin_cli.terminal.layout import columns, paragraph

EXIT_CODES: dict[ExitCode, tuple[str, str | None]] = {
    ExitCode.DONE: ("done", "go on"),
    ExitCode.NEGATIVE: (
        "a negative answer: `diff` or `apply --check` found a difference, the stored record differs from what was "
        "sent, a question was answered with no, the reply could not be written, or `config check` found something",
        "look",
    ),
    ExitCode.NOT_SENT: (
        "nothing was sent: wrong usage, unreadable or invalid input, a broken profile or key",
        "fix the call",
    ),
    ExitCode.NO_ANSWER: (
        "no answer: network or time-out; the message says whether the bin may have changed",
        "look, then retry",
    ),
    ExitCode.REFUSED: (
        "refused by JSONBin, or by the edge in front of it; the bin is unchanged",
        "fix the cause, see the hint",
    ),
    ExitCode.TROUBLE: ("JSONBin in trouble or busy: 5xx, 429, or an answer that is not JSON", "retry later"),
    ExitCode.CONFLICT: (
        "conflict: somebody else changed the bin, or a test in a patch failed; "
        "the message says whether anything was sent",
        "read again",
    ),
    ExitCode.BUG: ("a bug in jsonbin", "report it"),
    ExitCode.COMMAND_NOT_STARTED: ("`serve -- COMMAND`: there is no such command, or it cannot be run", "fix the call"),
    ExitCode.INTERRUPTED: ("interrupted by Ctrl-C; the message says whether the bin may have changed", None),
    ExitCode.PIPE_CLOSED: ("the program that read from the pipe has ended", None),
}
"""What each exit code means, and what a script does then."""


def listing(width: int | None) -> str:
    """Each slug with what it means. `width` None sets no limit to a line."""
    return columns(((rule.slug, rule.meaning) for rule in RULES), width)


def explanation(error: str, width: int | None) -> str:
    """What a slug, a server's message, an HTTP status or an exit code means. Raises UsageMistake for what is none."""
    text = error.strip()
    rule = next((rule for rule in RULES if rule.slug == text), None) or rule_for(text)
    if rule:
        return _one(rule, width)
    code = re.fullmatch(r"(?:exit (?:code )?)?(\d{1,3})", text)
    if code and int(code[1]) in list(ExitCode):
        return _exit_code(ExitCode(int(code[1])), width)
    status = re.match(r"(?:HTTP )?([1-5]\d\d)\b", text)
    rules = _with_status(int(status[1])) if status else []
    if status and rules:
        return _status(int(status[1]), rules, width)
    raise UsageMistake(f'"{error}" is not a known error', "jsonbin explain lists those that are known")


def _one(rule: Rule, width: int | None) -> str:
    return f"{rule.slug}\n\n{_meaning_and_fix(rule, width)}"


def _meaning_and_fix(rule: Rule, width: int | None) -> str:
    return f"{paragraph(rule.meaning, width)}\n{paragraph(f'fix: {rule.fix}', width, '     ')}"


def _exit_code(code: ExitCode, width: int | None) -> str:
    meaning, action = EXIT_CODES[code]
    lines = [paragraph(f"exit code {int(code)}: {meaning}", width)]
    if action:
        lines.append(paragraph(f"what a script does: {action}", width))
    rules = [rule for rule in RULES if rule.code == code]
    if rules:
        lines += ["", columns(((rule.slug, rule.meaning) for rule in rules), width)]
    return "\n".join(lines)


def _status(status: int, rules: list[Rule], width: int | None) -> str:
    if len(rules) == 1:
        return _one(rules[0], width)
    phrase = f" {HTTPStatus(status).phrase}" if status in list(HTTPStatus) else ""
    intro = paragraph(f"{status}{phrase} is one of {len(rules)} errors; the words of the answer say which:", width)
    return "\n\n".join([intro, *(f"{rule.slug}\n{_meaning_and_fix(rule, width)}" for rule in rules)])


def _with_status(status: int) -> list[Rule]:
    """The rows that an answer with this status can mean: those that its words decide, else the one for any words."""
    found = [rule for rule in RULES if status in rule.statuses]
    return [rule for rule in found if rule.says is not None] or found[:1]
