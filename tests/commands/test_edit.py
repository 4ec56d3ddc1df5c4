"""`jsonbin edit` at a terminal, with an editor that is a script: each run of it takes the next step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.kept import READ, backups, holds
from tests.conftest import BIN, CANARY, Program, Run
from tests.scripted import ScriptedServer, Sent
from tests.versioned import VersionedBin

RECORD = b'{"n":1.10,"big":123456789012345678901234567890,"l":[1,2]}'
INDENTED = '{\n  "n": 1.10,\n  "big": 123456789012345678901234567890,\n  "l": [\n    1,\n    2\n  ]\n}\n'
ASKED = f"Update {BIN}? [y/N] "
DIFFERENCE = f"~ the whole record  {RECORD.decode()} -> [1]"


class Editor:
    """A script called `nano`, whose runs do what they are told, one after the other."""

    def __init__(self, jsonbin: Program) -> None:
        self.home = jsonbin.home
        self.path = jsonbin.home / "nano"
        jsonbin.env |= {"EDITOR": str(self.path), "NO_COLOR": "1"}

    def does(self, *steps: str) -> None:
        """Each step is shell, with the file as `$file`, and all arguments in the file `called`."""
        cases = "".join(f"{number}) {step} ;;\n" for number, step in enumerate(steps, 1))
        self.path.write_text(
            '#!/bin/bash\necho "$@" >> called\nfile="${!#}"\ncase "$(wc -l < called)" in\n' + cases + "esac\n"
        )
        self.path.chmod(0o755)

    @property
    def calls(self) -> list[list[str]]:
        """The arguments of each run before the file."""
        return [line.split()[:-1] for line in (self.home / "called").read_text().splitlines()]


@pytest.fixture
def editor(jsonbin: Program) -> Editor:
    """The user's editor."""
    return Editor(jsonbin)


def drafts(jsonbin: Program) -> list[Path]:
    """What was left behind of what was being edited."""
    return list((jsonbin.home / ".local/state/jsonbin/drafts").glob("*"))


def test_an_edit_is_shown_asked_about_and_sent(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """The record is opened indented, for its owner alone; digits that are not touched arrive as they were."""
    editor.does('cp "$file" opened; stat -c %a "$file" > mode; sed -i s/1.10/2.50/ "$file"')
    holds(server, RECORD)
    holds(server, RECORD)
    server.echoes()
    with jsonbin.on_terminal("edit", BIN, "--record") as terminal:
        terminal.wait_for(f"~ /n  1.10 -> 2.50\r\n{ASKED}")
        terminal.type("y\n")
        assert terminal.finish() == 0
    assert terminal.screen.endswith(f"updated {BIN}\r\n")
    assert (jsonbin.home / "opened").read_text() == INDENTED
    assert (jsonbin.home / "mode").read_text() == "600\n"
    sent = b'{"n":2.50,"big":123456789012345678901234567890,"l":[1,2]}'
    assert server.requests == [READ, READ, Sent("PUT", f"/v3/b/{BIN}", sent)]
    assert [path.read_bytes() for path in backups(jsonbin.home)] == [RECORD]
    assert drafts(jsonbin) == []


@pytest.mark.parametrize("step", ["true", 'sed -i s/1.10/1.1/ "$file"', 'tr -d " " < "$file" > x; cat x > "$file"'])
def test_an_edit_without_a_change_sends_nothing(
    jsonbin: Program, server: ScriptedServer, editor: Editor, step: str
) -> None:
    """Left alone, or the same by value: nobody is asked, and the record is what is printed."""
    editor.does(step)
    holds(server, RECORD)
    with jsonbin.on_terminal("edit", BIN, "--metadata") as terminal:
        assert terminal.finish() == 0
    assert terminal.screen.endswith(f"{BIN} holds that already; nothing was sent\r\n")
    assert drafts(jsonbin) == []


def test_invalid_json_opens_the_editor_again_at_the_line(
    jsonbin: Program, server: ScriptedServer, editor: Editor
) -> None:
    """The reason is shown, the text is as it was left, and the cursor is on the line, where the editor takes one."""
    editor.does('sed -i s/1.10/NaN/ "$file"', 'echo "{}" > "$file"', 'echo "[7]" > "$file"')
    holds(server, RECORD)
    holds(server, RECORD)
    server.echoes()
    with jsonbin.on_terminal("edit", BIN) as terminal:
        assert "note: your text:2:8: not valid JSON: NaN is not JSON\r\n" in terminal.wait_for("Edit it again? [Y/n] ")
        terminal.type("\n")
        assert "stores no empty record" in terminal.wait_for("Edit it again? [Y/n] ")
        terminal.type("y\n")
        terminal.wait_for(ASKED)
        terminal.type("y\n")
        assert terminal.finish() == 0
    assert editor.calls == [[], ["+2"], []]
    assert server.requests[-1].body == b"[7]"


def test_giving_up_keeps_the_text(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """Exit 2, nothing sent, and the message ends in where the text is."""
    editor.does('echo "[1" > "$file"')
    holds(server, RECORD)
    with jsonbin.on_terminal("edit", BIN) as terminal:
        terminal.wait_for("Edit it again? [Y/n] ")
        terminal.type("n\n")
        assert terminal.finish() == 2
    (draft,) = drafts(jsonbin)
    assert draft.read_text() == "[1\n"
    assert f"    your text is kept in {draft}\r\n" in terminal.screen
    assert terminal.screen.endswith(f"; to send it, once it is right: jsonbin update {BIN} {draft}\r\n")


def test_saying_no_keeps_the_text(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """Exit 1 and nothing sent; the text that is kept can be sent later, as the hint says."""
    editor.does('echo "[1]" > "$file"')
    holds(server, RECORD)
    with jsonbin.on_terminal("edit", BIN) as terminal:
        terminal.wait_for(ASKED)
        terminal.type("\n")
        assert terminal.finish() == 1
    (draft,) = drafts(jsonbin)
    said, hint = terminal.screen.splitlines()[-2:]
    assert said == f"error: nothing was sent; your text is kept in {draft}"
    assert hint == f"hint: what it changes by now: jsonbin diff {BIN} {draft}; to send it: jsonbin update {BIN} {draft}"
    server.echoes()
    assert jsonbin.shell(f"{hint.split('to send it: ')[1]} -q") == Run(0, "", "")
    assert server.requests[-1].body == b"[1]\n"


def test_a_refusal_keeps_the_text(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """The hint for the refusal comes before what sends the text; where the bin may have changed one looks first."""
    editor.does('echo "[1]" > "$file"', 'echo "[2]" > "$file"')
    answers: list[tuple[int, bytes]] = [(404, b'{"message":"Bin not found"}'), (500, b'{"message":"Oops"}')]
    for status, body in answers:
        for _ in range(2):
            holds(server, RECORD)
        server.replies(status, body)
    run = jsonbin("edit", BIN, "--yes", "--no-backup", env={"TMPDIR": str(jsonbin.home)})
    (draft,) = jsonbin.home.glob("jsonbin-*.json")
    assert run.err == (
        f"error: Bin not found; your text is kept in {draft}\n"
        f"hint: {server.url} has no bin {BIN}; check the id on the dashboard, or pick another profile with --profile NAME; "
        f"what it changes by now: jsonbin diff {BIN} {draft}; to send it: jsonbin update {BIN} {draft}\n"
    )
    run = jsonbin("edit", BIN, "--yes", "--errors", "text")
    assert (run.code, drafts(jsonbin)[0].read_text()) == (5, "[2]\n")
    assert "to send it" not in run.err


def test_changes_that_do_not_touch_are_put_together(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """What somebody else changed in another place stays; the backup is of what they left."""
    theirs = b'{"n":1.10,"big":7,"l":[1,9],"new":{}}'
    editor.does("""sed -i 's/1.10/2.50/; s/    1,/    8,/' "$file" """)
    holds(server, RECORD)
    holds(server, theirs)
    server.echoes()
    with jsonbin.on_terminal("edit", BIN, "-y", "--record") as terminal:
        assert terminal.finish() == 0
    assert terminal.shown == (
        "note: the bin was changed by somebody else meanwhile; both changes are put together\n"
        '{\n  "n": 2.50,\n  "big": 7,\n  "l": [\n    8,\n    9\n  ],\n  "new": {}\n}\n'
        f"updated {BIN}"
    )
    assert json.loads(server.requests[-1].body) == {"n": 2.5, "big": 7, "l": [8, 9], "new": {}}
    assert [path.read_bytes() for path in backups(jsonbin.home)] == [theirs]


def test_the_same_change_by_two(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """Where somebody else did the same, there is nothing left to send."""
    editor.does('echo "[1]" > "$file"')
    holds(server, RECORD)
    holds(server, b"[1.0]")
    assert jsonbin("edit", BIN, "--yes", "--record") == Run(
        0,
        "[1.0]\n",
        "note: the bin was changed by somebody else meanwhile; both changes are put together\n",
    )


@pytest.mark.parametrize(
    ("prefer", "kept", "held"),
    [("theirs", "theirs stays, and yours is left out", 3), ("ours", "yours replaces theirs", 2)],
)
def test_what_both_changed_is_not_put_together(
    jsonbin: Program, editor: Editor, prefer: str, kept: str, held: int
) -> None:
    """With --prefer it is said where, and whose change was left out."""

    def theirs(bin: VersionedBin) -> None:
        bin.write('{"n":3}')

    editor.does("""sed -i 's/1/2/' "$file" """)
    with VersionedBin('{"n":1}') as bin:
        bin.before["GET"] = [None, theirs]
        jsonbin.env["JSONBIN_API_URL"] = bin.url
        run = jsonbin("edit", BIN, "--yes", "--merge", "--prefer", prefer, "--metadata")
        assert (run.code, run.err) == (
            0,
            f"note: the bin was changed by somebody else meanwhile; both of you changed /n: there {kept}\n",
        )
        assert json.loads(bin.record) == {"n": held}


@pytest.mark.parametrize(
    ("record", "step", "theirs", "place", "values"),
    [
        ('{"n":1,"m":1}', "s/1,/2,/", '{"n":3,"m":1}', "/n", "to 3, and you to 2"),
        ('{"n":1,"m":1}', '/"n"/d', '{"n":3,"m":1}', "/n", "to 3, and you to nothing"),
        ('{"n":1,"m":1}', "s/1,/2,/", '{"m":1}', "/n", "to nothing, and you to 2"),
        ('{"l":[1,2]}', "s/1,/3,/", '{"l":[1,2,3]}', "/l", "to [1,2,3], and you to [3,2]"),
        ('{"l":[1,2]}', "s/1,/3,/", '["l"]', "the whole record", 'to ["l"], and you to {"l":[3,2]}'),
    ],
)
def test_changes_that_touch_are_a_conflict(
    jsonbin: Program,
    server: ScriptedServer,
    editor: Editor,
    record: str,
    step: str,
    theirs: str,
    place: str,
    values: str,
) -> None:
    """Exit 6, nothing sent, and the text is kept; running it again, as the hint says, starts from what is there."""
    editor.does(f"""sed -i '{step}' "$file" """, 'cat "$file" > second; echo "[1]" > "$file"')
    holds(server, record.encode())
    holds(server, theirs.encode())
    run = jsonbin("edit", BIN, "--yes")
    (draft,) = drafts(jsonbin)
    assert run == Run(
        6,
        "",
        f"error: somebody else changed {place} in the bin meanwhile, {values}; nothing was sent; "
        f"your text is kept in {draft}\n"
        "hint: run it again from what the bin holds now, and change what is still to be changed\n",
    )
    for _ in range(2):
        holds(server, theirs.encode())
    server.echoes()
    assert jsonbin("edit", BIN, "--yes", "-q").code == 0
    assert json.loads((jsonbin.home / "second").read_text()) == json.loads(theirs)


def test_ctrl_c_in_the_editor_is_the_editors(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """An editor that lives on after Ctrl-C goes on; the program waits for it."""
    editor.does("""trap 'echo "[1]" > "$file"; exit 0' INT; echo ready; while :; do read -r; done""")
    holds(server, RECORD)
    with jsonbin.on_terminal("edit", BIN, "--dry-run") as terminal:
        terminal.wait_for("ready")
        assert terminal.interrupt() == 0
    (draft,) = drafts(jsonbin)
    assert draft.read_bytes() == b"[1]\n"
    assert (
        terminal.shown.replace("\n", "")
        == f"ready^C{DIFFERENCE}note: your text is kept in {draft}; what it changes by now: jsonbin diff {BIN} {draft}; to send it: jsonbin update {BIN} {draft}"
    )


def test_ctrl_c_that_ends_the_editor(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """An editor that dies of it takes the command along, and the text stays."""
    editor.does("""echo "[1]" > "$file"; echo ready; exec cat""")
    holds(server, RECORD)
    with jsonbin.on_terminal("edit", BIN) as terminal:
        terminal.wait_for("ready")
        assert terminal.interrupt() == 130
    (draft,) = drafts(jsonbin)
    said = f"error: interrupted; nothing was sent; your text is kept in {draft}hint: what it changes by now: jsonbin diff {BIN} {draft}; to send it: jsonbin update {BIN} {draft}"
    assert terminal.shown.replace("\n", "") == f"ready^C{said}"


def test_ctrl_c_while_it_is_sent(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """The bin may have changed, which is said, and so no command is named that would replace it."""
    editor.does("""echo "[1]" > "$file" """)
    for _ in range(2):
        holds(server, RECORD)
    server.hangs()
    process = jsonbin.start("edit", BIN, "--yes")
    while len(server.requests) < 3:
        assert server.arrived.wait(30)
        server.arrived.clear()
    out, err = jsonbin.interrupt(process)
    (draft,) = drafts(jsonbin)
    assert jsonbin.checked(process.returncode, out, err) == Run(
        130, "", f"error: interrupted; the bin may have changed; your text is kept in {draft}\n"
    )


def test_a_reply_that_cannot_be_written(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """The text is in the bin, and need not be kept."""
    editor.does("""echo "[1]" > "$file" """)
    for _ in range(2):
        holds(server, RECORD)
    server.echoes()
    run = jsonbin.shell(f"jsonbin edit {BIN} --yes >/dev/full")
    assert run.err.startswith(f"error: updated {BIN}, but the reply could not be written to standard output: ")
    assert (run.code, drafts(jsonbin)) == (1, [])


def test_ctrl_c_at_the_question(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """Exit 130, nothing sent, and the text is kept."""
    editor.does('echo "[1]" > "$file"')
    holds(server, RECORD)
    with jsonbin.on_terminal("edit", BIN) as terminal:
        terminal.wait_for(ASKED)
        assert terminal.interrupt() == 130
    (draft,) = drafts(jsonbin)
    assert draft.read_text() == "[1]\n"
    said = f"error: interrupted; nothing was sent; your text is kept in {draft}hint: what it changes by now: jsonbin diff {BIN} {draft}; to send it: jsonbin update {BIN} {draft}"
    assert terminal.shown.replace("\n", "") == f"{DIFFERENCE}{ASKED}^C{said}"


@pytest.mark.parametrize(
    ("step", "said", "left"),
    [
        ("exit 3", "error: the editor {editor} ended with code 3; nothing was sent\n", 0),
        (
            'echo "[1]" > "$file"; exit 3',
            "error: the editor {editor} ended with code 3; nothing was sent; your text is kept in {draft}\n"
            "hint: what it changes by now: jsonbin diff {bin} {draft}; to send it: jsonbin update {bin} {draft}\n",
            1,
        ),
        ('rm "$file"', "error: the editor left no readable file; nothing was sent\n", 0),
    ],
)
def test_an_editor_that_fails(
    jsonbin: Program, server: ScriptedServer, editor: Editor, step: str, said: str, left: int
) -> None:
    """Exit 2, nothing sent, and no text is lost; what nobody wrote is not left behind."""
    editor.does(step)
    holds(server, RECORD)
    run = jsonbin("edit", BIN, "--yes")
    kept = drafts(jsonbin)
    assert len(kept) == left
    assert run == Run(2, "", said.format(editor=editor.path, draft=kept[0] if kept else None, bin=BIN))


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"EDITOR": "/no/such editor"}, "the editor /no/such could not be run: No such file or directory"),
        ({"VISUAL": "'open"}, "VISUAL or EDITOR is not a command: 'open"),
        ({"EDITOR": " ", "PATH": "/nowhere"}, "no editor was found"),
        ({"EDITOR": "", "PATH": "/nowhere"}, "no editor was found"),
    ],
)
def test_an_editor_that_is_none(
    jsonbin: Program, server: ScriptedServer, editor: Editor, env: dict[str, str], said: str
) -> None:
    """The hint names another one, which does it."""
    holds(server, RECORD)
    run = jsonbin("edit", BIN, "--yes", env=env)
    assert run == Run(2, "", f"error: {said}; nothing was sent\nhint: name one that runs: export EDITOR=nano\n")
    editor.does('echo "[1]" > "$file"')
    holds(server, RECORD)
    holds(server, RECORD)
    server.echoes()
    path = f"{jsonbin.home}:{jsonbin.env['PATH']}"
    assert jsonbin("edit", BIN, "--yes", "-q", env={"EDITOR": "nano", "PATH": path}).code == 0


def test_the_first_editor_that_there_is(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """Without VISUAL and EDITOR one of the usual ones is taken."""
    editor.does('echo "[1]" > "$file"')
    (jsonbin.home / "bin").mkdir()
    editor.path.rename(jsonbin.home / "bin/sensible-editor")
    holds(server, RECORD)
    run = jsonbin("edit", BIN, "--yes", "-n", env={"EDITOR": "", "PATH": f"{jsonbin.home}/bin:{jsonbin.env['PATH']}"})
    assert json.loads(run.out)[-1] == {"op": "replace", "path": "", "value": [1]}


@pytest.mark.usefixtures("editor")
def test_the_editor_gets_no_keys(jsonbin: Program) -> None:
    """Neither the keys of the environment nor the names of files that hold one; all else is handed on."""
    jsonbin.env |= {
        "JSONBIN_ACCESS_KEY": CANARY,
        "JSONBIN_LOCAL_MASTER_KEY": CANARY,
        "JSONBIN_MASTER_KEY_FILE": "key",
        "JSONBIN_ACCESS_KEY_FILE": "key",
        "JSONBIN_CONFIG": "config",
        "EDITOR": "sh -c 'env > seen'",
    }
    assert jsonbin("edit", "demo", "-p", "local", "--yes").code == 0
    seen = dict(line.split("=", 1) for line in (jsonbin.home / "seen").read_text().splitlines())
    assert [name for name in seen if "_KEY" in name] == []
    assert seen["JSONBIN_CONFIG"] == "config"


def test_without_a_place_for_the_draft(jsonbin: Program, server: ScriptedServer) -> None:
    """Nothing is opened that could not be kept."""
    (jsonbin.home / ".local").write_text("in the way")
    holds(server, RECORD)
    run = jsonbin("edit", BIN, "--yes")
    assert run == Run(
        2,
        "",
        f"error: the draft could not be written to {jsonbin.home}/.local/state/jsonbin/drafts: Not a directory; "
        "nothing was sent\n"
        "hint: XDG_STATE_HOME names another folder; with --no-backup the draft is a temporary file\n",
    )
    holds(server, RECORD)
    (jsonbin.home / "other").mkdir()
    env = {"EDITOR": "true", "XDG_STATE_HOME": f"{jsonbin.home}/other"}
    assert jsonbin("edit", BIN, "--yes", "-q", env=env) == Run(0, "", "")


def test_an_edit_that_nests_too_deeply(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """It is refused, and the text is kept."""
    deep = "[" * 101 + "]" * 101
    editor.does(f"""echo '{deep}' > "$file" """)
    holds(server, RECORD)
    run = jsonbin("edit", BIN, "--yes")
    assert run.code == 2
    assert "is nested deeper than 100 levels; your text is kept in" in run.err


def test_invalid_json_without_a_terminal(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """Nobody is asked, so that is the end, with the text kept."""
    editor.does('echo "[1" > "$file"')
    holds(server, RECORD)
    run = jsonbin("edit", BIN, "--yes")
    (draft,) = drafts(jsonbin)
    assert run == Run(
        2,
        "",
        "error: your text:2:1: not valid JSON: expecting ',' delimiter\n    \n    ^\n"
        f"    your text is kept in {draft}\n"
        "hint: it ends in the middle: the command or download that made it may have been cut off; "
        f"to send it, once it is right: jsonbin update {BIN} {draft}\n",
    )


def test_what_the_editor_says_is_no_output_of_ours(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """In a pipe its words go where people read; the record stays alone."""
    editor.does('echo "Waiting"; echo "[1]" > "$file"', "echo no; exit 3")
    for _ in range(2):
        holds(server, RECORD)
    server.echoes()
    run = jsonbin("edit", BIN, "--yes", "--record")
    assert (run.code, run.out) == (0, "[1]\n")
    assert run.err.startswith("Waiting\n")
    holds(server, RECORD)
    assert jsonbin("edit", BIN, "--yes").out == ""


@pytest.mark.parametrize(
    "left", ['mkdir "$file"', 'mkfifo "$file"', 'ln -s /dev/zero "$file"', 'ln -s none/none "$file"']
)
def test_an_editor_that_leaves_no_file(jsonbin: Program, server: ScriptedServer, editor: Editor, left: str) -> None:
    """Whatever stands in its place is not read."""
    editor.does(f'rm "$file"; {left}')
    holds(server, RECORD)
    run = jsonbin("edit", BIN, "--yes")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("error: the editor left no readable file; nothing was sent")
    assert "hint" not in run.err


def test_an_editor_that_writes_as_on_windows(jsonbin: Program, server: ScriptedServer, editor: Editor) -> None:
    """A byte order mark and UTF-16 are taken as from any file; nothing at all is told as that."""
    editor.does(
        r"""printf '\357\273\277[1]' > "$file" """,
        r"""printf '\377\376[\0001\000]\000' > "$file" """,
        ': > "$file"',
    )
    for _ in range(2):
        for _ in range(2):
            holds(server, RECORD)
        server.echoes()
        assert jsonbin("edit", BIN, "--yes", "--record").out == "[1]\n"
    holds(server, RECORD)
    assert " is empty" in jsonbin("edit", BIN, "--yes").err
