"""One run over many bins: how many threads it has, what becomes of output that cannot be written, and Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from jsonbin_cli.commands.bulk.session import Limits, Session
from jsonbin_cli.commands.options import Options
from jsonbin_cli.config.account import Account, Profile
from jsonbin_cli.failures import Interrupted
from jsonbin_cli.local.testing import LocalJSONBin
from tests.conftest import BIN, Program, Run
from tests.many import Many, words
from tests.scripted import ScriptedServer


@pytest.fixture
def many(jsonbin: Program, jsonbin_server: LocalJSONBin) -> Many:
    """Six bins whose files differ from what they hold."""
    return Many(jsonbin, jsonbin_server, 6)


def last_lines(run: Run, count: int) -> list[str]:
    """What was said last, but for how long it took."""
    return re.sub(r"in \d+\.\d s$", "in … s", run.err, flags=re.MULTILINE).splitlines()[-count:]


def without_reader(jsonbin: Program, *arguments: str) -> Run:
    """Run with a pipe for standard output from which nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    process = jsonbin.start(*arguments, stdout=writer)
    os.close(writer)
    _, err = process.communicate(timeout=60)
    return jsonbin.checked(process.returncode, b"", err)


@pytest.mark.parametrize(("path", "threads"), [(None, 8), (Path("store.sqlite3"), 1)])
def test_an_embedded_store_has_one_thread(path: Path | None, threads: int) -> None:
    """Since it does one thing at a time; a server has as many as are asked for."""
    account = Account(Profile("a", path=path), None, "http://127.0.0.1:9/v3", "the default")
    before = threading.active_count()
    with Session(account, Options(), Limits(jobs=8)):
        assert threading.active_count() - before == threads


def test_a_full_disk_stops_no_update(many: Many) -> None:
    """All bins are done, what was applied is kept, and the end says that the result is not there."""
    run = many.jsonbin.shell("jsonbin apply records --jobs 1 >/dev/full")
    assert (run.code, last_lines(run, 3)) == (
        1,
        [
            "error: 6 of 6 bins updated; the result could not be written to standard output: No space left on device",
            "hint: --quiet writes nothing",
            "6 bins: 6 updated; 12 requests in … s",
        ],
    )
    assert many.held() == [{"n": 1}] * 6
    for name in many.names:
        many.write(name, '{"n": 2}')
    run = many.jsonbin.shell("jsonbin apply records --errors json >/dev/full")
    told = [json.loads(line)["error"] for line in run.err.splitlines() if line.startswith("{")]
    assert [(one["slug"], one["exit_code"], one["sent"]) for one in told] == [("output-failed", 1, True)]
    assert many.held() == [{"n": 2}] * 6, "nothing drifted"


def test_a_reader_that_is_gone_stops_no_update(many: Many) -> None:
    """Nothing is said of it; the exit code is that of a closed pipe."""
    run = without_reader(many.jsonbin, "apply", "records", "--jobs", "1")
    assert (run.code, last_lines(run, 2)) == (
        141,
        ["plan: 6 to update; 6 more requests after 6", "6 bins: 6 updated; 12 requests in … s"],
    )
    assert many.held() == [{"n": 1}] * 6
    assert many.apply("--check", "-q") == Run(0, "", "")


def test_a_bin_that_failed_matters_more_than_output_that_did(many: Many) -> None:
    """The exit code is that of the bins, and both are told."""
    many.server.script(*["ok"] * 6, "400")
    run = many.jsonbin.shell("jsonbin apply records --jobs 1 >/dev/full")
    assert run.code == 4
    assert "error: 5 of 6 bins updated; the result could not be written to standard output: " in run.err
    assert "error: b0: " in run.err
    many.write("b1", "[1]")
    assert without_reader(many.jsonbin, "apply", "records", "--check").code == 1


def test_a_plan_that_cannot_be_written_says_nothing_of_updates(many: Many) -> None:
    """The plan in a file is there all the same."""
    run = many.jsonbin.shell("jsonbin apply records --plan plan.json --errors json >/dev/full")
    assert (run.code, json.loads(run.err.splitlines()[-1])["error"]["message"]) == (
        1,
        "the result could not be written to standard output: No space left on device",
    )
    assert many.jsonbin("apply", "plan.json", "-q") == Run(0, "", "")
    assert many.held() == [{"n": 1}] * 6


def test_files_are_fetched_also_where_output_cannot_be_written(many: Many) -> None:
    """And the manifest names them."""
    ids = list(many.ids.values())
    run = many.jsonbin.shell(f"jsonbin pull full {' '.join(ids)} >/dev/full")
    said = "error: 6 of 6 bins written; the result could not be written to standard output: No space left on device"
    assert (run.code, last_lines(run, 3)[0]) == (1, said)
    assert without_reader(many.jsonbin, "pull", "closed", *ids).code == 141
    for folder in ("full", "closed"):
        assert many.jsonbin("apply", folder, "--check", "-q") == Run(0, "", "")
        assert len(list((many.jsonbin.home / folder).iterdir())) == 7


def test_the_last_line_is_the_gravest_failure_in_json(many: Many) -> None:
    """Whatever else is said, also where the counts cannot be written, and whichever bin failed first."""
    many.write("b2", '{"n": 2}')
    assert many.apply("-q").code == 0
    many.put("b1", b"[7]")
    for name in many.names:
        many.write(name, '{"n": 3}')
    many.ids["b2"] = "0" * 24
    many.write_manifest()
    env = {"GITHUB_OUTPUT": str(many.folder)}
    for command in ("apply", "pull"):
        run = many.jsonbin(command, "records", "--jobs", "1", "--errors", "json", env=env)
        assert run.code == 4
        *others, conflict, refusal = run.err.splitlines()
        assert [json.loads(line)["error"]["exit_code"] for line in (conflict, refusal)] == [6, 4]
        assert others[-1].startswith("6 bins: ")
        assert others[-2].startswith("note: the counts could not be written to ")


FINISHING = "note: finishing {} under way, for 40 s at most; Ctrl-C again ends it now"


def folder_of(jsonbin: Program, server: ScriptedServer, count: int) -> list[str]:
    """The ids of bins whose files differ from what they hold, once these are read."""
    ids = [f"{number:024}" for number in range(count)]
    (jsonbin.home / "records").mkdir()
    for bin_id in ids:
        (jsonbin.home / "records" / f"{bin_id}.json").write_text("[2]")
        server.replies(200, b'{"record":[1],"metadata":{}}')
    return ids


def interrupted_twice(process: subprocess.Popen[bytes], server: ScriptedServer, requests: int, jsonbin: Program) -> Run:
    """Press Ctrl-C once so many requests have arrived, and again once somebody says what that waits for."""
    pause = threading.Event()
    while len(server.requests) < requests and process.poll() is None:
        pause.wait(0.01)
    process.send_signal(signal.SIGINT)
    assert process.stderr
    said = b""
    while b"ends it now" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    return jsonbin.checked(process.returncode, out, said + err)


def test_a_second_ctrl_c_ends_at_once_and_names_what_may_have_changed(jsonbin: Program, server: ScriptedServer) -> None:
    """What is known to be done is kept."""
    ids = folder_of(jsonbin, server, 6)
    server.echoes()
    for _ in range(4):
        server.hangs()
    process = jsonbin.start("apply", "records", "--errors", "text")
    run = interrupted_twice(process, server, 11, jsonbin)
    became = words(run)
    assert (run.code, sorted(became.values())) == (130, ["no-answer"] * 4 + ["skipped", "updated"])
    in_doubt = ", ".join([bin_id for bin_id in ids if became[bin_id] == "no-answer"][:3])
    assert last_lines(run, 4) == [
        FINISHING.format("4 requests"),
        "6 bins: 1 updated, 4 no-answer, 1 skipped; 11 requests in … s",
        f"error: interrupted; 1 of 6 bins updated, 1 not begun, 4 may have changed: {in_doubt}, …",
        "hint: the same command goes on with them",
    ]
    for _ in range(5):
        server.replies(200, b'{"record":[2],"metadata":{}}')
    again = jsonbin("apply", "records")
    assert (again.code, set(words(again).values())) == (0, {"unchanged"})
    assert len(server.requests) == 16


def test_a_second_ctrl_c_while_the_bins_are_read(jsonbin: Program, server: ScriptedServer) -> None:
    """Nothing was changed."""
    folder_of(jsonbin, server, 3)
    server.script.clear()
    server.hangs()
    run = interrupted_twice(jsonbin.start("apply", "records", "--jobs", "1"), server, 1, jsonbin)
    assert (run.code, set(words(run).values())) == (130, {"skipped"})
    assert last_lines(run, 9) == [
        FINISHING.format("1 request"),
        "plan: 3 skipped; 0 more requests after 1",
        "3 bins: 3 skipped; 1 request in … s",
        "error: interrupted; nothing was changed at JSONBin",
    ]


def test_a_second_ctrl_c_during_a_pull(jsonbin: Program, server: ScriptedServer) -> None:
    """What was fetched is in the folder and in its manifest."""
    server.replies(200, b'{"record":[1],"metadata":{}}')
    server.hangs()
    ids = [f"{number:024}" for number in range(3)]
    run = interrupted_twice(jsonbin.start("pull", "records", *ids, "--jobs", "1"), server, 2, jsonbin)
    assert (run.code, list(words(run).values())) == (130, ["written", "skipped", "skipped"])
    assert sorted(path.name for path in (jsonbin.home / "records").iterdir()) == [f"{ids[0]}.json", "bins.toml"]


def test_ctrl_c_while_the_bins_are_listed(jsonbin: Program, server: ScriptedServer) -> None:
    """Nothing was begun that is to be finished, so the first one ends it."""
    server.hangs()
    process = jsonbin.start("pull", "records", "--collection", BIN)
    server.arrived.wait(60)
    _, err = jsonbin.interrupt(process)
    assert (process.returncode, err.decode()) == (130, "error: interrupted; nothing was changed\n")
    assert not (jsonbin.home / "records").exists()


def test_ctrl_c_before_anything_is_begun() -> None:
    """There is nothing to finish, so one is enough."""
    account = Account(None, None, "http://127.0.0.1:9/v3", "the default")
    with pytest.raises(Interrupted) as raised, Session(account, Options(), Limits()):
        signal.raise_signal(signal.SIGINT)
    assert raised.value.message == "interrupted; nothing was changed at JSONBin"


def test_two_at_once(jsonbin: Program, server: ScriptedServer) -> None:
    """The second one comes before the first is answered, and the bins are named all the same."""
    (bin_id,) = folder_of(jsonbin, server, 1)
    server.hangs()
    process = jsonbin.start("apply", "records", "--errors", "text")
    pause = threading.Event()
    while len(server.requests) < 2:
        pause.wait(0.01)
    process.send_signal(signal.SIGINT)
    pause.wait(0.03)
    out, err = jsonbin.interrupt(process)
    run = jsonbin.checked(process.returncode, out, err)
    assert run.code == 130
    assert words(run) == {bin_id: "no-answer"}
    assert last_lines(run, 2) == [
        f"error: interrupted; 0 of 1 bins updated, 0 not begun, 1 may have changed: {bin_id}",
        "hint: the same command goes on with them",
    ]


def test_ctrl_c_before_more_requests_than_are_allowed(jsonbin: Program, server: ScriptedServer) -> None:
    """No more are begun, so that the limit is no matter."""
    folder_of(jsonbin, server, 3)
    server.script.pop()
    server.hangs()
    command = ("apply", "records", "--jobs", "1", "--max-requests", "4", "--errors", "text")
    run = interrupted_twice(jsonbin.start(*command), server, 3, jsonbin)
    assert run.code == 130
    assert last_lines(run, 2) == [
        "error: interrupted; 0 of 3 bins updated, 3 not begun",
        "hint: the same command goes on with them",
    ]


def test_ctrl_c_at_a_terminal(jsonbin: Program, server: ScriptedServer) -> None:
    """The bar disappears, and each of the two keys is answered in a line of its own."""
    (bin_id,) = folder_of(jsonbin, server, 1)
    server.hangs()
    with jsonbin.on_terminal("apply", "records", env={"JSONBIN_ERRORS": "text"}) as terminal:
        terminal.wait_for("updating")
        terminal.type("\x03")
        terminal.wait_for("ends it now")
        terminal.type("\x03")
        assert terminal.finish() == 130
        assert [re.sub(r"in \d+\.\d s$", "in … s", line) for line in terminal.shown.splitlines()] == [
            f"~ {bin_id}  1 change",
            "plan: 1 to update; 1 more request after 1",
            "",
            FINISHING.format("1 request"),
            "^C",
            "1 bin: 1 no-answer; 2 requests in … s",
            "",
            f"error: interrupted; 0 of 1 bins updated, 0 not begun, 1 may have changed: {bin_id}",
            "hint: the same command goes on with them",
        ]
        assert not terminal.cursor_is_hidden
