"""`jsonbin explain`: every error is found by its name, its words, its status and its exit code."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jsonbin_cli.failures import ExitCode, Failure, PipeClosed
from jsonbin_cli.terminal.errors import RULES, Rule
from jsonbin_cli.terminal.explain import EXIT_CODES
from tests.conftest import Program, Run
from tests.terminal.test_hints import MESSAGES

NOT_FOUND = """\
404 Not Found is one of 4 errors; the words of the answer say which:

bin-not-found
No such bin in this account.
fix: check the id on the dashboard, or pick another profile with --profile NAME

bin-version-not-found
The bin has no version of that number.
fix: jsonbin history BIN lists those that it has

invalid-collection-id
There is no collection with that id in this account.
fix: copy its 24 hexadecimal digits from the dashboard, or leave --collection out

route-not-found
The address is not one of JSONBin's.
fix: a url in a profile or in JSONBIN_API_URL ends in /v3
"""
CONFLICT = """\
exit code 6: conflict: somebody else changed the bin, or a test in a patch failed; the message says whether anything was sent
what a script does: read again

conflict           Somebody else changed the bin. The message says whether anything was sent.
patch-test-failed  A test operation of the JSON Patch does not hold for the record in the bin. Nothing was sent.
"""


def slugs(run: Run) -> list[str]:
    """The errors that an explanation of several lists."""
    assert (run.code, run.err) == (0, "")
    names = {rule.slug for rule in RULES}
    return [line.split()[0] for line in run.out.splitlines() if line and line.split()[0] in names]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_each_slug_is_explained(jsonbin: Program, rule: Rule) -> None:
    """A slug, a meaning and a fix."""
    assert jsonbin("explain", rule.slug) == Run(0, f"{rule.slug}\n\n{rule.meaning}\nfix: {rule.fix}\n", "")


@pytest.mark.parametrize(("message", "slug"), [(message, slug) for _, message, slug in MESSAGES])
def test_each_message_is_explained(jsonbin: Program, message: str, slug: str) -> None:
    """The server's message leads to the same row as the call did, in quotes or as single words."""
    explained = jsonbin("explain", slug)
    assert jsonbin("explain", message) == explained
    assert jsonbin("explain", *message.split()) == explained


def test_without_an_error_all_are_listed(jsonbin: Program) -> None:
    """In a pipe each has one line, whatever its length."""
    assert [line.split("  ")[0] for line in jsonbin("explain").out.splitlines()] == [rule.slug for rule in RULES]


def test_a_status_is_explained(jsonbin: Program) -> None:
    """`explain 401`: all errors that come with it; where there is one, that one."""
    assert slugs(jsonbin("explain", "401")) == [
        "key-missing",
        "access-key-permission",
        "invalid-access-key",
        "invalid-master-key",
    ]
    assert jsonbin("explain", "404") == Run(0, NOT_FOUND, "")
    assert jsonbin("explain", "HTTP 404 Not Found") == Run(0, NOT_FOUND, "")
    for status, slug in (("422", "invalid-bin-id"), ("429", "too-many-requests"), ("418", "not-json")):
        assert jsonbin("explain", status) == jsonbin("explain", slug)
    for status in ("500", "502 Bad Gateway", "599"):
        assert jsonbin("explain", status) == jsonbin("explain", "server-trouble")


def test_each_status_of_a_message_leads_to_it(jsonbin: Program) -> None:
    """What the service is known to answer is found by its status."""
    for status in sorted({status for status, _, _ in MESSAGES}):
        expected = {slug for known, _, slug in MESSAGES if known == status}
        shown = jsonbin("explain", str(status))
        assert expected <= set(slugs(shown))


def test_an_exit_code_is_explained(jsonbin: Program) -> None:
    """`explain 4`: what it means, what a script does, and the errors that end so."""
    run = jsonbin("explain", "4")
    assert run.out.startswith(
        "exit code 4: refused by JSONBin, or by the edge in front of it; the bin is unchanged\n"
        "what a script does: fix the cause, see the hint\n\n"
    )
    assert slugs(run) == [rule.slug for rule in RULES if rule.code == ExitCode.REFUSED]
    assert jsonbin("explain", "6") == Run(0, CONFLICT, "")
    assert jsonbin("explain", "exit", "code", "6") == Run(0, CONFLICT, "")
    assert jsonbin("explain", "0") == Run(0, "exit code 0: done\nwhat a script does: go on\n", "")
    assert jsonbin("explain", "141") == Run(0, "exit code 141: the program that read from the pipe has ended\n", "")


@pytest.mark.parametrize("error", ["moon", "7", "199", "600", "1010", "40", "-0"])
def test_what_is_no_error_is_refused(jsonbin: Program, error: str) -> None:
    """A word or a number that means nothing exits 2."""
    assert jsonbin("explain", "--", error) == Run(
        2, "", f'error: "{error}" is not a known error\nhint: jsonbin explain lists those that are known\n'
    )


def test_the_exit_codes_of_the_table_are_those_of_the_program() -> None:
    """An error that arises on this machine ends with the code of its exception; every code has a meaning."""

    def ends(of: type[Failure]) -> Iterator[type[Failure]]:
        for kind in of.__subclasses__():
            if "slug" in vars(kind) and hasattr(kind, "code"):
                yield kind
            yield from ends(kind)

    listed = {rule.slug: rule.code for rule in RULES}
    assert {kind.slug: kind.code for kind in ends(Failure) if kind is not PipeClosed}.items() <= listed.items()
    assert list(EXIT_CODES) == list(ExitCode)


@pytest.mark.parametrize("columns", [40, 72, 200])
def test_no_word_is_broken_at_a_terminal(jsonbin: Program, columns: int) -> None:
    """Lines end between words, and the same words are there as in a pipe."""
    for arguments in ((), ("401",), ("4",), ("invalid-master-key",)):
        with jsonbin.on_terminal("explain", *arguments, columns=columns) as terminal:
            assert terminal.finish() == 0
        lines = terminal.screen.replace("\r\n", "\n").splitlines()
        piped = jsonbin("explain", *arguments).out
        assert [word for line in lines for word in line.split()] == piped.split()
        assert max(map(len, lines)) <= columns


def test_a_list_at_a_terminal_is_in_columns(jsonbin: Program) -> None:
    """What goes on in the next line stands below where it began; a narrow terminal has it below the name."""
    with jsonbin.on_terminal("explain", "6", columns=72) as terminal:
        assert terminal.finish() == 0
    assert (
        terminal.shown
        == """\
exit code 6: conflict: somebody else changed the bin, or a test in a
patch failed; the message says whether anything was sent
what a script does: read again

conflict           Somebody else changed the bin. The message says
                   whether anything was sent.
patch-test-failed  A test operation of the JSON Patch does not hold for
                   the record in the bin. Nothing was sent."""
    )
    with jsonbin.on_terminal("explain", "6", columns=50) as terminal:
        assert terminal.finish() == 0
    assert (
        terminal.shown
        == """\
exit code 6: conflict: somebody else changed the
bin, or a test in a patch failed; the message says
whether anything was sent
what a script does: read again

conflict
    Somebody else changed the bin. The message
    says whether anything was sent.
patch-test-failed
    A test operation of the JSON Patch does not
    hold for the record in the bin. Nothing was
    sent."""
    )
