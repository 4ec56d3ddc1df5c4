"""The shell lines of hints, ended by the command that failed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Program
from tests.inside import Inside

ONE_ARRAY = "hint: these are several JSON values; make one array of them: jq -s . "


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["update", "demo", "--backup", "{file}", "-p", "local"], "'{file}' | jsonbin update demo --backup -p local"),
        (["update", "demo", "--max-shrink=50%", "-"], "| jsonbin update demo --max-shrink=50% -"),
        (["create", "--name", "two words", "{file}"], "'{file}' | jsonbin create --name 'two words'"),
        (["patch", "demo", "--json-patch", "{file}"], "'{file}' | jsonbin patch demo --json-patch"),
        (["diff", "demo"], "| jsonbin diff demo"),
        (["set", "demo", "a:=@{file}"], "'{file}' > '{file}.new' && mv '{file}.new' '{file}'"),
        (["set", "demo", "a:=1", "--if-match", "{file}"], "'{file}' > '{file}.new' && mv '{file}.new' '{file}'"),
        (["set", "demo", "a:=@-"], "| jsonbin …"),
    ],
)
def test_a_line_ends_with_the_command_that_failed(
    inside: Inside, tmp_path: Path, arguments: list[str], line: str
) -> None:
    """With all its options; a file that is not its FILE is written, by way of another one."""
    file = tmp_path / "my data"
    file.write_text(text := "1\n2\n")
    run = inside(*(word.format(file=file) for word in arguments), stdin=text)
    assert run.code == 2
    assert run.err.splitlines()[-1] == (ONE_ARRAY + line.format(file=file)).replace("jq -s . |", "… | jq -s . |")


def test_a_file_of_a_folder_is_converted_in_its_place(jsonbin: Program, tool: Callable[[str], str]) -> None:
    """The line is run as it stands, and `apply` takes the file then."""
    tool("jq")
    jsonbin.configure("default_profile = 'local'\n")
    (jsonbin.home / "many").mkdir()
    (jsonbin.home / "many" / "demo.json").write_text("1\n2\n")
    hint = jsonbin("apply", "many").err.splitlines()[-1]
    assert hint == f"{ONE_ARRAY}many/demo.json > many/demo.json.new && mv many/demo.json.new many/demo.json"
    assert jsonbin.shell(hint.split("of them: ")[1]).code == 0
    assert jsonbin("apply", "many", "-q").code == 0
    assert jsonbin("get", "demo", "--record").out.split() == ["[", "1,", "2", "]"]
