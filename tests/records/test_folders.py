"""Folders of records: what a manifest may say, what was last applied, and sums that tell what changed."""

from __future__ import annotations

import json
import os
import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from jsonbin_cli.config.account import Account, Profile
from jsonbin_cli.failures import BadConfig
from jsonbin_cli.records.folders import digests, writing
from jsonbin_cli.records.folders.manifest import Entry, folder_at
from jsonbin_cli.records.folders.state import State
from jsonbin_cli.records.text import parse
from tests.conftest import BIN, Program, Run

OTHER = "65a1b2c3d4e5f60718293a4c"
THIRD = "65a1b2c3d4e5f60718293a4d"
ACCOUNT = Account(None, None, "http://127.0.0.1:9/v3", "the default")
FILE, RECORD = b"\1" * digests.SIZE, b"\2" * digests.SIZE


@pytest.fixture
def folder(jsonbin: Program) -> Path:
    """A folder with one record in it."""
    folder = jsonbin.home / "records"
    folder.mkdir()
    (folder / "a.json").write_text("[1]")
    return folder


def refused(jsonbin: Program, hint: str | None = None) -> list[str]:
    """What is wrong with the folder, before anything is sent."""
    run = jsonbin("apply", "records", env={"JSONBIN_API_URL": "http://127.0.0.1:9/v3"})
    assert (run.code, run.out) == (2, "")
    *said, last = run.err.removeprefix("error: ").splitlines()
    if hint:
        assert last == f"hint: {hint}"
        return said
    return [*said, last]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (f"id = '{BIN}'\nfile = 'b.json'", "a: file b.json: no such file"),
        (f"id = '{BIN}'\nfile = '../a.json'", "a: file must be a path inside the folder of the manifest"),
        (f"id = '{BIN}'\nfile = '/etc/passwd'", "a: file must be a path inside the folder of the manifest"),
        (f"id = '{BIN}'\nfile = '.'", "a: file must be a path inside the folder of the manifest"),
        (f"id = '{BIN}'\nfile = 'link'", "a: file must be a path inside the folder of the manifest"),
        (f"id = '{BIN}'\nfile = \"a\\u0000b\"", "a: file must be a path inside the folder of the manifest"),
        (f"id = '{BIN}'\nfile = 'a.json'\nschema = 's.json'", "a: schema s.json: no such file"),
        (f"id = '{BIN}'\nfile = 'a.json'\nschema = '../s.json'", "a: schema must be a path inside the folder of the manifest"),
        (f"id = '{BIN}'\nfile = 1", "a: file must be a string"),
        (f"id = '{BIN}'\nfile = 'a.json'\nversioning = 1", "a: versioning must be true or false"),
        (f"id = '{BIN}'", "a: file is missing"),
        ("file = 'a.json'", "a: id is missing"),
        ("id = 7\nfile = 'a.json'", "a: id must be a string"),
        (f"id = '{BIN[1:]}'\nfile = 'a.json'", "a: id is neither 24 hexadecimal digits nor an alias of a profile"),
        (f"id = 'https://api.jsonbin.io/v3/b/{BIN}'\nfile = 'a.json'", "a: id is neither 24 hexadecimal digits nor an alias of a profile"),
        (f"id = '{BIN}'\nfile = 'a.json'\nfiles = 'a'", 'a: unknown member "files", did you mean "file"?'),
        (f"id = '{BIN}'\nfile = 'a.json'\nxyzzy = 'a'", 'a: unknown member "xyzzy"'),
        *(
            (
                f"id = '{BIN}'\nfile = 'a.json'\n{name} = 'x'",
                f"a: {name} cannot be set here: keys, profiles and URLs come from whoever runs this",
            )
            for name in ("master_key", "profile", "url")
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_a_manifest(jsonbin: Program, folder: Path, text: str, mistake: str) -> None:
    """It names the bin and the member, and nothing is sent."""
    if sys.platform != "win32":
        (folder / "link").symlink_to("/etc/passwd")
    (folder / "bins.toml").write_text(f"[bins.a]\n{text}\n")
    (said,) = refused(jsonbin, '[bins.flags], then id = "24 hexadecimal digits" and file = "flags.json"')
    assert said == f"records/bins.toml: {mistake}; nothing was sent"


def test_all_mistakes_are_told_at_once(jsonbin: Program, folder: Path) -> None:
    """Also a bin that is named twice, in other letters, and what does not belong into a manifest at all."""
    (folder / "bins.toml").write_text(
        f"default_profile = 'work'\nbin = 1\n[bins.a]\nid = '{BIN}'\nfile = 'a.json'\n"
        f"[bins.b]\nid = '{BIN.upper()}'\nfile = 'b.json'\n[bins]\nc = 1\n"
    )
    assert refused(jsonbin) == [
        "records/bins.toml has 5 mistakes; nothing was sent",
        "    default_profile cannot be set here: keys, profiles and URLs come from whoever runs this",
        '    unknown member "bin", did you mean "bins"?',
        f"    b: is the same bin as a, {BIN}",
        "    b: file b.json: no such file",
        "    c: is not a table",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "records/bins.toml: names no bin; nothing was sent"),
        ("bins = 1", "records/bins.toml: bins is not a table; nothing was sent"),
        ("[bins.a", "records/bins.toml: not valid TOML"),
        ("[bins.a]\n[bins.a]", "records/bins.toml:2:8: not valid TOML"),
        ("a = 'key\n", "records/bins.toml: not valid TOML"),
        ("\ufeff[bins]", "records/bins.toml: names no bin; nothing was sent"),
    ],
)
def test_what_is_no_manifest(jsonbin: Program, folder: Path, text: str, said: str) -> None:
    """An empty one is a mistake too; the parser's own words are not shown."""
    (folder / "bins.toml").write_text(text)
    found = refused(jsonbin, '[bins.flags], then id = "24 hexadecimal digits" and file = "flags.json"')
    assert found == [said]


def test_a_manifest_of_many_bins(jsonbin: Program, folder: Path) -> None:
    """Mistakes are found wherever they are: here in the third part that is read."""
    tables = [f"[bins.b{number}]\nid = '{number:024}'\nfile = 'a.json'\n" for number in range(1200)]
    (folder / "bins.toml").write_text("".join([*tables, "[bins.b0]\n"]))
    assert refused(jsonbin)[0] == "records/bins.toml: b0: has two tables; nothing was sent"
    (folder / "bins.toml").write_text("".join([*tables, "[bins.b1199]\n"]))
    assert refused(jsonbin)[0] == "records/bins.toml:3601:12: not valid TOML"
    (folder / "bins.toml").write_text("".join([*tables, "x"]))
    assert refused(jsonbin)[0] == "records/bins.toml: not valid TOML"
    (folder / "bins.toml").write_text("".join([*tables, "[bins.b0.more]\n"]))
    assert refused(jsonbin)[0] == "records/bins.toml: b0: has two tables; nothing was sent"
    (folder / "bins.toml").write_text("".join([*tables, f"[bins.c]\nid = '{7:024}'\nfile = 'b.json'\n"]))
    assert refused(jsonbin)[1:] == [f"    c: is the same bin as b7, {7:024}", "    c: file b.json: no such file"]
    text = "".join([*tables, 'x = """\n[bins.b0]\n"""\n'])
    (folder / "bins.toml").write_text(text)
    assert refused(jsonbin)[0] == 'records/bins.toml: b1199: unknown member "x"; nothing was sent'


@pytest.mark.parametrize("deep", [100, 101])
def test_how_deep_a_file_may_be_nested(jsonbin: Program, folder: Path, deep: int) -> None:
    """As deep as what is changed may be: 100 levels."""
    (folder / "a.json").write_text("[" * deep + "1" + "]" * deep)
    (folder / "bins.toml").write_text(f"[bins.a]\nid = '{BIN}'\nfile = 'a.json'\n")
    run = jsonbin("apply", "records", "--retries=0", env={"JSONBIN_API_URL": "http://127.0.0.1:9/v3"})
    assert run.code == (3 if deep == 100 else 2)
    assert ("records/a.json is nested deeper than 100 levels" in run.err) == (deep == 101)


def test_a_manifest_takes_little_memory(tmp_path: Path) -> None:
    """Its text is not in memory as a whole, nor are its tables: at most 700 bytes a bin, while it is read."""
    tables = (f"[bins.b{number}]\nid = '{number:024}'\nfile = 'b{number}.json'\n" for number in range(3000))
    (tmp_path / "bins.toml").write_text("".join(tables))
    tracemalloc.start()
    try:
        found = folder_at(str(tmp_path), {}, None, with_files=False)
        assert tracemalloc.get_traced_memory()[1] < 3000 * 700
    finally:
        tracemalloc.stop()
    assert len(found.entries) == 3000


def test_a_manifest_that_cannot_be_read(jsonbin: Program, folder: Path) -> None:
    """It is said why."""
    (folder / "bins.toml").write_bytes(b"\xff")
    assert refused(jsonbin) == ["records/bins.toml: is not UTF-8 text"]
    (folder / "bins.toml").write_bytes(b"#" * (16 * 1024 * 1024 + 1))
    assert refused(jsonbin) == ["records/bins.toml: is larger than 16,777,216 bytes"]
    (folder / "bins.toml").unlink()
    (folder / "bins.toml").mkdir()
    assert refused(jsonbin) == ["records/bins.toml: Is a directory"]
    if sys.platform != "win32":
        (folder / "bins.toml").rmdir()
        os.mkfifo(folder / "bins.toml")
        assert refused(jsonbin) == ["records/bins.toml: is not a file"]


def test_without_a_manifest_the_names_of_the_files_say_which_bins(jsonbin: Program, folder: Path) -> None:
    """An id, or an alias of the profile; all that are neither are named at once."""
    jsonbin.configure(f"default_profile = 'w'\n[profiles.w.bins]\nflags = '{BIN}'\n")
    for name in ("flags", "flag", BIN, OTHER):
        (folder / f"{name}.json").write_text("[1]")
    (folder / f"{THIRD}.json").mkdir()
    if sys.platform != "win32":
        (folder / f"{OTHER}.json").unlink()
        (folder / f"{OTHER}.json").symlink_to("/etc/passwd")
        (folder / f"{THIRD}.json").rmdir()
        os.mkfifo(folder / f"{THIRD}.json")
    (folder / "notes.txt").write_text("not a record")
    hint = 'name each file as its bin, or write bins.toml: [bins.flags], then id = "24 hexadecimal digits" and file = "flags.json"'
    assert refused(jsonbin, hint) == [
        "records has 5 mistakes; nothing was sent",
        f"    {OTHER}.json leads outside of the folder",
        f"    {THIRD}.json is not a file",
        '    a.json: the name is neither a bin id nor an alias of profile "w"',
        '    flag.json: the name is neither a bin id nor an alias of profile "w"',
        f"    flags.json is the same bin as {BIN}.json, {BIN}",
    ]


def test_the_records_are_checked_before_anything_is_sent(jsonbin: Program, folder: Path) -> None:
    """What is wrong in one file is told as for update, what is wrong in several all at once."""
    # What the parser says of this, and where, is the same on each Python.
    (folder / "b.json").write_text("[1 2]")
    (folder / "bins.toml").write_text(
        f"[bins.a]\nid = '{BIN}'\nfile = 'a.json'\n[bins.b]\nid = '{OTHER}'\nfile = 'b.json'\n"
    )
    assert refused(jsonbin) == [
        "records/b.json:1:4: not valid JSON: expecting ',' delimiter",
        "    [1 2]",
        "       ^",
    ]
    (folder / "a.json").write_text("{}")
    found = refused(jsonbin)
    assert found[:2] == [
        "records/bins.toml has 2 mistakes; nothing was sent",
        "    records/a.json holds {}, and JSONBin stores no empty record",
    ]


def test_a_schema_that_the_file_must_fit(jsonbin: Program, folder: Path) -> None:
    """Else nothing is sent; what is no schema is no schema."""
    table = "[bins.{0}]\nid = '{1}'\nfile = '{0}.json'\nschema = 'schema.json'\n"
    (folder / "bins.toml").write_text(table.format("a", BIN) + table.format("b", OTHER))
    (folder / "b.json").write_text('[2, "x"]')
    (folder / "schema.json").write_text('{"items": {"type": "number"}}')
    assert refused(jsonbin) == ["records/b.json does not fit records/schema.json: Should be number"]
    (folder / "schema.json").write_text('{"type": "nothing"}')
    found = refused(jsonbin)
    assert found[0] == "records/bins.toml has 2 mistakes; nothing was sent"
    assert found[1].startswith("    records/schema.json is not a JSON Schema: 'nothing' is not valid under any")


def test_what_checks_a_schema_is_an_extra(jsonbin: Program, folder: Path) -> None:
    """Where it is missing, a command installs it."""
    from tests.systems import run_where

    (folder / "schema.json").write_text('{"items": {"type": "number"}}')
    (folder / "bins.toml").write_text(f"[bins.a]\nid = '{BIN}'\nfile = 'a.json'\nschema = 'schema.json'\n")
    before = (
        "import importlib.util\nfound = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *more: None if name == 'jsonschema' else found(name, *more)\n"
    )
    run = run_where(before, jsonbin, "apply", "records")
    assert (run.code, run.out) == (2, "")
    message, hint = run.err.splitlines()
    assert message == "error: the manifest names a schema, and the packages that check it are not installed"
    assert '"jsonschema<5,>=4.20"' in hint


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"a": 1, "b": [2]}', ' {"b":[2.0],"a":10e-1}'),
        ("[0]", "[-0.0]"),
        ("[1E400]", "[10E399]"),
        ('["\\u00e9\\ud800"]', '["é\\ud800"]'),
        ('{"a": 1, "a": 2}', '{"a": 2}'),
        ("[1e%s1]" % ("0" * 5000), "[1e%s1]" % ("0" * 5000)),
    ],
)
def test_equal_values_have_the_same_sum(one: str, other: str) -> None:
    """However they are written."""
    assert digests.of_value(parse(one)) == digests.of_value(parse(other))


def test_different_values_have_different_sums() -> None:
    """Nothing that could be taken for one another is."""
    texts = '[1]|["1"]|[[1]]|[1,1]|[11]|[true]|["true"]|[null]|{"a":1}|{"a":[1]}|["a",1]|{"a":{}}|{"a":[]}|[]|[[],[]]|[[[]]]|[-1]|[10]|{"":"a:"}|{"a":""}'
    assert len({digests.of_value(parse(text)) for text in texts.split("|")}) == len(texts.split("|"))
    assert digests.of_bytes(b"1") != digests.of_bytes(b"2")


def test_the_file_of_a_bin_is_named_after_it() -> None:
    """As far as a file can be, on each system, and no two alike."""
    taken = writing.Taken([Entry("flags", "1" * 24, None, "Texts.json")])
    names = ["Flags", "texts", "new", "a/../../b c", "..", "", "CON", "con.txt", "é", "x" * 300, "new"]
    ids = [f"{number:024x}" for number in range(len(names))]
    made = [taken.new(bin_id, name) for bin_id, name in zip(ids, names, strict=True)]
    assert [entry.file for entry in made] == [
        f"Flags-{ids[0]}.json",
        f"texts-{ids[1]}.json",
        "new.json",
        "a-..-..-b-c.json",
        f"{ids[4]}.json",
        f"{ids[5]}.json",
        f"{ids[6]}.json",
        f"{ids[7]}.json",
        f"{ids[8]}.json",
        f"{'x' * 100}.json",
        f"new-{ids[10]}.json",
    ]


def test_a_run_that_did_not_finish_is_taken_up(tmp_path: Path) -> None:
    """What it finished is done, as long as the file is the same; a run that finished has nothing to take up."""
    path = tmp_path / "state"
    with State(path, ACCOUNT, "apply") as state:
        state.keep(BIN, FILE, RECORD, 3)
    with State(path, ACCOUNT, "apply") as again:
        assert again.is_done(BIN, FILE)
        assert not again.is_done(BIN, RECORD)
        assert not again.is_done(OTHER, FILE)
        again.finish()
    with State(path, ACCOUNT, "apply") as next_one:
        assert not next_one.is_done(BIN, FILE)
        assert (last := next_one.last(BIN))
        assert (last.file, last.record, last.version) == (FILE, RECORD, 3)


def test_a_run_for_something_else_is_not_taken_up(tmp_path: Path) -> None:
    """What an `apply` finished was not asked of a `pull`."""
    path = tmp_path / "state"
    with State(path, ACCOUNT, "apply") as state:
        state.keep(BIN, FILE, RECORD)
    with State(path, ACCOUNT, "pull") as other:
        assert not other.is_done(BIN, FILE)


def test_what_was_appended_survives_the_end_of_the_process(tmp_path: Path) -> None:
    """As it does not become part of the file then, and its last line may be cut off."""
    path = tmp_path / "state"
    state = State(path, ACCOUNT, "apply")
    state.__enter__()
    state.keep(BIN, FILE, RECORD)
    state.keep(OTHER, FILE, RECORD)
    journal = tmp_path / "state.journal"
    assert not path.exists()
    lines = journal.read_bytes()
    state._open.close()
    journal.write_bytes(lines[:-5])
    with State(path, ACCOUNT, "apply") as again:
        assert again.is_done(BIN, FILE)
        assert not again.is_done(OTHER, FILE)
    assert not journal.exists()
    assert len(path.read_text().splitlines()) == 2


def test_an_old_run_is_not_taken_up(tmp_path: Path) -> None:
    """After an hour the bins may have changed, so all of them are looked at again."""
    path = tmp_path / "state"
    for age, done in ((3500, True), (3700, False)):
        with State(path, ACCOUNT, "apply") as state:
            state.keep(BIN, FILE, RECORD)
        os.utime(path, (time.time() - age, time.time() - age))
        with State(path, ACCOUNT, "apply") as again:
            assert again.is_done(BIN, FILE) is done


def test_one_file_may_be_about_several_addresses(tmp_path: Path) -> None:
    """Each keeps its own bins, a store on this machine too."""
    path = tmp_path / "state"
    stores = [
        Account(Profile("a", path=tmp_path / name), None, "http://local/v3", 'profile "a"') for name in ("one", "two")
    ]
    accounts = [ACCOUNT, ACCOUNT._replace(url="http://127.0.0.1:8/v3"), *stores]
    for number, account in enumerate(accounts):
        with State(path, account, "apply") as state:
            assert state.last(BIN) is None
            state.keep(BIN, bytes([number]) * digests.SIZE, RECORD)
    for number, account in enumerate(accounts):
        assert (last := State(path, account, "apply").last(BIN))
        assert last.file == bytes([number]) * digests.SIZE
    assert len(path.read_text().splitlines()) == 5


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_what_is_no_file_is_no_state_file(jsonbin: Program, folder: Path, kind: str) -> None:
    """It is neither waited for nor read without end."""
    if sys.platform == "win32":
        pytest.skip("Windows has other devices")
    (folder / "a.json").rename(folder / f"{BIN}.json")
    path = jsonbin.home / "s"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    assert jsonbin("apply", "records", "--state", "s").err.startswith("error: s is not a state file of jsonbin\n") == (
        kind != "folder"
    )


@pytest.mark.parametrize("wrong", [{"file": "00"}, {"record": ""}, {"run": 2**32}, {"version": -(2**40)}])
def test_what_was_not_written_here_is_no_state_file(tmp_path: Path, wrong: dict[str, object]) -> None:
    """A sum of another length, and a number that no run and no version has."""
    path = tmp_path / "state"
    with State(path, ACCOUNT, "apply") as state:
        state.keep(BIN, FILE, RECORD)
    first, line = path.read_text().splitlines()
    path.write_text(f"{first}\n{json.dumps(json.loads(line) | wrong)}\n")
    with pytest.raises(BadConfig, match="is not a state file of jsonbin"):
        State(path, ACCOUNT, "apply")


@pytest.mark.parametrize(
    "number", ["1e999", "-1", "2147483648", "[" * 60_000], ids=["infinite", "-1", "2^31", "nested"]
)
def test_a_run_that_no_run_is_is_in_no_state_file(tmp_path: Path, number: str) -> None:
    """It would stop a run in its midst, once the number is written."""
    path = tmp_path / "state"
    path.write_text(f'{{"jsonbin_state": 1, "run": {number}}}\n')
    with pytest.raises(BadConfig, match="is not a state file of jsonbin"):
        State(path, ACCOUNT, "apply")


def test_the_last_run_that_can_be_written(tmp_path: Path) -> None:
    """The run after it is written too."""
    path = tmp_path / "state"
    path.write_text('{"jsonbin_state": 1, "run": 2147483647, "finished": true}\n')
    with State(path, ACCOUNT, "apply") as state:
        state.keep(BIN, FILE, RECORD)
        assert state.is_done(BIN, FILE)


def test_a_state_file_that_cannot_be_made_is_told(jsonbin: Program, folder: Path) -> None:
    """Before anything is sent."""
    (folder / "a.json").rename(folder / f"{BIN}.json")
    run = jsonbin("apply", "records", "--state", "/proc/none/s", env={"JSONBIN_API_URL": "http://127.0.0.1:9/v3"})
    assert (run.code, run.err.splitlines()[1]) == (2, "hint: name another file with --state FILE")


def test_a_disk_that_fills_up_meanwhile_is_told(tmp_path: Path) -> None:
    """When a line is appended, and at the end."""
    state = State(tmp_path / "state", ACCOUNT, "apply")
    state.__enter__()
    assert state._written
    state._written.close()
    with open(os.devnull, "rb", buffering=0) as null:
        state._written = null
        with pytest.raises(BadConfig, match="cannot be kept"):
            state.keep(BIN, FILE, RECORD)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "x").touch()
    with pytest.raises(BadConfig, match="cannot be kept"):
        state.__exit__(None, None, None)


def test_nothing_is_read_twice(jsonbin: Program, folder: Path) -> None:
    """A folder whose only bin has a broken state is refused before a request."""
    (folder / f"{BIN}.json").write_text("[1]")
    (folder / "a.json").unlink()
    (jsonbin.home / "s").write_text(json.dumps({"jsonbin_state": 1, "run": 1}) + "\n{")
    run = jsonbin("apply", "records", "--state", "s", env={"JSONBIN_API_URL": "http://127.0.0.1:9/v3"})
    assert run == Run(
        2, "", "error: s is not a state file of jsonbin\nhint: name another with --state FILE, or remove it: rm s\n"
    )
