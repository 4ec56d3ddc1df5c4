"""What is wrong with a key: said in the same words by a failed call and by `config check`, and fixed by what is said."""

from __future__ import annotations

import pytest

from tests.conftest import BIN, CANARY, Program
from tests.scripted import ScriptedServer
from tests.terminal.test_hints import MANGLED, hint

REFUSED = {"message": "Invalid X-Master-Key provided or the bin does not belong to your account"}
COPY = "copy the key itself from the API Keys page"
LOOK = "check the name of the member, variable or secret that it was read from"
MISSING = "which programs print for a variable or a secret that is missing"
PLACEHOLDER = f"is a placeholder, not a key; {COPY}"
OTHER_WORD = "starts with the word of another kind of authentication; keep only the key, which follows that word"
UNLIKE = f"and not the shape of a key (60, starting with $2); {COPY}"

NO_KEYS: list[tuple[str, str]] = [
    ("null", f'is the word "null", which jq -r prints for a missing member, as in jq -r .missing; {LOOK}'),
    ("undefined", f'is the word "undefined", {MISSING}; {LOOK}'),
    ("None", f'is the word "None", {MISSING}; {LOOK}'),
    ("[object Object]", f'is the word "[object Object]", {MISSING}; {LOOK}'),
    ("abc", f"has 3 characters {UNLIKE}"),
    ("x", f"has 1 character {UNLIKE}"),
    ("a-new-kind-of-key", f"has 17 characters {UNLIKE}"),
    ("nullable", f"has 8 characters {UNLIKE}"),
    ("changeme", PLACEHOLDER),
    ("CHANGE_ME", PLACEHOLDER),
    ("your-api-key", PLACEHOLDER),
    ("***", f"is what logs and forms show in the place of a key; {COPY}"),
    ("Bearer abcdef", OTHER_WORD),
    (f"Bearer {CANARY}", OTHER_WORD),
    (f"Authorization: Bearer {CANARY}", OTHER_WORD),
    ("<your key>", "is the name of a variable or a placeholder, not its value; put the key there, or let the variable be expanded"),
    ("${{ secrets.KEY }}", "is the name of a variable or a placeholder, not its value; put the key there, or let the variable be expanded"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "looks"), NO_KEYS + MANGLED)
def test_a_hint_says_what_config_check_says(jsonbin: Program, server: ScriptedServer, key: str, looks: str) -> None:
    """Both describe the key in the same words; with the key itself the call then passes."""
    env = {"JSONBIN_MASTER_KEY": key}
    server.replies(401, REFUSED)
    described = f"the master key from JSONBIN_MASTER_KEY {looks}"
    run = jsonbin("update", BIN, stdin="[1]", env=env)
    # Where the fix says it already, nothing is added.
    enter_again = "in single quotes" not in looks and "the name of the member" not in looks
    assert hint(run) == described + (", then set JSONBIN_MASTER_KEY again, in single quotes" if enter_again else "")
    run = jsonbin("config", "check", env=env)
    assert (run.code, run.out.splitlines()[-1]) == (1, f"bad {described}")
    server.echoes()
    assert jsonbin("update", BIN, stdin="[1]").code == 0


@pytest.mark.parametrize("key", [key for key, _ in NO_KEYS + MANGLED] + [CANARY, ""])
def test_in_github_actions_no_hint_asks_for_quotes(jsonbin: Program, server: ScriptedServer, key: str) -> None:
    """A secret of a repository is read by no shell: quotes would become part of it."""
    env = {"JSONBIN_MASTER_KEY": key, "GITHUB_ACTIONS": "true", "JSONBIN_ERRORS": "text"}
    if key:
        server.replies(401, REFUSED)
    run = jsonbin("update", BIN, stdin="[1]", env=env)
    assert run.code == (4 if key else 2)
    checked = jsonbin("config", "check", env=env)
    for said in (run.err, checked.out):
        assert "single quotes" not in said
        assert "'" not in said.replace("another account's", "").replace("shell's", "").replace("PowerShell's", "")
    assert "without quotes" in hint(run) or "check the name of the member, variable or secret" in hint(run)


def test_in_github_actions_a_missing_key_is_asked_for_as_a_secret(jsonbin: Program, server: ScriptedServer) -> None:
    """The hint is what belongs into the workflow."""
    jsonbin.configure("")
    jsonbin.env |= {"GITHUB_ACTIONS": "true", "JSONBIN_ERRORS": "text"}
    server.replies(401, {"message": "You need to pass X-Master-Key or X-Access-Key in the header to update a bin"})
    assert hint(jsonbin("update", BIN, stdin="[1]")) == (
        "the bin is private and no key was found: keep it in a secret of the repository, and give it to this step: "
        "env: JSONBIN_MASTER_KEY: ${{ secrets.JSONBIN_MASTER_KEY }}"
    )
    jsonbin.env["JSONBIN_ACCESS_KEY"] = CANARY
    server.replies(401, {"message": "X-Access-Key passed does not have permission to update the bin."})
    assert hint(jsonbin("update", BIN, stdin="[1]")).endswith(
        "or use the master key: keep it in a secret, without quotes, and pass that on as JSONBIN_MASTER_KEY"
    )
    server.echoes()
    assert jsonbin("update", BIN, stdin="[1]", env={"JSONBIN_MASTER_KEY": CANARY}).code == 0


def test_in_github_actions_an_empty_secret_is_one_that_is_missing(jsonbin: Program) -> None:
    """An unset secret arrives as an empty string."""
    run = jsonbin("update", BIN, env={"JSONBIN_MASTER_KEY": "", "GITHUB_ACTIONS": "true", "JSONBIN_ERRORS": "text"})
    assert run.err == (
        "error: the key from JSONBIN_MASTER_KEY is empty\n"
        "hint: enter the secret behind JSONBIN_MASTER_KEY again, alone and without quotes; "
        "a secret that does not exist arrives empty, and so does each one in a pull request from a fork\n"
    )


@pytest.mark.parametrize(("key", "looks"), [row for row in NO_KEYS if "and not the shape" not in row[1]])
def test_login_keeps_none_of_them(jsonbin: Program, key: str, looks: str) -> None:
    """What is certainly no key is refused in the same words."""
    run = jsonbin("login", stdin=key)
    happened, fix = looks.split("; ", 1)
    assert (run.code, run.err) == (2, f"error: what was given {happened}\nhint: {fix}\n")
    assert not jsonbin.config.exists()
