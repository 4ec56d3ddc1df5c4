"""A key put into a profile: what is kept, and what is refused."""

from __future__ import annotations

import stat

import pytest

from tests.conftest import BIN, CANARY, Program, Run
from tests.scripted import ScriptedServer

OTHER_BIN = "0123456789abcdef01234567"


def test_the_first_login_makes_the_default_profile(jsonbin: Program, server: ScriptedServer) -> None:
    """One line of standard input becomes the key; the file and its folder are for the owner only."""
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    assert jsonbin("login", stdin=f"{CANARY}\nmore\n") == Run(0, "", "")
    assert stat.S_IMODE(jsonbin.config.stat().st_mode) == 0o600
    assert stat.S_IMODE(jsonbin.config.parent.stat().st_mode) == 0o700
    assert jsonbin.config.read_text() == f'default_profile = "default"\n\n[profiles.default]\nmaster_key = "{CANARY}"\n'
    server.echoes()
    assert jsonbin("update", BIN, "-q", stdin="[1]").code == 0
    assert server.headers[0]["X-Master-Key"] == CANARY


def test_a_later_login_replaces_the_key_and_nothing_else(jsonbin: Program) -> None:
    """Another profile keeps the default; a profile keeps its settings and has one key."""
    jsonbin.configure(
        f"default_profile = 'home'\n[profiles.home]\n[profiles.work]\nplan = 'free'\nmaster_key_command = ['x']\n[profiles.work.bins]\na = '{BIN}'\n"
    )
    assert jsonbin("login", "-p", "work", "--access", stdin=CANARY).code == 0
    assert jsonbin.config.read_text() == (
        'default_profile = "home"\n\n[profiles.home]\n\n'
        f'[profiles.work]\nplan = "free"\naccess_key = "{CANARY}"\n\n[profiles.work.bins]\na = "{BIN}"\n'
    )
    assert jsonbin("login", stdin=CANARY).code == 0
    assert f'[profiles.home]\nmaster_key = "{CANARY}"' in jsonbin.config.read_text()


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "error: no key was given\nhint: copy it from the API Keys page of the dashboard, https://jsonbin.io/app/api-keys\n"),
        ("\x16", "error: what was given holds a character that no key has\nhint: copy it again from the API Keys page of the dashboard, https://jsonbin.io/app/api-keys\n"),
        (CANARY[:40], "error: what was given is shorter than 60 characters\nhint: copy it again, whole\n"),
        (f"'{CANARY}'", "error: what was given has quotes around it\nhint: take the quotes away: where this value is read, they are part of it\n"),
        (OTHER_BIN, "error: what was given is 24 hexadecimal digits: the ID of an access key or a bin, not a key\n"
         "hint: copy the key itself from the API Keys page; an access key is shown only once, so make a new one\n"),
    ],
)  # fmt: skip
def test_what_is_plainly_no_key_is_not_kept(jsonbin: Program, key: str, said: str) -> None:
    """It says why, writes nothing, and the whole key is then taken."""
    assert jsonbin("login", stdin=key) == Run(2, "", said)
    assert not jsonbin.config.exists()
    assert jsonbin("login", stdin=CANARY).code == 0


def test_a_key_of_an_unknown_shape_is_kept_with_a_note(jsonbin: Program) -> None:
    """The shape of keys is not promised anywhere, so what is merely unlike one is kept."""
    assert jsonbin("login", stdin="a-new-kind-of-key") == Run(
        0,
        "",
        "note: what was given has 17 characters and not the shape of a key (60, starting with $2); it was kept as it is\n",
    )


def test_login_with_a_closed_standard_input(jsonbin: Program) -> None:
    """Nobody can give a key there."""
    assert jsonbin.shell("jsonbin login <&-").err.startswith("error: no key was given\n")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "\x04",
            "error: no key was given\r\nhint: copy it from the API Keys page of the dashboard, https://jsonbin.io/app/api-keys\r\n",
        ),
        (
            "\udcff\n",
            "error: what was given holds a character that no key has\r\nhint: copy it again from the API Keys page of the dashboard, https://jsonbin.io/app/api-keys\r\n",
        ),
    ],
)
def test_login_that_is_told_the_kind_does_not_ask(jsonbin: Program, typed: str, said: str) -> None:
    """--master and --access are answers; the end of input is no key, and what is no text is none either."""
    jsonbin.env["NO_COLOR"] = "1"
    with jsonbin.on_terminal("login", "--master") as terminal:
        terminal.wait_for("(it is not shown):")
        terminal.type(typed)
        assert terminal.finish() == 2
    assert terminal.screen.endswith(f"\r\n{said}")


def test_login_stopped_by_ctrl_c(jsonbin: Program) -> None:
    """Exit 130, and nothing was written."""
    jsonbin.env["NO_COLOR"] = "1"
    with jsonbin.on_terminal("login", "--master") as terminal:
        terminal.wait_for("(it is not shown):")
        assert terminal.interrupt() == 130
    assert "\r\nerror: interrupted\r\n" in terminal.screen
    assert not jsonbin.config.exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("local", 'error: profile "local" answers on this machine and needs no key\nhint: choose another --profile\n'),
        ("a b", "error: a profile's name is made of letters, digits, dots, dashes and underscores\n"),
    ],
)
def test_profiles_that_cannot_be_logged_in(jsonbin: Program, name: str, said: str) -> None:
    """The built-in one, and one that no command line could name."""
    assert jsonbin("login", "-p", name, stdin=CANARY) == Run(2, "", said)


def test_login_after_trying_it_locally(jsonbin: Program) -> None:
    """The first profile with an account becomes the default in the place of a store; the next one does not."""
    assert jsonbin("config", "use", "local").code == 0
    changed = 'note: "default" is the default now, and no longer "local"; back: jsonbin config use local\n'
    assert jsonbin("login", stdin=CANARY) == Run(0, "", changed)
    assert 'default_profile = "default"' in jsonbin.config.read_text()
    assert jsonbin("config", "use", "local").code == 0
    assert jsonbin("login", "-p", "work", stdin=CANARY).code == 0
    assert 'default_profile = "local"' in jsonbin.config.read_text()
    assert jsonbin("config", "remove", "local") == Run(
        2, "", 'error: profile "local" is built in\nhint: jsonbin config use NAME makes another one the default\n'
    )
