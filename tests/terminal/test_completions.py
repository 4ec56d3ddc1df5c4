"""Completion with the Tab key: each shell for real, at a terminal, with the scripts that are shipped."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jsonbin_cli.app import COMMANDS
from jsonbin_cli.commands.chapters import CHAPTERS
from jsonbin_cli.local.server.faults import script
from jsonbin_cli.local.server.options import settings_of
from jsonbin_cli.terminal import completions
from jsonbin_cli.terminal.errors import RULES
from tests.commands.kept import backups, holds, time_of
from tests.conftest import BIN, CANARY, Program, Run, unmeasured
from tests.scripted import ScriptedServer
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

# How a shell loads an installed script when the first Tab asks for it: bash through the package bash-completion, zsh from
# one of its folders; fish does so by itself.
LOADING = {
    "bash": f"load() {{ . '{SCRIPTS}'/\"$1.bash\"; return 124; }}; complete -D -F load",
    "zsh": f"fpath=('{SCRIPTS}' $fpath)",
    "fish": "",
}
SHELLS = {
    "bash": ([".bashrc"], ["--noprofile", "-i"], f"PS1='{PROMPT}'\n%s\n"),
    "zsh": (
        [".zshrc"],
        ["-d", "-i"],  # -d: without the machine's settings
        f"PS1='{PROMPT}'\n%s\nautoload -Uz compinit\ncompinit -u -D\n",
    ),
    "fish": (
        [".config", "fish", "config.fish"],
        ["--private", "-i"],
        f"function fish_prompt; echo -n '{PROMPT}'; end\nset -g fish_greeting\n%s\n",
    ),
}


class Session:
    """A shell at a terminal in which `jsonbin` completes as the program does, and shows what it was called with.

    `loading` is the line of its settings that loads the completions.
    """

    def __init__(self, shell: str, path: str, jsonbin: Program, loading: str) -> None:
        home = jsonbin.home
        file, options, text = SHELLS[shell]
        settings = home.joinpath(*file)
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(text % loading)
        # Fish would begin to read all manuals, were the place for what it finds not there.
        (home / ".local/share/fish/generated_completions").mkdir(parents=True)
        vendor = home / "share/fish/vendor_completions.d"
        vendor.mkdir(parents=True)
        if not loading:
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
        self.terminal = Terminal([path, *options], unmeasured(jsonbin.env) | env, home)
        self.terminal.wait_for(PROMPT)

    def __call__(self, keys: str) -> str:
        """The arguments that `jsonbin` got, as `[one][two]`, from the line that `keys` and Return made."""
        self.terminal.type(keys + "\r")
        self.terminal.wait_for("called: ")
        arguments = self.terminal.wait_for("\r\n").removesuffix("\r\n")
        self.terminal.wait_for(PROMPT)
        return arguments


@pytest.fixture(params=[pytest.param(shell, marks=pytest.mark.costly) for shell in SHELLS])
def session(request: pytest.FixtureRequest, jsonbin: Program, tool: Callable[[str], str]) -> Iterator[Session]:
    """Each of the shells, in a folder with FILE; its screen must stay free of keys."""
    path = tool(request.param)
    jsonbin.configure(CONFIG)
    (jsonbin.home / FILE).touch()
    session = Session(request.param, path, jsonbin, LOADING[request.param])
    with session.terminal:
        yield session
    jsonbin.checked(0, session.terminal.screen.encode(), b"")


def candidates(jsonbin: Program, words: str, env: dict[str, str] | None = None) -> list[str]:
    """What is offered for the last of the words."""
    asked = {"_JSONBIN_COMPLETE": "complete_bash", "COMP_WORDS": f"jsonbin {words}", "COMP_CWORD": "-1"}
    run = jsonbin(env=asked | (env or {}))
    assert (run.code, run.err) == (0, "")
    return run.out.splitlines()


def test_typers_own_scripts_are_not_offered(jsonbin: Program) -> None:
    """They would be installed beside ours, and lack what ours mend."""
    for option in ("--install-completion", "--show-completion"):
        assert jsonbin(option) == Run(2, "", f"error: No such option: {option}\nhint: jsonbin --help\n")
        assert option not in jsonbin("--help").out


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
    assert candidates(jsonbin, words) == [candidate]


def test_what_tab_offers_for_errors_and_topics(jsonbin: Program) -> None:
    """The names that `explain` and `help` take."""
    assert candidates(jsonbin, "explain bin-v") == ["bin-version-not-found"]
    assert candidates(jsonbin, "explain ''") == [rule.slug for rule in RULES]
    assert candidates(jsonbin, "help e") == ["exit-codes", "errors", "environment", "edit", "explain"]
    assert candidates(jsonbin, "help ''") == list(dict.fromkeys([*CHAPTERS, *COMMANDS]))


def test_what_tab_offers_for_faults(jsonbin: Program) -> None:
    """One after the other in a script, and with its share; each one that is offered is taken."""
    offered = candidates(jsonbin, "serve --script ''")
    assert len(script(offered)) == len(offered) > 10
    assert candidates(jsonbin, "serve --script s") == ["second-writer"]
    assert candidates(jsonbin, "serve --script ok,late-50") == [f"ok,late-{status}" for status in (500, 502, 503, 504)]
    assert candidates(jsonbin, "serve --fail h") == ["html=", "hang="]


def test_what_tab_offers_for_settings(jsonbin: Program) -> None:
    """With the values that each takes."""
    assert candidates(jsonbin, "serve --setting bare") == ["bare_id=base", "bare_id=latest"]
    assert candidates(jsonbin, "serve --setting kilobyte=10") == ["kilobyte=1024", "kilobyte=1000"]
    offered = candidates(jsonbin, "serve --setting ''")
    assert len(offered) > 20
    for pair in offered:
        assert settings_of("pro", None, [pair])


RECORD = """{"dark": true, "title": "x", "tags": ["a", "b"], "user": {"name": "Ann", "e.g": {"deep": 1}}, "of us": 1,
"k=v": null, "/odd": 1, "-x": 1, "": 1, "two\\nlines": 1, "empty": [], "$": {"x": 1}}"""
"""What `demo` holds where paths are completed: also names that a path escapes, and such as it cannot write."""


def test_what_tab_offers_for_paths_in_the_embedded_store(jsonbin: Program) -> None:
    """Two levels, as `set` takes them, with = for a string and := for all else; escaped where a path needs that."""
    jsonbin("update", "demo", "-p", "local", "--quiet", stdin=RECORD)
    assert candidates(jsonbin, "set -p local demo ''") == [
        *("dark:=", "title=", "tags:=", "tags[0]=", "tags[1]=", "tags[]="),
        *("user:=", "user.name=", r"user.e\.g:=", "of us:=", r"k\=v:=", "empty:=", "$:="),
    ]
    assert candidates(jsonbin, "set -p local demo user.e") == [r"user.e\.g:=", r"user.e\.g.deep:="]
    assert candidates(jsonbin, "set -p local demo dark:=") == [""]
    assert candidates(jsonbin, "unset -p local demo t") == ["title", "tags", "tags[0]", "tags[1]"]
    assert candidates(jsonbin, "get demo -p local user.n") == ["user.name"]
    assert candidates(jsonbin, "get nix -p local d") == [""]


def test_what_tab_offers_for_pointers(jsonbin: Program) -> None:
    """All members and items have a JSON Pointer, but those that no line can show."""
    jsonbin("update", "demo", "-p", "local", "--quiet", stdin=RECORD)
    assert candidates(jsonbin, "unset -p local demo /tags/") == ["/tags/0", "/tags/1"]
    offered = candidates(jsonbin, "unset -p local demo /")
    assert [path for path in offered if path.count("/") == 1] == [
        *("/dark", "/title", "/tags", "/user", "/of us", r"/k\=v", "/~1odd", "/-x", "/", "/empty", "/$")
    ]


def test_a_long_array_does_not_fill_the_screen(jsonbin: Program) -> None:
    """Five of its items are offered, until its bracket is typed; 200 at most."""
    rows = json.dumps({"rows": list(range(300))})
    jsonbin("update", "demo", "-p", "local", "--quiet", stdin=rows)
    assert candidates(jsonbin, "unset -p local demo r") == ["rows", *(f"rows[{n}]" for n in range(5))]
    assert candidates(jsonbin, "unset -p local demo rows[29") == ["rows[29]", *(f"rows[29{n}]" for n in range(10))]
    assert len(candidates(jsonbin, "unset -p local demo rows[")) == 200
    assert len(candidates(jsonbin, "unset -p local demo /rows/")) == 200


def test_what_tab_offers_from_backups(jsonbin: Program, server: ScriptedServer) -> None:
    """Their times, the newest first, and the paths of the newest; no request is sent, and no key is asked for."""
    jsonbin.configure(CONFIG)
    for record in (b'{"old": 1}', b'{"new": "x"}'):
        holds(server, record)
        server.echoes()
        jsonbin("set", "flags", "n:=1", "--quiet")
    jsonbin.env["JSONBIN_PROFILE"] = "home"  # the same bin and the same service, with a command for its key
    sent = len(server.requests)
    times = [time_of(backup) for backup in reversed(backups(jsonbin.home))]
    assert candidates(jsonbin, "restore floor --backup ''") == times
    assert candidates(jsonbin, f"restore floor --backup={times[1]}") == [times[1]]
    assert candidates(jsonbin, "set floor ''") == ["new="]
    assert len(server.requests) == sent
    assert not (jsonbin.home / "asked-for-the-key").exists()


@pytest.mark.parametrize("words", ["restore flags --backup ''", "restore --backup ''", "set flags ''", "unset nix ''"])
def test_tab_offers_nothing_where_nothing_is_known(jsonbin: Program, words: str) -> None:
    """Neither a backup nor a store, or no bin at all on the line."""
    jsonbin.configure(CONFIG)
    assert candidates(jsonbin, words) == [""]


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


def test_tab_completes_what_serve_takes(session: Session) -> None:
    """Also behind = and a comma; a fault's share is typed without a blank before it."""
    assert session("jsonbin serve --setting size_of=c\t") == "[serve][--setting][size_of=compact]"
    assert session("jsonbin serve --setting=size_of=c\t") == "[serve][--setting=size_of=compact]"
    assert session("jsonbin serve --script ok,late-ha\t") == "[serve][--script][ok,late-hang]"
    assert session("jsonbin serve --fail sec\t0.1") == "[serve][--fail][second-writer=0.1]"


def test_tab_completes_errors_and_topics(session: Session) -> None:
    """The first argument of `explain` and `help`."""
    assert session("jsonbin explain bin-v\t") == "[explain][bin-version-not-found]"
    assert session("jsonbin help exi\t") == "[help][exit-codes]"


def test_tab_completes_backups_and_paths(session: Session, jsonbin: Program) -> None:
    """As the record in the embedded store has them, and quoted for the shell."""
    env = {"JSONBIN_PROFILE": "local"}
    jsonbin("update", "demo", "--quiet", stdin=RECORD, env=env)
    jsonbin("set", "demo", "dark:=false", "--quiet", env=env)
    (backup,) = backups(jsonbin.home)
    assert session("export JSONBIN_PROFILE=local; jsonbin") == "[]"
    assert session("jsonbin restore demo --backup 2\t") == f"[restore][demo][--backup][{time_of(backup)}]"
    assert session("jsonbin restore demo --backup=2\t") == f"[restore][demo][--backup={time_of(backup)}]"
    assert session("jsonbin set demo da\ttrue ti\tnew") == "[set][demo][dark:=true][title=new]"
    assert session("jsonbin unset demo user.n\t /ti\t of\t") == "[unset][demo][user.name][/title][of us]"
    assert session("jsonbin get demo k\t") == r"[get][demo][k\=v]"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_line_that_help_names_loads_the_completions(
    jsonbin: Program, tool: Callable[[str], str], shell: str
) -> None:
    """`jsonbin help completion` names the script that was installed, in a line for the shell's settings."""
    path = tool(shell)
    line, place = {name: (line, place) for name, line, place in completions.lines()}[shell]
    assert f"\n{shell}: {place}\n    {line}\n" in jsonbin("help", "completion").out
    assert str(SHELLS[shell][0][-1]) in place
    session = Session(shell, path, jsonbin, line)
    with session.terminal:
        assert session("jsonbin up\t") == "[update]"


def test_the_scripts_are_installed_as_they_are() -> None:
    """Those that the lines name are those of the folder, after an installation of this version."""
    installed = {line.split()[-1] for _, line, _ in completions.lines() if line.startswith((". ", "source "))}
    assert {Path(path).read_text() for path in installed} == {
        (SCRIPTS / name).read_text() for name in ("jsonbin.bash", "jsonbin.fish", "jsonbin.ps1")
    }
