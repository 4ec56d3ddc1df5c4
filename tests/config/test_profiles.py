"""Which key is used, which address, which bin: the chain, and each way in which a link can be broken."""

from __future__ import annotations

import os
import re
import ssl
import sys
from pathlib import Path

import certifi
import pytest

from jsonbin_cli.config.environment import config_path, state_folder, trusted_certificates
from jsonbin_cli.config.keys import Secret, key_from_command
from jsonbin_cli.config.profiles import resolve
from jsonbin_cli.failures import BadConfig
from tests.conftest import BIN, CANARY, CANARY_BODY, Program, Run
from tests.scripted import ScriptedServer

SENT = "[1]"
OTHER = "$2b$10$" + CANARY_BODY[::-1]
THIRD = "$2a$10$" + CANARY_BODY[::-1]


def key_sent(jsonbin: Program, server: ScriptedServer, *arguments: str) -> str | None:
    """The key with which an update arrives."""
    server.echoes()
    run = jsonbin("update", BIN, *arguments, stdin=SENT)
    assert (run.code, run.err) == (0, "")
    headers = server.headers[-1]
    return headers.get("X-Master-Key") or headers.get("X-Access-Key")


def refused(run: Run) -> str:
    """What was said about a call that sent nothing."""
    assert (run.code, run.out) == (2, "")
    return run.err


def test_the_chain_of_keys(jsonbin: Program, server: ScriptedServer) -> None:
    """--profile, then the environment, then JSONBIN_PROFILE, then the default; without any, no key."""
    jsonbin.configure(
        f"default_profile = 'home'\n[profiles.home]\nmaster_key = '{OTHER}'\n[profiles.work]\nmaster_key = '{THIRD}'\n"
        "[profiles.public]\n"
    )
    assert key_sent(jsonbin, server) == OTHER
    jsonbin.env["JSONBIN_PROFILE"] = "work"
    assert key_sent(jsonbin, server) == THIRD
    jsonbin.env["JSONBIN_MASTER_KEY"] = CANARY
    assert key_sent(jsonbin, server) == CANARY
    assert key_sent(jsonbin, server, "--profile", "home") == OTHER
    assert key_sent(jsonbin, server, "-p", "public") is None
    del jsonbin.env["JSONBIN_MASTER_KEY"], jsonbin.env["JSONBIN_PROFILE"]
    jsonbin.configure("")
    assert key_sent(jsonbin, server) is None


def test_keys_in_the_environment_and_in_files(jsonbin: Program, server: ScriptedServer) -> None:
    """The master key before the access key, a key itself before the file that holds one; ends are stripped."""
    file = jsonbin.home / "key"
    file.touch(0o600)
    file.write_text(f"\n  {THIRD} \n")
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    jsonbin.env["JSONBIN_ACCESS_KEY_FILE"] = str(file)
    assert key_sent(jsonbin, server) == THIRD
    jsonbin.env["JSONBIN_ACCESS_KEY"] = OTHER
    assert key_sent(jsonbin, server) == OTHER
    assert "X-Access-Key" in server.headers[-1]
    jsonbin.env["JSONBIN_MASTER_KEY_FILE"] = str(file)
    assert key_sent(jsonbin, server) == THIRD
    assert "X-Master-Key" in server.headers[-1]
    jsonbin.env["JSONBIN_MASTER_KEY"] = f" {CANARY}\n"
    assert key_sent(jsonbin, server) == CANARY


@pytest.mark.parametrize(
    ("env", "said"),
    [
        (
            {"JSONBIN_MASTER_KEY": ""},
            "error: the key from JSONBIN_MASTER_KEY is empty\n"
            "hint: set JSONBIN_MASTER_KEY again, in single quotes, or unset it\n",
        ),
        (
            {"JSONBIN_MASTER_KEY": "schlüssel"},
            "error: the key from JSONBIN_MASTER_KEY holds a character that no key has\n"
            "hint: set JSONBIN_MASTER_KEY again, in single quotes\n",
        ),
        (
            {"JSONBIN_MASTER_KEY": "a\nb"},
            "error: the key from JSONBIN_MASTER_KEY holds a character that no key has\n"
            "hint: set JSONBIN_MASTER_KEY again, in single quotes\n",
        ),
        (
            {"JSONBIN_ACCESS_KEY_FILE": "none"},
            "error: JSONBIN_ACCESS_KEY_FILE names none, which cannot be read: No such file or directory\n",
        ),
        (
            {"JSONBIN_ACCESS_KEY_FILE": "blob"},
            "error: JSONBIN_ACCESS_KEY_FILE names blob, which cannot be read: not a text file\n",
        ),
        (
            {"JSONBIN_ACCESS_KEY_FILE": "open"},
            "error: open holds a key and others may read it (mode 0644)\nhint: chmod 600 open\n",
        ),
        (
            {"JSONBIN_PROFILE": "wrok"},
            'error: there is no profile "wrok" in CONFIG\n'
            "hint: the profiles are: work, local; jsonbin login --profile NAME makes one\n",
        ),
        (
            {"JSONBIN_API_URL": "http://api.jsonbin.io/v3"},
            "error: JSONBIN_API_URL must start with https://\n"
            "hint: the service is at https://api.jsonbin.io/v3; plain http is for this machine, and for hosts of your own "
            "network with JSONBIN_INSECURE_HTTP=1, or insecure_http = true in the profile\n",
        ),
        (
            {"JSONBIN_API_URL": "https://user:secret@host/v3"},
            "error: JSONBIN_API_URL must be a plain address, without a user, query or blank\n"
            "hint: the service is at https://api.jsonbin.io/v3\n",
        ),
        (
            {"JSONBIN_API_URL": "https://host:port/v3"},
            "error: JSONBIN_API_URL is not a URL\nhint: the service is at https://api.jsonbin.io/v3\n",
        ),
    ],
)
def test_a_broken_source_stops_the_chain(jsonbin: Program, env: dict[str, str], said: str) -> None:
    """It is named, and what comes later in the chain is not used instead."""
    jsonbin.configure(f"default_profile = 'work'\n[profiles.work]\nmaster_key = '{OTHER}'\n")
    (jsonbin.home / "open").write_text(CANARY)
    (jsonbin.home / "open").chmod(0o644)
    (jsonbin.home / "blob").touch(0o600)
    (jsonbin.home / "blob").write_bytes(b"\xff\xff")
    assert refused(jsonbin("update", BIN, stdin=SENT, env=env)) == said.replace("CONFIG", str(jsonbin.config))


def test_a_key_file_closed_as_the_hint_says_is_read(jsonbin: Program, server: ScriptedServer) -> None:
    """The chmod in the hint is the one that is missing."""
    (jsonbin.home / "key").write_text(CANARY)
    (jsonbin.home / "key").chmod(0o604)
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    jsonbin.env["JSONBIN_MASTER_KEY_FILE"] = "key"
    said = refused(jsonbin("update", BIN, stdin=SENT))
    assert jsonbin.shell(said.split("hint: ")[1]).code == 0
    assert key_sent(jsonbin, server) == CANARY


def test_a_key_from_a_pipe(jsonbin: Program, server: ScriptedServer) -> None:
    """Process substitution as a key file: a pipe has no mode to refuse."""
    server.echoes()
    script = f"printf '%s\\n' '{OTHER}' > key; echo '[1]' | JSONBIN_ACCESS_KEY_FILE=<(cat key) jsonbin update {BIN} -q"
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    assert jsonbin.shell(script).code == 0
    assert server.headers[-1]["X-Access-Key"] == OTHER


def test_a_key_from_a_command(jsonbin: Program, server: ScriptedServer) -> None:
    """A password manager's output is the key; its words on stderr are passed on, and the record stays in the pipe."""
    jsonbin.configure(
        "[profiles.work]\nmaster_key_command = ['sh', '-c', 'cat >&2; echo unlocked >&2; cat key']\n"
        "[profiles.ci]\naccess_key_command = ['cat', 'key']\n"
    )
    (jsonbin.home / "key").write_text(OTHER + "\n")
    server.echoes()
    run = jsonbin("update", BIN, "-p", "work", stdin=SENT)
    assert (run.code, run.err) == (0, "unlocked\n")
    assert server.requests[0].body == SENT.encode()
    assert server.headers[0]["X-Master-Key"] == OTHER
    assert key_sent(jsonbin, server, "-p", "ci") == OTHER


def test_a_key_command_gets_no_keys(jsonbin: Program, server: ScriptedServer) -> None:
    """It is to print one, and needs none."""
    jsonbin.configure("[profiles.work]\nmaster_key_command = ['sh', '-c', 'env > seen; cat key']\n")
    (jsonbin.home / "key").write_text(OTHER)
    jsonbin.env |= {
        "JSONBIN_MASTER_KEY": CANARY,
        "JSONBIN_ACCESS_KEY": CANARY,
        "JSONBIN_LOCAL_MASTER_KEY": CANARY,
        "JSONBIN_MASTER_KEY_FILE": "key",
        "JSONBIN_ACCESS_KEY_FILE": "key",
    }
    assert key_sent(jsonbin, server, "-p", "work") == OTHER
    seen = dict(line.split("=", 1) for line in (jsonbin.home / "seen").read_text().splitlines())
    assert [name for name in seen if "_KEY" in name] == []
    assert seen["JSONBIN_API_URL"] == server.url


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("['false', 'secret']", "(false) failed with exit code 1\nhint: run it by hand to see why\n"),
        ("['no-such-command']", "(no-such-command) could not be run: No such file or directory\n"),
        ("['true']", "(true) is empty\nhint: look at what that command prints\n"),
        ("['a\\u0000b']", "(ab) could not be run: not a command\n"),
    ],
)
def test_a_command_that_gives_no_key(jsonbin: Program, command: str, said: str) -> None:
    """The program is named, its arguments are not."""
    jsonbin.configure(f"[profiles.work]\nmaster_key_command = {command.replace(chr(39), chr(34))}\n")
    error = refused(jsonbin("update", BIN, "-p", "work", stdin=SENT))
    assert error.endswith(f'master_key_command of profile "work" {said}')
    assert "secret" not in error


def test_a_command_that_never_ends() -> None:
    """It is stopped, and named."""
    with pytest.raises(BadConfig, match=r'"work" \(sleep\) did not finish within 0.1 s'):
        key_from_command("work", "master", ("sleep", "60"), seconds=0.1)


def test_which_address_is_used(jsonbin: Program, server: ScriptedServer) -> None:
    """A chosen profile's url, then JSONBIN_API_URL, then the url of the profile in use."""
    del jsonbin.env["JSONBIN_API_URL"]
    jsonbin.configure(f"default_profile = 'near'\n[profiles.near]\nurl = '{server.url}/'\n[profiles.plain]\n")
    key_sent(jsonbin, server)
    key_sent(jsonbin, server, "-p", "near")
    with ScriptedServer() as other:
        other.echoes()
        jsonbin.env["JSONBIN_API_URL"] = other.url
        assert jsonbin("update", BIN, "-q", stdin=SENT).code == 0
        other.echoes()
        assert jsonbin("update", BIN, "-q", "-p", "plain", stdin=SENT).code == 0
        key_sent(jsonbin, server, "-p", "near")
        assert len(other.requests) == 2
    assert len(server.requests) == 3


def test_the_local_profile_never_leaves_this_machine(jsonbin: Program, server: ScriptedServer) -> None:
    """Chosen by name, `local` answers here whatever the environment holds; the server fixture sees no request."""
    assert server.url
    assert jsonbin("update", "demo", "-p", "local", "-q", stdin=SENT) == Run(0, "", "")
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    jsonbin.env["JSONBIN_PROFILE"] = "local"
    assert jsonbin("get", "demo", "--record") == Run(0, "[1]\n", "")


def test_a_key_in_the_environment_and_a_store_in_use(jsonbin: Program, server: ScriptedServer) -> None:
    """The key comes before a default profile, and contradicts a JSONBIN_PROFILE that needs none."""
    assert jsonbin("config", "use", "local").code == 0
    assert key_sent(jsonbin, server) == CANARY
    jsonbin.env["JSONBIN_PROFILE"] = "local"
    said = refused(jsonbin("get", "demo"))
    assert said == (
        'error: JSONBIN_MASTER_KEY holds a key, and JSONBIN_PROFILE names "local", which needs none\n'
        "hint: unset one of them, or add --profile local\n"
    )
    assert jsonbin("get", "demo", *said.split()[-2:], "-q").code == 0


def test_an_address_in_the_environment_and_a_store_by_default(jsonbin: Program, server: ScriptedServer) -> None:
    """Without a key it is not certain which of them is meant; what is named by --profile or JSONBIN_PROFILE is."""
    assert jsonbin("config", "use", "local").code == 0
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    assert jsonbin.env["JSONBIN_API_URL"] == server.url
    said = refused(jsonbin("update", "demo", stdin=SENT))
    assert said == (
        'error: JSONBIN_API_URL names an address, and the default profile, "local", is a store on this machine\n'
        "hint: for the store add --profile local; for the address set JSONBIN_MASTER_KEY too\n"
    )
    assert jsonbin("update", "demo", "--profile", "local", "-q", stdin=SENT).code == 0
    assert jsonbin("get", "demo", "-q", env={"JSONBIN_PROFILE": "local"}).code == 0


def test_an_empty_name_is_no_profile(jsonbin: Program) -> None:
    """A variable that was never set does not lead to another account."""
    assert refused(jsonbin("get", BIN, "--profile", "")) == (
        "error: the profile's name from --profile is empty\nhint: name one, or leave it out\n"
    )
    assert refused(jsonbin("get", BIN, env={"JSONBIN_PROFILE": ""})).startswith(
        "error: the profile's name from JSONBIN_PROFILE is empty\n"
    )


def test_a_user_without_a_home_folder(
    jsonbin: Program, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container's bare user id has none: a key from the environment is enough, and what needs a folder says so."""

    def nobody(_: object) -> None:
        raise KeyError

    assert key_sent(jsonbin, server) == CANARY
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", nobody)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "JSONBIN_CONFIG", "JSONBIN_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JSONBIN_MASTER_KEY", OTHER)
    assert resolve(None).profile is None
    with pytest.raises(BadConfig, match="this user has no home folder"):
        config_path()
    with pytest.raises(BadConfig, match="this user has no home folder"):
        resolve("local")
    with pytest.raises(BadConfig, match="so there is no place for backups"):
        state_folder()
    monkeypatch.setenv("JSONBIN_CONFIG", "~nobody-of-that-name/x")
    with pytest.raises(BadConfig, match="there is no such user"):
        resolve(None)


def test_a_mounted_secret_is_read_whatever_its_mode(
    jsonbin: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Container engines mount secrets read-only and for all to read; nobody could change that mode."""
    if sys.platform == "win32":
        pytest.skip("on Windows no key file is refused for its mode")
    key = tmp_path / "key"
    key.write_text(OTHER)
    key.chmod(0o444)
    jsonbin.configure("")
    monkeypatch.setenv("JSONBIN_CONFIG", str(jsonbin.config))
    monkeypatch.delenv("JSONBIN_MASTER_KEY", raising=False)
    monkeypatch.setenv("JSONBIN_MASTER_KEY_FILE", str(key))
    with pytest.raises(BadConfig, match="others may read it"):
        resolve(None)
    mounted = os.statvfs(key)
    read_only = os.statvfs_result([*mounted[:8], mounted.f_flag | os.ST_RDONLY, mounted.f_namemax])
    monkeypatch.setattr("os.statvfs", lambda _: read_only)
    found = resolve(None).key
    assert found
    assert found.secret == Secret(OTHER)


@pytest.mark.parametrize("url", ["https://xn--/v3", "http://127.0.0.999/v3", "https://[v1.x]/v3"])
def test_an_address_that_no_host_can_have(jsonbin: Program, url: str) -> None:
    """It is found nowhere, and the hint says which setting it comes from; `a..b` cannot even be looked up."""
    assert "a plain address" in refused(jsonbin("get", BIN, env={"JSONBIN_API_URL": "https://a..b/v3"}))
    run = jsonbin("get", BIN, "--retries", "0", env={"JSONBIN_API_URL": url})
    assert (run.code, run.out) == (3, "")
    assert "hint: the address comes from JSONBIN_API_URL; is something listening there?\n" in run.err


def test_a_local_profile_with_a_key_of_its_own(jsonbin: Program) -> None:
    """A wrong key in a local profile is refused as the service would; taking it out helps."""
    jsonbin.configure(f"[profiles.shop]\npath = 'shop.sqlite3'\nmaster_key = '{OTHER}'\n")
    assert jsonbin("update", "demo", "-p", "shop", stdin=SENT).code == 4
    jsonbin.configure("[profiles.shop]\npath = 'shop.sqlite3'\n")
    assert jsonbin("update", "demo", "-p", "shop", stdin=SENT).code == 0
    assert (jsonbin.config.parent / "shop.sqlite3").exists()


def test_a_profile_called_local_can_be_a_server(jsonbin: Program, server: ScriptedServer) -> None:
    """With a url it is no longer the embedded store."""
    jsonbin.configure(f"[profiles.local]\nurl = '{server.url}'\n")
    assert key_sent(jsonbin, server, "-p", "local") is None


@pytest.mark.parametrize(
    "bin",
    [
        BIN,
        "flags",
        f"https://api.jsonbin.io/v3/b/{BIN}",
        f"https://api.jsonbin.io/v3/b/{BIN}/latest?meta=false",
        f"http://127.0.0.1:8900/v3/b/{BIN}#top",
        f"https://jsonbin.io/app/bins/{BIN}/{BIN}",
    ],
)
def test_a_bin_by_id_alias_or_url(jsonbin: Program, server: ScriptedServer, bin: str) -> None:
    """All of them name the same bin."""
    jsonbin.configure(f"default_profile = 'work'\n[profiles.work.bins]\nflags = '{BIN}'\n")
    server.echoes()
    assert jsonbin("update", bin, "-q", stdin=SENT).code == 0
    assert server.requests[0].path == f"/v3/b/{BIN}"


@pytest.mark.parametrize(
    ("bin", "said"),
    [
        ("flag", f'{"{0}"}, nor an alias of profile "work", nor a URL\nhint: did you mean "flags"?\n'),
        (
            "moon",
            f'{"{0}"}, nor an alias of profile "work", nor a URL\nhint: jsonbin config alias moon ID --profile work\n',
        ),
        ("../c/1", f'{"{0}"}, nor an alias of profile "work", nor a URL\n'),
        (
            BIN + "0",
            "BIN has 25 hexadecimal digits, and the id of a bin has 24\n"
            "hint: copy it again, whole, from the dashboard's list of bins\n",
        ),
        (
            "beadz",
            '"beadz" is not a bin: neither 24 hexadecimal digits, nor an alias of profile "work", nor a URL\n'
            "hint: jsonbin config alias beadz ID --profile work\n",
        ),
        (
            f"{BIN[:20]}z{BIN[21:]}",
            'BIN has "z" at place 21, and an id has only digits and a to f\n'
            "hint: copy it again, whole, from the dashboard's list of bins\n",
        ),
        (
            "data.json",
            '{0}, nor an alias of profile "work", nor a URL\nhint: the bin comes first, then the file\n',
        ),
        (
            "n=2",
            '{0}, nor an alias of profile "work", nor a URL\nhint: the bin comes first, then what is to be set\n',
        ),
        (
            "https://jsonbin.io/",
            "the URL holds no bin id\nhint: give the id alone, 24 hexadecimal digits\n",
        ),
        (
            f"https://x/{BIN}/0123456789abcdef01234567",
            "the URL holds more than one bin id\nhint: give the id alone, 24 hexadecimal digits\n",
        ),
        (
            BIN[1:],
            "BIN has 23 hexadecimal digits, and the id of a bin has 24\n"
            "hint: copy it again, whole, from the dashboard's list of bins\n",
        ),
        (
            f"https://api.jsonbin.io/v3/b/{BIN}0",
            "the URL holds an id of 25 hexadecimal digits, and the id of a bin has 24\n"
            "hint: copy it again, whole, from the dashboard's list of bins\n",
        ),
        (
            f"https://api.jsonbin.io/v3/b/{BIN[1:]}/latest",
            "the URL holds an id of 23 hexadecimal digits, and the id of a bin has 24\n"
            "hint: copy it again, whole, from the dashboard's list of bins\n",
        ),
        (
            "feature-switches-of-shop",
            f'{"{0}"}, nor an alias of profile "work", nor a URL\n'
            "hint: jsonbin config alias feature-switches-of-shop ID --profile work\n",
        ),
        (
            "feature-switches-of-shops",
            'BIN is not a bin: neither 24 hexadecimal digits, nor an alias of profile "work", nor a URL\n',
        ),
        (
            "hunter2-4711",
            'BIN is not a bin: neither 24 hexadecimal digits, nor an alias of profile "work", nor a URL\n',
        ),
        (
            "hunter2-471",
            f'{"{0}"}, nor an alias of profile "work", nor a URL\n'
            "hint: jsonbin config alias hunter2-471 ID --profile work\n",
        ),
        (
            BIN + "01234",
            'BIN is not a bin: neither 24 hexadecimal digits, nor an alias of profile "work", nor a URL\n',
        ),
        (CANARY, "BIN looks like a key\nhint: keys are read from a profile: jsonbin login\n"),
        (
            "b0" + CANARY_BODY + "xxxxx",
            "BIN looks like a key\nhint: keys are read from a profile: jsonbin login\n",
        ),
    ],
)
def test_what_is_no_bin_builds_no_url(jsonbin: Program, bin: str, said: str) -> None:
    """It is refused before any address is made of it, and a key pasted there is not repeated."""
    jsonbin.configure(f"default_profile = 'work'\n[profiles.work.bins]\nflags = '{BIN}'\n")
    expected = said.replace("{0}", f'"{bin}" is not a bin: neither 24 hexadecimal digits')
    assert refused(jsonbin("update", bin, stdin=SENT)) == f"error: {expected}"


def test_an_alias_without_any_profile(jsonbin: Program) -> None:
    """The hint leads to a profile; with the local one the same call works."""
    said = refused(jsonbin("update", "demo", stdin=SENT))
    assert said == (
        'error: "demo" is not a bin: neither 24 hexadecimal digits, nor an alias, nor a URL\n'
        "hint: jsonbin login makes a profile, which can hold aliases; to try demo without an account: --profile local\n"
    )
    assert jsonbin("update", "demo", *said.split()[-2:], stdin=SENT).code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("profiles = 3", "CONFIG: profiles must be tables\nhint: write [profiles.NAME] above a profile's settings\n"),
        (
            "profiles = {work = 1}",
            "CONFIG: profiles must be tables\nhint: write [profiles.NAME] above a profile's settings\n",
        ),
        (
            "default_profile = 1",
            "CONFIG: default_profile must be a string\nhint: write it as default_profile = 'NAME'\n",
        ),
        (
            "master_key = 'x'",
            'CONFIG: unknown setting "master_key"\n'
            "hint: only default_profile and the [profiles.NAME] tables stand at the top; the rest belongs in a profile\n",
        ),
        ("[profiles.work]\nmasterkey = 'x'", 'WORK: unknown setting "masterkey"\nhint: did you mean "master_key"?\n'),
        ("[profiles.work]\nzzz = 'x'", 'WORK: unknown setting "zzz"\n'),
        ("[profiles.work]\nversioning = 'yes'", "WORK: versioning must be true or false\n"),
        ("[profiles.work]\nquota = true", "WORK: quota must be a whole number\n"),
        ("[profiles.work]\nplan = 'gold'", "WORK: plan must be free or pro\n"),
        (
            "[profiles.work]\nmaster_key = 'x'\naccess_key_command = ['y']",
            "WORK has master_key and access_key_command\nhint: keep one of them\n",
        ),
        (
            "[profiles.work]\npath = 'x'\nurl = 'y'",
            "WORK has path and url\nhint: keep path for a store on this machine, url for a server\n",
        ),
        (
            "[profiles.work]\nmaster_key_command = []",
            'WORK: master_key_command must be a list of strings\nhint: master_key_command = ["pass", "show", "jsonbin"]\n',
        ),
        (
            "[profiles.work.bins]\nflags = 'abc'",
            'WORK: alias "flags" does not name a bin: an id is 24 hexadecimal digits\n',
        ),
        (
            f"[profiles.work.bins]\n{BIN} = '{BIN}'",
            f'WORK: alias "{BIN}" is a bin id itself\nhint: call it something that is no id\n',
        ),
        ('[profiles.work]\npath = "a\\u0000b"', "WORK: path holds a character that no path has\n"),
        (
            "x = " + "[" * 5000,
            "CONFIG: not valid TOML\nhint: correct that line; strings stand in single quotes\n",
        ),
        (
            "[profiles.work]\nurl = 'ftp://host'",
            'url of profile "work" must start with https://\nhint: the service is at https://api.jsonbin.io/v3\n',
        ),
        (
            "[profiles.work]\nmaster_key = ' '",
            'the key from profile "work" is empty\nhint: run jsonbin login --profile work\n',
        ),
        (
            f"[profiles.work]\nmaster_key = {CANARY}\n",
            "CONFIG:2:14: not valid TOML\nhint: correct that line; strings stand in single quotes\n",
        ),
    ],
)
def test_a_broken_config_file_is_named_with_its_fault(jsonbin: Program, text: str, said: str) -> None:
    """The file, the profile, the setting; a key that stands there is not repeated."""
    jsonbin.configure(text)
    expected = said.replace("CONFIG", str(jsonbin.config)).replace("WORK", f'{jsonbin.config}: profile "work"')
    assert refused(jsonbin("update", BIN, "-p", "work", stdin=SENT)) == f"error: {expected}"


def test_config_files_that_cannot_be_read(jsonbin: Program) -> None:
    """Not text, not a file, not for others' eyes."""
    jsonbin.configure("")
    jsonbin.config.write_bytes(b"\xff\xfe")
    said = refused(jsonbin("update", BIN, stdin=SENT))
    assert said.startswith(f"error: {jsonbin.config} is not UTF-8 text\nhint: correct it, or move it away: mv ")
    assert jsonbin.shell(said.split("away: ")[1]).code == 0
    jsonbin.config.mkdir()
    assert refused(jsonbin("update", BIN, stdin=SENT)) == f"error: {jsonbin.config}: Is a directory\n"


@pytest.mark.parametrize(
    ("mode", "with_key", "taken"), [(0o644, True, False), (0o644, False, True), (0o600, True, True)]
)
def test_the_mode_of_a_config_file(
    jsonbin: Program, server: ScriptedServer, mode: int, with_key: bool, taken: bool
) -> None:
    """One that holds a key and may be read by others is refused with the chmod to run."""
    jsonbin.configure(f"[profiles.work]\nmaster_key = '{CANARY}'\n" if with_key else "[profiles.work]\n")
    jsonbin.config.chmod(mode)
    if not taken:
        said = refused(jsonbin("update", BIN, "-p", "work", stdin=SENT))
        assert said == (
            f"error: {jsonbin.config} holds a key and others may read it (mode 0644)\nhint: chmod 600 {jsonbin.config}\n"
        )
        assert jsonbin.shell(said.split("hint: ")[1]).code == 0
    key_sent(jsonbin, server, "-p", "work")


def test_the_config_file_is_where_jsonbin_config_says(jsonbin: Program) -> None:
    """JSONBIN_CONFIG, with ~ for the home folder."""
    (jsonbin.home / "other.toml").write_text(f"default_profile = 'x'\n[profiles.x.bins]\na = '{BIN}'\n")
    jsonbin.env["JSONBIN_CONFIG"] = "~/other.toml"
    assert jsonbin("config", "path").out == f"{jsonbin.home}/other.toml\n"
    assert jsonbin("update", "a", "--dry-run", stdin=SENT).code == 0
    assert re.search(r"\* x ", jsonbin("config", "list").out)
    assert os.listdir(jsonbin.home) == ["other.toml"]


@pytest.mark.parametrize("path", ["~nobody-of-that-name/config.toml"])
def test_a_config_file_of_a_user_who_is_not(jsonbin: Program, path: str) -> None:
    """A ~ that leads nowhere is a mistake of the variable."""
    jsonbin.env["JSONBIN_CONFIG"] = path
    assert refused(jsonbin("config", "path")) == f"error: JSONBIN_CONFIG names {path}, and there is no such user\n"


def test_which_certificates_are_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment names; else the system's folder if it is hashed; else the system's bundle, else certifi's."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    paths = [ssl.get_default_verify_paths()._replace(openssl_capath=str(tmp_path), cafile="")]
    monkeypatch.setattr("ssl.get_default_verify_paths", lambda: paths[0])
    assert trusted_certificates() == (certifi.where(), None)
    paths[0] = paths[0]._replace(cafile="system.pem")
    assert trusted_certificates() == ("system.pem", None)
    (tmp_path / "0a1b2c3d.0").touch()
    assert trusted_certificates() == (None, str(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", "a.pem")
    assert trusted_certificates() == ("a.pem", None)
    monkeypatch.setenv("SSL_CERT_DIR", "certs")
    assert trusted_certificates() == ("a.pem", "certs")
