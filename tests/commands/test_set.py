"""`jsonbin set` and `unset`: single values by their paths."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsonbin_cli.config.profiles import DEMO_BIN
from jsonbin_cli.records.compare import changes
from jsonbin_cli.records.paths import path_of
from jsonbin_cli.records.text import JSON, parse
from jsonbin_cli.records.values import value_at, with_value, without
from jsonbin_cli.records.writing import text_of
from tests.conftest import Program, Run
from tests.inside import Inside
from tests.records.values import records, values

RECORD = '{"user":{"name":"Ann","age":30},"tags":["a","b"],"a/b":1.10,"m~n":{"":0},"x.y":{"[z]":1}}'


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    """The program in this process, its bin `demo` holding RECORD."""
    inside = Inside(tmp_path)
    assert inside("update", "demo", "-q", stdin=RECORD).code == 0
    return inside


@pytest.mark.parametrize(
    ("argument", "place", "value"),
    [
        ("user.name=Bob", "/user/name", '"Bob"'),
        ("user.name=", "/user/name", '""'),
        ("user.age:=31", "/user/age", "31"),
        ("user.age:=3.10", "/user/age", "3.10"),
        ("user.note=a:=b", "/user/note", '"a:=b"'),
        ("user.a:b=1", "/user/a:b", '"1"'),
        ("tags[0]=x", "/tags/0", '"x"'),
        ("tags[]=x", "/tags/2", '"x"'),
        ("tags[2]=x", "/tags/2", '"x"'),
        ("/tags/-=x", "/tags/2", '"x"'),
        ("/tags/1:=null", "/tags/1", "null"),
        ("/a~1b:=null", "/a~1b", "null"),
        ("/m~0n/:=7", "/m~0n/", "7"),
        (r"x\.y.\[z\]:=2", "/x.y/[z]", "2"),
        (r"a\=b\:=1", "/a=b:", '"1"'),
        (r"C\temp=1", r"/C\temp", '"1"'),
        (r"C\\temp=1", r"/C\temp", '"1"'),
        (r"/C\temp\=\\=1", "/C\\temp=\\", '"1"'),
        ("new.deep[].er:=[1]", "/new", '{"deep":[{"er":[1]}]}'),
        ("/new/0:=1", "/new", '{"0":1}'),
        ("name=@file", "/name", '"@file"'),
    ],
)
def test_a_value_is_set(inside: Inside, argument: str, place: str, value: str) -> None:
    """At its place, and nowhere else."""
    assert inside("set", "demo", argument, "-q") == Run(0, "", "")
    after = parse(inside("get", "demo", "--record").out)
    found = changes(parse(RECORD), after)
    assert [(change.pointer, text_of(change.new)) for change in found] == [(place, value)]


def test_several_values_one_after_the_other(inside: Inside, tmp_path: Path) -> None:
    """Each sees what the one before did; a file gives JSON."""
    (tmp_path / "more.json").write_text('{"n": 1.10}')
    run = inside("set", "demo", "user:={}", "user.name=Eve", f"more:=@{tmp_path / 'more.json'}", "--record")
    assert json.loads(run.out)["user"] == {"name": "Eve"}
    assert run.out.endswith(',"more":{"n":1.10}}\n')


def test_values_are_taken_away(inside: Inside) -> None:
    """A value that is there is removed; a path that is not there changes nothing, and nothing is sent."""
    run = inside("unset", "demo", "user.age", "/tags/0", "/a~1b", r"x\.y", "m~n", "--record")
    assert run.out == '{"user":{"name":"Ann"},"tags":["b"]}\n'
    before = inside("history", "demo").out
    assert inside("unset", "demo", "moon.rise", "tags[7]", "/tags/5/x", "-q") == Run(0, "", "")
    assert inside("history", "demo").out == before


def test_items_of_a_record_that_is_an_array(inside: Inside) -> None:
    """The path starts with an index."""
    assert inside("update", "demo", "-q", stdin='[{"n":1}]').code == 0
    assert inside("set", "demo", "[0].n:=2", "[]=x", "--record").out == '[{"n":2},"x"]\n'
    assert inside("unset", "demo", "[0].n", "--record").out == '[{},"x"]\n'


@pytest.mark.parametrize(
    ("paths", "left"),
    [
        (("tags[0]", "tags[1]"), '{"tags":["c",["d","e"]]}'),
        (("tags[1]", "tags[0]"), '{"tags":["c",["d","e"]]}'),
        (("/tags/0", "tags[0]"), '{"tags":["b","c",["d","e"]]}'),
        (("tags[0]", "tags[3][0]", "tags[2]", "tags[7]"), '{"tags":["b",["e"]]}'),
        (("tags[3]", "tags[3][0]"), '{"tags":["a","b","c"]}'),
    ],
)
def test_indexes_are_those_before_anything_was_removed(inside: Inside, paths: tuple[str, ...], left: str) -> None:
    """As `get` with the same paths shows what is there; a value that is named twice is removed once."""
    assert inside("update", "demo", "-q", stdin='{"tags":["a","b","c",["d","e"]]}').code == 0
    assert inside("unset", "demo", *paths, "--record").out == left + "\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("set", "user.name.first=A"),
            "error: user.name.first: user.name is a string, and nothing can be inside it\n"
            "hint: give it another value first: 'user.name:={}' 'user.name.first=…'\n",
        ),
        (
            ("set", "/a~1b/c=A"),
            "error: /a~1b/c: /a~1b is a single value, and nothing can be inside it\n"
            "hint: give it another value first: '/a~1b:={}' '/a~1b/c=…'\n",
        ),
        (
            ("set", r"tags[0].\[x\]=A"),
            "error: tags[0].\\[x\\]: tags[0] is a string, and nothing can be inside it\n"
            "hint: give it another value first: 'tags[0]:={}' 'tags[0].\\[x\\]=…'\n",
        ),
        (
            ("set", "tags.first=A"),
            'error: tags.first: tags is an array, and "first" is not an index\nhint: its first item is tags[0]\n',
        ),
        (
            ("unset", "/tags/01"),
            'error: /tags/01: /tags is an array, and "01" is not an index\nhint: its first item is /tags/0\n',
        ),
        (
            ("set", "tags[3]=x"),
            "error: tags[3]: tags has 2 items, so nothing can be put at 3\nhint: at its end is tags[]\n",
        ),
        (
            ("set", "/tags/3=x"),
            "error: /tags/3: /tags has 2 items, so nothing can be put at 3\nhint: at its end is /tags/-\n",
        ),
        (
            ("set", "new[1]=x"),
            "error: new[1]: new has 0 items, so nothing can be put at 1\nhint: at its end is new[]\n",
        ),
        (
            ("set", "user.age:=old"),
            "error: user.age:=old: not valid JSON: expecting value\nhint: for a string: user.age=old --text\n",
        ),
        (
            ("set", f"/tags/{'9' * 5000}=x"),
            f'error: /tags/{"9" * 5000}: /tags is an array, and "{"9" * 5000}" is not an index\n'
            "hint: its first item is /tags/0\n",
        ),
        (
            ("unset", "user.age=3"),
            'error: "user.age=3" has a value, and unset takes paths alone\nhint: to remove it: user.age\n',
        ),
        (
            ("unset", "tags[]"),
            'error: "tags[]" is the place after the last item, where nothing is\n',
        ),
        (
            ("unset", "."),
            'error: "." is the whole record, and no path in it\n'
            "hint: a path is a.b[0].c, or a JSON Pointer like /a/b/0/c; a backslash before . [ ] = : + or \\ makes it part of "
            "a name\n",
        ),
        (
            ("set", "user.name[0]=A"),
            "error: user.name[0]: user.name is a string, and nothing can be inside it\n"
            "hint: give it another value first: 'user.name:=[]' 'user.name[0]=…'\n",
        ),
        (
            ("unset", "user.name.x"),
            "error: user.name.x: user.name is a string, and nothing can be inside it\n",
        ),
        (
            ("set", "tags.1=A"),
            'error: tags.1: tags is an array, and "1" is not an index\nhint: write tags[1]\n',
        ),
        (
            ("set", "Lovelace"),
            'error: "Lovelace" has no value\n'
            "hint: write PATH=TEXT, PATH:=JSON, PATH:=@FILE or PATH+=N, in quotes where it has blanks\n",
        ),
    ],
)
def test_a_path_that_leads_nowhere(inside: Inside, arguments: tuple[str, ...], said: str) -> None:
    """Exit 2, where it stops, what to write instead, and nothing sent."""
    command, argument = arguments
    assert inside(command, "demo", argument) == Run(2, "", said)
    assert inside("get", "demo", "--record").out == RECORD + "\n"


@pytest.mark.parametrize(
    ("argument", "said", "meant", "literally"),
    [
        (
            "user.age-=1",
            "would set a member whose name ends in -, and subtract nothing\n"
            "hint: to subtract: user.age+=-1; for that name: /user/age-=1",
            ("user.age+=-1", "/user/age", "29"),
            ("/user/age-=1", "/user/age-", '"1"'),
        ),
        (
            "user.age-:=-2.5",
            "would set a member whose name ends in -, and subtract nothing\n"
            "hint: to subtract: user.age+=2.5; for that name: /user/age-:=-2.5",
            ("user.age+=2.5", "/user/age", "32.5"),
            ("/user/age-:=-2.5", "/user/age-", "-2.5"),
        ),
        (
            r"new[].a\=b[0].c-=x y",
            "would set a member whose name ends in -, and subtract nothing\n"
            r"hint: for that name: '/new/-/a\=b/0/c-=x y'",
            None,
            (r"/new/0/a\=b/0/c-=x y", "/new", '{"0":{"a=b":{"0":{"c-":"x y"}}}}'),
        ),
        (
            "user.age*=2",
            "would set a member whose name ends in *, and multiply nothing\nhint: for that name: '/user/age*=2'",
            None,
            ("/user/age*=2", "/user/age*", '"2"'),
        ),
        (
            "user.age/:=2",
            "would set a member whose name ends in /, and divide nothing\nhint: for that name: '/user/age~1:=2'",
            None,
            ("/user/age~1:=2", "/user/age~1", "2"),
        ),
        (
            "user.name = Ann",
            "would set a member whose name has a blank at its start or end\nhint: without blanks: user.name=Ann; for that name: '/user/name = Ann'",
            ("user.name=Ann", "/user/name", '"Ann"'),
            ("/user/name = Ann", "/user/name ", '" Ann"'),
        ),
        (
            "user.age :=2",
            "would set a member whose name has a blank at its start or end\nhint: without blanks: user.age:=2; for that name: '/user/age :=2'",
            ("user.age:=2", "/user/age", "2"),
            ("/user/age :=2", "/user/age ", "2"),
        ),
        (
            "user . age: =1",
            "would set a member whose name has a blank at its start or end\nhint: without blanks: user.age:=1; for that name: '/user / age\\: =1'",
            ("user.age:=1", "/user/age", "1"),
            (r"/user / age\: =1", "/user / age: ", '"1"'),
        ),
        (
            "user.a :b .c:=1",
            "would set a member whose name has a blank at its start or end\nhint: without blanks: 'user.a :b.c:=1'; for that name: '/user/a \\:b /c:=1'",
            ("user.a :b.c:=1", "/user/a :b", '{"c":1}'),
            (r"/user/a \:b /c:=1", "/user/a :b ", '{"c":1}'),
        ),
        (
            " =x",
            "would set a member whose name has a blank at its start or end\nhint: for that name: '/ =x'",
            None,
            ("/ =x", "/ ", '"x"'),
        ),
        (
            "user.age += 1",
            "would set a member whose name has a blank at its start or end\nhint: without blanks: user.age+=1; for that name: '/user/age += 1'",
            ("user.age+=1", "/user/age", "31"),
            ("/user/age += 1", "/user/age ", "1"),
        ),
        (
            "$.user.age:=9",
            "is a path of JSONPath\nhint: as jsonbin writes it: user.age; in a member whose name is $: '/$/user/age'",
            ("user.age:=9", "/user/age", "9"),
            ("/$/user/age:=9", "/$", '{"user":{"age":9}}'),
        ),
        (
            "$[0]:=9",
            "is a path of JSONPath\nhint: as jsonbin writes it: '[0]'; in a member whose name is $: '/$/0'",
            None,
            ("/$/0:=9", "/$", '{"0":9}'),
        ),
    ],
)
def test_a_slip_that_would_set_another_member(
    inside: Inside, argument: str, said: str, meant: tuple[str, str, str] | None, literally: tuple[str, str, str]
) -> None:
    """Exit 2, and both commands of the hint do what they say."""
    path = argument.partition(":=")[0] if argument.startswith("$") else argument
    assert inside("set", "demo", argument) == Run(2, "", f'error: "{path}" {said}\n')
    assert inside("get", "demo", "--record").out == RECORD + "\n"
    for assignment, place, value in (*((meant,) if meant else ()), literally):
        assert inside("set", "demo", assignment, "-q") == Run(0, "", "")
        assert inside("get", "demo", place).out == value + "\n"


def test_a_name_given_twice_is_noted(inside: Inside, tmp_path: Path) -> None:
    """By `set` and by `patch`, which take the last value, as by `update`; not with --quiet."""
    (file := tmp_path / "twice.json").write_text('{"y":1,"y":2}')
    said = "gives a name more than once in one object"
    assert inside("set", "demo", 'x:={"x":1,"x":2}', f"y:=@{file}", "--metadata").err == (
        f'note: x:= {said} ("x"); the last value is taken\nnote: {file} {said} ("y"); the last value is taken\n'
    )
    run = inside("patch", "demo", "--metadata", stdin='{"p":1,"p":2}')
    assert (run.code, run.err) == (0, f'note: stdin {said} ("p"); the last value is taken\n')
    assert inside("patch", "demo", "-q", stdin='{"p":1,"p":3}') == Run(0, "", "")
    assert inside("get", "demo", "x", "y", "p").out == '{"x":2}\n{"y":2}\n3\n'


def test_names_with_signs_in_them(inside: Inside) -> None:
    """A name that ends in - can be added to, and a JSON Pointer with = in it be removed."""
    assert inside("update", "demo", "-q", stdin='{"n-":1,"a=b":2}').code == 0
    assert inside("set", "demo", "n-+=1", "--record").out == '{"n-":2,"a=b":2}\n'
    assert inside("unset", "demo", "/a=b", "--record").out == '{"n-":2}\n'


def test_two_signs_of_equality(inside: Inside) -> None:
    """== compares in other languages, and is refused; --text sets what begins with =."""
    assert inside("set", "demo", "formula==A1 + 2") == Run(
        2,
        "",
        'error: "formula==A1 + 2" would set a string that begins with =\n'
        "hint: for a string: 'formula=A1 + 2'; --text sets it with the =\n",
    )
    assert "hint: for JSON: n:=5; for a string: n=5; " in inside("set", "demo", "n==5").err
    assert inside("set", "demo", "formula==A1 + 2", "--text", "-q").code == 0
    assert inside("get", "demo", "formula", "--raw").out == "=A1 + 2\n"


def test_the_name_of_a_file_as_text(inside: Inside, tmp_path: Path) -> None:
    """=@ before a file that is there is refused; :=@ takes the JSON in it, --text the name."""
    file = tmp_path / "more.json"
    file.write_text('{"a":1}')
    name = str(file)
    assert inside("set", "demo", f"new=@{name}") == Run(
        2,
        "",
        f'error: "new=@{name}" would set a string, and there is such a file\n'
        f"hint: for the JSON in it: new:=@{name}; for its text: jq -Rs . {name} | jsonbin set BIN new:=@-; "
        "--text sets the string\n",
    )
    assert inside("set", "demo", f"new:=@{name}", "-q").code == 0
    assert inside("get", "demo", "new").out == '{"a":1}\n'
    assert inside("set", "demo", f"text=@{name}", "--text", "-q").code == 0
    assert inside("get", "demo", "text", "--raw").out == f"@{name}\n"
    assert inside("set", "demo", f"text=@{tmp_path}", "n=@", "/e-=1", "$schema=x", "$=1", "a-b=1", "-q").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("user.name:={}", "user.name.first=A"),
        ("/a~1b:={}", "/a~1b/c=A"),
        ("tags[0]:={}", r"tags[0].\[x\]=A"),
        ("tags[0]=A",),
        ("tags[]=x",),
        ("/tags/-=x",),
        ("new[]=x",),
        ("user.age=old", "--text"),
        (r"\[0\]=x",),
    ],
)
def test_what_the_hints_say_works(inside: Inside, arguments: tuple[str, ...]) -> None:
    """The values of the test above, set as its hints say."""
    assert inside("set", "demo", *arguments, "-q") == Run(0, "", "")


@pytest.mark.parametrize(
    ("argument", "stops"),
    [("a..b=1", "..b"), ("a[x]=1", "[x]"), ("a[0=1", "[0"), ("a]=1", "]"), ("a.[0]=1", ".[0]")],
)
def test_a_text_that_is_no_path(inside: Inside, argument: str, stops: str) -> None:
    """It is shown from where it is none, with how a path is written."""
    run = inside("set", "demo", argument)
    assert run.err.startswith(f'error: "{argument[:-2]}" is not a path: unexpected "{stops}"\nhint: a path is ')
    assert inside("set", "demo", "=1").err.startswith("error: the path is empty\nhint: a path is ")


def test_a_path_as_jq_writes_it(inside: Inside) -> None:
    """The hint is the path without its first dot; that works."""
    assert inside("update", "demo", "-q", stdin='{"hello":"world"}').code == 0
    run = inside("get", "demo", ".hello")
    assert run == Run(
        2, "", 'error: ".hello" starts with a dot, and is not a path\nhint: as jsonbin writes it: hello\n'
    )
    assert inside("get", "demo", "hello") == Run(0, '"world"\n', "")


@pytest.mark.parametrize(
    ("argument", "said", "meant", "value"),
    [
        ("on=false", 'on is true in the bin, and = would make it the string "false"', "on:=false", "false"),
        ("on=False", 'on is true in the bin, and = would make it the string "False"', "on:=false", "false"),
        ("n=2.50", 'n is 1.10 in the bin, and = would make it the string "2.50"', "n:=2.50", "2.50"),
        ("none=x", 'none is null in the bin, and = would make it the string "x"', None, None),
        ("none='x'", "none is null in the bin, and = would make it the string \"'x'\"", "'none:=\"x\"'", '"x"'),
        ("list[0]=", 'list[0] is [] in the bin, and = would make it the string ""', None, None),
        ("list=[1, 2]", 'list is [[]] in the bin, and = would make it the string "[1, 2]"', "'list:=[1, 2]'", "[1,2]"),
        ("/map={}", 'map is {"a":1} in the bin, and = would make it the string "{}"', "'/map:={}'", "{}"),
        ("map.a=None", 'map.a is 1 in the bin, and = would make it the string "None"', "map.a:=null", "null"),
    ],
)
def test_a_value_is_not_made_a_string_by_the_way(
    inside: Inside, argument: str, said: str, meant: str | None, value: str | None
) -> None:
    """Exit 2 and nothing sent; the hint's JSON is taken, and so is the string with --text."""
    record = '{"on":true,"n":1.10,"none":null,"list":[[]],"map":{"a":1},"s":"x"}'
    assert inside("update", "demo", "-q", stdin=record).code == 0
    said = said.replace("map is", "/map is") if argument.startswith("/") else said
    hint = f"for JSON: {meant}; " if meant else ""
    assert inside("set", "demo", argument) == Run(2, "", f"error: {said}\nhint: {hint}--text sets the string\n")
    assert inside("get", "demo", "--record").out == record + "\n"
    path, _, text = argument.partition("=")
    if meant:
        assert inside("set", "demo", *shlex.split(meant), "-q") == Run(0, "", "")
        assert [text_of(item) for item in value_at(held(inside), path_of(path))] == [value]
        assert inside("update", "demo", "-q", stdin=record).code == 0
    assert inside("set", "demo", argument, "--text", "-q") == Run(0, "", "")
    assert value_at(held(inside), path_of(path)) == [text]


def held(inside: Inside) -> JSON:
    """The record in the bin."""
    return parse(inside("get", "demo", "--record").out)


@pytest.mark.parametrize("argument", ["s=false", "new=false", "on.x=1", "list[1]=x", "list[]=x", "/list/-=x"])
def test_a_string_stays_one_and_a_new_value_may_be_one(inside: Inside, argument: str) -> None:
    """What is no value yet, and what is a string, takes any text; a place that is none is told as that."""
    assert inside("update", "demo", "-q", stdin='{"on":true,"list":[1],"s":"x"}').code == 0
    run = inside("set", "demo", argument, "-q")
    assert run.code == (2 if argument == "on.x=1" else 0)
    assert "--text" not in run.err


def test_a_new_word_that_may_be_meant_as_json_is_named(inside: Inside) -> None:
    """It is stored as the string that it is, since nothing says that it is not meant so."""
    assert inside("update", "demo", "-p", "local", "-q", stdin='{"n":1}').code == 0
    run = inside("set", "demo", "a=true", "b=null", "c=yes", "d[0]=1", "-p", "local")
    assert run.err == (
        'note: a is the string "true"; for JSON: a:=true\nnote: b is the string "null"; for JSON: b:=null\n'
    )
    assert inside("set", "demo", "a=false", "e=true", "--text", "-p", "local").err == ""
    record = '{"n":1,"a":"false","b":"null","c":"yes","d":["1"],"e":"true"}'
    assert inside("get", "demo", "--record", "-p", "local").out == f"{record}\n"


def test_a_boolean_flag_stays_one(inside: Inside) -> None:
    """`jsonbin set flags dark_mode=false` would store the string "false", which is true in most languages."""
    assert inside("config", "alias", "flags", DEMO_BIN, "-p", "local").code == 0
    assert inside("update", "flags", "-q", stdin='{"dark_mode":true}').code == 0
    assert inside("set", "flags", "dark_mode=false") == Run(
        2,
        "",
        'error: dark_mode is true in the bin, and = would make it the string "false"\n'
        "hint: for JSON: dark_mode:=false; --text sets the string\n",
    )
    assert inside("set", "flags", "dark_mode:=false", "--record").out == '{"dark_mode":false}\n'
    assert inside("set", "flags", "dark_mode=false", "--text", "--record").out == '{"dark_mode":"false"}\n'


@pytest.mark.parametrize(
    ("argument", "meant"),
    [
        ("x:=True", "x:=true"), ("x:=None", "x:=null"), ("x:='a'", "'x:=\"a\"'"), ("x:=undefined", "x:=null"),
        ("x:={'a': [True, 1.10], \"b\": 'it\\'s \"'}", "'x:={\"a\": [true, 1.10], \"b\": \"it'\"'\"'s \\\"\"}'"),
    ],
)  # fmt: skip
def test_the_json_that_was_meant_is_offered_first(inside: Inside, argument: str, meant: str) -> None:
    """And then the string; both work."""
    run = inside("set", "demo", argument)
    text = shlex.quote(argument.replace(":=", "=", 1))
    assert run.code == 2
    assert run.err.splitlines()[1] == f"hint: for JSON: {meant}; for a string: {text} --text"
    for follow in (meant, f"{text} --text"):
        assert inside("set", "demo", *shlex.split(follow), "-q") == Run(0, "", "")
    assert inside("set", "demo", *shlex.split(meant), "-q") == Run(0, "", "")
    assert value_at(held(inside), path_of("x")) == [parse(shlex.split(meant)[0].removeprefix("x:="))]


@pytest.mark.parametrize(("command", "ending"), [("set", ":=1"), ("unset", "")])
@pytest.mark.parametrize("path", [".".join(["a"] * 990), "/a" * 990, "[0]" * 990], ids=["names", "pointer", "items"])
def test_a_path_of_very_many_steps(inside: Inside, command: str, ending: str, path: str) -> None:
    """It is refused in words, and shown only in part."""
    record = "[1]" if path.startswith("[") else '{"b":1}'
    assert inside("update", "demo", "-q", stdin=record).code == 0
    assert inside(command, "demo", path + ending) == Run(
        2,
        "",
        f"error: {path[:60]}…: the path has 990 steps, and what is changed here may be nested 100 levels deep\n",
    )
    assert inside("get", "demo", "--record").out == record + "\n"


def test_the_longest_path(inside: Inside) -> None:
    """A hundred steps are set and removed; what they make can be changed again."""
    assert inside("set", "demo", ".".join(["a"] * 100) + ":=1", "-q") == Run(0, "", "")
    assert inside("set", "demo", "b:=1", "-q") == Run(0, "", "")
    assert inside("unset", "demo", "/a" * 100, "-q") == Run(0, "", "")
    assert inside("set", "demo", ".".join(["a"] * 101) + ":=1").code == 2


@pytest.mark.parametrize("argument", ["[0]=x", "user[0]=x"])
def test_an_index_into_an_object(inside: Inside, argument: str) -> None:
    """An object has no items; a backslash makes the bracket part of a name."""
    run = inside("set", "demo", argument)
    where = "user" if "user" in argument else "the record"
    assert run.err.startswith(f"error: {argument[:-2]}: {where} is an object, and [ ] is for arrays\nhint: a path is ")


def test_nothing_inside_null(inside: Inside) -> None:
    """Null is a value too."""
    assert inside("set", "demo", "none:=null", "-q").code == 0
    assert inside("unset", "demo", "none.x").err.startswith(
        "error: none.x: none is null, and nothing can be inside it\n"
    )


def test_an_empty_record_is_not_sent(inside: Inside) -> None:
    """What JSONBin could not store is refused here; the hint shows what it could."""
    assert inside("update", "demo", "-q", stdin='{"a":1}').code == 0
    assert inside("unset", "demo", "a") == Run(
        2,
        "",
        "error: the changed record holds {}, and JSONBin stores no empty record\n"
        'hint: keep at least one member, for example {"items": []}\n',
    )
    assert inside("set", "demo", "items:=[]", "-q").code == 0


@settings(deadline=None, max_examples=100)
@given(record=records, data=st.data(), value=values)
def test_nothing_outside_the_path_changes(record: JSON, data: st.DataObject, value: JSON) -> None:
    """For each place in a record: set and unset change that place or what holds it, and no other text."""
    here, pointer = record, ""
    while isinstance(here, dict | list) and here and (not pointer or data.draw(st.booleans())):
        if isinstance(here, dict):
            name = data.draw(st.sampled_from(sorted(here)))
            pointer, here = pointer + "/" + name.replace("~", "~0").replace("/", "~1"), here[name]
        else:
            index = data.draw(st.integers(0, len(here) - 1))
            pointer, here = f"{pointer}/{index}", here[index]
    path = path_of(pointer.replace("\\", "\\\\"))
    changed = with_value(record, path, value)
    assert all(change.pointer.startswith(pointer) for change in changes(record, changed))
    back = with_value(changed, path, here)
    assert text_of(back) == text_of(record)
    assert text_of(without(record, path)) == text_of(_without(record, pointer))


def _without(record: JSON, pointer: str) -> JSON:
    """The same by hand: a copy whose innermost object or array lacks the last step."""
    name, *rest = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    inner = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in rest)
    if isinstance(record, list):
        n = int(name)
        return [*record[:n], *([_without(record[n], inner)] if rest else []), *record[n + 1 :]]
    assert isinstance(record, dict)
    copy = dict(record)
    if rest:
        copy[name] = _without(copy[name], inner)
    else:
        del copy[name]
    return copy


@pytest.mark.parametrize(
    ("argument", "meant", "literally"),
    [
        ("user/name=Bob", "/user/name", "/user~1name"),
        ("user/new:=1", "/user/new", "/user~1new"),
        ("tags/0=x", "/tags/0", "/tags~10"),
        (r"x.y:=2", r"x\.y", "/x/y"),
    ],
)
def test_a_path_that_is_written_another_way(inside: Inside, argument: str, meant: str, literally: str) -> None:
    """Where something is there: a pointer without its first slash, and a name with a dot in it."""
    path, sign, value = re.split("(:?=)", argument)
    said = f"error: {path} is not in the record, and {meant} leads into it\nhint: write {shlex.quote(meant)}; "
    assert inside("set", "demo", argument) == Run(2, "", f"{said}for what was written: {shlex.quote(literally)}\n")
    for better in (meant, literally):
        assert inside("set", "demo", better + sign + value, "-q") == Run(0, "", "")


def test_the_way_in_which_something_is_there(inside: Inside) -> None:
    """`get` names it, and `unset` refuses the other; both say nothing where neither leads to something."""
    run = inside("get", "demo", "user/age", "x.y")
    assert run == Run(1, "", "error: not in the record: user/age, x.y\nhint: it has /user/age, 'x\\.y'\n")
    assert inside("get", "demo", "user/new").err.endswith("hint: jsonbin get BIN --record prints all of it\n")
    assert inside("unset", "demo", "user/age") == Run(
        2,
        "",
        "error: user/age is not in the record, and /user/age leads into it\n"
        "hint: write /user/age; for what was written: '/user~1age'\n",
    )
    assert inside("unset", "demo", "user/new", "user/age/x", "-q") == Run(0, "", "")
    assert inside("set", "demo", "moon/x=1", "user/name/x=1", "-q") == Run(0, "", "")


def test_bytes_that_are_not_utf8(jsonbin: Program) -> None:
    """They are refused, as `update` refuses them; UTF-8 is taken in any locale."""
    local = "-p local --record"
    run = jsonbin.shell(f"jsonbin set demo $'hello=K\\xf6ln' {local}")
    assert run == Run(
        2, "", "error: hello=K?ln is not UTF-8\nhint: convert it: iconv -f latin1 -t utf-8, if it is Latin-1\n"
    )
    run = jsonbin.shell(f"LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 jsonbin set demo hello=Köln {local}")
    assert run == Run(0, '{"hello":"Köln"}\n', "")


def test_standard_input_as_text(inside: Inside) -> None:
    """=@- reads nothing, and is refused; --text sets it."""
    assert inside("set", "demo", "new=@-", stdin="1") == Run(
        2,
        "",
        'error: "new=@-" would set a string, and read nothing\n'
        "hint: for the JSON on standard input: new:=@-; --text sets the string\n",
    )
    assert inside("set", "demo", "new=@-", "--text", "-q") == Run(0, "", "")


def test_standard_input_is_read_once(inside: Inside) -> None:
    """Named twice, it would be empty the second time."""
    assert inside("set", "demo", "a:=@-", "b:=@-", stdin="1") == Run(
        2, "", "error: standard input is named more than once, and can be read only once\nhint: put it into a file\n"
    )
    assert inside("set", "demo", "a:=@-", "b=-", "c=-", "-q", stdin="1") == Run(0, "", "")


@pytest.mark.parametrize("dry_run", [[], ["--dry-run"]])
def test_what_could_not_be_stored_is_refused_in_a_dry_run_too(inside: Inside, dry_run: list[str]) -> None:
    """An empty record, for example."""
    assert inside("update", "demo", "-q", stdin='{"a":1}').code == 0
    assert inside("unset", "demo", "a", *dry_run) == Run(
        2,
        "",
        "error: the changed record holds {}, and JSONBin stores no empty record\n"
        'hint: keep at least one member, for example {"items": []}\n',
    )


def test_a_name_that_the_record_gives_twice(inside: Inside) -> None:
    """Only the last value is kept, which is noted where something is sent."""
    assert inside("update", "demo", "-q", stdin='{"a":1,"a":7,"b":2}').code == 0
    assert inside("set", "demo", "b:=2").err == ""
    assert inside("set", "demo", "b:=3", "--record") == Run(
        0,
        '{"a":7,"b":3}\n',
        'note: the record in the bin gives a name more than once in one object ("a"); the last value is kept\n',
    )


def test_it_works_from_a_shell(jsonbin: Program) -> None:
    """Quotes are needed only where brackets are, which a shell would read."""
    run = jsonbin.shell("jsonbin set demo -p local user.name=Ann user.age:=30 'tags[0]'=x /a~1b:=null --record")
    assert run == Run(0, '{"hello":"world","user":{"name":"Ann","age":30},"tags":["x"],"a/b":null}\n', "")


@pytest.mark.parametrize(
    ("old", "argument", "new"),
    [
        ('{"n":1}', "n+=2", '{"n":3}'),
        ('{"n":1}', "n+=-2.50", '{"n":-1.50}'),
        ('{"n":123456789012345678901234567890}', "n+=1", '{"n":123456789012345678901234567891}'),
        ('{"a":{}}', "a.n+=1", '{"a":{"n":1}}'),
        ('{"a":[5]}', "/a/0+=1", '{"a":[6]}'),
        ('{"a+":"x"}', r"a\+=y", '{"a+":"y"}'),
        ('{"a+":1}', r"/a\++=1", '{"a+":2}'),
    ],
)
def test_plus_adds_to_a_number(inside: Inside, old: str, argument: str, new: str) -> None:
    """Exactly, whatever its size; where there is nothing yet it starts at 0. A name that ends in + takes a backslash."""
    assert inside("update", "demo", "-q", stdin=old).code == 0
    assert inside("set", "demo", argument, "--record") == Run(0, f"{new}\n", "")


@pytest.mark.parametrize(
    ("argument", "error", "hint"),
    [
        ("s+=1", 's is "x" in the bin, and += adds to a number', None),
        ("n+=x", "n+=x: += adds a number", "for an array, at its end: 'n[]=x'"),
        ('n+="1"', 'n+="1": += adds a number', "for an array, at its end: 'n[]:=\"1\"'"),
        ("n+=1e9999", "n: 1 and 1e9999 make a number with too many digits", None),
    ],
)
def test_plus_adds_nothing_else(inside: Inside, argument: str, error: str, hint: str | None) -> None:
    """Nothing is sent."""
    assert inside("update", "demo", "-q", stdin='{"n":1,"s":"x"}').code == 0
    assert inside("set", "demo", argument) == Run(2, "", f"error: {error}\n" + (f"hint: {hint}\n" if hint else ""))
