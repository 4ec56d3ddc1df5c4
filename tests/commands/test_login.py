"""`login` and `logout`, at a terminal and in a pipe: the key is never shown, nothing is replaced or left behind unsaid."""

from __future__ import annotations

import sys

import pytest

from tests.conftest import BIN, CANARY, CANARY_BODY, Program, Run
from tests.scripted import ScriptedServer
from tests.systems import run_where
from tests.terminals import Terminal

PAGE = "the API Keys page of the dashboard, https://jsonbin.io/app/api-keys"
FIRST = f"Paste the key from {PAGE} (it is not shown): "
SECOND = "Is it the account's master key, or an access key? [master]/access: "
OTHER = "$2b$10$" + CANARY_BODY[::-1]
DEMO_BIN = "de30de30de30de30de30de30"


@pytest.fixture(autouse=True)
def plain(jsonbin: Program) -> None:
    """No colour on the screens that are compared."""
    jsonbin.env["NO_COLOR"] = "1"


@pytest.mark.parametrize(("answer", "kind"), [("", "master"), ("m", "master"), ("access", "access"), (" A ", "access")])
def test_login_asks_for_the_key_and_then_its_kind(jsonbin: Program, answer: str, kind: str) -> None:
    """The first question takes the key; Enter to the second means the master key; neither answer is shown."""
    with jsonbin.on_terminal("login", columns=200) as terminal:
        terminal.wait_for(FIRST)
        terminal.type(f"{CANARY}\n")
        terminal.wait_for(SECOND)
        terminal.type(f"{answer}\n")
        assert terminal.finish() == 0
    assert terminal.screen == (
        f'{FIRST}\r\n{SECOND}\r\nkept the {kind} key in profile "default", the default ({jsonbin.config})\r\n'
    )
    assert f'{kind}_key = "{CANARY}"' in jsonbin.config.read_text()


def test_a_key_pasted_once_too_often_is_not_shown(jsonbin: Program) -> None:
    """Where the kind or a yes is asked for, what is typed is not shown either; the question comes again."""
    jsonbin.configure(f"default_profile = 'default'\n[profiles.default]\naccess_key = '{OTHER}'\n")
    with jsonbin.on_terminal("login", columns=200) as terminal:
        terminal.wait_for(FIRST)
        terminal.type(f"{CANARY}\n")
        terminal.wait_for(SECOND)
        terminal.type(f"{CANARY}\n")
        terminal.wait_for(SECOND)
        terminal.type("\n")
        terminal.wait_for("[y/N] ")
        terminal.type(f"{CANARY}\n")
        terminal.wait_for("nothing was changed")
        assert terminal.finish() == 1
    assert CANARY_BODY[:5] not in terminal.screen
    assert CANARY not in jsonbin.config.read_text()


def test_the_terminal_shows_again_what_is_typed_afterwards(jsonbin: Program) -> None:
    """Also when login fails."""
    login = "import subprocess, sys; subprocess.run([sys.executable, '-m', 'jsonbin_cli', 'login'])"
    with Terminal([sys.executable, "-c", f"{login}; input('then: ')"], jsonbin.env, jsonbin.home) as terminal:
        terminal.wait_for("(it is not shown):")
        terminal.type("null\n")
        terminal.wait_for("then: ")
        terminal.type("seen\n")
        terminal.wait_for("seen")
        assert terminal.finish() == 0


def test_login_that_is_told_the_kind_does_not_ask(jsonbin: Program) -> None:
    """--master and --access are answers."""
    with jsonbin.on_terminal("login", "--access", columns=200) as terminal:
        terminal.wait_for(FIRST)
        terminal.type(f"{CANARY}\n")
        assert terminal.finish() == 0
    assert SECOND not in terminal.screen
    assert "access_key" in jsonbin.config.read_text()


def test_the_end_of_input_is_no_answer(jsonbin: Program) -> None:
    """Nothing is kept where the second question is not answered."""
    with jsonbin.on_terminal("login", columns=200) as terminal:
        terminal.wait_for(FIRST)
        terminal.type(f"{CANARY}\n")
        terminal.wait_for(SECOND)
        terminal.type("\x04")
        assert terminal.finish() == 2
    assert terminal.screen.endswith("error: no answer was given\r\nhint: it is one of: master, access\r\n")
    assert not jsonbin.config.exists()


def test_a_terminal_that_shows_what_is_typed_gets_no_key(jsonbin: Program) -> None:
    """Where the echo cannot be turned off, login says how to give the key instead."""
    before = (
        "import termios, sys, os\n"
        "def fail(*_): raise termios.error(25, 'odd')\n"
        "termios.tcgetattr = fail\n"
        "sys.stdin = open(os.ttyname(os.openpty()[1]))\n"
    )
    run = run_where(before, jsonbin, "login", stdin=CANARY)
    assert run == Run(
        2, "", "error: this terminal would show what is typed\nhint: jsonbin login < FILE reads it from a file\n"
    )
    (jsonbin.home / "FILE").write_text(CANARY)
    assert jsonbin.shell(run.err.split("hint: ")[1].split(" reads")[0]).code == 0


@pytest.mark.parametrize(
    ("held", "named"),
    [
        (f"master_key = '{OTHER}'", 'the master key of profile "work"'),
        (f"access_key = '{OTHER}'", 'the access key of profile "work"'),
        ("master_key_command = ['pass']", 'the master_key_command of profile "work"'),
    ],
)
def test_replacing_a_key_asks_at_a_terminal_and_says_so_in_a_pipe(jsonbin: Program, held: str, named: str) -> None:
    """No and Enter leave it as it is; yes replaces it."""
    text = f"default_profile = 'work'\n[profiles.work]\n{held}\n"
    for answer, code in (("n", 1), ("", 1), ("y", 0)):
        jsonbin.configure(text)
        with jsonbin.on_terminal("login", "--master", columns=200) as terminal:
            terminal.wait_for(FIRST)
            terminal.type(f"{CANARY}\n")
            terminal.wait_for(f"Replace {named}? [y/N] ")
            terminal.type(f"{answer}\n")
            assert terminal.finish() == code
        if code:
            assert terminal.screen.endswith("\r\nerror: nothing was changed\r\n")
            assert jsonbin.config.read_text() == text
        else:
            assert (
                jsonbin.config.read_text() == f'default_profile = "work"\n\n[profiles.work]\nmaster_key = "{CANARY}"\n'
            )
    jsonbin.configure(text)
    assert jsonbin("login", stdin=CANARY) == Run(0, "", f"note: replaces {named}\n")
    assert jsonbin("login", stdin=CANARY) == Run(0, "", "")


def test_login_check_spends_one_request(jsonbin: Program, server: ScriptedServer) -> None:
    """It reads the bin with the new key, by an alias of the profile too, and keeps the key when that works."""
    jsonbin.configure(f"default_profile = 'work'\n[profiles.work.bins]\nflags = '{BIN}'\n")
    server.replies(200, {"record": {"n": 1}, "metadata": {"id": BIN}})
    assert jsonbin("login", "--access", "--check", "flags", stdin=CANARY) == Run(0, "", "")
    assert [(sent.method, sent.path) for sent in server.requests] == [("GET", f"/v3/b/{BIN}/latest")]
    assert server.headers[0]["X-Access-Key"] == CANARY
    assert "access_key" in jsonbin.config.read_text()


def test_login_check_keeps_no_key_that_is_refused(jsonbin: Program, server: ScriptedServer) -> None:
    """The failure says that, and what to do; the key that was there is still there."""
    text = f"default_profile = 'work'\n[profiles.work]\nmaster_key = '{OTHER}'\n"
    jsonbin.configure(text)
    server.replies(401, {"message": "X-Master-Key is invalid or the bin doesn't belong to your account"})
    assert jsonbin("login", "--check", BIN, stdin=CANARY) == Run(
        4,
        "",
        'note: replaces the master key of profile "work"\n'
        "error: X-Master-Key is invalid or the bin doesn't belong to your account; the key was not kept\n"
        "hint: the master key from standard input has the shape of a key, so it is an old one, another account's, or an "
        f"access key; copy it again from {PAGE}\n",
    )
    server.replies(503, b"")
    run = jsonbin("login", "--check", BIN, stdin=CANARY)
    assert (run.code, len(server.requests)) == (5, 2)
    assert "503 Service Unavailable, with nothing in it; the key was not kept\n" in run.err
    run = jsonbin("login", "--check", "moon", stdin=CANARY)
    assert (run.code, "nor a URL; the key was not kept\n" in run.err) == (2, True)
    assert jsonbin.config.read_text() == text


def test_login_check_at_a_terminal_says_that_the_key_works(jsonbin: Program, server: ScriptedServer) -> None:
    """In one line, before the one that says where it is kept."""
    server.replies(200, {"record": {"n": 1}, "metadata": {"id": BIN}})
    with jsonbin.on_terminal("login", "--master", "--check", BIN, columns=200) as terminal:
        terminal.wait_for(FIRST)
        terminal.type(f"{CANARY}\n")
        assert terminal.finish() == 0
    assert terminal.screen.endswith(
        f'the key reads {BIN}\r\nkept the master key in profile "default", the default ({jsonbin.config})\r\n'
    )


@pytest.mark.parametrize(
    ("held", "named"),
    [
        (f"master_key = '{CANARY}'", "the master key"),
        (f"access_key = '{CANARY}'", "the access key"),
        ("access_key_command = ['pass']", "the access_key_command"),
    ],
)
def test_logout_removes_the_key_and_nothing_else(jsonbin: Program, held: str, named: str) -> None:
    """The profile's aliases and settings stay."""
    jsonbin.configure(
        f"default_profile = 'work'\n[profiles.work]\nplan = 'free'\n{held}\n[profiles.work.bins]\na = '{BIN}'\n"
    )
    with jsonbin.on_terminal("logout", columns=200) as terminal:
        assert terminal.finish() == 0
    assert terminal.screen == f'removed {named} of profile "work"\r\n'
    assert jsonbin.config.read_text() == (
        f'default_profile = "work"\n\n[profiles.work]\nplan = "free"\n\n[profiles.work.bins]\na = "{BIN}"\n'
    )
    assert jsonbin("logout") == Run(
        2, "", 'error: profile "work" has no key\nhint: jsonbin config list shows which profiles have one\n'
    )


def test_logout_of_profiles_without_a_key(jsonbin: Program) -> None:
    """None in use, the built-in one, and one that there is not."""
    listed = "hint: jsonbin config list shows which profiles have one\n"
    assert jsonbin("logout").err == f"error: no profile is in use, so there is no key to remove\n{listed}"
    assert jsonbin("logout", "-p", "local").err == f'error: profile "local" has no key\n{listed}'
    assert jsonbin("logout", "-p", "moon").err.startswith('error: there is no profile "moon" in ')


def test_logout_leaves_no_key_behind_in_silence(jsonbin: Program) -> None:
    """The copy that keeps the comments is without the key; an older copy and the environment are named."""
    jsonbin.configure(f"# ours\ndefault_profile = 'work'\n[profiles.work]\nmaster_key = '{CANARY}'\n")
    older = jsonbin.config.with_name("config.toml.bak")
    older.write_text(f"master_key = '{CANARY}'")
    jsonbin.env["JSONBIN_ACCESS_KEY"] = OTHER
    kept = jsonbin.config.with_name("config.toml.bak2")
    run = jsonbin("logout")
    assert run == Run(
        0,
        "",
        "note: the environment still holds a key, which calls without --profile use\n"
        f"note: the file was written anew; as it was, with its comments and its other keys, it is in {kept}\n"
        f"note: the key is still in {older}; delete that: rm {older}\n",
    )
    assert kept.read_text() == "# ours\ndefault_profile = 'work'\n[profiles.work]\nmaster_key = ''\n"
    assert jsonbin.shell(run.err.split("that: ")[1]).code == 0
    assert all(CANARY not in path.read_text() for path in jsonbin.config.parent.iterdir())


def test_a_profile_that_is_removed_takes_its_key_along(jsonbin: Program) -> None:
    """The copy that keeps the comments is without it."""
    jsonbin.configure(f"# ours\n[profiles.work]\nmaster_key = '{CANARY}'\n[profiles.home]\nmaster_key = '{OTHER}'\n")
    assert jsonbin("config", "remove", "work").code == 0
    texts = [path.read_text() for path in jsonbin.config.parent.iterdir()]
    assert all(CANARY not in text for text in texts)
    assert sum(OTHER in text for text in texts) == 2


def test_login_with_a_broken_key_in_the_profile_replaces_it(jsonbin: Program) -> None:
    """What is to be corrected does not keep anybody from correcting it; nor does logout mind."""
    jsonbin.configure("default_profile = 'work'\n[profiles.work]\nmaster_key = ''\n")
    assert jsonbin("login", stdin=CANARY).code == 0
    jsonbin.configure("default_profile = 'work'\n[profiles.work]\nmaster_key = ''\n")
    assert jsonbin("logout") == Run(0, "", "")
    assert jsonbin.config.read_text() == 'default_profile = "work"\n\n[profiles.work]\n'
