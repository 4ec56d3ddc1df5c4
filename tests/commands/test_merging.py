"""`--merge`: what somebody else writes at the same time is kept, or named."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator

import httpx
import pytest

from jsonbin_cli.local.testing import LocalJSONBin
from tests.conftest import BIN, Program, Run
from tests.versioned import Act, VersionedBin

TOGETHER = "note: somebody else wrote at the same time; both changes are in the bin\n"
HOW_TO_CHECK = f"note: whether it arrived, and what it overwrote, is found out with jsonbin check {BIN}\n"
UNCHECKED = f"what that overwrote is not checked yet\nhint: jsonbin check {BIN}\n"


@pytest.fixture
def bin(jsonbin: Program) -> Iterator[VersionedBin]:
    """A bin with one version, where the program sends its requests."""
    with VersionedBin('{"n":1,"a":1,"tags":["x"]}', versions=1) as bin:
        jsonbin.env["JSONBIN_API_URL"] = bin.url
        yield bin


def reply(record: str, version: int) -> str:
    """What is printed of an update."""
    return f'{{"record":{record},"metadata":{{"parentId":"{BIN}","private":true,"version":{version}}}}}\n'


def test_alone_it_takes_three_requests(jsonbin: Program, bin: VersionedBin) -> None:
    """The versions are counted first, and the update makes one."""
    assert jsonbin("set", BIN, "a:=2", "--merge") == Run(0, reply('{"n":1,"a":2,"tags":["x"]}', 2), "")
    assert bin.asked == [
        f"GET /v3/b/{BIN}/versions/count",
        f"GET /v3/b/{BIN}/latest",
        f"PUT /v3/b/{BIN}",
    ]


@pytest.mark.parametrize(
    ("arguments", "stdin", "theirs", "both"),
    [
        (("set", "n+=2"), "", '{"n":5,"a":1,"tags":["x"]}', '{"n":7,"a":1,"tags":["x"]}'),
        (("set", "tags[]=z"), "", '{"n":1,"a":1,"tags":["x","y"]}', '{"n":1,"a":1,"tags":["x","y","z"]}'),
        (("set", "a:=2"), "", '{"n":5,"a":1,"tags":["x"]}', '{"n":5,"a":2,"tags":["x"]}'),
        (("unset", "a"), "", '{"n":1,"a":1,"tags":["x","y"]}', '{"n":1,"tags":["x","y"]}'),
        (("patch",), '{"a":2}', '{"n":5,"a":1,"tags":["x"]}', '{"n":5,"a":2,"tags":["x"]}'),
        (("update",), '{"n":1,"a":2}', '{"n":1,"a":1,"tags":["x"],"b":1}', '{"n":1,"a":2,"b":1}'),
        (("restore", "--version", "1", "--yes"), "", '{"n":9,"a":1,"b":2}', '{"n":1,"a":1,"b":2,"tags":["x"]}'),
        (("edit", "--yes"), "", '{"n":5,"a":1,"tags":["x"]}', '{"n":5,"a":7,"tags":["x"]}'),
    ],
)
def test_what_somebody_else_wrote_is_kept(
    jsonbin: Program, bin: VersionedBin, arguments: tuple[str, ...], stdin: str, theirs: str, both: str
) -> None:
    """Each command that replaces a record puts the other change beside its own."""
    if arguments[0] == "restore":
        bin.write('{"n":9,"a":1}')
    jsonbin.env["EDITOR"] = """sed -i 's/"a": 1/"a": 7/'"""
    bin.before["PUT"] = [bin.somebody(theirs)]
    run = jsonbin(arguments[0], BIN, *arguments[1:], "--merge", stdin=stdin)
    assert (run.code, run.err) == (0, TOGETHER)
    assert json.loads(run.out)["record"] == json.loads(both) == json.loads(bin.record)


def test_a_profile_can_ask_for_it(jsonbin: Program, bin: VersionedBin) -> None:
    """And say which places are counters; --no-merge does without once."""
    key = jsonbin.env["JSONBIN_MASTER_KEY"]
    jsonbin.configure(f"[profiles.work]\nmaster_key = '{key}'\nurl = '{bin.url}'\nmerge = true\ncounters = ['/n']\n")
    del jsonbin.env["JSONBIN_API_URL"]
    work = ("-p", "work", "-q")
    bin.before["PUT"] = [bin.somebody('{"n":2,"a":1}')]
    assert jsonbin("update", BIN, *work, stdin='{"n":11,"a":1}') == Run(0, "", "")
    assert json.loads(bin.record) == {"n": 12, "a": 1}
    asked = len(bin.asked)
    assert jsonbin("update", BIN, *work, "--no-merge", stdin='{"n":1}') == Run(0, "", "")
    assert len(bin.asked) == asked + 1


def test_both_changed_the_same(jsonbin: Program, bin: VersionedBin) -> None:
    """The rest is merged; each place is named with both values and the command that puts theirs, which works."""
    bin.before["PUT"] = [bin.somebody('{"n":1,"a":7,"tags":["x"],"b":1}')]
    run = jsonbin("patch", BIN, "--merge", stdin='{"a":"x","tags":null}')
    assert run == Run(
        6,
        "",
        "error: the bin was updated, and somebody else changed the same at the same time:\n"
        '    /a: version 2 has 7, the bin holds "x"\n'
        "hint: look which is right; to take theirs:\n"
        f"    jsonbin get {BIN} /a --version 2 | jsonbin set {BIN} /a:=@-\n",
    )
    assert json.loads(bin.record) == {"n": 1, "a": "x", "b": 1}
    assert jsonbin.shell(run.err.splitlines()[-1] + " --quiet") == Run(0, "", "")
    assert json.loads(bin.record) == {"n": 1, "a": 7, "b": 1}


def test_conflicts_about_what_is_gone(jsonbin: Program, bin: VersionedBin) -> None:
    """A place that somebody removed, and a whole record, have commands of their own."""
    bin.before["PUT"] = [bin.somebody('{"n":1,"tags":["x"]}')]
    run = jsonbin("set", BIN, "a:=3", "--merge")
    assert "/a: version 2 has nothing, the bin holds 3\n" in run.err
    assert run.err.endswith(f"    jsonbin unset {BIN} /a\n")
    bin.before["PUT"] = [bin.somebody("[1]")]
    run = jsonbin("update", BIN, "--merge", stdin='["mine"]')
    assert '    the whole record: version 4 has [1], the bin holds ["mine"]\n' in run.err
    assert run.err.endswith(f"    jsonbin restore {BIN} --version 4\n")


@pytest.mark.parametrize(("prefer", "value"), [("ours", 3), ("theirs", 7)])
def test_who_is_preferred_is_decided_beforehand(jsonbin: Program, bin: VersionedBin, prefer: str, value: int) -> None:
    """Then there is no conflict."""
    bin.before["PUT"] = [bin.somebody('{"n":1,"a":7,"tags":["x"]}')]
    run = jsonbin("set", BIN, "a:=3", "--merge", "--prefer", prefer, "-q")
    assert run == Run(0, "", "")
    assert json.loads(bin.record)["a"] == value


def test_an_update_that_starts_from_a_file(jsonbin: Program, bin: VersionedBin) -> None:
    """With --if-match FILE that is the base: what changed in the bin since is kept, or refused before anything is sent."""
    (jsonbin.home / "seen.json").write_text('{"n":1,"a":1,"tags":["x"]}')
    update = ("update", BIN, "--merge", "--if-match", "seen.json")
    assert jsonbin(*update, "-q", stdin='{"n":2,"a":1,"tags":["x"]}').code == 0
    assert jsonbin(*update, "-q", stdin='{"n":1,"a":5,"tags":["x"]}').code == 0
    assert json.loads(bin.record) == {"n": 2, "a": 5, "tags": ["x"]}
    writes = [asked for asked in bin.asked if asked.startswith("PUT")]
    assert jsonbin(*update, stdin='{"n":9,"a":1,"tags":["x"]}') == Run(
        6,
        "",
        "error: somebody else changed /n in the bin meanwhile, to 2, and you to 9; nothing was sent\n"
        "hint: run it again from what the bin holds now, and change what is still to be changed\n",
    )
    assert [asked for asked in bin.asked if asked.startswith("PUT")] == writes
    assert jsonbin(*update, "-q", "--prefer", "ours", stdin='{"n":9,"a":1,"tags":["x"]}').code == 0
    assert json.loads(bin.record) == {"n": 9, "a": 5, "tags": ["x"]}


def test_beside_a_writer_without_versions(jsonbin: Program, bin: VersionedBin) -> None:
    """A state that is no version cannot be told from what came after it: nothing is repaired on a guess."""
    bin.write('{"n":1,"a":1,"u":1}', versioned=False)
    bin.before["PUT"] = [bin.somebody('{"n":5,"a":1}')]
    run = jsonbin("set", BIN, "a:=2", "--merge")
    assert run == Run(
        6,
        "",
        "error: the bin was updated as version 3, but somebody writes it without versions, so it cannot be found out what "
        f"that overwrote\nhint: look at what was there before: jsonbin get {BIN} --version 2\n",
    )
    assert bin.record == '{"n":1,"a":2,"u":1}'
    assert jsonbin("check", BIN) == Run(0, "[]\n", "")


def rewritten(bin: VersionedBin) -> None:
    """Somebody's update without a version goes into the last one; then somebody makes a version."""
    bin.record = bin.versions[-1] = '{"n":1,"a":1,"u":1}'
    bin.write('{"n":5,"a":1,"u":1}')


def test_where_an_update_without_a_version_rewrites_the_last_one(jsonbin: Program, bin: VersionedBin) -> None:
    """Then what was read is no version any more: it is reported, and nothing is repaired on a guess."""
    bin.before["PUT"] = [rewritten]
    run = jsonbin("set", BIN, "a:=2", "--merge")
    assert (run.code, run.out) == (6, "")
    assert "version 3, but somebody writes it without versions, so it cannot be found out" in run.err
    assert run.err.endswith(f"hint: look at what was there before: jsonbin get {BIN} --version 2\n")
    assert bin.record == '{"n":1,"a":2,"tags":["x"]}'


def latest_as_base(bin: VersionedBin) -> None:
    """The address without a version gives what the bin holds now."""
    bin.base = bin.record


@pytest.mark.parametrize(("base", "code"), [(None, 0), (latest_as_base, 6)])
def test_where_the_record_under_the_versions_cannot_be_read(
    jsonbin: Program, bin: VersionedBin, base: Act | None, code: int
) -> None:
    """A bin without versions gets two at once: what was read is under them, or it is reported that it is not found."""
    bin.versions.clear()
    bin.before["PUT"] = [bin.somebody('{"n":5,"a":1,"tags":["x"]}')]
    bin.before["GET"] = [None, None, base]  # the record, version 1, and the record under it
    run = jsonbin("set", BIN, "a:=2", "--merge", "--record")
    assert run.code == code
    assert run.out == ('{"n":5,"a":2,"tags":["x"]}\n' if code == 0 else "")
    assert ("cannot be found out what that overwrote" in run.err) == (code == 6)


def test_a_reply_without_a_version(jsonbin: Program, bin: VersionedBin) -> None:
    """A bin with all versions used up makes no more; that ends it at once."""
    bin.cap = 1
    run = jsonbin("set", BIN, "a:=2", "--merge")
    assert run == Run(
        6,
        "",
        "error: the reply names no version, so it cannot be found out what the update overwrote\n"
        f"hint: a bin has at most 1000 versions; jsonbin history {BIN} --prune deletes the old ones\n",
    )


def test_versions_that_are_nearly_used_up(jsonbin: Program, bin: VersionedBin) -> None:
    """From version 900 on it is counted what is left."""
    bin.versions *= 898
    assert jsonbin("set", BIN, "a:=2", "--merge").err == ""
    assert jsonbin("set", BIN, "a:=3", "--merge").err == (
        f"note: {BIN} can have 100 more versions; jsonbin history {BIN} --prune deletes the old ones\n"
    )
    bin.cap = 2000
    bin.versions *= 2
    assert jsonbin("set", BIN, "a:=4", "--merge").err.startswith(f"note: {BIN} can have 0 more versions; ")


def test_versions_that_are_deleted_meanwhile(jsonbin: Program, bin: VersionedBin) -> None:
    """Their numbers start anew."""
    bin.versions *= 3
    bin.before["PUT"] = [lambda it: it.versions.clear()]
    run = jsonbin("set", BIN, "a:=2", "--merge")
    assert run == Run(
        6,
        "",
        "error: the versions were deleted meanwhile, so it cannot be found out what the update overwrote\n"
        f"hint: look at it: jsonbin get {BIN}\n",
    )


def test_others_who_are_faster_each_time(jsonbin: Program, bin: VersionedBin) -> None:
    """After so many tries it is reported, and `check` goes on."""
    bin.before["PUT"] = [bin.somebody(f'{{"n":{n},"a":1,"tags":["x"]}}') for n in (2, 3, 4)]
    run = jsonbin("set", BIN, "n+=1", "--merge", "--tries", "2")
    assert run == Run(
        6,
        "",
        f"error: others were faster 2 times; version 6 is still to be merged in\nhint: jsonbin check {BIN}\n",
    )
    assert jsonbin("check", BIN, "-q") == Run(0, "", "")
    assert json.loads(bin.record)["n"] == 5


@pytest.mark.parametrize("status", [401, 403])
def test_versions_that_may_not_be_counted(jsonbin: Program, bin: VersionedBin, status: int) -> None:
    """An access key may lack that permission: then nothing is sent."""
    bin.instead["COUNT"] = [(status, False)]
    assert jsonbin("set", BIN, "a:=2", "--merge").code == 4
    assert bin.asked == [f"GET /v3/b/{BIN}/versions/count"]


def test_a_free_plan(jsonbin: Program) -> None:
    """It has no versions: refused, and nothing is left to check. A public bin has them, and is not asked for one."""
    with LocalJSONBin() as local:
        jsonbin.env |= {"JSONBIN_API_URL": local.url, "JSONBIN_MASTER_KEY": local.master_key}
        local.change(settings={"plan": "free"})
        run = jsonbin("set", local.demo, "a:=2", "--merge")
        assert run.code == 4
        assert "Versioning is not available for the Free users" in run.err
        assert jsonbin("check", local.demo) == Run(0, "[]\n", "")
        public = local.create({"n": 1}, public=True)
        assert json.loads(jsonbin("set", public, "n+=1", "--merge", "--metadata").out)["version"] == 1


@pytest.mark.parametrize("setting", ["unversioned_update=base", "unversioned_update=version", "bare_id=latest"])
def test_whatever_the_service_does_nothing_is_guessed(jsonbin: Program, setting: str) -> None:
    """Where an inference about versions is wrong, the command reports, or does what is right nevertheless."""
    name, _, value = setting.partition("=")
    with LocalJSONBin() as local:
        jsonbin.env |= {"JSONBIN_API_URL": local.url, "JSONBIN_MASTER_KEY": local.master_key}
        local.change(settings={name: value})
        assert jsonbin("set", local.demo, "n:=1", "--versioning", "-q").code == 0
        assert jsonbin("set", local.demo, "u:=1", "-q").code == 0
        assert jsonbin("get", local.demo, "--record", "-q").code == 0
        assert jsonbin("set", local.demo, "n+=1", "--merge", "--record").code == 0
        held = json.loads(jsonbin("get", local.demo, "--record").out)
        assert (held["n"], held["u"]) == (2, 1)


@pytest.mark.costly
def test_past_the_last_version_the_command_reports(jsonbin: Program) -> None:
    """Whatever an update does there: no version was made, so that what it overwrote cannot be found."""
    with LocalJSONBin() as local:
        jsonbin.env |= {"JSONBIN_API_URL": local.url, "JSONBIN_MASTER_KEY": local.master_key}
        headers = {"x-master-key": local.master_key, "content-type": "application/json", "x-bin-versioning": "true"}
        with httpx.Client(base_url=local.url, headers=headers, trust_env=False, verify=False) as client:
            for n in range(1000):
                client.put(f"/b/{local.demo}", content=b'{"n":%d}' % n)
        for setting in ("keep", "update"):
            local.change(settings={"past_last_version": setting})
            run = jsonbin("set", local.demo, "n+=1", "--merge", "--record")
            assert (run.code, run.out) == (6, "")
            assert run.err.startswith("error: the reply names no version, so it cannot be found out what the update ")


@pytest.mark.parametrize("done", [True, False])
def test_an_update_in_doubt(jsonbin: Program, bin: VersionedBin, done: bool) -> None:
    """It is reported, mentioned by the next commands, and settled by `check`."""
    bin.instead["PUT"] = [(502, done)]
    bin.before["PUT"] = [bin.somebody('{"n":5,"a":1,"tags":["x"]}')]
    run = jsonbin("set", BIN, "a:=2", "n+=1", "--merge")
    assert run.code == 5
    assert run.err.startswith(HOW_TO_CHECK + "error: no\n")
    mentioned = f"note: an update of {BIN} was cut off before it was checked: jsonbin check {BIN}\n"
    assert jsonbin("history", BIN).err == mentioned
    assert jsonbin("update", BIN, "-n", stdin="[1]").err == mentioned
    assert jsonbin("set", BIN, "a:=2", "-n").err == mentioned
    if done:
        assert jsonbin("check", BIN) == Run(0, '[{"arrived": true, "version": 4}]\n', TOGETHER)
        assert json.loads(bin.record) == {"n": 6, "a": 2, "tags": ["x"]}
    else:
        assert jsonbin("check", BIN) == Run(
            1, "", f"error: 1 of 1 updates of {BIN} did not arrive\nhint: run them again\n"
        )
    assert jsonbin("check", BIN) == Run(0, "[]\n", "")
    assert jsonbin("history", BIN).err == ""


@pytest.mark.parametrize("repair_done", [None, True, False])
def test_a_check_that_is_cut_off(jsonbin: Program, bin: VersionedBin, repair_done: bool | None) -> None:
    """The update is in the bin: exit 5 says so, never 0, and `check` does the rest, however far the first one came."""
    bin.before["PUT"] = [bin.somebody('{"n":5,"a":1,"tags":["x"]}')]
    if repair_done is None:
        bin.instead["GET"] = [None, (500, False)]
    else:
        bin.instead["PUT"] = [None, (502, repair_done)]
    run = jsonbin("set", BIN, "n+=1", "--merge", "--retries", "0")
    assert run == Run(
        5,
        "",
        f"error: version 3 was sent, and it could not be checked what that overwrote: no\nhint: jsonbin check {BIN}\n",
    )
    assert jsonbin("check", BIN, "-q") == Run(0, "", "")
    assert json.loads(bin.record)["n"] == 6


def test_a_writer_that_is_killed(jsonbin: Program, bin: VersionedBin) -> None:
    """What it had sent is in the note, which nobody takes while it is at work."""
    process = None

    def seen_while_at_work(it: VersionedBin) -> None:
        assert jsonbin("check", BIN) == Run(0, "[]\n", "")
        it.write('{"n":5,"a":1,"tags":["x"]}')

    def kill(_: VersionedBin) -> None:
        assert process
        process.send_signal(signal.SIGKILL)
        process.wait()

    bin.before["PUT"] = [seen_while_at_work]
    bin.before["GET"] = [None, kill]
    process = jsonbin.start("set", BIN, "n+=1", "--merge")
    process.communicate()
    bin.before["GET"] = []
    assert jsonbin("check", BIN) == Run(0, '[{"arrived": true, "version": 4}]\n', TOGETHER)
    assert json.loads(bin.record)["n"] == 6


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("COUNT", "error: interrupted; nothing was changed\n"),
        ("PUT", f"error: interrupted; the bin may have changed; {UNCHECKED}"),
        ("GET", f"error: interrupted, after it updated {BIN}, version 3; {UNCHECKED}"),
    ],
)
def test_ctrl_c_before_an_update_was_checked(jsonbin: Program, bin: VersionedBin, when: str, said: str) -> None:
    """Once it was sent, the message says so, and the hint is the command that checks it."""
    process = None

    def theirs(it: VersionedBin) -> None:
        it.write('{"n":5,"a":1,"tags":["x"]}')

    def interrupt(_: VersionedBin) -> None:
        assert process
        process.send_signal(signal.SIGINT)
        process.wait()

    bin.before |= {"PUT": [theirs], "GET": [None, interrupt]} if when == "GET" else {when: [interrupt]}
    process = jsonbin.start("set", BIN, "n+=1", "--merge")
    out, err = process.communicate()
    assert jsonbin.checked(process.returncode, out, err) == Run(130, "", said)
    bin.before["GET"] = []
    assert jsonbin("check", BIN, "-q").code == 0
    assert json.loads(bin.record)["n"] == {"COUNT": 1, "PUT": 2, "GET": 6}[when]


def test_two_versions_that_hold_the_same(jsonbin: Program, bin: VersionedBin) -> None:
    """Then it cannot be found out which one was ours."""
    bin.instead["PUT"] = [(502, True)]
    assert jsonbin("set", BIN, "a:=2", "--merge").code == 5
    bin.write(bin.record)
    assert jsonbin("check", BIN) == Run(
        6,
        "",
        "error: it cannot be found out whether the update arrived: more than one version holds the same\n"
        f"hint: look at it: jsonbin get {BIN}\n",
    )


def test_without_a_place_for_the_note(jsonbin: Program, bin: VersionedBin) -> None:
    """Nothing is sent; --no-backup does without."""
    state = jsonbin.home / ".local" / "state" / "jsonbin"
    state.mkdir(parents=True)
    (state / "unchecked").write_text("")
    run = jsonbin("update", BIN, "--merge", stdin='{"n":2}')
    assert run.code == 2
    assert "could not be kept" in run.err
    assert [asked for asked in bin.asked if asked.startswith("PUT")] == []
    assert jsonbin("set", BIN, "a:=2", "--merge", "--no-backup", "-q") == Run(0, "", "")
    bin.instead["PUT"] = [(502, True)]
    run = jsonbin("update", BIN, "--merge", "--no-backup", stdin='{"n":2}')
    assert (run.code, run.err.startswith("error: no")) == (5, True)


def test_records_that_are_too_large_to_be_compared(jsonbin: Program, bin: VersionedBin) -> None:
    """The update was sent, and it is said that it could not be checked."""
    ones = "1," * 180_000
    bin.write(f'{{"a":1,"large":[{ones}1]}}')
    bin.before["PUT"] = [bin.somebody(f'{{"a":1,"large":[{ones}2]}}')]
    run = jsonbin("set", BIN, "a:=2", "--merge", "--no-backup")
    assert (run.code, run.out) == (5, "")
    assert run.err.startswith(
        "error: version 4 was sent, and it could not be checked what that overwrote: "
        "the records to compare are too large\nhint: jsonbin check "
    )


NOTE = {"known": 1, "before": {}, "after": {}, "version": None, "added_at": [], "prefer": None, "unmerged": []}
NOTE |= {"earlier": None}


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        "not JSON",
        json.dumps(NOTE | {"known": "1"}),
        json.dumps(NOTE | {"version": []}),
        json.dumps(NOTE | {"added_at": None}),
        json.dumps(NOTE | {"prefer": "nobody"}),
        json.dumps(NOTE | {"earlier": NOTE | {"earlier": NOTE}}),
        json.dumps(NOTE | {"unmerged": 1}),
        json.dumps(NOTE | {"unmerged": [["/l", 1]]}),
        json.dumps(NOTE | {"unmerged": [[1, 1, []]]}),
        json.dumps(NOTE | {"unmerged": [["/l", "1", []]]}),
        json.dumps(NOTE | {"unmerged": [["/l", 1.5, []]]}),
        json.dumps(NOTE | {"unmerged": [["/l", 1, "x"]]}),
        " " * 10 * 1024 * 1024 + json.dumps(NOTE),
    ],
    ids=range(15),
)
def test_a_note_that_says_nothing(jsonbin: Program, bin: VersionedBin, text: str) -> None:
    """A damaged one is removed."""
    bin.instead["PUT"] = [(502, True)]
    assert jsonbin("set", BIN, "a:=2", "--merge").code == 5
    (note,) = (jsonbin.home / ".local/state/jsonbin/unchecked").rglob("*.json")
    assert json.loads(note.read_text()).keys() == NOTE.keys()
    note.write_text(text)
    assert jsonbin("check", BIN) == Run(0, "[]\n", "")
    assert not note.exists()


def test_a_record_that_is_stored_differently(jsonbin: Program, bin: VersionedBin) -> None:
    """It is said that what it overwrote was not checked, since no version can be told to be ours."""
    bin.stores = lambda body: body.replace("01}", "00}")
    run = jsonbin("update", BIN, "--merge", stdin='{"n":10000000000000000001}')
    assert run.code == 1
    assert "note: what it overwrote was not checked, since the service holds another record\n" in run.err
    assert jsonbin("check", BIN) == Run(0, "[]\n", "")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--merge", "--no-versioning"), "--merge needs versions"),
        (("--merge", "--recheck"), "--merge and --recheck are two ways"),
        (("--prefer", "ours"), "--prefer is for --merge"),
    ],
)
def test_options_that_contradict_each_other(
    jsonbin: Program, bin: VersionedBin, options: tuple[str, ...], why: str
) -> None:
    """Nothing is sent."""
    for command in (("set", BIN, "a:=1"), ("update", BIN)):
        run = jsonbin(*command, *options, stdin="[1]")
        assert (run.code, run.out) == (2, "")
        assert why in run.err
    assert bin.asked == []


def test_versions_that_are_deleted_during_the_check(jsonbin: Program, bin: VersionedBin) -> None:
    """What was overwritten can no longer be read."""
    bin.before["PUT"] = [bin.somebody('{"n":5,"a":1,"tags":["x"]}')]
    bin.before["GET"] = [None, lambda it: it.versions.clear()]
    assert "the versions were deleted meanwhile" in jsonbin("set", BIN, "a:=2", "--merge").err


def test_a_version_that_may_not_be_read(jsonbin: Program, bin: VersionedBin) -> None:
    """The check is left to be done."""
    bin.before["PUT"] = [bin.somebody('{"n":5,"a":1,"tags":["x"]}')]
    bin.instead["GET"] = [None, (403, False)]
    run = jsonbin("set", BIN, "a:=2", "--merge")
    assert (run.code, "could not be checked" in run.err) == (5, True)
    assert jsonbin("check", BIN, "-q") == Run(0, "", "")


@pytest.mark.parametrize("counters", ["['visits']", "[1]"])
def test_counters_are_pointers(jsonbin: Program, counters: str) -> None:
    """Anything else is refused, with what to write."""
    jsonbin.configure(f"[profiles.work]\nmaster_key = 'x'\ncounters = {counters}\n")
    run = jsonbin("get", BIN, "-p", "work")
    assert run.code == 2
    assert "counters must be a list of JSON Pointers" in run.err


def test_without_a_home_there_are_no_notes(jsonbin: Program, bin: VersionedBin) -> None:
    """A plain update needs none."""
    jsonbin.env["XDG_STATE_HOME"] = "relative"
    assert jsonbin("update", BIN, "-q", stdin="[1]").code == 0
    assert bin.record == "[1]"
