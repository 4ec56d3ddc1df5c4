"""Failures and notes: as text, as JSON, and as annotations of a GitHub job."""

from __future__ import annotations

import json

import pytest

from tests.conftest import BIN, CANARY, Program, Run
from tests.scripted import ScriptedServer

UNKNOWN = (
    "JSONBin answered 400, and jsonbin does not know these words; "
    "--verbose shows what was asked for, where, and with which key"
)


def test_an_error_at_a_terminal_is_coloured(jsonbin: Program) -> None:
    """The labels stand out; the words are the same."""
    (jsonbin.home / "nan.json").write_text("[NaN]")
    with jsonbin.on_terminal("update", "demo", "nan.json", "-p", "local") as terminal:
        assert terminal.finish() == 2
    assert terminal.shown.splitlines() == [
        "error: nan.json:1:2: not valid JSON: NaN is not JSON",
        "    [NaN]",
        "     ^",
        "hint: write null, or the word in double quotes",
    ]
    assert terminal.coloured == [("error: ", "bold red"), ("hint: ", "bold cyan")]


def test_the_servers_words_cannot_steer_the_terminal(jsonbin: Program, server: ScriptedServer) -> None:
    """Control characters are taken out, markup is not read, and no line can pass for one of ours."""
    server.replies(400, {"message": "\x1b[2J[bold]no[/bold]\nhint: pay\u202e here\x07"})
    assert jsonbin("update", BIN, stdin="[1]") == Run(
        4, "", f"error: [2J[bold]no[/bold] hint: pay here\nhint: {UNKNOWN}\n"
    )


def test_a_key_in_the_servers_words_is_masked(jsonbin: Program, server: ScriptedServer) -> None:
    """Whatever echoes a key, it does not reach the screen."""
    server.replies(400, {"message": f"bad header: {CANARY}"})
    assert jsonbin("update", BIN, stdin="[1]") == Run(4, "", f"error: bad header: •••\nhint: {UNKNOWN}\n")
    assert jsonbin("login", CANARY) == Run(
        2,
        "",
        "error: Got unexpected extra argument(s) (•••)\n"
        "hint: login asks for the key at a terminal, or reads it from standard input: jsonbin login < FILE\n",
    )


def test_errors_for_github(jsonbin: Program, server: ScriptedServer) -> None:
    """In a GitHub runner a failure is an annotation on standard error, with its line ends escaped."""
    server.replies(400, {"message": "100% wrong"})
    run = jsonbin("update", BIN, stdin="[1]", env={"GITHUB_ACTIONS": "true"})
    assert run == Run(4, "", f"::error title=jsonbin::100%25 wrong%0Ahint: {UNKNOWN}\n")
    assert jsonbin("update", BIN, "--errors", "github", stdin="{}") == Run(
        2,
        "",
        "::error title=jsonbin::stdin holds {}, and JSONBin stores no empty record"
        '%0Ahint: keep at least one member, for example {"items": []}\n',
    )


@pytest.mark.parametrize(
    ("name", "data", "annotation"),
    [
        (
            "bad.json",
            b'{\n  "a": 1,\n  "b": NaN\n}',
            "::error file=bad.json,line=3,col=8,title=jsonbin::bad.json:3:8: not valid JSON: NaN is not JSON"
            '%0A  "b": NaN%0A       ^%0Ahint: write null, or the word in double quotes\n',
        ),
        (
            "100%: a,b.json",
            b"",
            "::error file=100%25%3A a%2Cb.json,title=jsonbin::100%25: a,b.json is empty\n",
        ),
        (
            "none.json",
            None,
            "::error file=none.json,title=jsonbin::none.json: no such file\n",
        ),
        (
            "latin1.json",
            '["a",\n"ü"]'.encode("latin1"),
            "::error file=latin1.json,line=2,col=2,title=jsonbin::latin1.json:2:2: not UTF-8: byte 0xfc"
            f"%0Ahint: if it is Latin-1, convert it: iconv -f latin1 -t utf-8 latin1.json | jsonbin update {BIN}\n",
        ),
    ],
)
def test_a_file_at_fault_is_annotated_where_the_fault_is(
    jsonbin: Program, name: str, data: bytes | None, annotation: str
) -> None:
    """The runner shows the words beside that line of that file."""
    if data is not None:
        (jsonbin.home / name).write_bytes(data)
    run = jsonbin("update", BIN, name, env={"GITHUB_ACTIONS": "true"})
    assert run == Run(2, "", annotation)


def test_standard_input_is_no_file_to_annotate(jsonbin: Program) -> None:
    """There is none that the runner could show."""
    for arguments in ([], ["-"]):
        run = jsonbin("update", BIN, *arguments, "--errors=github", stdin="[NaN]")
        assert run.err.startswith("::error title=jsonbin::stdin:1:2: not valid JSON")


def test_a_file_is_named_from_the_root_of_the_checkout(jsonbin: Program) -> None:
    """The runner looks for it there, also where a step has a working directory of its own."""
    (jsonbin.home / "sub").mkdir()
    (jsonbin.home / "sub" / "bad.json").write_text("[")
    file = f"{jsonbin.home}/sub/bad.json"
    for workspace, given, named in (
        ("", "bad.json", "sub/bad.json"),
        ("", file, "sub/bad.json"),
        ("/elsewhere", "bad.json", "bad.json"),
    ):
        jsonbin.env |= {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": f"{jsonbin.home}{workspace}"}
        run = jsonbin.shell(f"cd sub && jsonbin update demo {given} -p local")
        assert run.code == 2
        assert run.err.startswith(f"::error file={named},line=1,col=2,title=jsonbin::{given}:1:2: ")


def test_a_value_from_a_file_and_a_record_to_compare_with(jsonbin: Program) -> None:
    """Wherever a file is named, it is the one at fault."""
    (jsonbin.home / "bad.json").write_text("[")
    for call in (["set", "demo", "n:=@bad.json"], ["update", "demo", "--if-match", "bad.json"]):
        run = jsonbin(*call, "-p", "local", "--errors", "github", stdin="[1]")
        assert run.code == 2
        assert run.err.startswith("::error file=bad.json,line=1,col=2,title=jsonbin::")


def test_notes_for_github_are_warnings(jsonbin: Program, server: ScriptedServer) -> None:
    """What the user may not expect is seen without opening the log; --quiet leaves it out."""
    server.replies(503, b"", {"Retry-After": "0"})
    server.echoes()
    assert jsonbin("update", BIN, "-q", "--errors=github", stdin='{"a": 1, "a": 2}') == Run(0, "", "")
    server.replies(503, b"", {"Retry-After": "0"})
    server.replies(200, {"record": {"a": 2}, "metadata": {}})
    run = jsonbin("update", BIN, "--record", env={"GITHUB_ACTIONS": "true"}, stdin='{"a": 1, "a": 2}')
    assert run == Run(
        0,
        '{"a": 2}\n',
        '::warning title=jsonbin::stdin gives a name more than once in one object ("a"); '
        "it is not known which of the values JSONBin keeps, and most programs keep the last\n"
        "::warning title=jsonbin::JSONBin answered 503; trying again in 0.0 s\n",
    )


@pytest.mark.parametrize(
    ("arguments", "env", "style"),
    [
        ([], {}, "text"),
        ([], {"GITHUB_ACTIONS": "true"}, "github"),
        ([], {"GITHUB_ACTIONS": "true", "JSONBIN_ERRORS": "json"}, "json"),
        ([], {"JSONBIN_ERRORS": "loud"}, "text"),
        (["--errors", "text"], {"JSONBIN_ERRORS": "json"}, "text"),
        (["--errors=json", "--no-such-option"], {}, "json"),
        (["--no-such-option", "--errors"], {}, "text"),
    ],
)
def test_who_decides_how_failures_are_written(
    jsonbin: Program, arguments: list[str], env: dict[str, str], style: str
) -> None:
    """--errors, then JSONBIN_ERRORS, then the runner; a wrong option is a failure like any other."""
    error = jsonbin("update", "moon", *arguments, env=env).err
    starts = {"text": "error: ", "json": '{"error": {"slug": "usage"', "github": "::error title=jsonbin::"}
    assert error.startswith(starts[style])


def test_a_style_that_there_is_not(jsonbin: Program) -> None:
    """A typing error in the environment is told, and not taken for no wish at all."""
    run = jsonbin("update", BIN, env={"JSONBIN_ERRORS": "loud"})
    assert run == Run(
        2,
        "",
        "error: Invalid value for '--errors' (env var: 'JSONBIN_ERRORS'): 'loud' is not one of 'text', 'json', 'github'.\n"
        "hint: jsonbin update --help\n",
    )


def test_errors_as_json(jsonbin: Program) -> None:
    """One object with all that a script may want to know."""
    run = jsonbin("update", "moon", "--errors", "json")
    assert json.loads(run.err) == {
        "error": {
            "slug": "usage",
            "message": '"moon" is not a bin: neither 24 hexadecimal digits, nor an alias, nor a URL',
            "hint": "jsonbin login makes a profile, which can hold aliases; to try demo without an account: --profile local",
            "status": None,
            "bin": None,
            "exit_code": 2,
            "sent": False,
            "retryable": False,
        }
    }
    assert json.loads(jsonbin("get", "--errors=json").err)["error"]["message"] == "Missing argument 'BIN'."


def test_errors_as_json_are_ascii(jsonbin: Program) -> None:
    """Whatever the encoding of standard error, the object can be read."""
    run = jsonbin("update", "é😀", "--errors", "json", env={"PYTHONIOENCODING": "ascii"})
    assert "é😀" in json.loads(run.err)["error"]["message"]


def test_a_wrong_style_keeps_the_one_of_the_environment(jsonbin: Program) -> None:
    """A script that set JSONBIN_ERRORS goes on reading JSON."""
    run = jsonbin("update", BIN, "--errors", "xml", env={"JSONBIN_ERRORS": "json"})
    assert json.loads(run.err)["error"]["slug"] == "usage"


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_nobody_to_tell(jsonbin: Program, redirection: str) -> None:
    """Without standard error the exit code still tells."""
    assert jsonbin.shell(f"jsonbin update moon {redirection}") == Run(2, "", "")
