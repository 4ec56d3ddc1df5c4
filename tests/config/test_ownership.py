"""A config file names commands to run, so nobody but its user and root may be able to change it."""

from __future__ import annotations

import os
import sys

import pytest

from tests.conftest import BIN, CANARY, Program, Run
from tests.scripted import ScriptedServer
from tests.systems import run_where

if sys.platform == "win32":
    pytest.skip("the files of Windows have neither modes nor user ids", allow_module_level=True)

COMMAND = "[profiles.work]\nmaster_key_command = ['sh', '-c', 'touch was-run; cat key']\n"
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")


def settings(holding: str) -> str:
    """A config file with a key, with a command, or with neither."""
    return {"key": f"[profiles.work]\nmaster_key = '{CANARY}'\n", "command": COMMAND, "nothing": "[profiles.work]\n"}[
        holding
    ]


@pytest.mark.parametrize("holding", ["key", "command", "nothing"])
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o660])
def test_a_file_that_others_may_change(jsonbin: Program, server: ScriptedServer, holding: str, mode: int) -> None:
    """It is refused before what it says is done, and taken once the chmod in the hint was run."""
    jsonbin.configure(settings(holding))
    (jsonbin.home / "key").write_text(CANARY)
    jsonbin.config.chmod(mode)
    refused = (
        f"others may change {jsonbin.config} (mode {mode:04o}), and a config file can name commands to run",
        f"chmod 600 {jsonbin.config}",
    )
    assert jsonbin("get", BIN, "-p", "work") == Run(2, "", f"error: {refused[0]}\nhint: {refused[1]}\n")
    assert jsonbin("config", "check") == Run(1, f"bad {refused[0]}; {refused[1]}\n", "")
    assert jsonbin("login", stdin=CANARY).code == 2
    assert not (jsonbin.home / "was-run").exists()
    assert jsonbin.follow(refused[1]).code == 0
    server.replies(200, {"record": 1, "metadata": {}})
    assert jsonbin("get", BIN, "-p", "work", "-q").code == 0
    assert jsonbin("config", "check").code == 0


@pytest.mark.parametrize(
    ("mode", "taken"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False), (0o610, False), (0o601, False)]
)
def test_a_file_with_a_key_that_others_may_read(
    jsonbin: Program, server: ScriptedServer, mode: int, taken: bool
) -> None:
    """Each bit for the group and for others counts, in a config file and in a key file."""
    jsonbin.configure(settings("key"))
    key = jsonbin.home / "key"
    key.write_text(CANARY)
    for file, env in ((jsonbin.config, {}), (key, {"JSONBIN_MASTER_KEY_FILE": str(key)})):
        file.chmod(mode)
        options = [] if env else ["-p", "work"]
        if taken:
            server.replies(200, {"record": 1, "metadata": {}})
        run = jsonbin("get", BIN, "-q", *options, env=env)
        if taken:
            assert run == Run(0, "", "")
        else:
            said = f"error: {file} holds a key and others may read it (mode {mode:04o})\nhint: chmod 600 {file}\n"
            assert run == Run(2, "", said)
        file.chmod(0o600)


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o640])
def test_a_file_without_a_key_may_be_read_by_others(jsonbin: Program, mode: int) -> None:
    """Aliases are no secret."""
    jsonbin.configure(settings("nothing"))
    jsonbin.config.chmod(mode)
    assert jsonbin("config", "check").code == 0


@AS_ROOT
@pytest.mark.parametrize("holding", ["key", "command", "nothing"])
def test_a_file_of_another_user(jsonbin: Program, holding: str) -> None:
    """It is refused, whatever it holds, and taken once it belongs to the user."""
    jsonbin.configure(settings(holding))
    os.chown(jsonbin.config, 1234, 1234)
    refused = (
        f"{jsonbin.config} belongs to another user (id 1234), and a config file can name commands to run",
        f"if you trust its content: chown 0 {jsonbin.config}; else name another file in JSONBIN_CONFIG",
    )
    assert jsonbin("get", BIN, "-n", "-p", "work") == Run(2, "", f"error: {refused[0]}\nhint: {refused[1]}\n")
    assert jsonbin("config", "check") == Run(1, f"bad {refused[0]}; {refused[1]}\n", "")
    assert not (jsonbin.home / "was-run").exists()
    assert jsonbin.follow(refused[1].split(": ")[1].split(";")[0]).code == 0
    assert jsonbin("config", "list").code == 0


@AS_ROOT
def test_a_file_of_root_is_taken(jsonbin: Program) -> None:
    """As in /etc, for a user who is not root."""
    jsonbin.configure(settings("nothing"))
    # The interpreter may be where only root can read, so the user changes after all is loaded.
    before = (
        "import os, jsonbin_cli.app, jsonbin_cli.commands.config, jsonbin_cli.config.check, tomllib, difflib\n"
        "import jsonbin_cli.terminal.output, platformdirs.unix\n"
        "os.geteuid = lambda: 1234\n"
    )
    assert run_where(before, jsonbin, "config", "check").code == 0
    os.chown(jsonbin.config, 1234, 1234)
    assert run_where(before, jsonbin, "config", "check").code == 0
    os.chown(jsonbin.config, 4321, 4321)
    assert run_where(before, jsonbin, "config", "check").code == 1


@pytest.mark.parametrize("holding", ["key", "command", "nothing"])
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o720, 0o702])
def test_a_folder_that_others_may_change(jsonbin: Program, holding: str, mode: int) -> None:
    """They could put another file there; the chmod in the hint is enough."""
    jsonbin.configure(settings(holding))
    folder = jsonbin.config.parent
    folder.chmod(mode)
    refused = (
        f"others may put another config file into {folder} (mode {mode:04o}), and it can name commands to run",
        f"chmod go-w {folder}",
    )
    assert jsonbin("get", BIN, "-n", "-p", "work") == Run(2, "", f"error: {refused[0]}\nhint: {refused[1]}\n")
    assert jsonbin("config", "check") == Run(1, f"bad {refused[0]}; {refused[1]}\n", "")
    assert not (jsonbin.home / "was-run").exists()
    jsonbin.config.unlink()
    assert jsonbin("login", stdin=CANARY) == Run(2, "", f"error: {refused[0]}\nhint: {refused[1]}\n")
    assert not jsonbin.config.exists()
    assert jsonbin.follow(refused[1]).code == 0
    assert jsonbin("login", stdin=CANARY).code == 0


@pytest.mark.parametrize("mode", [0o755, 0o700, 0o500, 0o751])
def test_a_folder_that_others_may_only_read(jsonbin: Program, mode: int) -> None:
    """As /etc and most home folders are."""
    jsonbin.configure(settings("nothing"))
    jsonbin.config.parent.chmod(mode)
    assert jsonbin("config", "check").code == 0
    jsonbin.config.parent.chmod(0o700)


def test_a_folder_that_everybody_uses(jsonbin: Program) -> None:
    """Its sticky bit keeps nobody from being the first there, and chmod would harm the others who use it."""
    shared = jsonbin.home / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    jsonbin.env["JSONBIN_CONFIG"] = f"{shared}/config.toml"
    run = jsonbin("login", stdin=CANARY)
    assert run == Run(
        2,
        "",
        f"error: others may put another config file into {shared} (mode 1777), and it can name commands to run\n"
        "hint: keep the config file in a folder of your own: name another file in JSONBIN_CONFIG\n",
    )
    assert list(shared.iterdir()) == []
    jsonbin.env["JSONBIN_CONFIG"] = f"{jsonbin.home}/own/config.toml"
    assert jsonbin("login", stdin=CANARY).code == 0


@AS_ROOT
def test_a_folder_of_another_user(jsonbin: Program) -> None:
    """Its owner may put another file there, whatever the mode."""
    jsonbin.configure(settings("nothing"))
    os.chown(jsonbin.config.parent, 1234, 1234)
    assert jsonbin("config", "check") == Run(
        1,
        f"bad others may put another config file into {jsonbin.config.parent} (it belongs to user id 1234), and it can "
        "name commands to run; keep the config file in a folder of your own: name another file in JSONBIN_CONFIG\n",
        "",
    )


@pytest.mark.parametrize("open_to_others", ["config", "dotfiles"])
def test_a_link_is_as_safe_as_both_of_its_folders(jsonbin: Program, open_to_others: str) -> None:
    """The folder of the link, and that of the file behind it."""
    folders = {"config": jsonbin.config.parent, "dotfiles": jsonbin.home / "dotfiles"}
    for folder in folders.values():
        folder.mkdir(0o700, parents=True)
    real = folders["dotfiles"] / "jsonbin.toml"
    real.touch(0o600)
    jsonbin.config.symlink_to(real)
    assert jsonbin("config", "check").code == 0
    folders[open_to_others].chmod(0o777)
    run = jsonbin("config", "check")
    assert run.out.startswith(f"bad others may put another config file into {folders[open_to_others]} (mode 0777)")
    assert jsonbin.follow(run.out.split("; ")[1]).code == 0
    assert jsonbin("config", "check").code == 0


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_all_that_is_made_is_for_its_user_alone_under_any_umask(jsonbin: Program, umask: int) -> None:
    """Folders 0700, files 0600: those of the config, the lock, a store, a backup and a draft."""
    jsonbin.env["EDITOR"] = f"{sys.executable} -c \"import sys; open(sys.argv[1], 'w').write('[2]')\""
    before = f"import os\nos.umask({umask})\n"
    calls = (
        (["login"], CANARY),
        (["config", "use", "local"], ""),
        (["set", "demo", "n:=1", "-q", "-p", "local"], ""),
        (["edit", "demo", "--yes", "--dry-run", "-q", "-p", "local"], ""),
    )
    for arguments, stdin in calls:
        run = run_where(before, jsonbin, *arguments, stdin=stdin)
        assert run.code == 0, run.err
    made = [
        path
        for folder in (".config", ".local")
        for path in [jsonbin.home / folder, *(jsonbin.home / folder).rglob("*")]
    ]
    assert {path.name for path in made} >= {"config.toml", ".config.toml.lock", "local.sqlite3", "backups", "drafts"}
    assert {path for path in made if path.is_dir() and path.stat().st_mode & 0o777 != 0o700} == set()
    assert {path for path in made if path.is_file() and path.stat().st_mode & 0o777 != 0o600} == set()
