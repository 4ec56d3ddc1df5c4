"""Input that is not JSON: each format is told apart, and the command of its hint makes a good update of it."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import re
import shutil
import zipfile

import pytest

from tests.conftest import BIN, Program

RECORD = '{"a":[1.10,"x"]}'
TAKE_COMMENTS_OUT = "JSON has no comments; take them out"
NO_COMMA = "take away the comma before the closing bracket"
PYTHON = "it is Python, not JSON; print it with json.dumps(), or convert it"
ONE_ARRAY = "these are several JSON values; make one array of them"
CSV = "it looks like CSV; make each line an object"
YAML = "it looks like YAML; convert it"
COLOURS = "it holds the colours of a terminal; take them out"
LATIN_1 = "if it is Latin-1, convert it"


def zipped(data: bytes) -> bytes:
    """A zip archive of one file."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("data.json", data)
    return archive.getvalue()


def zstandard(data: bytes) -> bytes:
    """A zstd frame that holds the data uncompressed (RFC 8878, 3.1.1: one raw block, which is the last)."""
    return b"\x28\xb5\x2f\xfd\x20" + bytes([len(data)]) + (len(data) << 3 | 1).to_bytes(3, "little") + data


def said_of(jsonbin: Program, data: bytes, *, piped: bool = False) -> tuple[str, str]:
    """The error and the hint of an update from a file, or from a pipe."""
    (jsonbin.home / "my data").write_bytes(data)
    arguments = ["update", "demo", "-p", "local", *([] if piped else ["my data"])]
    run = jsonbin(*arguments, stdin=data)
    assert (run.code, run.out) == (2, "")
    error, *_, hint = run.err.splitlines()
    return error, hint.removeprefix("hint: ")


def followed(jsonbin: Program, command: str) -> str:
    """The record in the bin, once the command of a hint was run."""
    for tool in re.findall(r"(?:^|\| )([a-z0-9]+) ", command):
        if tool != "jsonbin" and shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    line = command.replace("… |", "cat 'my data' |")
    run = jsonbin.follow(line)
    assert run.code == 0, (line, run)
    return jsonbin("get", "demo", "-p", "local", "--record").out.removesuffix("\n")


@pytest.mark.parametrize("piped", [False, True])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("gzip", gzip.compress(RECORD.encode(), mtime=0)),
        ("bzip2", bz2.compress(RECORD.encode())),
        ("xz", lzma.compress(RECORD.encode())),
        ("zstd", zstandard(RECORD.encode())),
        ("zip", zipped(RECORD.encode())),
    ],
)
def test_a_compressed_file_is_unpacked_as_the_hint_says(jsonbin: Program, name: str, data: bytes, piped: bool) -> None:
    """By its first bytes, whatever its name; the record arrives as it is inside."""
    error, hint = said_of(jsonbin, data, piped=piped)
    assert error == f"error: {'stdin' if piped else 'my data'} is compressed with {name}"
    assert hint.startswith("unpack it: ")
    assert followed(jsonbin, hint.removeprefix("unpack it: ")) == RECORD


def test_a_large_compressed_file_is_told_as_that(jsonbin: Program) -> None:
    """It need not be small enough to be read as JSON."""
    assert said_of(jsonbin, b"\x1f\x8b" + b"x" * 2_000_000)[0] == "error: my data is compressed with gzip"


@pytest.mark.parametrize("piped", [False, True])
@pytest.mark.parametrize(
    ("text", "advice", "record"),
    [
        ('{"a":1.10}\n{"a":2}\n', ONE_ARRAY, '[{"a":1.10},{"a":2}]'),
        ('{"a":1}{"a":2}', ONE_ARRAY, '[{"a":1},{"a":2}]'),
        ('1\n"x"\nnull', ONE_ARRAY, '[1,"x",null]'),
        ("id,name\n1,Ann\n2,\"Bob, jr.\"\n", CSV, '[{"id":"1","name":"Ann"},{"id":"2","name":"Bob, jr."}]'),
        ("1;2\n3;4", CSV, '[{"1":"3","2":"4"}]'),
        ("id\tname\n1\tAnn", CSV, '[{"id":"1","name":"Ann"}]'),
        ('"id","name"\n1,"A\nnn"', CSV, '[{"id":"1","name":"A\\nnn"}]'),
        ("a: 1\nb:\n  - x\n  - y: 'z'\n", YAML, '{"a":1,"b":["x",{"y":"z"}]}'),
        ("---\n- a\n- b\n", YAML, '["a","b"]'),
        ("# a comment\ndark_mode: true\n", YAML, '{"dark_mode":true}'),
        ("- a\n- b\n", YAML, '["a","b"]'),
        ('"a b": 1\n"c": 2\n', YAML, '{"a b":1,"c":2}'),
        ('// one\n{"u": "http://x" /* two\n */, "n": 1.10}', TAKE_COMMENTS_OUT, '{"u": "http://x" , "n": 1.10}'),
        ('# one\n{"u": "#x", # two\n "a": ["\\\\", "\\"//", 1, ], }', TAKE_COMMENTS_OUT, '{"u": "#x", \n "a": ["\\\\", "\\"//", 1 ] }'),
        ('{"a": 1} // the end', TAKE_COMMENTS_OUT, '{"a": 1}'),
        ('{"a": [1.10 ,\n], "b": ",]",}', NO_COMMA, '{"a": [1.10 \n], "b": ",]"}'),
        ("[1 , ]", NO_COMMA, "[1  ]"),
        ("{'a': True, 'b': [None, False], 'c': 'it\\'s'}", PYTHON, '{"a":true,"b":[null,false],"c":"it\'s"}'),
        ('{"a": None}', PYTHON, '{"a":null}'),
        ("[('x', 1), 'y']", PYTHON, '[["x",1],"y"]'),
        ('\x1b[1;39m{\x1b[0m\x1b[34;1m"a"\x1b[0m: 1.10}\x1b[0m', COLOURS, '{"a": 1.10}'),
        ("[u'x', r'\\d']", PYTHON, '["x","\\\\d"]'),
        ('{"a": 1.10}\0', "a NUL character stands there; take it out", '{"a": 1.10}'),
    ],
)  # fmt: skip
def test_the_command_of_the_hint_makes_json_of_it(
    jsonbin: Program, text: str, advice: str, record: str, piped: bool
) -> None:
    """From a file and from a pipe; where only blanks and comments go, each number keeps its digits."""
    error, hint = said_of(jsonbin, text.encode(), piped=piped)
    assert ": not valid JSON: " in error
    assert hint.startswith(f"{advice}: ")
    held = followed(jsonbin, hint.removeprefix(f"{advice}: "))
    assert held == record if advice in (NO_COMMA, TAKE_COMMENTS_OUT) else json.loads(held) == json.loads(record)


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        ("€;n\n1;2\n".encode("utf-16-le"), "it is UTF-16 without a byte order mark; convert it"),
        ("€;n\n1;2\n".encode("utf-16-be"), "it is UTF-16 without a byte order mark; convert it"),
        ('{"a":1}'.encode("utf-16-le") + b"\n", "it is UTF-16, and partly something else; keep what is UTF-16"),
        ('{"a":1}'.encode("utf-16") + b"\0", "it is UTF-16, and partly something else; keep what is UTF-16"),
        ('{"a":"gr\xfc\xdf"}'.encode("latin-1"), LATIN_1),
    ],
)
def test_other_encodings_are_converted_as_the_hint_says(jsonbin: Program, data: bytes, advice: str) -> None:
    """What is JSON then is stored; what is CSV then is told as that."""
    error, hint = said_of(jsonbin, data)
    assert ": not UTF-8: byte 0x" in error or ": not valid JSON: " in error
    assert hint.startswith(f"{advice}: iconv ")
    if b";" in data:
        converted = hint.removeprefix(f"{advice}: ")
        assert f"hint: {CSV}: " in jsonbin.follow(converted).err
    else:
        assert followed(jsonbin, hint.removeprefix(f"{advice}: ")) in ('{"a":1}', '{"a":"grüß"}')


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('{"a":12345678901234567890}\n{}', f"{ONE_ARRAY}: … | jq -s . | jsonbin update demo -p local (jq before 1.7 rounds its long numbers)"),
        ('"[1234567890.1234567890]"', "it is JSON inside a string; take it out: … | jq -r . | jsonbin update demo -p local (jq before 1.7 rounds its long numbers)"),
        ("{'a': 0.1234567890123456789}", "(Python rounds its long numbers)"),
        ('{"a": 0.1234567890123456789,}', "$1~g' | jsonbin update demo -p local"),
    ],
)  # fmt: skip
def test_what_rounds_numbers_is_said(jsonbin: Program, text: str, hint: str) -> None:
    """Of a command that a hint names, where there are numbers that it may round."""
    assert said_of(jsonbin, text.encode(), piped=True)[1].endswith(hint)


def test_python_of_any_length(jsonbin: Program) -> None:
    """What is too long to be tried is told by what stands at the error."""
    text = "{'a': [" + "True, " * 20_000 + "]}"
    error, hint = said_of(jsonbin, text.encode())
    assert error.startswith("error: my data:1:2: not valid JSON: ")
    assert json.loads(followed(jsonbin, hint.removeprefix(f"{PYTHON}: "))) == {"a": [True] * 20_000}


def test_json_inside_a_string_is_taken_out(jsonbin: Program) -> None:
    """As a program writes it that makes JSON twice."""
    error, hint = said_of(jsonbin, json.dumps(RECORD).encode())
    assert error == "error: my data holds a single value; a record is an object or an array"
    advice = "it is JSON inside a string; take it out: "
    assert hint.startswith(advice)
    assert followed(jsonbin, hint.removeprefix(advice)) == RECORD


@pytest.mark.parametrize(
    "data", [b"SQLite format 3\0\x10\0\1", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0", b"\xff\x01", b"[\0\0]"]
)
def test_what_is_no_text_gets_no_hint(jsonbin: Program, data: bytes) -> None:
    """A conversion would make garbage of it."""
    (jsonbin.home / "data").write_bytes(data)
    run = jsonbin("update", BIN, "data")
    assert (run.code, run.out) == (2, "")
    assert "hint: " not in run.err


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('{"a": "x\ty"}', r"write it as \t"),
        ('{"a": "x\x1by"}', r"write it as \u001b"),
        ('{"a": "x\n"}', r"write it as \n; or is the closing quote of that string missing?"),
        (r'{"a": "C:\Users"}', r"write a backslash inside a string as \\"),
        ('{"a": "x', "it ends in the middle: the command or download that made it may have been cut off"),
        ("{a: 1}", 'put each name in double quotes: "a"'),
        ("{'a': true}", "JSON takes double quotes only"),
        ("[undefined]", "write null"),
        ("\x1e[1]", "a control character (U+001E) stands there; take it away"),
        ("[TRUE]", "write true"),
        (
            "\n<!DOCTYPE html>\n<html>",
            "it is a web page, perhaps an error or a login: look at it; curl -f fails instead of printing one",
        ),
        ("<HTML><body>", "it is a web page, perhaps an error or a login: look at it; curl -f fails instead of printing one"),
    ],
)  # fmt: skip
def test_what_no_command_corrects_is_said_in_words(jsonbin: Program, text: str, hint: str) -> None:
    """What to write instead."""
    assert said_of(jsonbin, text.encode())[1] == hint


@pytest.mark.parametrize(
    "text",
    [
        "Error: no such host\n", "not found", "<?xml version='1.0'?>", "a,b", "1\t2\n3", "[1 2]\n[3 4]", '{"a" 1}', "{} x",
        "1 2", '{"a": oops}', "x = 1\ny = 2", "[1, 'a' 2]", "[True, {]", "# nothing but a comment",
    ],
)  # fmt: skip
def test_what_nobody_can_tell_gets_no_command(jsonbin: Program, text: str) -> None:
    """No hint beats a guess."""
    (jsonbin.home / "data").write_text(text)
    run = jsonbin("update", BIN, "data")
    assert run.code == 2
    assert "| jsonbin" not in run.err
