"""`jsonbin pull`: bins into files, byte for byte, and back."""

from __future__ import annotations

import sys
import tomllib

import pytest

from jsonbin_cli.local.testing import LocalJSONBin
from tests.conftest import BIN, Program, Run
from tests.many import Many, words
from tests.scripted import ScriptedServer, _Handler

RECORDS = [
    b'{"a":1,"a":2}',
    b"[1E400, -0.0, 1.10]",
    b"[123456789012345678901234567890]",
    b'["\\ud800", "\\u00e9", "\xc3\xa9", "\\/"]',
    b'{ "spaced" :\r\n\t[ 1 ,2 ] }',
    b'{"":{"__proto__":null},"\\u0000":[[]]}',
    b"[1.0000000000000000001e-7, 0E0, true]",
    b'["\\ud83d\\ude00\xf0\x9f\x98\x80"]',
]


@pytest.fixture
def many(jsonbin: Program, jsonbin_server: LocalJSONBin) -> Many:
    """Three bins, and files that were applied to them."""
    many = Many(jsonbin, jsonbin_server)
    assert many.apply("-q").code == 0
    many.requests()
    return many


def test_what_was_pulled_is_what_the_server_holds_and_nothing_is_to_be_applied(
    jsonbin: Program, jsonbin_server: LocalJSONBin
) -> None:
    """200 records of unusual text, byte for byte."""
    jsonbin.env |= {"JSONBIN_API_URL": jsonbin_server.url, "JSONBIN_MASTER_KEY": jsonbin_server.master_key}
    texts = [b'{"%d":%s}' % (number, RECORDS[number % len(RECORDS)]) for number in range(200)]
    ids = [jsonbin_server.create(text, name=f"r {number}") for number, text in enumerate(texts)]
    run = jsonbin("pull", "records", "--collection", "uncategorized")
    assert run.code == 0
    assert set(words(run).values()) == {"written"}
    folder = jsonbin.home / "records"
    assert [(folder / f"r-{number}.json").read_bytes() for number in range(200)] == texts
    assert tomllib.loads((folder / "bins.toml").read_text())["bins"]["r-7"] == {"id": ids[7], "file": "r-7.json"}
    assert len(list(folder.iterdir())) == 202
    checked = jsonbin("apply", "records", "--check")
    assert (checked.code, set(words(checked, "plan").values())) == (0, {"unchanged"})
    assert len(words(checked, "plan")) == 201


def test_a_bin_that_drifted_is_fetched_by_the_command_of_the_hint(many: Many) -> None:
    """Also what changed after the `apply` that reported the drift, in bins that were in order then."""
    assert many.apply("-q").code == 0
    many.write("b1", '{"n": 2}')
    many.put("b1", b'{"n": 7}')
    run = many.apply()
    assert (run.code, words(run)) == (6, {"b0": "unchanged", "b1": "drifted", "b2": "unchanged"})
    many.put("b2", b'{"n": 8}')
    run = many.jsonbin("pull", "records", many.ids["b2"])
    assert (run.code, words(run)) == (0, {"b2": "written"})
    assert (many.folder / "b2.json").read_text() == '{"n": 8}'
    many.put("b0", b'{"n": 9}')
    run = many.apply("-q")
    assert run.code == 6
    hint = next(line for line in run.err.splitlines() if line.startswith("hint: "))
    command = hint.partition(": ")[2].partition(": ")[2].partition(";")[0]
    assert command == f"jsonbin pull records {many.ids['b0']} {many.ids['b1']} --theirs"
    assert many.jsonbin.shell(command).code == 0
    assert many.apply("--check", "-q").code == 0


def test_two_bins_cannot_be_pulled_into_one_file(many: Many) -> None:
    """Else one record would be lost, and the next `apply` would send the other to both."""
    many.write_manifest(f'[bins.more]\nid = "{"a" * 24}"\nfile = "./b2.json"\n')
    many.requests()
    run = many.jsonbin("pull", "records", "--theirs")
    assert (run.code, run.err) == (2, "error: records/bins.toml: more: has the same file as b2; nothing was sent\n")
    assert many.requests() == []


def test_a_file_that_was_changed_here_is_not_overwritten(many: Many) -> None:
    """It is refused, with exit code 6, until --theirs takes the record of the bin."""
    for name in many.names:
        many.put(name, b'{"n": 7}')
    many.write("b1", '{"n": 2}')
    many.write("b2", "not JSON")
    run = many.jsonbin("pull", "records")
    assert (run.code, words(run)) == (6, {"b0": "written", "b1": "refused", "b2": "refused"})
    assert "2 bins (b1, b2): the file was changed here since it was last pulled or applied; it is as it was" in (
        run.err.replace("(b2, b1)", "(b1, b2)")
    )
    assert [(many.folder / f"{name}.json").read_text() for name in many.names] == ['{"n": 7}', '{"n": 2}', "not JSON"]
    many.requests()
    run = many.jsonbin("pull", "records", "--theirs")
    assert (run.code, words(run)) == (0, {"b0": "unchanged", "b1": "written", "b2": "written"})
    assert many.requests() == ["GET b0", "GET b1", "GET b2"]
    assert {(many.folder / f"{name}.json").read_text() for name in many.names} == {'{"n": 7}'}
    assert many.apply("--check", "-q").code == 0


def test_a_file_that_is_larger_than_any_record(many: Many) -> None:
    """It is not read to its end, and it was changed here."""
    many.write("b1", "[" + " " * 1_048_576 + "1]")
    run = many.jsonbin("pull", "records")
    assert (run.code, words(run)) == (6, {"b0": "unchanged", "b1": "refused", "b2": "unchanged"})
    assert many.jsonbin("pull", "records", "--theirs", "-q") == Run(0, "", "")


def test_a_file_that_holds_the_same_is_left_as_it_is(many: Many) -> None:
    """Its spacing is the user's; --theirs takes that of the bin too. A file that is not there is written."""
    many.write("b0", '{\n  "n": 1.0\n}\n')
    (many.folder / "b1.json").unlink()
    many.state.unlink()
    run = many.jsonbin("pull", "records")
    assert (run.code, words(run)) == (0, {"b0": "unchanged", "b1": "written", "b2": "unchanged"})
    assert many.jsonbin("pull", "records", "--theirs", "-q") == Run(0, "", "")
    assert (many.folder / "b0.json").read_text() == '{"n": 1}'


def test_bins_that_are_named(many: Many) -> None:
    """Each gets a file and a place in the manifest, whose other lines stay as they are."""
    manifest = many.folder / "bins.toml"
    manifest.write_text("# ours\n" + manifest.read_text())
    before = manifest.read_text()
    many.jsonbin.configure(
        f"default_profile = 'w'\n[profiles.w]\nurl = '{many.server.url}'\nmaster_key = '{many.server.master_key}'\n"
        f"[profiles.w.bins]\ndemo = '{many.server.demo}'\n"
    )
    run = many.jsonbin("pull", "records", "demo", many.ids["b1"], f"{many.server.url}/b/{many.ids['b1']}")
    assert (run.code, words(run)) == (0, {"demo": "written", "b1": "unchanged"})
    assert manifest.read_text() == before + f'\n[bins.demo]\nid = "{many.server.demo}"\nfile = "demo.json"\n'
    assert (many.folder / "demo.json").read_text() == '{"hello": "world"}'
    run = many.jsonbin("pull", "new/folder", "demo")
    assert run.code == 0
    assert (many.jsonbin.home / "new/folder/bins.toml").read_text() == (
        f'[bins.demo]\nid = "{many.server.demo}"\nfile = "demo.json"\n'
    )


def test_a_folder_without_a_manifest(many: Many) -> None:
    """Files named after their bins are fetched anew; with a bin that is named there is a manifest for all of them."""
    folder = many.jsonbin.home / "plain"
    folder.mkdir()
    (folder / f"{many.ids['b0']}.json").write_text('{"n": 1}')
    (folder / "package.json").write_text("{}")
    assert many.jsonbin("pull", "plain").code == 2
    (folder / "package.json").unlink()
    assert words(many.jsonbin("pull", "plain")) == {many.ids["b0"]: "unchanged"}
    assert len(list(folder.iterdir())) == 1
    (folder / "package.json").write_text("{}")
    assert many.jsonbin("pull", "plain", many.ids["b1"], "-q").code == 0
    found = tomllib.loads((folder / "bins.toml").read_text())["bins"]
    assert found == {many.ids[name]: {"id": many.ids[name], "file": f"{many.ids[name]}.json"} for name in ("b0", "b1")}
    assert many.jsonbin("apply", "plain", "--check", "-q").code == 0


def test_bins_that_cannot_be_read(many: Many) -> None:
    """They get no file and no place in the manifest."""
    run = many.jsonbin("pull", "other", many.ids["b0"], BIN)
    assert (run.code, words(run)) == (4, {many.ids["b0"]: "written", BIN: "refused"})
    assert list(tomllib.loads((many.jsonbin.home / "other/bins.toml").read_text())["bins"]) == [many.ids["b0"]]
    assert many.jsonbin("pull", "none", BIN).code == 4
    assert list((many.jsonbin.home / "none").iterdir()) == []


def test_what_cannot_be_asked_for(many: Many) -> None:
    """Two sources at once, no source, too many requests, a folder that is a file."""
    jsonbin = many.jsonbin
    assert jsonbin("pull", "x", BIN, "--collection", "all").err.startswith(
        "error: BIN and --collection each say which bins to fetch\n"
    )
    assert jsonbin("pull", "x").err == "error: x: no such folder or manifest\nhint: jsonbin pull FOLDER BIN makes one\n"
    run = jsonbin("pull", "records", "--max-requests", "2")
    assert (run.code, many.requests()) == (2, [])
    (jsonbin.home / "file").write_text("")
    assert jsonbin("pull", "file/x", BIN).err == "error: file/x cannot be used: Not a directory\n"


def test_files_that_cannot_be_written(many: Many) -> None:
    """The bin is refused, and the others go on."""
    (many.folder / "b0.json").unlink()
    (many.folder / "b0.json").mkdir()
    run = many.jsonbin("pull", "records")
    assert run == Run(2, "", f"error: {many.folder}/b0.json cannot be used: Is a directory\n")
    (many.folder / "b0.json").rmdir()
    manifest = (many.folder / "bins.toml").read_text()
    (many.folder / "bins.toml").write_text(manifest.replace("b0.json", "b1.json/b0.json"))
    run = many.jsonbin("pull", "records")
    assert run.code == 2
    assert run.err == f"error: {many.folder}/b1.json/b0.json cannot be used: Not a directory\n"


def test_a_file_that_becomes_a_folder_meanwhile(jsonbin: Program, server: ScriptedServer) -> None:
    """Each write can fail: that of a record, and that of the manifest."""
    folder = jsonbin.home / "records"

    def make(name: str, handler: _Handler) -> None:
        (folder / name).mkdir()
        (folder / name / "x").touch()
        handler.reply(200, b'{"record":[1],"metadata":{}}', {})

    server.script.append(lambda handler, _: make(f"{BIN}.json", handler))
    run = jsonbin("pull", "records", BIN)
    assert (run.code, words(run)) == (2, {BIN: "refused"})
    (folder / f"{BIN}.json" / "x").unlink()
    (folder / f"{BIN}.json").rmdir()
    server.script.append(lambda handler, _: make("bins.toml", handler))
    run = jsonbin("pull", "records", BIN)
    assert (run.code, words(run)) == (2, {BIN: "written"})
    assert run.err.splitlines()[-1] == "error: records/bins.toml cannot be used: Is a directory"


def test_it_resumes_where_it_was_stopped(jsonbin: Program, server: ScriptedServer) -> None:
    """What was fetched is not asked for again, unless its file was changed or removed since."""
    ids = [f"{number:024}" for number in range(4)]
    for _ in ids[:3]:
        server.replies(200, b'{"record":[1],"metadata":{}}')
    server.replies(
        401, {"message": "You need to pass X-Master-Key or X-Access-Key in the header to read a private bin"}
    )
    run = jsonbin("pull", "records", *ids, "--jobs", "1")
    assert (run.code, list(words(run).values())) == (4, ["written", "written", "written", "refused"])
    (jsonbin.home / "records" / f"{ids[0]}.json").unlink()
    (jsonbin.home / "records" / f"{ids[1]}.json").write_text("[2]")
    for _ in range(3):
        server.replies(200, b'{"record":[1],"metadata":{}}')
    run = jsonbin("pull", "records", *ids, "--jobs", "1")
    assert run.code == 6
    assert words(run) == dict(zip(ids, ["written", "refused", "unchanged", "written"], strict=True))
    assert [sent.path for sent in server.requests[4:]] == [f"/v3/b/{ids[number]}/latest" for number in (0, 1, 3)]


def test_leftovers_of_a_killed_run_are_removed(many: Many) -> None:
    """Files that were begun and are nobody's."""
    leftover = many.folder / ".jsonbin-0123456789abcdef.part"
    leftover.write_text("[")
    assert many.jsonbin("pull", "records", "-q").code == 0
    assert not leftover.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks for a right to make links")
def test_a_link_inside_the_folder_is_followed(many: Many) -> None:
    """The file that it leads to is written."""
    (many.folder / "real").mkdir()
    (many.folder / "b0.json").rename(many.folder / "real" / "b0.json")
    (many.folder / "b0.json").symlink_to("real/b0.json")
    many.put("b0", b"[7]")
    assert many.jsonbin("pull", "records", "-q").code == 0
    assert (many.folder / "b0.json").is_symlink()
    assert (many.folder / "real" / "b0.json").read_text() == "[7]"
