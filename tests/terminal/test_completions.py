"""Completion with the Tab key: each shell for real, at a terminal, with the scripts that are shipped."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import BIN, CANARY, Program, Run, unmeasured
from tests.terminals import Terminal

SCRIPTS = Path(__file__).parents[2] / "completions"
CONFIG = f"""
default_profile = "work"

[profiles.work]
master_key = '{CANARY}'
bins = {{ flags = "{BIN}" }}

[profiles.home]
master_key_command = ["touch", "asked-for-the-key"]
bins = {{ floor = "{BIN}" }}
"""
FILE = "flat file.json"
"""Begins as the aliases do, and has a blank."""
PROMPT = "ready> "

# Each loads the script as an installed one is loaded, when the first Tab asks for it; Bash as bash-completion does.
SETTINGS = {
    ".bashrc": f"""
PS1='{PROMPT}'
load() {{ . '{SCRIPTS}'/"$1.bash"; return 124; }}
complete -D -F load
""",
    ".zshrc": f"""
PS1='{PROMPT}'
fpath=('{SCRIPTS}' $fpath)
autoload -Uz compinit
compinit -u -D
""",
    ".config/fish/config.fish": f"""
function fish_prompt; echo -n '{PROMPT}'; end
set -g fish_greeting
""",
}
COMMANDS = {
    "bash": ["--noprofile", "-i"],
    "zsh": ["-d", "-i"],  # -d: without the machine's settings
    "fish": ["--private", "-i"],
}


class Session:
    """A shell at a terminal in which `jsonbin` completes as the program does, and shows what it was called with."""

    def __init__(self, shell: str, path: str, jsonbin: Program) -> None:
        home = jsonbin.home
        for name, text in SETTINGS.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(text)
        # Fish would begin to read all manuals, were the place for what it finds not there.
        (home / ".local/share/fish/generated_completions").mkdir(parents=True)
        vendor = home / "share/fish/vendor_completions.d"
        vendor.mkdir(parents=True)
        (vendor / "jsonbin.fish").symlink_to(SCRIPTS / "jsonbin.fish")
        launcher = home / "bin/jsonbin"
        launcher.parent.mkdir()
        launcher.write_text(
            "#!/bin/sh\n"
            f'[ -z "$_JSONBIN_COMPLETE" ] || exec "{sys.executable}" -m jsonbin_cli "$@"\n'
            """printf 'called: %s\\n' "$(printf '[%s]' "$@")"\n"""
        )
        launcher.chmod(0o755)
        env = {"PATH": f"{launcher.parent}:{jsonbin.env['PATH']}", "XDG_DATA_DIRS": str(home / "share")}
        # Measuring would double the time of each Tab; test_what_tab_offers covers the same.
        self.terminal = Terminal([path, *COMMANDS[shell]], unmeasured(jsonbin.env) | env, home)
        self.terminal.wait_for(PROMPT)

    def __call__(self, keys: str) -> str:
        """The arguments that `jsonbin` got, as `[one][two]`, from the line that `keys` and Return made."""
        self.terminal.type(keys + "\r")
        self.terminal.wait_for("called: ")
        arguments = self.terminal.wait_for("\r\n").removesuffix("\r\n")
        self.terminal.wait_for(PROMPT)
        return arguments


@pytest.fixture(params=COMMANDS)
def session(request: pytest.FixtureRequest, jsonbin: Program, tool: Callable[[str], str]) -> Iterator[Session]:
    """Each of the shells, in a folder with FILE; its screen must stay free of keys."""
    path = tool(request.param)
    jsonbin.configure(CONFIG)
    (jsonbin.home / FILE).touch()
    session = Session(request.param, path, jsonbin)
    with session.terminal:
        yield session
    jsonbin.checked(0, session.terminal.screen.encode(), b"")


def test_the_scripts_are_what_the_command_makes(tmp_path: Path) -> None:
    """`python -m jsonbin_cli.terminal.completions completions` would change nothing."""
    subprocess.run([sys.executable, "-m", "jsonbin_cli.terminal.completions", tmp_path], check=True)
    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_text() for path in SCRIPTS.iterdir()}


def test_asking_for_candidates_exits_0(jsonbin: Program) -> None:
    """Typer's own script for fish, which --install-completion installs, goes by the exit code."""
    env = {"_JSONBIN_COMPLETE": "complete_bash", "COMP_WORDS": "jsonbin up", "COMP_CWORD": "1"}
    assert jsonbin(env=env) == Run(0, "update\n", "")
    env = {"_JSONBIN_COMPLETE": "complete_bash", "COMP_WORDS": "jsonbin explain bin-v", "COMP_CWORD": "2"}
    assert jsonbin(env=env) == Run(0, "bin-version-not-found\n", "")


@pytest.mark.parametrize(
    ("words", "config", "candidate"),
    [
        ("get -p ho", CONFIG, "home"),
        ("get fl", CONFIG, "flags"),
        ("get -p home fl", CONFIG, "floor"),
        ("get fl", "", ""),
        ("get fl", "[broken", ""),
        ("get -p lo", "[broken", "local"),
    ],
)
def test_what_tab_offers(jsonbin: Program, words: str, config: str, candidate: str) -> None:
    """Of profiles and aliases the one that was begun; nothing where the config file has none or is broken."""
    jsonbin.configure(config)
    position = str(len(words.split()))
    env = {"_JSONBIN_COMPLETE": "complete_bash", "COMP_WORDS": f"jsonbin {words}", "COMP_CWORD": position}
    assert jsonbin(env=env) == Run(0, candidate + "\n", "")


def test_tab_completes_commands_and_options(session: Session) -> None:
    """From the first Tab of a shell on: commands, those of `config`, options and what they take."""
    assert session("jsonbin up\t") == "[update]"
    assert session("jsonbin config rem\t") == "[config][remove]"
    assert session("jsonbin update flags --meta\t --err\tg\t") == "[update][flags][--metadata][--errors][github]"


def test_tab_shows_the_commands(session: Session) -> None:
    """Where there is a choice, all of it is listed, and no files."""
    session.terminal.type("jsonbin \t\t")
    shown = session.terminal.wait_for_all("config", "create", "explain", "get", "login", "patch", "restore", "update")
    assert FILE not in shown


def test_tab_completes_profiles(session: Session) -> None:
    """After -p, --profile and --profile=, and where a command of `config` wants one."""
    assert session("jsonbin get -p wo\t") == "[get][-p][work]"
    assert session("jsonbin get --profile lo\t") == "[get][--profile][local]"
    assert session("jsonbin get --profile=wo\t") == "[get][--profile=work]"
    assert session("jsonbin config use ho\t") == "[config][use][home]"


def test_tab_completes_aliases_of_the_profile(session: Session) -> None:
    """BIN is an alias of the profile given before it, else of the one in use; a file of such a name is not offered."""
    assert session("jsonbin get fl\t") == "[get][flags]"
    assert session("jsonbin get -p home fl\t") == "[get][-p][home][floor]"
    assert session("jsonbin get --profile=home fl\t") == "[get][--profile=home][floor]"
    assert session("true | jsonbin update fl\t") == "[update][flags]"


def test_tab_completes_files_where_a_record_is_wanted(session: Session) -> None:
    """FILE is a file, also one with a blank in its name, and never an alias."""
    assert session("jsonbin create fl\t") == f"[create][{FILE}]"
    assert session("jsonbin update flags fl\t") == f"[update][flags][{FILE}]"
    assert session("jsonbin update floor -p home fl\t") == f"[update][floor][-p][home][{FILE}]"
    assert session("jsonbin update -p home fl\tfl\t") == f"[update][-p][home][floor][{FILE}]"


def test_tab_completes_files_after_a_quote(session: Session, jsonbin: Program) -> None:
    """Quotes, backslashes and ~ that are typed before Tab stay what they are to the shell."""
    assert session("jsonbin create 'flat f\t") == f"[create][{FILE}]"
    assert session('jsonbin create "flat f\t') == f"[create][{FILE}]"
    assert session("jsonbin create flat\\ f\t") == f"[create][{FILE}]"
    assert session("jsonbin create ~/fl\t") == f"[create][{jsonbin.home}/{FILE}]"


def test_a_broken_config_file_leaves_the_line_alone(session: Session, jsonbin: Program) -> None:
    """Tab then adds nothing to BIN, still knows the built-in profile, and shows no error; nor does it for a bug."""
    jsonbin.configure("[broken")
    assert session("jsonbin get zz\t") == "[get][zz]"
    assert session("jsonbin get -p lo\t") == "[get][-p][local]"
    assert session("export JSONBIN_CONFIG='~nobody-of-this-name/x'; jsonbin") == "[]"
    assert session("jsonbin get zz\t") == "[get][zz]"
    assert "rror" not in session.terminal.screen


def test_tab_does_not_ask_for_a_key(session: Session, jsonbin: Program) -> None:
    """The command that prints a profile's key is not run for the sake of an alias."""
    assert session("jsonbin get -p home fl\t") == "[get][-p][home][floor]"
    assert not (jsonbin.home / "asked-for-the-key").exists()
