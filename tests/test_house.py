"""The house: who may import whom, who may touch what, and what a short run loads."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

import jsonbin_cli
from tests.conftest import BIN, Program, unmeasured
from tests.scripted import ScriptedServer

PACKAGE = Path(jsonbin_cli.__file__).parent
# Each row may import from those above it, and not from its own.
FLOORS = (
    {"__init__", "local.__init__", "commands.__init__"},
    {"failures", "keys", "json_text", "durable", "progress"},
    {
        *("configfile", "changes", "document", "exact", "paths", "merging", "patching"),
        *("local.model", "local.chance", "local.layout", "local.javascript"),
    },
    {"account", "difference", "local.validation", "local.settings", "local.misbehaviour", "local.store"},
    {"profiles", "request", "backups", "local.checks", "local.control", "local.connection"},
    {"connecting", "local.bins", "local.collection", "local.schemas", "local.access", "local.seeds"},
    {"local.rules"},
    {"reply", "silence", "direct", "local.transport", "local.ledger", "editing", "checkup", "editor"},
    {"local.application"},
    {"local.server"},
    {"local.serving"},
    {"local.testing"},
    {"pytest_plugin"},
    {"client", "hints", "careful", "history"},
    {"output", "assigning"},
    {"commands.common", "commands.options"},
    {"commands.changing"},
    {"commands.by_hand"},
    {
        *("commands.update", "commands.get", "commands.create", "commands.login", "commands.config"),
        *("commands.diff", "commands.patch", "commands.set", "commands.unset", "commands.edit"),
        *("commands.history", "commands.restore", "commands.explain", "commands.serve"),
    },
    {"app"},
    {"__main__", "completions"},
)
FLOOR = {module: number for number, modules in enumerate(FLOORS) for module in modules}
MODULES = sorted(".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in PACKAGE.rglob("*.py"))


def source(module: str) -> str:
    """The text of a module."""
    return (PACKAGE / Path(*module.split("."))).with_suffix(".py").read_text()


def imported(module: str) -> set[str]:
    """All that a module imports, wherever in it, by full name."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source(module))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names


@pytest.mark.parametrize("module", MODULES)
def test_nothing_imports_upward(module: str) -> None:
    """Each module has its floor and imports only from the floors below."""
    ours = {
        name.removeprefix("jsonbin_cli.")
        for name in imported(module)
        if name.startswith("jsonbin_cli.") and name.removeprefix("jsonbin_cli.") in FLOOR
    }
    assert {name for name in ours if FLOOR[name] >= FLOOR[module]} == set()


@pytest.mark.parametrize(
    ("what", "rooms"),
    [
        (r"^\s*(import|from) httpx", {"client", "direct", "local.transport"}),
        (r"^\s*(import|from) sqlite3", {"local.store", "local.layout"}),
        (r"^\s*(import|from) (uvicorn|h11)", {"local.connection", "local.server", "local.serving"}),
        (r"^\s*(import|from) (jsonschema|referencing)", {"local.validation", "local.serving"}),
        (r"^\s*(import|from) rich", {"output"}),
        (r"^\s*(import|from) json(patch|pointer)", {"patching"}),
        (r"\bos\.environ|getenv", {"profiles", "output"}),
        (r"(?<![\w.])print\(|sys\.std(out|err)\.|typer\.echo", {"output"}),
        (r"except (Base)?Exception", {"__main__"}),
        (r"^\s*(import|from) click|typer\._click", set()),
        (r"\.reveal\(\)", {"account", "checkup", "client", "local.serving"}),
    ],
)
def test_what_stands_in_one_room_only(what: str, rooms: set[str]) -> None:
    """HTTP, SQL, the environment, printing, and the key each have their place."""
    assert {module for module in MODULES if re.search(what, source(module), re.MULTILINE)} == rooms


def test_a_piped_update_loads_nothing_that_it_does_not_need(jsonbin: Program, server: ScriptedServer) -> None:
    """The budget of start-up without a clock: what is not loaded costs nothing."""
    script = (
        "import sys\n"
        f"sys.argv = ['jsonbin', 'update', '{BIN}']\n"
        "from jsonbin_cli.__main__ import main\n"
        "code = main()\n"
        "print(*(name for name, module in sys.modules.items() if module), file=open('modules', 'w'))\n"
        "sys.exit(code)\n"
    )
    server.echoes()
    jsonbin.env = unmeasured(jsonbin.env)
    run = jsonbin.shell(f'echo "[1]" | "{sys.executable}" -c "{script}"')
    assert run.code == 0
    loaded = set((jsonbin.home / "modules").read_text().split())
    unwanted = {"rich", "pygments", "click", "pydantic", "asyncio", "h2", "importlib.metadata", "sqlite3", "decimal"}
    unwanted |= {"httpcore", "h11", "anyio"}
    # What only a careful update needs.
    unwanted |= {"jsonpatch", *(f"jsonbin_cli.{name}" for name in ("exact", "difference", "backups", "careful"))}
    assert loaded & unwanted == set()
    assert "httpx" in loaded


def test_a_bug_keeps_its_traceback_and_exits_70(jsonbin: Program) -> None:
    """What is not ours to explain is shown as it is, with the words to report it, in each style."""
    script = (
        "import sys, jsonbin_cli.document\n"
        "sys.argv = ['jsonbin', 'update', 'demo', '-p', 'local']\n"
        "jsonbin_cli.document.document_from = None\n"
        "from jsonbin_cli.__main__ import main\n"
        "sys.exit(main())\n"
    )
    run = jsonbin.shell(f'"{sys.executable}" -c "{script}"')
    assert (run.code, run.out) == (70, "")
    assert run.err.startswith("Traceback (most recent call last):\n")
    assert run.err.endswith(
        "TypeError: 'NoneType' object is not callable\n"
        "error: TypeError inside jsonbin\n"
        "hint: report it with the lines above, and with what you ran\n"
    )
    run = jsonbin.shell(f'JSONBIN_ERRORS=json "{sys.executable}" -c "{script}"')
    assert '"slug": "bug"' in run.err.splitlines()[-1]
    assert '"exit_code": 70, "sent": null' in run.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("broken", "wrong", "code", "said"),
    [
        ("jsonbin_cli.document.document_from", "OSError(5, 'odd')", 70, "error: OSError inside jsonbin"),
        ("jsonbin_cli.output.errors_style", "KeyboardInterrupt", 130, ""),
    ],
)
def test_what_goes_wrong_outside_every_request(jsonbin: Program, broken: str, wrong: str, code: int, said: str) -> None:
    """An error of the system that nobody foresaw is a bug; Ctrl-C before anything was begun needs no words."""
    script = (
        "import sys, jsonbin_cli.document, jsonbin_cli.output\n"
        f"def fail(*_): raise {wrong}\n"
        "sys.argv = ['jsonbin', 'update', 'demo', '-p', 'local']\n"
        f"{broken} = fail\n"
        "from jsonbin_cli.__main__ import main\n"
        "sys.exit(main())\n"
    )
    run = jsonbin.shell(f'"{sys.executable}" -c "{script}"')
    assert (run.code, run.out) == (code, "")
    assert said in run.err
    assert bool(run.err) == bool(said)


def test_a_secret_is_never_in_its_words() -> None:
    """repr, str, format and comparison show nothing of it."""
    from jsonbin_cli.keys import Key, Secret

    secret = Secret("the text")
    assert f"{secret} {secret!r} {Key('master', secret, 'here', 'again')}".count("the text") == 0
    assert secret == Secret("the text")
    assert secret != "the text"
    assert len({secret, Secret("the text")}) == 1


def test_it_runs_as_a_module_and_as_a_command(jsonbin: Program) -> None:
    """`python -m jsonbin_cli` and `jsonbin` are the same."""
    version = f"jsonbin {jsonbin_cli.__version__}\n"
    assert jsonbin("--version").out == version
    assert jsonbin.shell(f'"{Path(sys.executable).parent}/jsonbin" --version').out == version
