"""Keys kept, profiles and aliases changed, and the file that holds them never harmed."""

from __future__ import annotations

import os
import re
import stat
import threading
from pathlib import Path

import pytest

from jsonbin_cli.config import file as config_file
from jsonbin_cli.config import saving
from jsonbin_cli.config.atomic import alone
from jsonbin_cli.failures import BadConfig
from tests.conftest import BIN, CANARY, Program, Run
from tests.scripted import ScriptedServer

DEMO_BIN = "de30de30de30de30de30de30"
OTHER_BIN = "0123456789abcdef01234567"
WORK = f"[profiles.work]\nmaster_key = '{CANARY}'\n"


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
        terminal.wait_for("api-keys:")
        terminal.type(typed)
        assert terminal.finish() == 2
    assert terminal.screen.endswith(f"\r\n{said}")


def test_writers_at_once_lose_nothing(jsonbin: Program) -> None:
    """Of many that change the file at the same time, each one that says so is in it."""
    jsonbin.configure("default_profile = 'local'\n")
    writers = [jsonbin.start("config", "alias", f"a{number}", BIN) for number in range(12)]
    done = [f"a{number}" for number, writer in enumerate(writers) if [writer.communicate(), writer.returncode][1] == 0]
    assert done
    assert sorted(re.findall(r"^(a\d+) = ", jsonbin.config.read_text(), re.MULTILINE)) == sorted(done)


def test_login_stopped_by_ctrl_c(jsonbin: Program) -> None:
    """Exit 130, and nothing was written."""
    jsonbin.env["NO_COLOR"] = "1"
    with jsonbin.on_terminal("login", "--master") as terminal:
        terminal.wait_for("api-keys:")
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


def test_a_comment_is_never_lost_silently(jsonbin: Program) -> None:
    """The file as it was is kept beside the new one, for the owner only, and that is said."""
    text = f"# ours\ndefault_profile = 'work'\n{WORK}"
    jsonbin.configure(text)
    run = jsonbin("config", "alias", "flags", BIN)
    kept = jsonbin.config.with_name("config.toml.bak")
    assert run == Run(
        0, "", f"note: the file was written anew; as it was, with its comments and keys, it is in {kept}\n"
    )
    assert kept.read_text() == text
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert jsonbin("config", "use", "work") == Run(0, "", "")


def test_a_file_that_cannot_be_parsed_is_never_rewritten(jsonbin: Program) -> None:
    """Each command that would change it leaves it as it is."""
    jsonbin.configure("[profiles.work\n")
    for command in (["login"], ["config", "use", "work"], ["config", "remove", "work"], ["config", "alias", "a", BIN]):
        assert jsonbin(*command, stdin=CANARY).code == 2
    assert jsonbin.config.read_text() == "[profiles.work\n"


def test_a_linked_config_file_stays_a_link(jsonbin: Program) -> None:
    """Dotfiles are often kept elsewhere and linked; the file behind the link is replaced."""
    real = jsonbin.home / "dotfiles" / "jsonbin.toml"
    real.parent.mkdir()
    real.touch(0o600)
    jsonbin.config.parent.mkdir(parents=True)
    jsonbin.config.symlink_to(real)
    assert jsonbin("login", stdin=CANARY).code == 0
    assert jsonbin.config.is_symlink()
    assert CANARY in real.read_text()


def test_a_disk_that_refuses(jsonbin: Program) -> None:
    """The old file stays, no half-written one is left, and the reason is told."""
    jsonbin.env["JSONBIN_CONFIG"] = "/proc/jsonbin/config.toml"
    run = jsonbin("login", stdin=CANARY)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("error: /proc/jsonbin/config.toml could not be written: ")


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
    assert jsonbin("config", "remove", "work").code == 0
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
        2, "", "error: no profile is in use\nhint: name one with --profile, or make one: jsonbin login\n"
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
        f"ok  {jsonbin.config} is in order\n"
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


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """What another program wrote between reading and writing is kept."""
    path = tmp_path / "config.toml"
    file = config_file.read(path)
    path.write_text("[profiles.other]\n")
    with pytest.raises(BadConfig, match="was changed by another program meanwhile") as told:
        saving.write(file, {})
    assert told.value.hint == "run the command again"
    assert path.read_text() == "[profiles.other]\n"
    assert sorted(os.listdir(tmp_path)) == [".config.toml.lock", "config.toml"]


def test_a_writer_waits_for_the_one_before_it(tmp_path: Path) -> None:
    """It looks at the file only when the other is done, so it cannot undo what that wrote."""
    path = tmp_path / "config.toml"
    file = config_file.read(path)
    told: list[str] = []

    def write() -> None:
        try:
            saving.write(file, {"default_profile": "late"})
        except BadConfig as failure:
            told.append(failure.message)

    second = threading.Thread(target=write)
    with alone(path):
        second.start()
        second.join(0.3)
        assert second.is_alive()
        path.write_text("[profiles.first]\n")
    second.join(60)
    assert told == [f"{path} was changed by another program meanwhile"]
    assert path.read_text() == "[profiles.first]\n"


def test_copies_of_the_file_are_never_overwritten(jsonbin: Program) -> None:
    """A copy that is there, of whoever's making, stays; line ends are kept."""
    jsonbin.configure("# ours\r\n")
    (jsonbin.config.parent / "config.toml.bak").write_text("my own backup")
    assert jsonbin("login", stdin=CANARY).err.endswith("/config.toml.bak2\n")
    assert (jsonbin.config.parent / "config.toml.bak").read_text() == "my own backup"
    assert (jsonbin.config.parent / "config.toml.bak2").read_bytes() == b"# ours\r\n"


def test_a_device_is_not_replaced(jsonbin: Program) -> None:
    """JSONBIN_CONFIG=/dev/null reads as empty, and cannot be written."""
    jsonbin.env["JSONBIN_CONFIG"] = "/dev/null"
    assert jsonbin("login", stdin=CANARY) == Run(
        2, "", "error: /dev/null is no file that can be replaced\nhint: name another one in JSONBIN_CONFIG\n"
    )
    assert Path("/dev/null").is_char_device()


def test_login_after_trying_it_locally(jsonbin: Program) -> None:
    """The first profile with an account becomes the default in the place of a store; the next one does not."""
    assert jsonbin("config", "use", "local").code == 0
    assert jsonbin("login", stdin=CANARY).code == 0
    assert 'default_profile = "default"' in jsonbin.config.read_text()
    assert jsonbin("config", "use", "local").code == 0
    assert jsonbin("login", "-p", "work", stdin=CANARY).code == 0
    assert 'default_profile = "local"' in jsonbin.config.read_text()
    assert jsonbin("config", "remove", "local") == Run(
        2, "", 'error: profile "local" is built in\nhint: jsonbin config use NAME makes another one the default\n'
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
