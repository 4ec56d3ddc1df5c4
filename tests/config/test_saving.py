"""The config file is written whole or not at all: when the writer is killed, when others write too, without locks."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from jsonbin_cli.config import atomic
from tests.conftest import BIN, CANARY, CANARY_BODY, Program, Run, unmeasured
from tests.systems import begin_where, run_where

if sys.platform == "win32":
    pytest.skip("the files of Windows have neither modes nor locks of this kind", allow_module_level=True)
assert sys.platform != "win32"  # tells the type checker

OTHER = "$2b$10$" + CANARY_BODY[::-1]
NO_LOCKS = """
import errno, fcntl
def flock(*_): raise OSError(errno.ENOLCK, 'No locks available')
fcntl.flock = flock
"""
NO_UNNAMED_FILES = """
import errno, os
opened = os.open
def open_(path, flags, *rest, **more):
    if flags & os.O_TMPFILE == os.O_TMPFILE: raise OSError(errno.EOPNOTSUPP, 'Operation not supported')
    return opened(path, flags, *rest, **more)
os.open = open_
"""
KILLED = "\nimport os, signal\ndef die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\nos.{} = die\n"


def names(folder: Path) -> list[str]:
    """The names of all that is in a folder."""
    return sorted(os.listdir(folder))


def texts(folder: Path) -> str:
    """All that the files in a folder hold."""
    return "".join(path.read_text() for path in folder.iterdir())


@pytest.mark.parametrize("call", ["fsync", "fchmod", "link"])
def test_a_login_that_is_killed_leaves_no_key_behind(jsonbin: Program, call: str) -> None:
    """The new file has no name until all of it is written."""
    text = f"default_profile = 'work'\n[profiles.work]\nmaster_key = '{OTHER}'\n"
    for first in (True, False):
        if not first:
            jsonbin.configure(text)
        run = run_where(KILLED.format(call), jsonbin, "login", stdin=CANARY)
        assert run.code == -signal.SIGKILL
        assert names(jsonbin.config.parent) == [".config.toml.lock", *([] if first else ["config.toml"])]
        assert CANARY not in texts(jsonbin.config.parent)
    assert jsonbin.config.read_text() == text
    assert jsonbin("login", stdin=CANARY).code == 0


@pytest.mark.parametrize("system", ["", NO_UNNAMED_FILES, NO_UNNAMED_FILES + NO_LOCKS])
def test_what_a_killed_writer_left_is_removed_by_the_next_one(jsonbin: Program, system: str) -> None:
    """Between its name and its place there is an instant; where files always have a name, it is longer."""
    jsonbin.configure(f"default_profile = 'work'\n[profiles.work]\nmaster_key = '{OTHER}'\n")
    assert run_where(system + KILLED.format("replace"), jsonbin, "login", stdin=CANARY).code == -signal.SIGKILL
    left = [name for name in names(jsonbin.config.parent) if name.endswith(".part")]
    assert len(left) == 1
    if NO_LOCKS in system:  # nobody can tell whether its writer is at work, but for its age
        path = jsonbin.config.parent / left[0]
        assert run_where(system, jsonbin, "config", "use", "local").code == 0
        assert path.exists()
        os.utime(path, (time.time() - 61,) * 2)
    assert run_where(system, jsonbin, "config", "use", "local").code == 0
    assert names(jsonbin.config.parent) == [".config.toml.lock", "config.toml"]


@pytest.mark.parametrize("system", ["", NO_UNNAMED_FILES])
def test_a_writer_that_is_at_work_keeps_its_file(jsonbin: Program, system: str) -> None:
    """Also a writer of another file in the same folder, and one that has just begun."""
    jsonbin.configure("")
    folder = jsonbin.config.parent
    at_work, begun, abandoned = (folder / f".jsonbin-{name}.part" for name in ("at_work", "begun", "abandoned"))
    at_work.write_text("x")
    abandoned.write_text("x")
    begun.touch()
    from fcntl import LOCK_EX, flock

    with at_work.open("rb+") as file:
        flock(file, LOCK_EX)
        assert run_where(system, jsonbin, "config", "use", "local").code == 0
        assert names(folder) == [".config.toml.lock", at_work.name, begun.name, "config.toml"]
    os.utime(begun, (time.time() - 61,) * 2)
    assert jsonbin("config", "use", "local").code == 0
    assert names(folder) == [".config.toml.lock", "config.toml"]


def test_logins_that_are_killed_at_any_time(jsonbin: Program, thorough: bool) -> None:
    """The file is the old one or the new one, and after the next login there is nothing else."""
    jsonbin.configure(f"default_profile = 'work'\n[profiles.work]\nmaster_key = '{OTHER}'\n")
    jsonbin.env = unmeasured(jsonbin.env)
    for step in range(2, 22, 1 if thorough else 3):
        (jsonbin.home / "typed").write_text(OTHER if step % 2 else CANARY)
        with (
            (jsonbin.home / "typed").open() as typed,
            jsonbin.start("login", stdin=typed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process,
        ):
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.03 * step)
            process.kill()
        held = jsonbin.config.read_text().replace("'", '"').replace("\n\n", "\n")
        assert re.fullmatch(r'default_profile = "work"\n\[profiles.work\]\nmaster_key = "\S{60}"\n', held)
    assert jsonbin("login", stdin=CANARY).code == 0
    assert names(jsonbin.config.parent) == [".config.toml.lock", "config.toml"]


def test_a_lock_that_is_held_too_long(jsonbin: Program) -> None:
    """After ten seconds it says which process holds it, where that has said so; two calls wait at the same time here."""
    if sys.platform == "darwin":
        pytest.skip("Python has no waitid there")
    jsonbin.configure("")
    stop_once = (
        "import os, signal\n"
        "synced = os.fsync\n"
        "def fsync(descriptor):\n"
        "    os.fsync = synced\n"
        "    os.kill(os.getpid(), signal.SIGSTOP)\n"
        "os.fsync = fsync\n"
    )
    holder = begin_where(stop_once, jsonbin, "config", "use", "local")
    os.waitid(os.P_PID, holder.pid, os.WSTOPPED)
    other = jsonbin.home / "other.toml"
    from fcntl import LOCK_EX, flock

    with jsonbin.home.joinpath(".other.toml.lock").open("w") as file:
        flock(file, LOCK_EX)
        start = time.monotonic()
        unknown = jsonbin.start("config", "use", "local", env={"JSONBIN_CONFIG": str(other)})
        known = jsonbin.start("config", "use", "local")
        for waiting, path, process, end in (
            (unknown, other, "another process", ""),
            (known, jsonbin.config, f"process {holder.pid}", f": kill {holder.pid}"),
        ):
            _, err = waiting.communicate(timeout=60)
            assert err.decode() == (
                f"error: {path} cannot be changed: {process} has held {path.parent}/.{path.name}.lock for 10 s\n"
                f"hint: wait for that process, or end it{end}\n"
            )
        assert time.monotonic() - start >= 10
    holder.send_signal(signal.SIGCONT)
    holder.communicate(timeout=60)
    assert jsonbin("config", "use", "local").code == 0
    assert jsonbin.config.with_name(".config.toml.lock").read_text() == ""


def test_without_locks_a_lost_change_is_noticed(jsonbin: Program) -> None:
    """Who looked at the file first and wrote it last has overwritten the other's change, which says so."""
    jsonbin.configure("default_profile = 'local'\n")
    # The one that is overwritten begins once the other has looked at the file, and ends before that goes on.
    slow = begin_where(
        NO_LOCKS + "import os, time\n"
        "replaced = os.replace\n"
        "def replace(*names):\n"
        "    open('looked', 'w').close()\n"
        f"    while 'fast' not in open({str(jsonbin.config)!r}).read(): time.sleep(0.01)\n"
        "    time.sleep(0.5)\n"  # the other one does not look before this one has replaced the file
        "    replaced(*names)\n"
        "os.replace = replace\n",
        jsonbin,
        *("config", "alias", "slow", BIN),
    )
    wait = "import os, time\nwhile not os.path.exists('looked'): time.sleep(0.01)\n"
    fast = begin_where(NO_LOCKS + wait, jsonbin, "config", "alias", "fast", BIN)
    _, err = fast.communicate(timeout=60)
    assert jsonbin.checked(fast.returncode, b"", err) == Run(
        2,
        "",
        f"error: {jsonbin.config} has no locks where it is kept, and another program has overwritten this change\n"
        "hint: run the command again\n",
    )
    slow.communicate(timeout=60)
    assert slow.returncode == 0
    assert run_where(NO_LOCKS, jsonbin, "config", "alias", "fast", BIN) == Run(0, "", "")
    assert re.findall(r"^(\w+) = \"6", jsonbin.config.read_text(), re.MULTILINE) == ["slow", "fast"]


def test_without_locks_what_is_acknowledged_is_there(jsonbin: Program) -> None:
    """Of many writers at once each that says it is done is right, and each other one says why not."""
    jsonbin.configure("default_profile = 'local'\n")
    writers = [begin_where(NO_LOCKS, jsonbin, "config", "alias", f"a{number}", BIN) for number in range(12)]
    done = []
    for number, writer in enumerate(writers):
        _, err = writer.communicate(timeout=60)
        assert writer.returncode in (0, 2), err
        if writer.returncode == 0:
            done.append(f"a{number}")
        else:
            assert b"by another program meanwhile" in err or b"has overwritten this change" in err
    assert set(done) <= set(re.findall(r"^(a\d+) = ", jsonbin.config.read_text(), re.MULTILINE))


def test_without_locks_a_key_that_was_removed_is_gone(jsonbin: Program) -> None:
    """What is taken away is looked for too, and a new profile."""
    jsonbin.configure(f"default_profile = 'work'\n[profiles.work]\nmaster_key = '{CANARY}'\n")
    assert run_where(NO_LOCKS, jsonbin, "logout") == Run(0, "", "")
    assert run_where(NO_LOCKS, jsonbin, "login", "-p", "home", stdin=CANARY) == Run(0, "", "")
    none = "note: it was the default, and there is none now: jsonbin config use NAME chooses one\n"
    assert run_where(NO_LOCKS, jsonbin, "config", "remove", "work") == Run(0, "", none)


def test_more_than_a_thousand_copies(jsonbin: Program) -> None:
    """There is a name for each, whatever has the others: a file, a folder, a link that leads nowhere."""
    jsonbin.configure("# ours\n")
    folder = jsonbin.config.parent
    taken = ["config.toml.bak", *(f"config.toml.bak{number}" for number in range(2, 1001))]
    for name in taken[2:]:
        (folder / name).write_text("mine")
    (folder / taken[0]).mkdir()
    (folder / taken[1]).symlink_to("nowhere")
    run = jsonbin("config", "use", "local")
    assert (run.code, run.err.split()[-1]) == (0, f"{folder}/config.toml.bak1001")
    assert (folder / "config.toml.bak1001").read_text() == "# ours\n"
    assert (folder / taken[1]).is_symlink()


def test_without_proc_files_have_a_name_from_the_start(jsonbin: Program) -> None:
    """As in a bare chroot."""
    before = "import os\nexists = os.path.exists\nos.path.exists = lambda path: not str(path).startswith('/proc') and exists(path)\n"
    assert run_where(before, jsonbin, "login", stdin=CANARY).code == 0
    assert stat.S_IMODE(jsonbin.config.stat().st_mode) == 0o600


def test_a_file_that_appears_meanwhile_is_replaced_as_any_other(tmp_path: Path) -> None:
    """No name is given to a new file where another has it by then."""
    path = tmp_path / "new"

    def theirs() -> None:
        path.write_bytes(b"theirs")

    atomic.write_whole(path, b"ours", check=theirs)
    assert path.read_bytes() == b"ours"
    assert names(tmp_path) == ["new"]


def test_a_file_that_is_written_in_a_hurry_has_the_usual_mode(tmp_path: Path) -> None:
    """As the umask says, while a file for its owner only is that whatever the umask; neither leaves another behind."""
    before = os.umask(0o022)
    try:
        for path in (tmp_path / "a", tmp_path / "b"):
            for data in (b"old", b"new"):
                atomic.replace(path, data)
            assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o644)
        atomic.write_whole(tmp_path / "b", b"mine")
        assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file in its place is told as such."""
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        atomic.make_folder(tmp_path / "file" / "a" / "b")
    with pytest.raises(NotADirectoryError):
        atomic.make_folder(tmp_path / "file")


@pytest.mark.parametrize("is_folder", [True, False])
def test_a_folder_that_another_process_makes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_folder: bool
) -> None:
    """It is used as it is; a file in its place is told as such."""
    made = os.mkdir

    def another_is_faster(path: Path, mode: int = 0o777) -> None:
        made(path, 0o750) if is_folder else path.touch()
        made(path, mode)

    monkeypatch.setattr(os, "mkdir", another_is_faster)
    if is_folder:
        atomic.make_folder(tmp_path / "new")
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o750
    else:
        with pytest.raises(NotADirectoryError):
            atomic.make_folder(tmp_path / "new")
