"""What is read from a file or a pipe: what is refused, what is noted, what arrives."""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from jsonbin_cli.failures import Interrupted, InvalidInput
from jsonbin_cli.records.document import document_from
from jsonbin_cli.records.reading import source_from
from tests.commands.kept import edits
from tests.conftest import BIN, Program, Run
from tests.inside import Inside
from tests.scripted import ScriptedServer

ODD = b'{ "a" :1.10,\n\t"a":[ 1E400 , -0.0 ],"\\u00fc":"\xc3\xbc", "big":12345678901234567890 }\n\n'


def refused(run: Run) -> str:
    """What was said about input that was not sent; the server fixture sees to it that nothing was."""
    assert (run.code, run.out) == (2, "")
    return run.err


def test_jqs_output_arrives_unchanged(jsonbin: Program, server: ScriptedServer, tool: Callable[[str], str]) -> None:
    """What jq writes into the pipe is what JSONBin gets, digit for digit."""
    tool("jq")
    by_jq = jsonbin.shell("jq -n '{n: 1.10, big: 12345678901234567890}'").out.encode()
    server.echoes()
    run = jsonbin.shell(f"jq -n '{{n: 1.10, big: 12345678901234567890}}' | jsonbin update {BIN}")
    assert run.code == 0
    assert server.requests[0].body == by_jq


@pytest.mark.parametrize("piped", [False, True])
def test_odd_json_arrives_byte_for_byte_with_notes(jsonbin: Program, server: ScriptedServer, piped: bool) -> None:
    """Spacing, duplicate keys and numbers beyond a double are sent as they are, and noted."""
    (jsonbin.home / "odd.json").write_bytes(ODD)
    server.echoes()
    run = jsonbin("update", BIN, stdin=ODD) if piped else jsonbin("update", BIN, "odd.json")
    name = "stdin" if piped else "odd.json"
    assert run.code == 0
    assert server.requests[0].body == ODD
    assert run.err == (
        f'note: {name} gives a name more than once in one object ("a"); it is not known which of the values JSONBin keeps, '
        "and most programs keep the last\n"
        f"note: {name} has numbers that a double cannot hold (at /a/0, /big), and JSONBin may round them\n"
    )


def test_quiet_says_nothing_of_all_that(jsonbin: Program, server: ScriptedServer) -> None:
    """--quiet keeps notes and the reply to itself."""
    server.echoes()
    assert jsonbin("update", BIN, "-q", stdin=ODD) == Run(0, "", "")


def test_a_dash_is_standard_input(jsonbin: Program, server: ScriptedServer) -> None:
    """`-` as FILE reads the pipe."""
    server.echoes()
    assert jsonbin("update", BIN, "-", stdin="[1]").code == 0
    assert server.requests[0].body == b"[1]"


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"\xef\xbb\xbf[1]", "stdin starts with a byte order mark, which was left out"),
        ("[1]".encode("utf-16"), "stdin is UTF-16 and was sent as UTF-8"),
        ("[1]".encode("utf-16-le"), "stdin is UTF-16 and was sent as UTF-8"),
        ("[1]".encode("utf-32"), "stdin is UTF-32 and was sent as UTF-8"),
    ],
)
def test_other_encodings_become_utf_8(jsonbin: Program, server: ScriptedServer, data: bytes, note: str) -> None:
    """What PowerShell and old editors write is sent as JSON wants it, and that is said."""
    server.echoes()
    run = jsonbin("update", BIN, stdin=data)
    assert (run.code, run.err) == (0, f"note: {note}\n")
    assert server.requests[0].body == b"[1]"


def test_a_failed_command_before_the_pipe(jsonbin: Program, server: ScriptedServer) -> None:  # noqa: ARG001
    """`false | jsonbin update` sends nothing, and the hint is the one that stops such a script."""
    run = jsonbin.shell(f"false | jsonbin update {BIN}")
    assert refused(run) == (
        "error: stdin is empty\n"
        "hint: the command before the pipe may have failed; in a script, set -o pipefail stops there\n"
    )
    stopped = jsonbin.shell(f"set -e -o pipefail; false | cat > data.json; jsonbin update {BIN} data.json")
    assert stopped == Run(1, "", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": [1, 2', "data.json:1:12: not valid JSON: expecting ',' delimiter\n    {\"a\": [1, 2\n               ^\n"
         "hint: it ends in the middle: the command or download that made it may have been cut off\n"),
        ("[1,NaN]", "data.json:1:4: not valid JSON: NaN is not JSON\n    [1,NaN]\n       ^\n"
         "hint: write null, or the word in double quotes\n"),
        ('["NaN",\n -Infinity]', "data.json:2:2: not valid JSON: -Infinity is not JSON\n     -Infinity]\n     ^\n"
         "hint: write null, or the word in double quotes\n"),
        ("[1 2]", "data.json:1:4: not valid JSON: expecting ',' delimiter\n    [1 2]\n       ^\n"),
        (' "text" ', 'data.json holds a single value; a record is an object or an array\nhint: wrap it: {"value": "text"}\n'),
        ("12", 'data.json holds a single value; a record is an object or an array\nhint: wrap it: {"value": 12}\n'),
        ("null", "data.json holds a single value; a record is an object or an array\n"
         'hint: wrap it: {"value": null}\n'),
        ("false", "data.json holds a single value; a record is an object or an array\n"
         'hint: wrap it: {"value": false}\n'),
        ("{}", "data.json holds {}, and JSONBin stores no empty record\n"
         'hint: keep at least one member, for example {"items": []}\n'),
        ("[ ]", "data.json holds [], and JSONBin stores no empty record\n"
         'hint: keep at least one member, for example {"items": []}\n'),
        (" \n", "data.json is empty\n"),
        ("[" * 40_000, "data.json: not valid JSON: nested too deeply\n"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("server")
def test_what_could_never_be_stored_is_not_sent(jsonbin: Program, text: str, message: str) -> None:
    """Each is refused with the place and, where there is one, the way out."""
    (jsonbin.home / "data.json").write_text(text)
    assert refused(jsonbin("update", BIN, "data.json")) == f"error: {message}"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("null", "jq prints null where it finds nothing: look at its path"),
        ("false", "jq prints true or false for a comparison: == compares, = changes a value"),
    ],
)
@pytest.mark.usefixtures("server")
def test_a_single_value_from_a_pipe(jsonbin: Program, text: str, hint: str) -> None:
    """It is most likely what jq made; of an editor or a file that cannot be said."""
    said = "error: stdin holds a single value; a record is an object or an array\nhint: "
    assert refused(jsonbin("update", BIN, stdin=text)) == f"{said}{hint}\n"
    edits(jsonbin, text)
    run = jsonbin("edit", "demo", "--yes", "-p", "local")
    assert f'\nhint: wrap it: {{"value": {text}}}; to send it, once it is right: jsonbin update demo ' in run.err


def test_very_many_values_are_passed_on_and_not_compared(inside: Inside) -> None:
    """50,000 arrays and objects are compared; update, create and get take any number of them, byte for byte."""
    most = "[" + "[]," * 49_999 + "0]"
    more = most.replace("0]", "[]]")
    assert inside("diff", "demo", stdin=most).code == 1
    assert inside("diff", "demo", stdin=f'["{"[" * 50_001}"]').code == 1
    assert inside("diff", "demo", stdin=more) == Run(
        2,
        "",
        "error: stdin has more than 50,000 arrays and objects, more than are compared\n"
        "hint: update and create send it as it is, without options that read the old record\n",
    )
    assert inside("update", "demo", "--quiet", stdin=more).code == 0
    assert inside("create", "--quiet", stdin=more).code == 0
    assert inside("get", "demo", "--record") == Run(0, f"{more}\n", "")
    read = inside("set", "demo", "/0:=1")
    assert (read.code, read.out) == (5, "")
    assert read.err.startswith("error: 200 with more than 50,000 arrays and objects, more than are compared\n")


def test_the_place_in_a_long_line_is_shown(jsonbin: Program) -> None:
    """Of a line that fills screens only the part around the error is shown, and no control characters of it."""
    text = '["' + "x" * 5000 + '\x1b[31m", oops]'
    (jsonbin.home / "data.json").write_text(text.replace("\x1b[31m", ""))
    error, excerpt, caret = refused(jsonbin("update", BIN, "data.json")).splitlines()
    assert error == "error: data.json:1:5006: not valid JSON: expecting value"
    assert excerpt == "    " + "x" * 45 + '", oops]'
    assert caret.index("^") == excerpt.index("oops")
    assert "\x1b" not in refused(jsonbin("update", BIN, stdin=text))


def test_files_that_cannot_be_read(jsonbin: Program) -> None:
    """No file, a folder, a name with steering characters: one line each."""
    assert refused(jsonbin("update", BIN, "none.json")) == "error: none.json: no such file\n"
    assert refused(jsonbin("update", BIN, ".")) == "error: . is a folder, not a file\n"
    assert refused(jsonbin("update", BIN, "a\x1b[31m[b]\n.json")) == "error: a[31m[b]\n    .json: no such file\n"
    (jsonbin.home / "loop").symlink_to("loop")
    assert refused(jsonbin("update", BIN, "loop")) == "error: loop: Too many levels of symbolic links\n"
    assert refused(jsonbin("update", BIN, "/proc/self/mem")) == "error: /proc/self/mem: Input/output error\n"


def test_json_in_the_place_of_a_file(jsonbin: Program, server: ScriptedServer) -> None:
    """Piped in, as the hint says, it is sent."""
    assert refused(jsonbin("update", BIN, '{"a":1}')) == (
        'error: {"a":1}: no such file\nhint: that is JSON, not the name of a file: pipe it in, or put it into a file\n'
    )
    server.echoes()
    assert jsonbin("update", BIN, stdin='{"a":1}').code == 0


def test_zeros_without_end_are_not_read_to_their_end(jsonbin: Program, server: ScriptedServer) -> None:  # noqa: ARG001
    """Two gigabytes on standard input: reading stops where no plan could take more."""
    run = jsonbin.shell(f"head -c 2000000000 /dev/zero | jsonbin update {BIN}")
    assert refused(run) == (
        "error: stdin is larger than 1,048,576 bytes, and no plan of JSONBin takes that in an update\n"
        "hint: split the record over several bins\n"
    )


def test_the_largest_record_passes_and_one_byte_more_does_not(jsonbin: Program, server: ScriptedServer) -> None:
    """The limit is a megabyte of 1024 kB, the larger reading of the reference."""
    largest = json.dumps(["x" * (1024 * 1024 - 4)])
    server.echoes()
    assert jsonbin("update", BIN, "-q", stdin=largest) == Run(0, "", "")
    assert refused(jsonbin("update", BIN, stdin=largest + " ")).startswith(
        "error: stdin is larger than 1,048,576 bytes"
    )


def test_a_plan_that_the_profile_names_refuses_before_sending(jsonbin: Program, server: ScriptedServer) -> None:
    """With plan = "free" 100 kB are the limit, and the hint knows whether blanks are the trouble."""
    jsonbin.configure("[profiles.work]\nplan = 'free'\n")
    (jsonbin.home / "wide.json").write_text(json.dumps([1] * 20_000, indent=8))
    assert refused(jsonbin("update", BIN, "wide.json", "-p", "work")) == (
        "error: wide.json has 220,002 bytes, over the 102,400 of the free plan\n"
        "hint: without its blanks it has 40,001 bytes: jq -c . wide.json | "
        f"jsonbin update {BIN} -p work\n"
    )
    record = json.dumps(["x" * 110_000])
    assert refused(jsonbin("update", BIN, "-p", "work", stdin=record)) == (
        "error: stdin has 110,004 bytes, over the 102,400 of the free plan\n"
        "hint: /0 is 99 %; split the record over several bins, or move the account to a larger plan\n"
    )
    server.echoes()
    assert jsonbin("update", BIN, "-p", "work", "-q", stdin=record[:90_000] + '"]').code == 0


def test_no_file_at_a_terminal_is_no_silent_wait(jsonbin: Program) -> None:
    """At a terminal with nothing piped in the call is refused, not left hanging."""
    jsonbin.env["NO_COLOR"] = "1"
    with jsonbin.on_terminal("update", BIN) as terminal:
        assert terminal.finish() == 2
    assert terminal.screen == (
        "error: no FILE, and nothing is piped in\r\nhint: name a file, pipe JSON in, or give - as FILE and type it\r\n"
    )


def test_a_dash_at_a_terminal_reads_what_is_typed(jsonbin: Program) -> None:
    """Asked for by name, typing is read to its end."""
    with jsonbin.on_terminal("update", "demo", "-", "-p", "local") as terminal:
        terminal.type("[1]\n\x04")
        assert terminal.finish() == 0


def test_a_closed_standard_input(jsonbin: Program) -> None:
    """`<&-` is told, with what to do instead."""
    assert refused(jsonbin.shell(f"jsonbin update {BIN} <&-")) == (
        "error: standard input is closed, and there is nothing to read\nhint: name a file, or pipe JSON in\n"
    )


def test_a_file_without_a_name(jsonbin: Program) -> None:
    """As where a variable of a script is empty."""
    said = "error: the name of the file is empty\nhint: a variable of the shell may be unset\n"
    assert jsonbin("update", BIN, "") == Run(2, "", said)
    assert jsonbin("set", BIN, "a:=@") == Run(2, "", said)


def test_a_named_pipe_is_read_like_a_file(jsonbin: Program, server: ScriptedServer) -> None:
    """Process substitution and FIFOs are files."""
    server.echoes()
    assert jsonbin.shell(f"jsonbin update {BIN} <(echo '[1]') -q").code == 0
    assert server.requests[0].body == b"[1]\n"


def test_a_file_name_that_no_system_takes() -> None:
    """A NUL in a name is refused like any other bad name."""
    with pytest.raises(InvalidInput, match="embedded null byte"):
        document_from("a\0b")


def test_an_integer_of_any_length_is_noted(jsonbin: Program, server: ScriptedServer) -> None:
    """One that is beyond the range of a double, and one that is beyond Python's own limit."""
    server.echoes()
    run = jsonbin("update", BIN, "-q", stdin=f"[{'9' * 400}, {'9' * 5000}, 1e9999999999999999999]")
    assert run == Run(0, "", "")
    assert document_notes(f"[{'9' * 400}, 9007199254740993, true, 1.5, {'7' * 5000}]") == (
        "data.json has numbers that a double cannot hold (at /0, /1, /4), and JSONBin may round them",
    )
    assert document_notes(f"[{'9' * 400}]") != ()
    assert document_notes("[1e400,1e401,1e402,1e403]") == (
        "data.json has numbers that a double cannot hold (at /0, /1, /2, …), and JSONBin may round them",
    )
    assert document_notes("[1e2, 0.1234567890123456, 123456789012345680000]") == ()


def document_notes(text: str) -> tuple[str, ...]:
    """The notes on a document in a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.json"
        path.write_text(text)
        return tuple(note.replace(f"{folder}/", "") for note in document_from(str(path)).notes)


def test_the_deepest_record_passes_everywhere(jsonbin: Program) -> None:
    """Five hundred levels are stored and shown; one more is refused, whatever Python's parser would take."""
    (jsonbin.home / "deep.json").write_text("[" * 500 + "]" * 500)
    assert jsonbin("update", "demo", "deep.json", "-p", "local", "-q") == Run(0, "", "")
    with jsonbin.on_terminal("get", "demo", "-p", "local", "--record", env={"NO_COLOR": "1"}) as terminal:
        assert terminal.finish() == 0
    assert refused(jsonbin("update", "demo", "-p", "local", stdin="[" * 501 + "]" * 501)) == (
        "error: stdin is nested deeper than 500 levels\nhint: put the inner part into a bin of its own\n"
    )


REPLY = '{"record":{"n":1.10},"metadata":{"id":"x"}}'


AS_IS = "--as-is takes all of it as the record"


def reply_refused(name: str, then: str = "| jsonbin update demo") -> str:
    """What is said about a reply in a file of that name, or in a pipe; `then` ends the line that takes the record."""
    alone = "… | jq .record" if name == "stdin" else f"jq .record {name}"
    return (
        f"error: {name} holds a whole reply of JSONBin, record and metadata, and not a record\n"
        f"hint: for the record alone: jsonbin get BIN --record, or {alone} {then}; {AS_IS}\n"
    )


def test_metadata_is_no_record(jsonbin: Program) -> None:
    """`get --metadata` into `update` is refused, and so is what `jq -s` makes of both."""
    jsonbin.configure("default_profile = 'local'\n")
    reply = json.loads(jsonbin("get", "demo").out)
    record, metadata = json.dumps(reply["record"]), json.dumps(reply["metadata"])
    for text, held, kept in (
        (metadata, "the metadata of a bin, and not its record", "metadata"),
        (f"[{record},{metadata}]", "a record and the metadata of a bin, in one array", "array"),
    ):
        run = jsonbin("update", "demo", stdin=text)
        assert (run.code, run.out) == (2, "")
        assert run.err.splitlines()[0] == f"error: stdin holds {held}"
        assert run.err.endswith(f": jsonbin get BIN --record; --as-is takes the {kept} as the record\n")
        assert jsonbin("update", "demo", "--as-is", "-q", stdin=text) == Run(0, "", "")
    for text in ('{"id":1,"private":true}', '{"private":true}', metadata.replace("private", "open"), f"[{metadata}]"):
        assert jsonbin("update", "demo", "-q", stdin=text) == Run(0, "", "")


def test_a_reply_is_not_stored_inside_itself(jsonbin: Program) -> None:
    """`get` into `update` is refused, and goes as the hint says."""
    jsonbin.configure("default_profile = 'local'\n")
    assert jsonbin.shell("jsonbin get demo | jsonbin update demo") == Run(2, "", reply_refused("stdin"))
    assert jsonbin.shell("jsonbin get demo --record | jsonbin update demo -q") == Run(0, "", "")
    assert jsonbin("get", "demo", "--record").out == '{"hello": "world"}\n'
    assert jsonbin.shell("jsonbin get demo | jsonbin update demo --as-is --record").out.startswith('{"record":{"hello"')


def test_the_record_is_taken_out_as_the_hint_says(jsonbin: Program, tool: Callable[[str], str]) -> None:
    """From a pipe and from a file."""
    tool("jq")
    jsonbin.configure("default_profile = 'local'\n")
    (jsonbin.home / "reply.json").write_text(REPLY)
    for name, arguments in (("stdin", ()), ("reply.json", ("reply.json",))):
        run = jsonbin("update", "demo", *arguments, stdin=REPLY)
        assert run == Run(2, "", reply_refused(name))
        line = run.err.split("--record, or ")[1].split(";")[0].replace("…", "cat reply.json", name == "stdin")
        assert jsonbin.shell(line).code == 0
        assert json.loads(jsonbin("get", "demo", "--record").out) == {"n": 1.1}


@pytest.mark.parametrize(
    ("command", "done"),
    [
        (("update", "demo"), 0),
        (("update", "demo", "--backup"), 0),
        (("create",), 0),
        (("diff", "demo"), 1),
        (("patch", "demo"), 0),
    ],
)
@pytest.mark.parametrize("metadata", ['{"id":"x","private":true}', '{"parentId":"x"}'])
def test_each_command_that_takes_a_record_refuses_it(
    inside: Inside, command: tuple[str, ...], done: int, metadata: str
) -> None:
    """With the id that reading gives, and the one that an update gives; --as-is takes it."""
    reply = f'{{"metadata":{metadata},"record":[1]}}'
    then = f"| jsonbin {' '.join(command)}"
    assert inside(*command, stdin=reply) == Run(2, "", reply_refused("stdin", then))
    assert inside(*command, "-q", "--as-is", stdin=reply) == Run(done, "", "")


@pytest.mark.parametrize(
    "record",
    [
        '{"record":[1],"metadata":{"name":"x"}}', '{"record":[1],"metadata":["id"]}', '{"record":[1],"metadata":null}',
        '{"record":[1],"metadata":{"id":1},"more":1}', '{"record":[1],"metadata":{"private":true},"more":1}',
        '{"record":[1],"metadata":{"id":"65a1b2c3d4e5f60718293a4b"},"more":1}',
        '{"record":[1],"metadata":{"id":"x","private":true},"more":1}',
        '{"metadata":{"id":1}}', '[{"record":[1],"metadata":{"id":1}}]',
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_a_record(inside: Inside, record: str) -> None:
    """Both members, no other ones, and a bin's id."""
    assert inside("update", "demo", "--record", stdin=record) == Run(0, record + "\n", "")


@pytest.mark.parametrize("command", [("update", "demo"), ("create",), ("patch", "demo")])
@pytest.mark.parametrize("name", ["id", "parentId"])
def test_a_reply_that_was_changed_at_its_top_is_refused(inside: Inside, command: tuple[str, ...], name: str) -> None:
    """As `get BIN | jq .n=9` makes one; --as-is takes it."""
    reply = f'{{"record":[1],"metadata":{{"{name}":"65a1b2c3d4e5f60718293a4b","private":true}},"n":9}}'
    assert inside(*command, stdin=reply) == Run(
        2,
        "",
        "error: stdin holds a whole reply of JSONBin, record and metadata, with more members beside them\n"
        f"hint: begin with the record alone, and change that: jsonbin get BIN --record; {AS_IS}\n",
    )
    assert inside(*command, "-q", "--as-is", stdin=reply) == Run(0, "", "")


def test_if_match_with_a_whole_reply(inside: Inside, tmp_path: Path) -> None:
    """Exit 2 before anything is asked; the file that the hint makes is taken, and so is the reply with --as-is."""
    seen = tmp_path / "seen.json"
    seen.write_text(inside("get", "demo").out)
    assert inside("set", "demo", "n:=1", "--if-match", str(seen)) == Run(
        2, "", reply_refused(str(seen), f"> {seen}.new && mv {seen}.new {seen}")
    )
    assert inside("update", "demo", "--as-is", "-q", stdin=seen.read_bytes().decode()).code == 0
    assert inside("set", "demo", "n:=1", "--if-match", str(seen), "--as-is", "-q") == Run(0, "", "")
    assert inside("update", "demo", "-q", stdin='{"record":[1]}').code == 0
    seen.write_text(inside("get", "demo", "--record").out)
    assert inside("set", "demo", "n:=2", "--if-match", str(seen), "-q") == Run(0, "", "")


def test_edit_refuses_it(jsonbin: Program) -> None:
    """And keeps the text, unless it is to be taken as it is."""
    edits(jsonbin, REPLY)
    run = jsonbin("edit", "demo", "--yes")
    (draft,) = (jsonbin.home / ".local/state/jsonbin/drafts").iterdir()
    assert run == Run(
        2,
        "",
        f"error: your text holds a whole reply of JSONBin, record and metadata, and not a record; your text is kept in {draft}\n"
        f"hint: keep only the value of its member record; {AS_IS}; "
        f"to send it, once it is right: jsonbin update demo {draft} --profile local\n",
    )
    assert jsonbin("edit", "demo", "--yes", "--as-is", "--record").out == REPLY + "\n"


def test_ctrl_c_while_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was sent, and that is said."""

    class Typing(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Typing()))
    with pytest.raises(Interrupted, match=r"^interrupted; nothing was sent$"):
        source_from("-")
