"""`jsonbin history`."""

from __future__ import annotations

import json

from tests.commands.kept import backups, holds, time_of
from tests.conftest import BIN, Program, Run
from tests.scripted import ScriptedServer


def test_history_lists_both_sources(jsonbin: Program, server: ScriptedServer) -> None:
    """One request for the count; each version's size only where that is asked for."""
    counts: list[dict[str, dict[str, int]]] = [{"metadata": {"versionCount": 3}}, {"metaData": {"versionCount": 3}}]
    for count in [*counts, {"metadata": {}}]:
        server.replies(200, count)
        listed = json.loads(jsonbin("history", BIN, "--limit", "2").out)
        assert [entry["version"] for entry in listed] == ([3, 2] if "versionCount" in str(count) else [])
    holds(server)
    server.echoes()
    assert jsonbin("set", BIN, "n:=2", "-q").code == 0
    server.replies(200, {"metadata": {"versionCount": 1}})
    holds(server)
    run = jsonbin("history", BIN, "--sizes")
    (backup,) = backups(jsonbin.home)
    when = time_of(backup)
    assert run == Run(
        0,
        '[{"source": "version", "version": 1, "bytes": 24},\n'
        f' {{"source": "backup", "when": "{when}", "bytes": 24}}]\n',
        "",
    )
    assert [sent.path for sent in server.requests[-2:]] == [f"/v3/b/{BIN}/versions/count", f"/v3/b/{BIN}/1"]
    server.replies(200, {"metadata": {"versionCount": 1}})
    with jsonbin.on_terminal("history", BIN) as terminal:
        assert terminal.finish() == 0
        assert terminal.screen.replace("\r", "") == (f"--version 1\n--backup {when}         24 bytes\n")
    server.replies(200, {"metadata": {"versionCount": 1}})
    assert jsonbin("history", BIN, "-q") == Run(0, "", "")
    server.replies(200, {"metadata": {"versionCount": 0}})
    with jsonbin.on_terminal("history", "0" * 24) as terminal:
        assert terminal.finish() == 0
        assert terminal.shown.strip() == "no version at JSONBin, and no backup on this machine"


def test_backups_are_listed_where_jsonbin_cannot_be_asked(jsonbin: Program, server: ScriptedServer) -> None:
    """A bin that is gone still has them; where there are none, the failure is the service's."""
    holds(server)
    server.echoes()
    assert jsonbin("set", BIN, "n:=2", "-q").code == 0
    server.replies(404, {"message": "Bin not found"})
    run = jsonbin("history", BIN)
    assert (run.code, len(json.loads(run.out))) == (0, 1)
    assert run.err == "note: the versions at JSONBin could not be listed: Bin not found\n"
    server.replies(404, {"message": "Bin not found"})
    assert jsonbin("history", "0" * 24).code == 4
    server.replies(200, b"[]")
    assert jsonbin("history", "0" * 24, "--errors=json").code == 5


def test_a_count_that_may_not_be_read(jsonbin: Program, server: ScriptedServer) -> None:
    """The permission that is missing is the one to read."""
    server.replies(401, {"message": "X-Access-Key passed does not have permission to read the bin."})
    assert "the Bins Read permission" in jsonbin("history", BIN).err
