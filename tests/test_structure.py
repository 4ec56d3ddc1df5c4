"""The house: who may import whom, who may touch what, and what a short run loads."""

from __future__ import annotations

import ast
import re
import sys
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

import jsonbin_cli
from tests.conftest import BIN, Program, Run, fresh, unmeasured
from tests.scripted import ScriptedServer

PACKAGE = Path(jsonbin_cli.__file__).parent
TESTS = Path(__file__).parent
# Each row may import from those above it. Inside one row modules may import each other, but not in a circle.
LEVELS = (
    "failures",
    "config",
    "records",
    "local.store",
    "local.api",
    "local.transport",
    "http",
    "terminal",
    "local.server",
    "local.testing",
    "local.pytest_plugin",
    "commands",
    "app",
    "__main__",
)
# The folders themselves hold nothing but their first line, and everybody may ask for the version.
PLAIN = ("__init__", "local.__init__")
MODULES = sorted(".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in PACKAGE.rglob("*.py"))


# Tests of what several modules do together.
TESTS_OF_SEVERAL = (
    "commands.test_apply_disturbed",
    "http.test_hostile",
    "http.test_interrupts",
    "local.api.test_conformance",
    "local.server.test_fuzz",
    "local.server.test_kill",
)


def level(module: str) -> int:
    """The row of `LEVELS` that a module belongs to."""
    return next(number for number, row in enumerate(LEVELS) if f"{module}.".startswith(f"{row}."))


def source(module: str) -> str:
    """The text of a module."""
    return (PACKAGE / Path(*module.split("."))).with_suffix(".py").read_text()


def imported(module: str) -> set[str]:
    """All that a module imports, wherever in it, by full name."""
    names: set[str] = set()
    tree = ast.parse(source(module))
    if module == "failures":  # its exceptions name the types of what they carry, which it does not load
        tree.body = [node for node in tree.body if not isinstance(node, ast.If)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names


def ours(module: str) -> set[str]:
    """The modules of this package that a module imports."""
    names = imported(module)
    return {name for name in MODULES if f"jsonbin_cli.{name}" in names}


@pytest.mark.parametrize("module", [module for module in MODULES if module not in PLAIN])
def test_imports_point_one_way(module: str) -> None:
    """A module imports from the rows above its own, and from its own row."""
    assert {name for name in ours(module) if level(name) > level(module)} == set()


def test_no_imports_go_in_a_circle() -> None:
    """There is an order in which the modules could be loaded one after the other."""
    TopologicalSorter({module: ours(module) for module in MODULES}).prepare()


def test_each_module_can_be_imported() -> None:
    """So that a file which no other test runs is seen where coverage is measured."""
    for module in MODULES:
        import_module(f"jsonbin_cli.{module}")


def test_the_tests_mirror_the_package() -> None:
    """A file of tests is named after the module, or the folder of modules, that it tests."""
    folders = {module.rpartition(".")[0] for module in MODULES}
    below = [path.relative_to(TESTS).with_suffix("") for path in TESTS.rglob("*/test_*.py")]
    named = {".".join(path.parts): ".".join((*path.parent.parts, path.name.removeprefix("test_"))) for path in below}
    assert {test for test, module in named.items() if module not in (*MODULES, *folders)} == set(TESTS_OF_SEVERAL)


def test_the_top_level_is_small() -> None:
    """At most eight names, besides those that Python asks for."""
    names = {path.name for path in PACKAGE.iterdir()} - {"__init__.py", "__main__.py", "__pycache__", "py.typed"}
    assert len(names) <= 8


@pytest.mark.parametrize(
    ("what", "rooms"),
    [
        (r"^\s*(import|from) httpx", {"http.proxies"}),
        (r"^\s*(import|from) sqlite3", {"local.store.database", "local.store.migrations"}),
        (r"^\s*(import|from) httpcore", {"http.proxies", "http.transport"}),
        (r"^\s*(import|from) uvicorn", {"local.server.server"}),
        (r"^\s*(import|from) (jsonschema|referencing)\b", {"local.api.schema_check"}),
        (r"^\s*(import|from) jsonpath", {"local.api.path_search"}),
        (
            r"^\s*(import|from) rich",
            {"terminal.layout", "terminal.progress", "terminal.streams", "terminal.waiting"},
        ),
        (r"^\s*(import|from) token_bucket", {"http.pace"}),
        (r"^\s*(import|from) json(patch|pointer)", {"records.patch"}),
        (
            r"\bos\.environ|getenv",
            {
                *("config.addresses", "config.environment", "config.keys", "config.profiles"),
                *("terminal.report", "terminal.streams"),
            },
        ),
        (r"(?<![\w.])print\(|sys\.std(out|err)\.|typer\.echo", {"terminal.streams"}),
        (r"except (Base)?Exception", {"__main__"}),
        (r"^\s*(import|from) click|typer\._click", set()),
        (r"\.reveal\(\)", {"config.keys", "config.login", "http.client", "local.server.options"}),
    ],
)
def test_what_stands_in_one_room_only(what: str, rooms: set[str]) -> None:
    """HTTP, SQL, the environment, printing, and the key each have their place."""
    assert {module for module in MODULES if re.search(what, source(module), re.MULTILINE)} == rooms


def loaded(jsonbin: Program, *arguments: str) -> set[str]:
    """The modules that a piped run has loaded at its end."""
    script = (
        "import sys\n"
        f"sys.argv = ['jsonbin', {', '.join(map(repr, arguments))}]\n"
        "from jsonbin_cli.__main__ import main\n"
        "code = main()\n"
        "print(*(name for name, module in sys.modules.items() if module), file=open('modules', 'w'))\n"
        "sys.exit(code)\n"
    )
    jsonbin.env = unmeasured(jsonbin.env)
    run = jsonbin.shell(f'echo "[1]" | "{sys.executable}" -c "{script}"')
    assert run.code == 0
    return set((jsonbin.home / "modules").read_text().split())


NEVER_NEEDED = {
    *("rich", "pygments", "click", "pydantic", "asyncio", "importlib.metadata", "decimal"),
    *("anyio", "trio", "h2", "bz2", "lzma"),
    # What only a proxy needs.
    *("httpx", "email"),
    # What only an update with a backup or a check needs.
    "jsonpatch",
    *(f"jsonbin_cli.records.{name}" for name in ("backups", "guards", "patch")),
}
"""What a plain update does without, wherever it goes."""


def test_a_piped_update_loads_nothing_that_it_does_not_need(jsonbin: Program, server: ScriptedServer) -> None:
    """The budget of start-up without a clock: what is not loaded costs nothing."""
    server.echoes()
    found = loaded(jsonbin, "update", BIN)
    assert found & (NEVER_NEEDED | {"sqlite3", "jsonbin_cli.local.transport"}) == set()
    assert "httpcore" in found


def test_an_update_of_the_embedded_store_loads_no_http_library(jsonbin: Program) -> None:
    """Nor what only the network needs, TLS and sockets, nor the types that only the description is made of."""
    found = loaded(jsonbin, "update", "-p", "local", "demo")
    unwanted = NEVER_NEEDED | {"httpcore", "h11", "http", "ssl", "socket"}
    unwanted |= {f"jsonbin_cli.{name}" for name in ("http.transport", "http.connect", "records.compare")}
    unwanted |= {f"jsonbin_cli.local.api.{name}" for name in ("bodies", "description", "replies", "worker")}
    assert found & unwanted == set()
    assert "sqlite3" in found


def with_library(jsonbin: Program, name: str, text: str, stdin: bytes = b"[1]", **env: str) -> Run:
    """Update the demo with a library of this name and text found before the installed one."""
    (jsonbin.home / f"{name}.py").write_text(text)
    return jsonbin.checked(*fresh(("update", "demo", "-p", "local"), jsonbin.env | env, jsonbin.home, stdin))


def test_a_bug_keeps_its_traceback_and_exits_70(jsonbin: Program) -> None:
    """What is not ours to explain is shown as it is, with the words to report it, in each style."""
    run = with_library(jsonbin, "platformdirs", "user_config_path = None\n")
    assert (run.code, run.out) == (70, "")
    assert run.err.startswith("Traceback (most recent call last):\n")
    assert run.err.endswith(
        "TypeError: 'NoneType' object is not callable\n"
        "error: TypeError inside jsonbin\n"
        "hint: report it with the lines above, and with what you ran\n"
    )
    run = with_library(jsonbin, "platformdirs", "user_config_path = None\n", JSONBIN_ERRORS="json")
    assert '"slug": "bug"' in run.err.splitlines()[-1]
    assert '"exit_code": 70, "sent": null' in run.err.splitlines()[-1]


def test_an_error_of_the_system_that_nobody_foresaw_is_a_bug(jsonbin: Program) -> None:
    """A library that cannot read what it needs is nothing that the user could mend."""
    run = with_library(jsonbin, "platformdirs", "def user_config_path(*_, **__): raise OSError(5, 'odd')\n")
    assert (run.code, run.out) == (70, "")
    assert "error: OSError inside jsonbin\n" in run.err


def test_ctrl_c_outside_every_request_needs_no_words(jsonbin: Program) -> None:
    """Here it is pressed while the colours for the message of a failure are loaded."""
    run = with_library(jsonbin, "rich", "raise KeyboardInterrupt\n", stdin=b"not JSON", FORCE_COLOR="1")
    assert run == Run(130, "", "")


def test_a_secret_is_never_in_its_words() -> None:
    """repr, str, format and comparison show nothing of it."""
    from jsonbin_cli.config.keys import Key, Secret

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
