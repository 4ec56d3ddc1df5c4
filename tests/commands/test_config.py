"""`jsonbin config`: profiles and aliases listed, changed and checked."""

from __future__ import annotations

import re

import pytest

from tests.conftest import BIN, CANARY, Program, Run
from tests.scripted import ScriptedServer

DEMO_BIN = "de30de30de30de30de30de30"


OTHER_BIN = "0123456789abcdef01234567"


WORK = f"[profiles.work]\nmaster_key = '{CANARY}'\n"


def test_profiles_are_listed_chosen_and_removed(jsonbin: Program) -> None:
    """`config list` marks the one in use; `use` moves the mark; `remove` takes all of a profile away."""
    jsonbin.configure(
        f"default_profile = 'work'\n{WORK}[profiles.work.bins]\nflags = '{BIN}'\n[profiles.ci]\nurl = 'https://x/v3'\naccess_key_command = ['pass', 'ci']\n[profiles.open]\n"
    )
    store = f"{jsonbin.home}/.local/share/jsonbin/local.sqlite3"
    width = len(store)
    assert jsonbin("config", "list").out == (
        f"* work   {'https://api.jsonbin.io/v3':{width}}  master key\n"
        f"      flags  {BIN}\n"
        f"  ci     {'https://x/v3':{width}}  access key from pass\n"
        f"  open   {'https://api.jsonbin.io/v3':{width}}  no key\n"
        f"  local  {store}  no key needed\n"
        f"      demo  {DEMO_BIN}\n"
        'a call goes to https://api.jsonbin.io/v3, with the master key of profile "work"\n'
    )
    assert jsonbin("config", "use", "local").code == 0
    assert "\n* local" in jsonbin("config", "list").out
    assert jsonbin("update", "demo", "-q", stdin="[1]").code == 0
    assert jsonbin("config", "use", "moon").code == 2
    assert jsonbin("config", "use", "work").code == 0
    none = "note: it was the default, and there is none now: jsonbin config use NAME chooses one\n"
    assert jsonbin("config", "remove", "work") == Run(0, "", none)
    assert jsonbin.config.read_text() == (
        '[profiles.ci]\nurl = "https://x/v3"\naccess_key_command = [\n    "pass",\n    "ci",\n]\n\n[profiles.open]\n'
    )
    assert jsonbin("config", "remove", "ci").code == 0
    run = jsonbin("config", "remove", "work")
    assert (
        run.err
        == f'error: there is no profile "work" in {jsonbin.config}\nhint: jsonbin config list shows those there are\n'
    )
    assert jsonbin("config", "list").code == 0


def test_aliases_come_and_go(jsonbin: Program) -> None:
    """By id or URL, in the profile in use or a chosen one, also in the built-in one."""
    jsonbin.configure(f"default_profile = 'work'\n{WORK}[profiles.home]\n")
    assert jsonbin("config", "alias", "flags", f"https://api.jsonbin.io/v3/b/{BIN}").code == 0
    assert jsonbin("config", "alias", "menu", OTHER_BIN, "-p", "home").code == 0
    assert jsonbin("config", "alias", "mine", OTHER_BIN, "-p", "local").code == 0
    listed = re.findall(r"^ {6}(\w+)  (\w+)$", jsonbin("config", "list").out, re.MULTILINE)
    assert listed == [("flags", BIN), ("menu", OTHER_BIN), ("demo", DEMO_BIN), ("mine", OTHER_BIN)]
    assert jsonbin("config", "alias", "flags") == Run(0, f"{BIN}\n", "")
    assert jsonbin("config", "alias", "menu", "--profile", "home") == Run(0, f"{OTHER_BIN}\n", "")
    assert jsonbin("config", "alias", "demo", "-p", "local") == Run(0, f"{DEMO_BIN}\n", "")
    assert jsonbin("config", "alias", "flags", BIN) == Run(0, "", "")
    assert jsonbin("config", "alias", "flags", OTHER_BIN) == Run(0, "", f'note: "flags" meant {BIN} until now\n')
    assert jsonbin("config", "alias", "flags", "--remove").code == 0
    assert jsonbin("config", "alias", "flags", "--remove") == Run(2, "", 'error: profile "work" has no alias "flags"\n')


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a b", BIN], "an alias is made of letters, digits, dots, dashes and underscores, and is no bin id\nhint: first the alias, then the bin: jsonbin config alias NAME ID\n"),
        ([BIN, "flags"], "an alias is made of letters, digits, dots, dashes and underscores, and is no bin id\nhint: first the alias, then the bin: jsonbin config alias NAME ID\n"),
        (["flags"], 'profile "work" has no alias "flags"\nhint: jsonbin config alias flags ID --profile work\n'),
        (["a b"], 'profile "work" has no alias "a b"\n'),
        (["flags", "moon"], "BIN is neither a bin id nor a URL\nhint: an id is 24 hexadecimal digits\n"),
        (["flags", BIN[1:]], "BIN has 23 hexadecimal digits, and the id of a bin has 24\nhint: copy it again, whole, from the dashboard's list of bins\n"),
    ],
)  # fmt: skip
def test_aliases_that_cannot_be(jsonbin: Program, arguments: list[str], said: str) -> None:
    """Each is refused with the way to write it."""
    jsonbin.configure(f"default_profile = 'work'\n{WORK}")
    assert jsonbin("config", "alias", *arguments) == Run(2, "", f"error: {said}")


def test_an_alias_needs_a_profile(jsonbin: Program) -> None:
    """Without one in use there is nowhere to keep it."""
    assert jsonbin("config", "alias", "flags", BIN) == Run(
        2, "", "error: no profile is in use\nhint: name one with --profile NAME, or make one: jsonbin login\n"
    )


def test_check_looks_at_everything_and_sends_nothing(jsonbin: Program, server: ScriptedServer) -> None:
    """Good and bad in one list, exit 1 when something is bad; the server fixture sees that nothing is sent."""
    other = "http://127.0.0.1:9/v3"
    jsonbin.configure(
        f"default_profile = 'work'\n{WORK}[profiles.work.bins]\nflags = '{BIN}'\n"
        f"[profiles.half]\naccess_key = '{CANARY[:30]}'\nurl = '{other}'\n"
        "[profiles.odd]\nmaster_key_command = ['echo', 'odd']\n[profiles.gone]\nmaster_key_command = ['false']\n"
        "[profiles.open]\n[profiles.shop]\npath = 'x'\n[profiles.bad]\nplan = 'gold'\n"
    )
    run = jsonbin("config", "check")
    assert run == Run(
        1,
        f"ok  {jsonbin.config} can be read\n"
        'ok  profile "work" is in use\n'
        f'ok  a call goes to {server.url} (JSONBIN_API_URL), with the master key of profile "work"\n'
        f'ok  profile "work" goes to {server.url} (JSONBIN_API_URL), with 1 alias\n'
        'ok  the master key from profile "work" has the shape of a key\n'
        f'ok  profile "half" goes to {other}, with 0 aliases\n'
        'bad the access key from profile "half" is shorter than 60 characters; copy it again, whole\n'
        f'ok  profile "odd" goes to {server.url} (JSONBIN_API_URL), with 0 aliases\n'
        'bad the master key from master_key_command of profile "odd" (echo) has 3 characters and not the shape of a key '
        "(60, starting with $2); copy the key itself from the API Keys page\n"
        'bad master_key_command of profile "gone" (false) failed with exit code 1; run it by hand to see why\n'
        f'ok  profile "open" goes to {server.url} (JSONBIN_API_URL), with 0 aliases\n'
        'ok  profile "open" has no key, which is enough for public bins\n'
        f'ok  profile "shop" goes to {jsonbin.config.parent}/x, with 1 alias\n'
        f'bad {jsonbin.config}: profile "bad": plan must be free or pro\n',
        "",
    )
    assert jsonbin("config", "check", "-p", "work").code == 0


def test_check_of_the_environment_and_of_broken_files(jsonbin: Program) -> None:
    """Keys in the environment are looked at too; a file that cannot be read is all there is to say."""
    run = jsonbin("config", "check")
    assert run == Run(
        0,
        f"ok  {jsonbin.config} does not exist\nok  no profile is in use\n"
        "ok  a call goes to https://api.jsonbin.io/v3, with the master key from JSONBIN_MASTER_KEY\n"
        "ok  the master key from JSONBIN_MASTER_KEY has the shape of a key\n",
        "",
    )
    run = jsonbin("config", "check", env={"JSONBIN_MASTER_KEY": "", "JSONBIN_PROFILE": "moon"})
    assert run.code == 1
    assert [line[:4] for line in run.out.splitlines()] == ["ok  ", "bad ", "bad "]
    jsonbin.configure(WORK)
    jsonbin.config.chmod(0o644)
    assert jsonbin("config", "check") == Run(
        1,
        f"bad {jsonbin.config} holds a key and others may read it (mode 0644); chmod 600 {jsonbin.config}\n",
        "",
    )


def test_a_broken_profile_is_listed_as_such(jsonbin: Program) -> None:
    """The others are listed all the same."""
    jsonbin.configure("[profiles.bad]\nplan = 'gold'\n")
    store = f"{jsonbin.home}/.local/share/jsonbin/local.sqlite3"
    assert jsonbin("config", "list").out == (
        f"  bad    broken: see jsonbin config check\n"
        f"  local  {store}  no key needed\n      demo  {DEMO_BIN}\n"
        "a call goes to https://api.jsonbin.io/v3, with no key\n"
    )


def test_config_alone_is_a_mistake_with_its_help(jsonbin: Program) -> None:
    """As for the program alone."""
    run = jsonbin("config")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("error: no command\n")
    assert jsonbin("config", "use", "moon", "--errors", "json").err.startswith('{"error": {"slug": "bad-config"')
