"""`jsonbin help`: its chapters say what the program does, and its list is whole."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from jsonbin_cli.app import COMMANDS
from jsonbin_cli.commands.chapters import CHAPTERS, CONFIG, MANIFEST
from jsonbin_cli.config import file as config_file
from jsonbin_cli.failures import ExitCode
from jsonbin_cli.local.api.settings import choices
from jsonbin_cli.local.server.faults import FAULTS
from jsonbin_cli.terminal import completions
from jsonbin_cli.terminal.errors import RULES
from tests.conftest import BIN, CANARY, Program, Run
from tests.versioned import VersionedBin

SOURCES = [path.read_text() for path in (Path(__file__).parents[2] / "jsonbin_cli").rglob("*.py")]


def chapter(jsonbin: Program, topic: str) -> str:
    """What `jsonbin help` prints about a topic in a pipe."""
    run = jsonbin("help", topic)
    assert (run.code, run.err) == (0, "")
    return run.out


def rows(text: str) -> dict[str, str]:
    """The lines of two columns."""
    return dict(re.findall(r"^(\S.*?)  +(.*)$", text, re.MULTILINE))


def padded(table: Iterable[tuple[str, str]]) -> str:
    """Two columns as they are laid out in a pipe."""
    table = list(table)
    width = max(len(term) for term, _ in table) + 2
    return "".join(f"{term:{width}}{text}\n" for term, text in table)


def test_the_topics_are_listed(jsonbin: Program) -> None:
    """With what each is about; the list is what there is."""
    intro = "jsonbin help TOPIC shows one of these, jsonbin help COMMAND the help of a command.\n\n"
    listed = padded((topic, chapter.about) for topic, chapter in CHAPTERS.items())
    assert jsonbin("help") == Run(0, intro + listed, "")


@pytest.mark.parametrize("command", [*([command] for command in COMMANDS), ["config", "alias"]])
def test_the_help_of_a_command(jsonbin: Program, command: list[str]) -> None:
    """It is that of --help; where there is a chapter of the same name, that follows."""
    own = jsonbin(*command, "--help")
    shown = jsonbin("help", *command)
    assert shown.out.startswith(own.out)
    assert (len(shown.out) > len(own.out)) == (command[-1] in CHAPTERS)
    assert (shown.code, shown.err) == (0, "")


@pytest.mark.parametrize("topic", [["moon"], ["moon", "rise"], ["errors", "401"]])
def test_what_is_neither_a_topic_nor_a_command(jsonbin: Program, topic: list[str]) -> None:
    """Exit 2, and where the topics are."""
    assert jsonbin("help", *topic) == Run(
        2, "", f'error: "{" ".join(topic)}" is neither a topic nor a command\nhint: jsonbin help lists the topics\n'
    )


def test_a_command_that_config_does_not_have(jsonbin: Program) -> None:
    """The mistake is told as if it were called."""
    assert jsonbin("help", "config", "moon") == Run(
        2, "", "error: No such command 'moon'.\nhint: jsonbin config --help\n"
    )


def test_the_environment_is_whole(jsonbin: Program) -> None:
    """Each variable that the program reads has its row, and each row is read."""
    read = {name for source in SOURCES for name in re.findall(r'environ\.get\("([A-Z_]+)"', source)}
    read |= {f"JSONBIN_{kind}_KEY{ending}" for kind in ("MASTER", "ACCESS") for ending in ("", "_FILE")}
    by_httpx = {"HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}
    named = {name for names in rows(chapter(jsonbin, "environment")) for name in names.split(", ")}
    assert named == read | by_httpx


def test_the_exit_codes_are_whole(jsonbin: Program) -> None:
    """The same codes as the enum, in its order."""
    assert [int(code) for code in rows(chapter(jsonbin, "exit-codes"))] == list(ExitCode)


def test_the_errors_are_whole(jsonbin: Program) -> None:
    """Name, meaning and fix of each."""
    assert chapter(jsonbin, "errors") == "".join(
        f"{rule.slug}\n    {rule.meaning}\n    fix: {rule.fix}\n" for rule in RULES
    )


def test_the_faults_and_settings_of_serve_are_whole(jsonbin: Program) -> None:
    """Word for word, with the values that a setting takes."""
    shown = chapter(jsonbin, "serve")
    assert f"\n\n{padded(FAULTS.items())}\n" in shown
    settings = ((name, f"{choice.meaning} ({', '.join(choice.values)})") for name, choice in choices().items())
    assert f"\n\n{padded(settings)}\n" in shown


def test_the_config_is_taken(jsonbin: Program) -> None:
    """Every setting that is shown, and every setting is shown."""
    assert chapter(jsonbin, "config").endswith(CONFIG)
    shown = {setting for setting in config_file.SETTINGS if re.search(rf"\b{setting}\b", CONFIG)}
    assert shown == set(config_file.SETTINGS)
    text = CONFIG.replace("$2b$10$…", CANARY)
    for settings in tomllib.loads(text)["profiles"].values():
        config_file.check_settings("help", settings)
    for setting in re.findall(r"^# (.*)$", text, re.MULTILINE):
        config_file.check_settings("help", tomllib.loads(setting))
    jsonbin.configure(text)
    assert jsonbin("config", "check").code == 0


@pytest.mark.parametrize("topic", CHAPTERS)
def test_a_chapter_fits_the_terminal(jsonbin: Program, topic: str) -> None:
    """No line is longer, no word is broken, and nothing is left out; what is to be copied keeps its lines."""
    piped = jsonbin("help", topic).out.removeprefix(jsonbin(topic, "--help").out if topic in COMMANDS else "")
    copied = [CONFIG, MANIFEST, *(f"    {line}\n" for _, line, _ in completions.lines())]
    for columns in (60, 100):
        with jsonbin.on_terminal("help", topic, columns=columns) as terminal:
            assert terminal.finish() == 0
        shown = terminal.screen.replace("\r\n", "\n")
        assert shown.split()[-len(piped.split()) :] == piped.split()
        for text in copied:
            shown = shown.replace(text, "")
        assert max(len(line) for line in shown.splitlines()) <= columns


def test_when_there_is_a_note_for_check(jsonbin: Program) -> None:
    """As the chapter says: before anything is sent, and with --no-backup never."""
    said = (
        "A note in the state folder, written before anything is sent, lets `jsonbin check BIN` finish what was cut off"
    )
    text = chapter(jsonbin, "two-writers")
    assert said in text
    assert "With --no-backup there is no such note." in text
    notes: list[int] = []
    state = jsonbin.home / ".local/state/jsonbin"
    with VersionedBin('{"n":1}') as bin:
        jsonbin.env["JSONBIN_API_URL"] = bin.url
        bin.before["PUT"] = [lambda _: notes.append(len([*state.glob("unchecked/**/*.json")]))] * 2
        for options in ([], ["--no-backup"]):
            assert jsonbin("set", BIN, "n+=1", "--merge", "-q", *options) == Run(0, "", "")
    assert notes == [1, 0]


def test_a_page_of_it(jsonbin: Program) -> None:
    """As it is seen."""
    with jsonbin.on_terminal("help", "keys", columns=72) as terminal:
        assert terminal.finish() == 0
    assert (
        terminal.shown
        == """\
The first of these that is there is used. Where it is broken the call
fails, and the others are not tried.

1.  --profile NAME: the key of that profile, or none
2.  JSONBIN_MASTER_KEY, JSONBIN_MASTER_KEY_FILE, JSONBIN_ACCESS_KEY,
    JSONBIN_ACCESS_KEY_FILE
3.  the profile that JSONBIN_PROFILE names
4.  the default profile; its aliases and settings count also where the
    key comes from the environment, unless it is a store on this machine

There is no option that takes a key, since everybody on a machine can
read the options of everybody's processes. A public bin takes an update
without a key.

A key holds $ signs. Where a shell reads it, put it in single quotes: in
double quotes the shell takes $2, $1 and all that follows for its
variables, and JSONBin answers 401."""
    )
