"""A key that is held, and the places it is read from."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from jsonbin_cli.config import keys
from jsonbin_cli.config.keys import Key, Secret, checked_key, key_from_command, keys_in_environment, served_key
from jsonbin_cli.config.known_secrets import masked
from jsonbin_cli.failures import BadConfig

SHAPED = "$2b$10$" + "aB3./" * 10 + "xyz"
RENEW = "enter it again"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without keys, that is not the one of GitHub Actions."""
    for name in [name for name in os.environ if name.startswith(("JSONBIN_", "GITHUB_"))]:
        monkeypatch.delenv(name)


def test_secrets_are_equal_where_their_strings_are() -> None:
    """And nothing of them is printed."""
    small, large = Secret("a-secret-string"), Secret("b-secret-string")
    assert small == Secret("a-secret-string")
    assert len({small, large, Secret("a-secret-string")}) == 2
    assert (small == large, large == small, small == "a-secret-string") == (False, False, False)
    assert [repr(small), str(small), f"{small}", "%s" % small] == ["Secret(…)"] * 4
    assert small.reveal() == "a-secret-string"
    assert masked("it is a-secret-string") == "it is •••"


def test_what_a_key_says_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its header, its place, its shape; in GitHub Actions the fix is another one."""
    good = Key("master", Secret(SHAPED), 'profile "work"', RENEW)
    assert (good.header, good.fault, good.in_environment) == ("X-Master-Key", None, False)
    assert good.looks == 'the master key from profile "work" has the shape of a key'
    bad = Key("access", Secret("'null"), "JSONBIN_ACCESS_KEY", RENEW)
    assert (bad.header, bad.in_environment) == ("X-Access-Key", True)
    assert bad.fault
    assert bad.looks == f"the access key from JSONBIN_ACCESS_KEY {bad.fault.happened}; {bad.fault.fix}"
    expanded = Key("master", Secret(f"b0{SHAPED[7:]}"), "JSONBIN_MASTER_KEY", RENEW)
    assert expanded.fault
    assert expanded.looks.endswith(f"; {expanded.fault.fix}")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert expanded.fault.in_actions
    assert expanded.looks.endswith(f"; {expanded.fault.in_actions}")
    assert bad.fault.in_actions is None
    assert bad.looks.endswith(f"; {bad.fault.fix}")


def test_the_blanks_around_a_key_are_no_part_of_it() -> None:
    """What no header can carry is refused."""
    assert checked_key("master", f" {SHAPED}\r\n", "a", RENEW) == Key("master", Secret(SHAPED), "a", RENEW)
    for wrong in ("a\x7fb", "a\tb", "ü"):
        with pytest.raises(BadConfig) as told:
            checked_key("master", wrong, "a", RENEW)
        assert (told.value.message, told.value.hint) == ("the key from a holds a character that no key has", RENEW)


@pytest.mark.parametrize(
    ("source", "actions", "hint"),
    [
        ('profile "a"', "true", RENEW),
        ("JSONBIN_MASTER_KEY", "false", f"{RENEW}, or unset it"),
        (
            "JSONBIN_MASTER_KEY",
            "true",
            f"{RENEW}; a secret that does not exist arrives empty, and so does each one in a pull request from a fork",
        ),
    ],
)
def test_an_empty_key(monkeypatch: pytest.MonkeyPatch, source: str, actions: str, hint: str) -> None:
    """Where a variable holds it, it may be no key at all."""
    monkeypatch.setenv("GITHUB_ACTIONS", actions)
    with pytest.raises(BadConfig) as told:
        checked_key("master", " \n", source, RENEW)
    assert (told.value.message, told.value.hint) == (f"the key from {source} is empty", hint)


def test_the_keys_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One of each kind, the master key first; a key before a file, and how each is entered again."""
    assert keys_in_environment() == []
    file = tmp_path / "key"
    file.touch(0o600)
    file.write_text("from-the-file\n")
    monkeypatch.setenv("JSONBIN_ACCESS_KEY", "from-the-variable")
    monkeypatch.setenv("JSONBIN_ACCESS_KEY_FILE", str(file))
    monkeypatch.setenv("JSONBIN_MASTER_KEY_FILE", str(file))
    master, access = keys_in_environment()
    again = f"write it into {file} again, alone on one line"
    assert master == Key("master", Secret("from-the-file"), f"JSONBIN_MASTER_KEY_FILE ({file})", again)
    again = "set JSONBIN_ACCESS_KEY again, in single quotes"
    assert access == Key("access", Secret("from-the-variable"), "JSONBIN_ACCESS_KEY", again)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    again = "enter the secret behind JSONBIN_ACCESS_KEY again, alone and without quotes"
    assert keys_in_environment()[1].renew == again


def test_the_file_of_a_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Up to 64 kB of text, for nobody else to read."""
    file = tmp_path / "key"
    file.touch(0o600)
    monkeypatch.setenv("JSONBIN_MASTER_KEY_FILE", str(file))
    file.write_bytes(b"k" * 64 * 1024)
    (key,) = keys_in_environment()
    assert len(key.secret.reveal()) == 64 * 1024
    wrong = [
        (b"k" * (64 * 1024 + 1), "it is larger than 65,536 bytes, and a key is one line"),
        (b"\xff", "not a text file"),
    ]
    for data, said in wrong:
        file.write_bytes(data)
        with pytest.raises(BadConfig) as told:
            keys_in_environment()
        assert told.value.message == f"JSONBIN_MASTER_KEY_FILE names {file}, which cannot be read: {said}"
    if sys.platform != "win32":
        file.write_text("k")
        file.chmod(0o640)
        with pytest.raises(BadConfig, match="others may read it"):
            keys_in_environment()


def test_the_key_of_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one of the environment, else the well-known one."""
    assert served_key() == Secret(keys.LOCAL_MASTER_KEY) == keys.store_key().secret
    assert (keys.store_key().kind, keys.store_key().source) == ("master", "the embedded store")
    monkeypatch.setenv("JSONBIN_LOCAL_MASTER_KEY", " own-key ")
    assert served_key() == Secret("own-key")
    monkeypatch.setenv("JSONBIN_LOCAL_MASTER_KEY", "")
    with pytest.raises(BadConfig, match="the key from JSONBIN_LOCAL_MASTER_KEY is empty"):
        served_key()


@pytest.mark.parametrize(
    ("code", "said", "hint"),
    [
        ("print('k' * 64 * 1024, end='')", None, None),
        ("print('k' * 64 * 1024, end='!')", "printed more than 65,536 bytes", "look at what that command prints"),
        ("raise SystemExit(2)", "failed with exit code 2", "run it by hand to see why"),
        ("import os; os.write(1, b'\\xff')", "holds a character that no key has", "look at what that command prints"),
        ("", "is empty", "look at what that command prints"),
    ],
)
def test_the_command_of_a_key(code: str, said: str | None, hint: str | None) -> None:
    """Its output, up to 64 kB; else it is named, without its arguments."""
    command = [sys.executable, "-c", code]
    source = f'access_key_command of profile "work" ({sys.executable})'
    if said is None:
        key = key_from_command("work", "access", command)
        assert (key.kind, len(key.secret.reveal()), key.source) == ("access", 64 * 1024, source)
        return
    with pytest.raises(BadConfig) as told:
        key_from_command("work", "access", command)
    assert (told.value.message.removeprefix("the key from "), told.value.hint) == (f"{source} {said}", hint)
