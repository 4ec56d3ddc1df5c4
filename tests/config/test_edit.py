"""Changes to the config file lose nothing: no comment, no other program's change, and no link."""

from __future__ import annotations

import os
import re
import stat
import threading
from pathlib import Path

import pytest

from jsonbin_cli.config import file as config_file
from jsonbin_cli.config import saving
from jsonbin_cli.config.locks import alone
from jsonbin_cli.failures import BadConfig
from tests.conftest import BIN, CANARY, Program, Run

WORK = f"[profiles.work]\nmaster_key = '{CANARY}'\n"


def test_writers_at_once_lose_nothing(jsonbin: Program) -> None:
    """Of many that change the file at the same time, each one that says so is in it."""
    jsonbin.configure("default_profile = 'local'\n")
    writers = [jsonbin.start("config", "alias", f"a{number}", BIN) for number in range(12)]
    done = [f"a{number}" for number, writer in enumerate(writers) if [writer.communicate(), writer.returncode][1] == 0]
    assert done
    assert sorted(re.findall(r"^(a\d+) = ", jsonbin.config.read_text(), re.MULTILINE)) == sorted(done)


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
        2, "", "error: /dev/null is not a file that can be replaced\nhint: name another one in JSONBIN_CONFIG\n"
    )
    assert Path("/dev/null").is_char_device()
