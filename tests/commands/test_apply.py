"""`jsonbin apply`: a folder of records, planned and carried out."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest

from jsonbin_cli.local.testing import LocalJSONBin
from tests.conftest import BIN, Program, Run
from tests.many import Many, lines, words
from tests.scripted import ScriptedServer, Sent, _Handler
from tests.systems import run_where


@pytest.fixture
def many(jsonbin: Program, jsonbin_server: LocalJSONBin) -> Many:
    """Three bins whose files differ from what they hold."""
    return Many(jsonbin, jsonbin_server)


def without_seconds(text: str) -> str:
    """What is said, but for how long it took."""
    return re.sub(r"in \d+\.\d s$", "in … s", text, flags=re.MULTILINE)


def test_what_differs_is_updated_and_the_rest_is_not(many: Many) -> None:
    """Each bin is read, and those that differ are updated; a second run finds nothing to do."""
    many.write("b1", ' {"n":0.0} ')
    run = many.apply()
    assert (run.code, words(run)) == (0, {"b0": "updated", "b1": "unchanged", "b2": "updated"})
    assert sorted(lines(run), key=lambda line: line["name"])[0] == {
        "result": "updated",
        "name": "b0",
        "bin": many.ids["b0"],
        "file": "b0.json",
    }
    assert without_seconds(run.err) == (
        "plan: 2 to update, 1 unchanged; 2 more requests after 3\n3 bins: 2 updated, 1 unchanged; 5 requests in … s\n"
    )
    assert many.requests() == ["GET b0", "GET b1", "GET b2", "PUT b0", "PUT b2"]
    assert many.held() == [{"n": 1}, {"n": 0}, {"n": 1}]
    again = many.apply("--quiet")
    assert again == Run(0, "", "")
    assert many.requests() == ["GET b0", "GET b1", "GET b2"]


def test_a_large_file(many: Many) -> None:
    """It arrives as any other, in its turn among those that take much memory."""
    record = {"n": 2, "text": "x" * 100_000}
    many.write("b1", json.dumps(record))
    assert words(many.apply()) == dict.fromkeys(many.names, "updated")
    assert many.held()[1] == record


def test_the_plan_alone(many: Many) -> None:
    """--check sends no update, exits 1 while there is something to do, and shows what with --diff."""
    many.write("b1", '{"n": 0}')
    run = many.apply("--check", "--diff")
    difference = [{"op": "test", "path": "/n", "value": 0}, {"op": "replace", "path": "/n", "value": 1}]
    assert run.code == 1
    assert list(lines(run)) == [
        {
            "plan": "update" if name != "b1" else "unchanged",
            "name": name,
            "bin": many.ids[name],
            "file": f"{name}.json",
            **({"changes": 1, "diff": difference} if name != "b1" else {}),
        }
        for name in many.names
    ]
    assert run.err == "plan: 2 to update, 1 unchanged; 2 more requests after 3\n"
    assert many.requests() == ["GET b0", "GET b1", "GET b2"]
    assert not (many.jsonbin.home / ".local").exists()
    assert many.apply().code == 0
    assert many.apply("--check", "-q") == Run(0, "", "")


def test_a_saved_plan_is_carried_out_once(many: Many) -> None:
    """It replaces what it was made for, from wherever it is run; a second time that is no longer there."""
    run = many.apply("--plan", "plan.json")
    assert (run.code, words(run, "plan")) == (0, dict.fromkeys(many.names, "update"))
    many.requests()
    many.put("b0", b"[7]")
    many.write("b1", "[8]")
    run = many.jsonbin("apply", "plan.json", "--errors", "text")
    assert (run.code, words(run)) == (6, {"b0": "drifted", "b1": "drifted", "b2": "updated"})
    assert many.requests() == ["GET b0", "GET b2", "PUT b2"]
    assert "error: b0: the bin does not hold what the plan is to replace; nothing was sent\n" in run.err
    assert "error: b1: the file is not the one that was planned; nothing was sent\n" in run.err
    assert many.held() == [[7], {"n": 0}, {"n": 1}]


def test_a_plan_has_its_limits(many: Many, jsonbin_server: LocalJSONBin) -> None:
    """It is for one address, leaves no choice, and is not written over another file."""
    assert many.apply("--plan", "plan.json", "-q").code == 0
    assert many.apply("--plan", "plan.json", "-q").code == 0, "a plan may be replaced"
    run = many.jsonbin("apply", "plan.json", "--force")
    assert run == Run(
        2,
        "",
        "error: plan.json is a plan, which replaces only what it names, so --force has no place there\n"
        "hint: leave the option out\n",
    )
    assert many.jsonbin("apply", "plan.json", "--plan", "other.json").code == 2
    elsewhere = many.jsonbin("apply", "plan.json", env={"JSONBIN_API_URL": f"{jsonbin_server.url}/"})
    assert elsewhere.code == 0
    elsewhere = many.jsonbin("apply", "plan.json", env={"JSONBIN_API_URL": "http://127.0.0.1:9/v3"})
    assert elsewhere == Run(
        2,
        "",
        "error: plan.json was made for another address than that of this call\n"
        "hint: choose the profile that it was made with: --profile NAME\n",
    )
    many.jsonbin.home.joinpath("mine.json").write_text("[1]")
    run = many.apply("--plan", "mine.json")
    assert (run.code, run.err.splitlines()[-2]) == (
        2,
        "error: mine.json exists and is not a plan; it is not overwritten",
    )
    assert many.jsonbin("apply", "records", "--plan", "none/plan.json").code == 2
    many.jsonbin.home.joinpath("plan.json").unlink()
    assert many.apply("--plan", "plan.json", "-q").code == 0
    run = many.jsonbin("apply", "plan.json")
    assert run == Run(2, "", "error: plan.json has no updates\n")


UPDATE = (
    f'{{"name": "a", "bin": "{BIN}", "alias": null, "file": "a.json", "versioning": null, '
    f'"bytes": "{"00" * 16}", "replaces": "{"00" * 16}"}}'
)


@pytest.mark.parametrize(
    "broken",
    [
        '{"jsonbin_plan": 2, "address": "", "folder": ".", "updates": []}',
        '{"jsonbin_plan"',
        '{"jsonbin_plan": 1, "address": "", "folder": ".", "updates": [{}]}',
        '{"jsonbin_plan": 1, "address": "", "folder": ".", "updates": [{"name": "a", "bin": "b", "file": "c"}]}',
        '{"jsonbin_plan": 1, "address": "", "folder": ".", "updates": [{"name": "a", "bin": "%s", "file": "/c"}]}'
        % BIN,
        '{"jsonbin_plan": 1, "address": "", "folder": ".", "updates": [{"name": "a", "bin": "%s", "file": "../c"}]}'
        % BIN,
        '{"jsonbin_plan": 1, "address": "", "folder": ".", "updates": [%s, %s]}' % (UPDATE, UPDATE),
        '{"jsonbin_plan": ' + "[" * 100_000,
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_plan(jsonbin: Program, broken: str) -> None:
    """A plan names files of its folder and bins, and nothing else."""
    (jsonbin.home / "plan.json").write_text(broken)
    assert jsonbin("apply", "plan.json") == Run(
        2,
        "",
        "error: plan.json is not a plan that this version of the program wrote\n"
        "hint: make it again: jsonbin apply --plan FILE\n",
    )


def test_a_plan_shows_nothing_of_the_files_that_it_names(jsonbin: Program) -> None:
    """Also where it is not the one that was written here, and names what is no record, or is not there."""
    (jsonbin.home / "secrets").mkdir()
    (jsonbin.home / "secrets" / "a.json").write_text("the secret")
    url = "http://127.0.0.1:9/v3"
    other = UPDATE.replace(BIN, BIN[::-1]).replace("a.json", "b.json").replace('"name": "a"', '"name": "b"')
    plan = {"jsonbin_plan": 1, "address": url, "folder": "secrets", "updates": [json.loads(UPDATE), json.loads(other)]}
    (jsonbin.home / "plan.json").write_text(json.dumps(plan))
    run = jsonbin("apply", "plan.json", env={"JSONBIN_API_URL": url})
    assert run.code == 6
    assert run.err.splitlines()[:3] == [
        "plan: 2 drifted; 0 more requests after 0",
        "error: 2 bins (a, b): the file is not the one that was planned; nothing was sent",
        "hint: make the plan again",
    ]
    assert "the secret" not in run.out + run.err


def test_a_plan_of_what_is_no_file(jsonbin: Program) -> None:
    """A folder, and a pipe that would be waited for, are in no plan."""
    (jsonbin.home / "a.json").mkdir()
    (jsonbin.home / "plan.json").write_text(
        f'{{"jsonbin_plan": 1, "address": "", "folder": ".", "updates": [{UPDATE}]}}'
    )
    assert jsonbin("apply", "plan.json").err.startswith("error: plan.json is not a plan that this version")


def test_what_somebody_changed_at_the_service_is_not_overwritten(many: Many) -> None:
    """Such a bin has drifted: it is refused, with exit code 6, until --force says otherwise."""
    assert many.apply("-q").code == 0
    many.put("b1", b'{"n": 7}')
    many.write("b1", '{"n": 2}')
    many.write("b2", '{"n": 2}')
    many.requests()
    run = many.apply()
    assert (run.code, words(run)) == (6, {"b0": "unchanged", "b1": "drifted", "b2": "updated"})
    assert "error: b1: the bin was changed at JSONBin since this folder was last applied; nothing was sent\n" in run.err
    assert many.requests() == ["GET b0", "GET b1", "GET b2", "PUT b2"]
    checked = many.apply("--check")
    assert (checked.code, words(checked, "plan")["b1"]) == (6, "drifted")
    assert many.apply("--force").code == 0
    assert many.held() == [{"n": 1}, {"n": 2}, {"n": 2}]


def test_a_file_that_was_not_changed_does_not_undo_what_somebody_changed_at_the_service(many: Many) -> None:
    """Neither side is lost where only the bin changed."""
    assert many.apply("-q").code == 0
    many.put("b1", b'{"n": 7}')
    assert words(many.apply())["b1"] == "drifted"
    assert many.held()[1] == {"n": 7}


def test_bins_whose_files_did_not_change_need_not_be_read(many: Many) -> None:
    """--since-last asks only for the others."""
    assert many.apply("-q").code == 0
    many.requests()
    many.write("b1", '{"n": 2}')
    run = many.apply("--since-last")
    assert (run.code, words(run)) == (0, {"b0": "unchanged", "b1": "updated", "b2": "unchanged"})
    assert "plan: 1 to update, 2 unchanged; 1 more request after 1, 2 not read\n" in run.err
    assert many.requests() == ["GET b1", "PUT b1"]


def test_a_state_file_of_ones_own(many: Many) -> None:
    """--state keeps what was applied where CI can cache it; what is no such file is left alone."""
    assert many.apply("-q", "--state", "cache/state").code == 0
    kept = many.jsonbin.home / "cache" / "state"
    first, *rest = map(json.loads, kept.read_text().splitlines())
    assert first == {"jsonbin_state": 1, "run": 1, "task": "97a5e41b45ddd2b2", "finished": True}
    assert {line["bin"] for line in rest} == set(many.ids.values())
    assert {(line["address"], line["version"], line["run"]) for line in rest} == {(many.server.url, None, 1)}
    assert kept.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in kept.parent.iterdir()) == [".state.lock", "state"]
    many.put("b0", b"[7]")
    assert many.apply("-q", "--state", "cache/state").code == 6
    assert many.apply("-q", "--check").code == 1, "another state knows nothing of it"
    other = many.jsonbin.home / "notes.txt"
    for text in ("my notes", "[1]", '{"jsonbin_state": 2, "run": 1}', '{"address": "a", "bin": "b"}', '{"run": "x"}'):
        other.write_text(text)
        run = many.apply("--state", "notes.txt")
        assert run == Run(
            2,
            "",
            "error: notes.txt is not a state file of jsonbin\nhint: name another with --state FILE, or remove it: rm notes.txt\n",
        )
        assert other.read_text() == text
    assert many.apply("--state", "records").err.startswith("error: what was applied cannot be kept in records: ")
    assert many.apply("--state", "notes.txt/state").code == 2


def test_the_requests_have_a_limit(many: Many) -> None:
    """--max-requests refuses before anything is read, or before anything is written."""
    run = many.apply("--max-requests", "2")
    assert run == Run(
        2,
        "",
        "error: to read the bins takes 3 requests, over the 2 of --max-requests; nothing was updated\n"
        "hint: allow them: --max-requests 3\n",
    )
    assert many.requests() == []
    run = many.apply("--max-requests", "5")
    assert run.code == 2
    assert run.err.endswith(
        "error: to read and to update the bins takes 6 requests, over the 5 of --max-requests; nothing was updated\n"
        "hint: allow them: --max-requests 6\n"
    )
    assert many.requests() == ["GET b0", "GET b1", "GET b2"]
    assert many.apply("--max-requests", "6").code == 0


def test_versions(many: Many) -> None:
    """The manifest asks for one, or the call does; the line of the bin names it."""
    many.write_manifest("versioning = true\n")
    run = many.apply()
    assert {line["name"]: line.get("version") for line in lines(run)} == {"b0": None, "b1": None, "b2": 1}
    for name in many.names:
        many.write(name, "[2]")
    run = many.apply("--no-versioning", "--verbose")
    assert {line.get("version") for line in lines(run)} == {None}
    assert "PUT http://127.0.0.1" in run.err
    many.server.change(settings={"plan": "free"})
    many.write("b2", "[3]")
    run = many.apply()
    assert (run.code, words(run)["b2"]) == (4, "refused")
    assert "hint: the manifest asks for versions; add --no-versioning\n" in run.err


def test_what_is_replaced_is_kept_where_the_call_or_the_profile_says_so(many: Many) -> None:
    """As for update: none by default."""
    backups = many.jsonbin.home / ".local/state/jsonbin/backups"
    assert many.apply("-q").code == 0
    assert not backups.exists()
    many.write("b0", '{"n": 2}')
    assert many.apply("-q", "--backup", "--check").code == 1
    assert not backups.exists()
    assert many.apply("-q", "--backup").code == 0
    assert [path.read_bytes() for path in backups.rglob("*.json")] == [b'{"n": 1}']


def test_a_record_that_lost_much_is_refused(many: Many) -> None:
    """As for update: a note, or with --max-shrink exit code 2 for that bin alone."""
    many.put("b0", json.dumps({"n": "x" * 200}).encode())
    many.put("b1", json.dumps({"n": "x" * 200}).encode())
    run = many.apply("--max-shrink", "50%")
    assert (run.code, words(run)) == (2, {"b0": "refused", "b1": "refused", "b2": "updated"})
    assert "error: 2 bins (b0, b1): the new record has 7 bytes, where the bin holds 208: " in run.err.replace(
        "(b1, b0)", "(b0, b1)"
    )
    assert many.requests().count("PUT b0") == 0
    run = many.apply()
    assert run.code == 0
    assert "note: b0: the new record has 7 bytes, where the bin holds 208\n" in run.err


def test_failures_are_per_bin_and_the_same_cause_is_told_once(many: Many) -> None:
    """The others go on."""
    for number in range(7):
        many.names.append(f"x{number}")
        many.ids[f"x{number}"] = f"{number:024}"
        many.write(f"x{number}", "[1]")
    many.write_manifest()
    run = many.apply()
    assert run.code == 4
    assert words(run) == {name: "updated" if name[0] == "b" else "refused" for name in many.names}
    assert without_seconds(run.err) == (
        "plan: 3 to update, 7 refused; 3 more requests after 10\n"
        "error: 7 bins (x0, x1, x2, x3, x4 and 2 more): Bin not found or it doesn't belong to your account\n"
        f"hint: {many.server.url} has no bin {0:024}; check the id on the dashboard, "
        "or pick another profile with --profile NAME\n"
        "10 bins: 3 updated, 7 refused; 13 requests in … s\n"
    )
    (line,) = (line for line in lines(run) if line["name"] == "x3")
    assert line["error"] == {
        "slug": "bin-not-found",
        "message": "Bin not found or it doesn't belong to your account",
        "hint": f"{many.server.url} has no bin {3:024}; check the id on the dashboard, "
        "or pick another profile with --profile NAME",
        "status": 404,
        "exit_code": 4,
        "sent": True,
        "retryable": False,
    }


def test_the_first_failure_can_stop_the_others(many: Many) -> None:
    """With --fail-fast nothing more is begun; what was not begun is skipped, and done by the next run."""
    many.server.script("ok", "ok", "ok", "400")
    run = many.apply("--fail-fast", "--jobs", "1", "--retries", "0")
    assert run.code == 4
    assert sorted(words(run).values()) == ["refused", "skipped", "skipped"]
    many.requests()
    assert many.apply().code == 0
    assert many.held() == [{"n": 1}] * 3


@pytest.mark.parametrize(
    ("left", "become"), [(1, ["refused", "skipped", "skipped"]), (4, ["refused", "skipped", "updated"])]
)
def test_a_used_up_quota_stops_everything(many: Many, left: int, become: list[str]) -> None:
    """Each further request would meet the same; where that is known before the updates, none of them is begun."""
    many.server.change(settings={"quota": left})
    run = many.apply("--jobs", "1")
    assert (run.code, sorted(words(run).values())) == (4, become)
    assert "Requests exhausted" in run.err
    assert len(many.requests()) == left + 1


def test_a_wrong_key_stops_everything(many: Many) -> None:
    """One request tells it."""
    run = many.jsonbin("apply", "records", "--jobs", "1", env={"JSONBIN_MASTER_KEY": "$2b$10$" + "x" * 53})
    assert (run.code, sorted(words(run).values())) == (4, ["refused", "skipped", "skipped"])
    assert len(many.requests()) == 1


def test_without_a_network_nothing_more_is_begun(many: Many) -> None:
    """The tries of each thread are enough to tell; the next run does all."""
    gone = {"JSONBIN_API_URL": "http://127.0.0.1:9/v3"}
    run = many.jsonbin("apply", "records", "--jobs", "2", "--retries", "0", env=gone)
    became = sorted(words(run).values())
    assert run.code == 3
    assert became in (["no-answer", "skipped", "skipped"], ["no-answer", "no-answer", "skipped"])
    assert "no connection to 127.0.0.1:9: Connection refused; nothing was changed\n" in run.err
    assert many.apply().code == 0


def test_a_service_that_never_answers_is_left_alone(jsonbin: Program, jsonbin_server: LocalJSONBin) -> None:
    """Three requests in a row for each thread; an answer between them starts the count again."""
    many = Many(jsonbin, jsonbin_server, 7)
    many.server.script("cut", "cut", "ok", "cut", "cut", "cut")
    run = many.apply("--jobs", "1", "--retries", "0", "--check")
    assert (run.code, sorted(words(run, "plan").values())) == (1, ["no-answer"] * 5 + ["skipped", "update"])
    assert len(many.requests()) == 6


def test_a_lost_answer_leaves_the_bin_in_doubt_and_the_next_run_decides(many: Many) -> None:
    """It is not sent again unseen: the next run reads the bin first, and finds what it holds."""
    many.server.script("ok", "ok", "ok", "cut", "late-502", "502")
    run = many.apply("--retries", "0", "--jobs", "1")
    assert (run.code, words(run)) == (3, {"b0": "no-answer", "b1": "no-answer", "b2": "no-answer"})
    assert "the bin may have changed" in run.err
    many.requests()
    again = many.apply()
    assert (again.code, words(again)) == (0, {"b0": "unchanged", "b1": "unchanged", "b2": "updated"})
    assert many.requests() == ["GET b0", "GET b1", "GET b2", "PUT b2"]


def test_a_busy_service_is_given_a_pause(many: Many) -> None:
    """All wait as long as it asks for, and the request that met it is sent again."""
    many.server.script("429:1")
    started = time.monotonic()
    assert many.apply("--jobs", "3").code == 0
    assert time.monotonic() - started > 1
    assert many.requests().count("GET b0") + many.requests().count("GET b1") <= 2


def test_a_service_that_asks_for_a_long_pause_is_left_alone(many: Many) -> None:
    """Nobody waits longer than a minute; what was not begun is skipped."""
    many.server.script("429:61")
    run = many.apply("--jobs", "1")
    assert (run.code, sorted(words(run).values())) == (5, ["no-answer", "skipped", "skipped"])


def test_what_jsonbin_stores_differently_is_not_called_updated(jsonbin: Program, server: ScriptedServer) -> None:
    """The bin changed, and does not hold what the file does."""
    folder = jsonbin.home / "records"
    folder.mkdir()
    (folder / f"{BIN}.json").write_text("[12345678901234567890]")
    server.replies(200, b'{"record":[1],"metadata":{}}')
    server.replies(200, b'{"record":[12345678901234567000],"metadata":{}}')
    run = jsonbin("apply", "records")
    assert (run.code, words(run)) == (1, {BIN: "drifted"})
    assert "note: records/65a1b2c3d4e5f60718293a4b.json has numbers that a double cannot hold" in run.err
    assert "error: 65a1b2c3d4e5f60718293a4b: JSONBin stored something else than was sent: " in run.err


def test_notes_of_the_service_are_told(jsonbin: Program, server: ScriptedServer) -> None:
    """A version that was asked for and not made."""
    folder = jsonbin.home / "records"
    folder.mkdir()
    (folder / f"{BIN}.json").write_text("[2]")
    server.replies(200, b'{"record":[1],"metadata":{}}')
    server.echoes()
    run = jsonbin("apply", "records", "--versioning")
    assert (run.code, words(run)) == (0, {BIN: "updated"})
    assert f"note: {BIN}: --versioning asked for a version, and JSONBin made none; " in run.err


def test_a_file_that_changes_meanwhile_is_not_sent(jsonbin: Program, server: ScriptedServer) -> None:
    """What is sent is what was planned."""
    folder = jsonbin.home / "records"
    folder.mkdir()
    file = folder / f"{BIN}.json"
    file.write_text("[2]")

    def change(handler: _Handler, _: Sent) -> None:
        file.write_text("[3]")
        handler.reply(200, b'{"record":[1],"metadata":{}}', {})

    server.script.append(change)
    run = jsonbin("apply", "records")
    assert (run.code, words(run)) == (6, {BIN: "drifted"})
    assert f"records/{BIN}.json was changed since it was looked at; nothing was sent\n" in run.err


def test_in_github_actions_the_counts_are_outputs_of_the_step(many: Many) -> None:
    """And failures are annotations."""
    output = many.jsonbin.home / "output"
    output.write_text("before=1\n")
    many.names.append("x")
    many.ids["x"] = f"{1:024}"
    many.write("x", "[1]")
    many.write_manifest()
    env = {"GITHUB_OUTPUT": str(output), "GITHUB_ACTIONS": "true"}
    run = many.jsonbin("apply", "records", env=env)
    assert run.code == 4
    assert "::error title=jsonbin::x: Bin not found" in run.err
    assert re.sub(r"\d+\.\d$", "…", output.read_text().strip()).splitlines() == [
        "before=1",
        "bins=4",
        "updated=3",
        "unchanged=0",
        "drifted=0",
        "refused=1",
        "no_answer=0",
        "skipped=0",
        "requests=7",
        "seconds=…",
    ]
    run = many.jsonbin("apply", "records", env=env | {"GITHUB_OUTPUT": str(many.folder)})
    assert f"the counts could not be written to {many.folder}: Is a directory" in run.err


def test_ctrl_c_finishes_what_is_under_way(jsonbin: Program, server: ScriptedServer) -> None:
    """The rest is skipped, exit code 130, and the next run does it."""
    folder = jsonbin.home / "records"
    folder.mkdir()
    ids = [f"{number:024}" for number in range(3)]
    for bin_id in ids:
        (folder / f"{bin_id}.json").write_text("[2]")
        server.replies(200, b'{"record":[1],"metadata":{}}')
    process = None

    def interrupted(handler: _Handler, sent: Sent) -> None:
        assert process
        process.send_signal(signal.SIGINT)
        server.released.wait(0.5)
        handler.reply(200, b'{"record":%s,"metadata":{}}' % sent.body, {})

    server.script.append(interrupted)
    process = jsonbin.start("apply", "records", "--jobs", "1")
    out, err = process.communicate(timeout=60)
    run = jsonbin.checked(process.returncode, out, err)
    assert (run.code, sorted(words(run).values())) == (130, ["skipped", "skipped", "updated"])
    assert "3 bins: 1 updated, 2 skipped; 4 requests in " in run.err
    said = "error: interrupted; 1 of 3 bins updated, 2 not begun\nhint: the same command goes on with them\n"
    assert run.err.endswith(said)
    done = next(name for name, word in words(run).items() if word == "updated")
    for _ in range(2):
        server.replies(200, b'{"record":[1],"metadata":{}}')
    for _ in range(2):
        server.echoes()
    again = jsonbin("apply", "records", "--jobs", "1")
    assert (again.code, words(again)) == (0, {name: "unchanged" if name == done else "updated" for name in ids})


def test_a_background_job_that_ignores_ctrl_c_goes_on_doing_so(many: Many) -> None:
    """As a shell has it."""
    run = many.jsonbin.shell("trap '' INT; jsonbin apply records -q & kill -INT $!; wait $!")
    assert run.code == 0
    assert many.held() == [{"n": 1}] * 3


def test_an_update_in_the_embedded_store(jsonbin: Program) -> None:
    """The profile local answers in each of the threads."""
    folder = jsonbin.home / "records"
    folder.mkdir()
    (folder / "demo.json").write_text("[2]")
    run = jsonbin("apply", "records", "-p", "local")
    assert (run.code, words(run)) == (0, {"demo": "updated"})
    assert jsonbin("get", "demo", "--record", "-p", "local").out == "[2]\n"
    here = jsonbin.shell("cd records && jsonbin apply -p local --jobs 3")
    assert (here.code, words(here)) == (0, {"demo": "unchanged"})


def test_the_rate_of_requests(many: Many) -> None:
    """So many a minute, evenly; without a limit where nobody asks for one on this machine."""
    started = time.monotonic()
    assert many.apply("--rate", "600", "--check").code == 1
    assert time.monotonic() - started > 0.2
    assert many.apply("--rate", "0", "--check").code == 1
    assert many.apply("--rate", "nan").code == 2


def test_a_drift_is_seen_by_the_next_run_too(many: Many) -> None:
    """A run that reported one bin is over: the next one reads all bins again."""
    assert many.apply("-q").code == 0
    for drifted in (["b1"], ["b0", "b1"]):
        many.put(drifted[0], b'{"n": 7}')
        run = many.apply()
        assert run.code == 6
        assert sorted(name for name, word in words(run).items() if word == "drifted") == drifted


def test_the_plan_at_a_terminal(many: Many) -> None:
    """A table in 80 columns, with the differences beneath; nothing of a progress bar stays."""
    assert many.apply("-q").code == 0
    many.write("b0", '{"n": 2, "text": "new"}')
    many.write("b1", "[1]")
    many.put("b1", b'{"n": 7}')
    with many.jsonbin.on_terminal("apply", "records", "--diff", columns=80) as terminal:
        assert terminal.finish() == 6
    assert without_seconds(terminal.shown).replace("0.0", "…").splitlines() == [
        "~ b0  2 changes",
        "    ~ /n  1 -> 2",
        '    + /text  "new"',
        "! b1  drifted, 1 change",
        '    ~ the whole record  {"n":7} -> [1]',
        "plan: 1 to update, 1 unchanged, 1 drifted; 1 more request after 3",
        "error: b1: the bin was changed at JSONBin since this folder was last applied; no",
        "thing was sent",
        f"hint: to take what the bin holds: jsonbin pull records {many.ids['b1']}",
        "--theirs; to overwrite all that drifted: jsonbin apply records --force",
        "3 bins: 1 updated, 1 unchanged, 1 drifted; 4 requests in … s",
    ]


def test_two_runs_over_one_folder_wait_for_each_other(many: Many) -> None:
    """The second finds what the first did."""
    many.server.change(latency=0.2)
    first = many.jsonbin.start("apply", "records")
    second = many.jsonbin.start("apply", "records")
    codes = [process.wait(timeout=60) for process in (first, second)]
    for process in (first, second):
        process.communicate()
    assert codes == [0, 0]
    assert many.requests().count("PUT b0") == 1


def test_nothing_is_done_where_there_is_no_folder(jsonbin: Program, tmp_path: Path) -> None:
    """And where no file says which bin it belongs to."""
    assert jsonbin("apply", "none").err == (
        "error: none: no such folder or manifest\nhint: jsonbin pull FOLDER BIN makes one\n"
    )
    (jsonbin.home / "empty").mkdir()
    run = jsonbin("apply", "empty")
    assert (run.code, run.err.splitlines()[0]) == (2, "error: empty has neither bins.toml nor a file named BIN.json")
    assert os.listdir(tmp_path) == ["home"]


def test_a_manifest_can_be_named_itself(many: Many) -> None:
    """Its files are beside it, wherever it is."""
    (many.folder / "bins.toml").rename(many.folder / "other.toml")
    assert many.jsonbin("apply", "records/other.toml", "-q").code == 0
    assert many.held() == [{"n": 1}] * 3
    assert many.jsonbin.shell("cd records && jsonbin apply other.toml --check -q").code == 0


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="Linux has a file that cannot be read")
def test_a_manifest_that_cannot_be_read_is_no_plan(jsonbin: Program) -> None:
    """It is told as a manifest."""
    assert jsonbin("apply", "/proc/self/mem").err == "error: /proc/self/mem: Input/output error\n"


def test_notes_about_many_files_are_cut(jsonbin: Program, server: ScriptedServer) -> None:
    """Nobody reads hundreds of them."""
    folder = jsonbin.home / "records"
    folder.mkdir()
    for number in range(23):
        (folder / f"{number:024}.json").write_text('{"a": 1, "a": 2}')
    run = jsonbin("apply", "records", "--max-requests", "1")
    assert run.code == 2
    assert server.requests == []
    assert len(run.err.splitlines()) == 23
    assert run.err.splitlines()[20] == "note: 3 more notes like these"


def test_a_file_named_after_a_bin_that_the_manifest_lacks_is_told(many: Many) -> None:
    """With what puts it there; what has another name, or belongs to a bin that is listed, is passed over in silence."""
    assert many.apply("-q").code == 0
    left = many.ids.pop("b2")
    many.names.remove("b2")
    many.write_manifest()
    for name in (left, many.ids["b0"], many.ids["b1"].upper(), "package", "f" * 23):
        many.write(name, "[2]")
    run = many.apply("--check")
    assert (run.code, run.err.splitlines()) == (
        0,
        [
            f"note: not in bins.toml: {left}.json; to apply such a file, name it there: "
            f'[bins.{left}], then id = "{left}" and file = "{left}.json"',
            "plan: 2 unchanged; 0 more requests after 2",
        ],
    )
    assert many.apply("--check", "-q") == Run(0, "", "")
    (many.folder / "bins.toml").rename(many.folder / "other.toml")
    assert "note" not in many.jsonbin("apply", "records/other.toml", "--check").err, "other manifests have other files"
    (many.folder / "other.toml").rename(many.folder / "bins.toml")
    many.ids[left] = left
    many.names.append(left)
    many.write_manifest()
    run = many.apply()
    assert (run.code, words(run)[left], many.held()[-1]) == (0, "updated", [2])
    for letter in "abcd":
        many.write(letter.upper() * 24, "[1]")
    named = ", ".join(f"{letter.upper() * 24}.json" for letter in "abc")
    assert many.apply("--check").err.startswith(f"note: not in bins.toml: {named}, …; to apply such a file, ")


def test_a_folder_that_may_not_be_listed(many: Many) -> None:
    """Then nothing is known of other files, and nothing is said."""
    refusing = """
import os
listed = os.listdir
def listdir(path="."):
    if str(path).endswith("records"):
        raise PermissionError
    return listed(path)
os.listdir = listdir
"""
    run = run_where(refusing, many.jsonbin, "apply", "records", "--check")
    assert (run.code, run.err) == (1, "plan: 3 to update; 3 more requests after 3\n")
