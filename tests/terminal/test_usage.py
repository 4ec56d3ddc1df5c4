"""Mistakes in the command line, and what help says about keys."""

from __future__ import annotations

import pytest

from jsonbin_cli.app import COMMANDS
from tests.conftest import BIN, CANARY, Program, Run

WHERE = (
    "hint: keys come from a profile (jsonbin login), JSONBIN_MASTER_KEY or JSONBIN_MASTER_KEY_FILE, since everybody on "
    "this machine can read a command line\n"
)


@pytest.mark.parametrize("option", ["--key", "--api-key", "--master-key", "--access-key", "--token", "--x-master-key"])
def test_an_option_for_a_key_explains_where_keys_come_from(jsonbin: Program, option: str) -> None:
    """There is none, and the hint says what there is instead, with which the call works."""
    for arguments in ([option, CANARY], [f"{option}={CANARY}"]):
        run = jsonbin("update", BIN, *arguments, "--dry-run", stdin="[1]")
        assert (run.code, run.out) == (2, "")
        assert run.err.startswith(f"error: No such option: {option}")
        assert run.err.endswith(f"\n{WHERE}")
    assert jsonbin("update", BIN, "--dry-run", stdin="[1]", env={"JSONBIN_MASTER_KEY": CANARY}).code == 0


@pytest.mark.parametrize("option", ["--keys", "--keyboard", "--recrod", "-x"])
def test_other_options_that_do_not_exist_lead_to_the_help(jsonbin: Program, option: str) -> None:
    """They have nothing to do with keys."""
    assert jsonbin("update", BIN, option).err.endswith("\nhint: jsonbin update --help\n")


def test_an_option_before_the_command(jsonbin: Program) -> None:
    """It is said where options stand."""
    assert jsonbin("-p", "local", "get", "demo") == Run(
        2, "", "error: No such option: -p\nhint: options come after the command: jsonbin get BIN --profile NAME\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_where_the_key_comes_from(jsonbin: Program, command: str) -> None:
    """In one line, for each command that needs one and for no other."""
    lines = [line.strip() for line in jsonbin(command, "--help").out.splitlines()]
    line = "The key comes from a profile (jsonbin login) or from JSONBIN_MASTER_KEY."
    assert lines.count(line) == (command not in ("login", "logout", "config", "explain", "help", "serve"))


def test_login_takes_no_key_as_an_argument(jsonbin: Program) -> None:
    """It is not repeated, and the hint is a way to give it."""
    run = jsonbin("login", "--access", "an-odd-key-0123")
    assert run == Run(
        2,
        "",
        "error: Got unexpected extra argument(s) (•••)\n"
        "hint: login asks for the key at a terminal, or reads it from standard input: jsonbin login < FILE\n",
    )
    (jsonbin.home / "FILE").write_text(CANARY)
    assert jsonbin.shell(run.err.split("input: ")[1]).code == 0
    assert jsonbin("login", "--profile").err.endswith("\nhint: jsonbin login --help\n")
