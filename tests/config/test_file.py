"""The config file as it is read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from jsonbin_cli.config.file import LARGEST, check_settings, read
from jsonbin_cli.config.known_secrets import masked
from jsonbin_cli.failures import BadConfig
from tests.conftest import BIN, Program, Run


@pytest.mark.parametrize("text", ["zz = 1\naa = 1\n", "aa = 1\nzz = 1\n"])
def test_the_first_of_several_unknown_settings_is_named(jsonbin: Program, text: str) -> None:
    """In the order of the alphabet."""
    jsonbin.configure(text)
    assert jsonbin("get", "demo", "-p", "local") == Run(
        2,
        "",
        f'error: {jsonbin.config}: unknown setting "aa"\n'
        "hint: only default_profile and the [profiles.NAME] tables stand at the top; the rest belongs in a profile\n",
    )


@pytest.mark.parametrize(
    "table",
    [
        {"access_key_command": ["pass"], "plan": "free", "backups": 1, "counters": ["", "/a"], "path": "a"},
        {"master_key": "a", "plan": "pro", "versioning": True, "bins": {"a": BIN, BIN[1:]: BIN}, "url": ""},
        {},
    ],
)
def test_what_a_profile_may_hold(table: dict[str, Any]) -> None:
    """Each setting with its least and its usual values."""
    check_settings("x", table)


@pytest.mark.parametrize(
    ("table", "said", "hint"),
    [
        ({"plan": "Free"}, "x: plan must be free or pro", None),
        ({"url": 1}, "x: url must be a string", None),
        ({"backups": True}, "x: backups must be a whole number", None),
        ({"backups": 0}, "x: backups must be 1 or more", "backup = true or false says whether update keeps one"),
        ({"counters": ["/a", "b"]}, "x: counters must be a list of JSON Pointers", 'counters = ["/visits"], or [""] for all numbers'),
        ({"counters": [1]}, "x: counters must be a list of JSON Pointers", 'counters = ["/visits"], or [""] for all numbers'),
        ({"access_key_command": ["a", 1]}, "x: access_key_command must be a list of strings", 'access_key_command = ["pass", "show", "jsonbin"]'),
        ({"bins": {"a": 1}}, 'x: alias "a" does not name a bin: an id is 24 hexadecimal digits', None),
        ({"bins": {"a": BIN + "0"}}, 'x: alias "a" does not name a bin: an id is 24 hexadecimal digits', None),
        ({"access_key": "a", "master_key": "b"}, "x has access_key and master_key", "keep one of them"),
        ({"plann": "free"}, 'x: unknown setting "plann"', 'did you mean "plan"?'),
    ],
)  # fmt: skip
def test_what_no_profile_may_hold(table: dict[str, Any], said: str, hint: str | None) -> None:
    """The setting is named, with what it is to be."""
    with pytest.raises(BadConfig) as told:
        check_settings("x", table)
    assert (told.value.message, told.value.hint) == (said, hint)


def test_the_keys_of_each_profile_are_remembered(tmp_path: Path) -> None:
    """Also of those that are not in use, and without the blanks around them."""
    path = tmp_path / "config.toml"
    path.touch(0o600)
    path.write_text("\ufeff[profiles.a]\nmaster_key = ' first-of-two '\n[profiles.b]\naccess_key = 'second-of-two'\n")
    file = read(path)
    assert list(file.profiles) == ["a", "b"]
    assert masked("first-of-two, second-of-two") == "•••, •••"
    assert read(tmp_path / "none") == (tmp_path / "none", b"", {})


def test_the_largest_config_file(tmp_path: Path) -> None:
    """One MiB."""
    path = tmp_path / "config.toml"
    path.write_bytes(b"#" * 1024 * 1024)
    assert len(read(path).data) == 1024 * 1024 == LARGEST
    path.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(BadConfig, match="is larger than 1,048,576 bytes"):
        read(path)


def test_a_config_file_that_others_may_change(tmp_path: Path) -> None:
    """It can name commands to run."""
    if sys.platform == "win32":
        pytest.skip("on Windows no file is refused for its mode")
    path = tmp_path / "config.toml"
    path.touch(0o600)
    path.chmod(0o620)
    with pytest.raises(BadConfig, match="others may change"):
        read(path)
