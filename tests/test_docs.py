"""README, help and program say the same, and what README shows is what happens."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from jsonbin_cli import __version__
from jsonbin_cli.app import COMMANDS, GROUPS
from jsonbin_cli.commands.chapters import CHAPTERS
from tests.conftest import BIN, CANARY, Program, Run
from tests.scripted import ScriptedServer
from tests.versioned import VersionedBin

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
# What completes a command line is written in the shells' own words.
SOURCES = [path.read_text() for path in (ROOT / "jsonbin_cli").rglob("*.py") if path.stem != "completions"]
CONFIG_COMMANDS = ("path", "list", "use", "remove", "alias", "check")


def block(language: str, holding: str = "") -> str:
    """The first code block of README in a language that holds a text."""
    found: list[tuple[str, str]] = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
    return next(text for kind, text in found if kind == language and holding in text)


def options_of(jsonbin: Program) -> dict[str, set[str]]:
    """The options that each command's help shows; `config` has those of its own commands."""
    calls = [["--help"], *[[command, "--help"] for command in COMMANDS]]
    calls += [["config", command, "--help"] for command in CONFIG_COMMANDS]
    options: dict[str, set[str]] = {}
    for call in calls:
        options.setdefault(call[0], set()).update(re.findall(r"--[a-z][a-z-]+", jsonbin(*call).out))
    return options


def test_the_first_session_is_what_happens(jsonbin: Program) -> None:
    """Each command of the session, run in one shell, shows what README shows."""
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    steps = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block("console"), re.MULTILINE)
    script = "".join(f"{command} 2>&1; code=$?; echo @@; (exit $code)\n" for command, _ in steps)
    shown = jsonbin.follow(script).out.split("@@\n")[:-1]
    assert shown == [output for _, output in steps]


def test_the_setting_up_of_an_account_runs(jsonbin: Program, server: ScriptedServer) -> None:
    """The three commands for an account, after the first session, with the key coming from a pipe instead of a person."""
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    assert jsonbin("config", "use", "local").code == 0
    (jsonbin.home / "data.json").write_text("[1]")
    server.echoes()
    assert jsonbin.follow(f"set -e; exec <<< '{CANARY}'; {block('sh', 'jsonbin login')}").code == 0
    assert server.requests[0].path == f"/v3/b/{BIN}"


@pytest.fixture
def with_flags(jsonbin: Program) -> Program:
    """A profile in which `flags` is a bin of the embedded store."""
    jsonbin.configure("default_profile = 'local'\n[profiles.local.bins]\nflags = 'de30de30de30de30de30de30'\n")
    (jsonbin.home / "data.json").write_text('{"dark_mode": true}')
    return jsonbin


def test_the_jq_recipe_runs(with_flags: Program, tool: Callable[[str], str]) -> None:
    """Read, change, write, in one pipe."""
    tool("jq")
    assert with_flags.follow(block("bash", "jq '.dark_mode")) == Run(0, "", "")
    assert with_flags("get", "flags", "--record").out == '{\n  "hello": "world",\n  "dark_mode": false\n}\n'


@pytest.mark.parametrize(
    ("setup", "said", "code"),
    [
        ("true", "updated\n", 0),
        ("rm data.json", "nothing was sent: fix the call, the file or the profile\n", 1),
        ("jsonbin config alias flags 0123456789abcdef01234567", "refused: the bin is as it was\n", 1),
        ("export JSONBIN_PROFILE=dead", "no answer, or JSONBin is in trouble: try again later\n", 1),
    ],
)
def test_the_shell_recipe_runs(with_flags: Program, setup: str, said: str, code: int) -> None:
    """Each exit code leads where the recipe says."""
    with with_flags.config.open("a") as config:
        config.write(f"[profiles.dead]\nurl = 'http://127.0.0.1:9/v3'\n[profiles.dead.bins]\nflags = '{BIN}'\n")
    recipe = block("bash", "case $?").replace("--quiet", "--quiet --retries 0")
    run = with_flags.follow(f"{setup} >&2\n{recipe}")
    assert (run.code, run.out) == (code, said)


def test_the_github_recipe_runs(jsonbin: Program, server: ScriptedServer, tool: Callable[[str], str]) -> None:
    """The step's script, as the runner runs it, with the secret in the environment."""
    tool("jq")
    script = re.sub(r"^    ", "", block("yaml").split("run: |\n")[1], flags=re.MULTILINE)
    (jsonbin.home / "release.json").write_text('{"release": null}')
    server.echoes()
    run = jsonbin.follow(f"pip() {{ :; }}\nset -eo pipefail\nexport GITHUB_ACTIONS=true GITHUB_SHA=abc\n{script}")
    assert run == Run(0, "", "")
    assert server.requests[0].body == b'{\n  "release": "abc"\n}\n'


@pytest.fixture
def with_old_flags(with_flags: Program) -> Program:
    """The same, with something in the bin."""
    assert with_flags("update", "flags", "-q", stdin='{"dark_mode":true,"visits":1,"tags":["old"],"n":1.10}').code == 0
    return with_flags


def test_the_recipe_of_single_changes_runs(with_old_flags: Program) -> None:
    """Each line of it, the editor being one that needs nobody."""
    with_old_flags.env["EDITOR"] = "sed -i s/old/edited/"
    recipe = block("bash", "jsonbin set").replace("jsonbin edit", "jsonbin edit --yes")
    assert with_old_flags.follow(f"set -e\n{recipe}").code == 0
    held = '{"visits":1,"tags":["new"],"n":1.10,"user":{},"price":1.10}\n'
    assert with_old_flags("get", "flags", "--record").out == held


def test_the_recipe_of_the_difference_runs(with_old_flags: Program) -> None:
    """It is changed the first time, and there is nothing to do the second."""
    recipe = block("bash", "jsonbin diff")
    assert with_old_flags.follow(recipe) == Run(0, "changed\n", "")
    assert with_old_flags("get", "flags", "--record").out == '{"dark_mode":true}\n'
    assert with_old_flags.follow(recipe) == Run(0, "nothing to do\n", "")


def test_the_recipe_of_two_writers_runs(with_old_flags: Program) -> None:
    """It counts; and it says where somebody else changed the same."""
    recipe = block("bash", "jsonbin set flags visits+=1")
    assert with_old_flags.follow(recipe) == Run(0, "counted\n", "")
    held = with_old_flags("get", "flags", "--record").out
    assert '"visits":2' in held
    assert '"log":["started"]' in held
    with VersionedBin('{"visits":1}') as bin:
        with with_old_flags.config.open("a") as config:
            config.write(f"[profiles.shared]\nurl = '{bin.url}'\n[profiles.shared.bins]\nflags = '{BIN}'\n")
        bin.before["PUT"] = [bin.somebody('{"visits":"many"}')]
        run = with_old_flags.follow(f"export JSONBIN_PROFILE=shared\n{recipe}")
    assert (run.code, run.out) == (1, "somebody else changed the same: the message names both values\n")


def test_the_recipe_of_getting_back_runs(with_old_flags: Program) -> None:
    """What was there is back; without --max-shrink it could have been lost."""
    before = with_old_flags("get", "flags", "--record").out
    with_old_flags.home.joinpath("data.json").write_text(before.replace("1.10", "2.20"))
    run = with_old_flags.follow(f"set -e\n{block('bash', 'jsonbin restore')}")
    assert run.code == 0
    assert '"source": "backup"' in run.out
    assert with_old_flags("get", "flags", "--record").out == before
    with_old_flags.home.joinpath("data.json").write_text("[1]")
    assert with_old_flags.follow(block("bash", "jsonbin restore").splitlines()[0]).code == 2


def test_commands_and_options_named_anywhere_exist(jsonbin: Program) -> None:
    """README, hints and messages name no command and no option that help does not show."""
    listed = jsonbin("--help").out
    for title, commands in GROUPS.items():
        section = listed.split(f"\n{title}:\n")[1].split("\n\n")[0]
        assert re.findall(r"^  ([a-z]+) ", section, re.MULTILINE) == list(commands)
    assert re.findall(r"^  ([a-z]+) ", jsonbin("config", "-h").out.split("Commands:")[1], re.MULTILINE) == list(
        CONFIG_COMMANDS
    )
    options = options_of(jsonbin)
    others = {"--editable", "--arg", "--profile", "--quiet", "--python"}  # of pip, uv and jq
    others |= {"--data-binary", "--data-raw"}  # of curl
    others |= {"--ca-certificate", "--proxy-server", "--ignore-certificate-errors-spki-list"}  # of wget and Chromium
    named = {option for text in [README, *SOURCES] for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)}
    assert named - {option for shown in options.values() for option in shown} - others == set()
    for text in [README, *SOURCES]:
        for command, rest in re.findall(r"\bjsonbin ([a-z]+)\b([^|;&>`'\n]*)", text):
            assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", rest)) <= options.get(command, set()), (command, rest)
    for topic in re.findall(r"`jsonbin help ([a-z-]+)`", README):
        assert topic in CHAPTERS
    fenced = re.findall(r"```\w+\n.*?```", README, re.DOTALL)
    code = " ".join([*fenced, *re.findall(r"`[^`\n]+`", re.sub(r"```\w+\n.*?```", "", README, flags=re.DOTALL))])
    assert set(re.findall(r"\bjsonbin ([a-z]+)\b", code)) <= set(COMMANDS)
    for command in COMMANDS:
        assert f"jsonbin {command}" in README


def test_readme_is_short() -> None:
    """What is looked up is in `jsonbin help`, whose chapters README names."""
    assert len(README.splitlines()) <= 220
    chapters = README.split("lists the chapters:")[1].split("`jsonbin help COMMAND`")[0]
    assert re.findall(r"`([a-z-]+)`", chapters) == list(CHAPTERS)


def test_the_changelog_knows_this_version() -> None:
    """A version is described before it is released."""
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()
