"""Plants small faults in modules, one at a time, runs the tests that should see them, and lists those that survive.

Run: python tests/mutation.py [MODULE[=TESTS]…] [--most N], for example

    python tests/mutation.py records/merge config/keys=tests/config,tests/commands/test_login.py

MODULE is a file below jsonbin_cli, without its ending; without one, all of `TESTS` are run. cosmic-ray says how a line
can be changed; beside that, single statements are left out. A fault is written into the file itself, so that each
process which a test starts has it: run this in a clone of its own. For each fault pytest runs in a fork of this
process, which has imported the libraries, so that a fault in a module that is tested in-process costs a tenth of a
second. It stops at the first test that fails. A fault that makes a test wait is stopped after a while and counts as
seen. Of faults that mean the same one is planted.

Annotations are left alone. Of the operators that could stand in the place of one, those that are next to it are tried.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import gc
import os
import re
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, ClassVar

import pytest
from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

assert sys.platform == "linux"

ROOT = Path(__file__).parents[1]
TESTS = {
    "records/guards": "records/test_guards commands/test_changing",
    "records/merge": "records/test_merge records/test_reconcile",
    "records/patch": "commands/test_patch",
    "records/paths": "records/test_paths commands/test_set commands/test_get",
    "records/values": "records/test_values commands/test_set commands/test_get",
    "records/slips": "commands/test_set",
    "records/pipeline": "records/test_pipeline",
    "records/reconcile": "records/test_reconcile",
    "records/unchecked": "commands/test_merging",
    "records/lost": "records/test_lost",
    "config/keys": "config/test_keys config/test_profiles config/test_login config/test_bounded",
    "config/key_shapes": "config/test_key_shapes config/test_known_secrets config/test_login",
    "config/known_secrets": "config/test_known_secrets",
    "config/file": "config/test_file config/test_profiles config/test_bounded",
    "config/ownership": "config/test_ownership",
    "config/addresses": "config/test_addresses",
    "config/atomic": "config/test_saving records/test_backups records/test_folders",
    "config/locks": "config/test_saving config/test_edit commands/test_merging",
    "config/bounded": "config/test_bounded",
    "http/reply": "http/test_reply http/test_client",
    "http/request": "http/test_request",
    "http/client": "http/test_client http/test_pace http/test_interrupts",
    "http/exchange": "http/test_exchange http/test_connect http/test_client",
    "http/transport": "http/test_client http/test_proxies",
    "http/connect": "http/test_connect http/test_client",
    "http/body": "http/test_body",
    "http/unreachable": "http/test_unreachable http/test_client",
    "http/pace": "http/test_pace",
    "http/listing": "http/test_listing commands/test_ls",
    "http/workers": "http/test_workers commands/test_pull commands/test_apply",
    "terminal/output": "terminal/test_streams terminal/test_output",
    "terminal/streams": "terminal/test_streams terminal/test_output terminal/test_report",
    "terminal/layout": "terminal/test_explain commands/test_help",
    **{
        f"local/api/{module}": f"local/api/test_routes {own} local/api/test_conformance"
        for module, own in {
            "access": "",
            "bins": "local/api/test_settings",
            "bodies": "",
            "checks": "local/api/test_settings local/api/test_validation",
            "collections": "",
            "description": "local/api/test_description",
            "errors": "",
            "javascript": "local/api/test_javascript",
            "endpoints": "",
            "inputs": "",
            "json_path": "local/api/test_json_path",
            "json_schema": "local/api/test_description",
            "path_search": "local/api/test_path_search",
            "replies": "",
            "schema_check": "local/api/test_schema_check",
            "model": "",
            "routes": "",
            "schemas": "local/api/test_validation",
            "settings": "local/api/test_settings",
            "validation": "local/api/test_validation",
            "worker": "local/api/test_worker",
        }.items()
    },
}
# What runs import from the libraries; the package itself and its tests are imported anew in each fork.
_LIBRARIES = (
    *("anyio.pytest_plugin", "httpx", "hypothesis.strategies", "jsonpatch", "jsonpath", "jsonschema"),
    *("platformdirs", "pyte", "pytest_cov.plugin", "requests", "rich.console", "typer", "xdist.plugin"),
)
_OPERATORS = (
    r"(Eq_NotEq|NotEq_Eq|Lt_LtE|Lt_GtE|LtE_Lt|LtE_Gt|Gt_GtE|Gt_LtE|GtE_Gt|GtE_Lt|Is_IsNot|IsNot_Is"
    r"|Add_Sub|Sub_Add|Mul_Div|Div_Mul|FloorDiv_Mul|Mod_Mul|Pow_Mul|RShift_LShift|LShift_RShift|BitOr_BitAnd|BitAnd_BitOr"
    r"|Delete_\w+|AddNot|True\w+|False\w+|\w+AndWithOr|\w+OrWithAnd|\w+BreakWith\w+|\w+ContinueWith\w+"
    r"|NumberReplacer|ZeroIterationForLoop)$"
)
# Nobody reads why a test failed, so that its assertions need not be rewritten.
_PYTEST = ("-qx", "-n0", "-p", "no:cacheprovider", "--tb=no", "--assert=plain")
_STAR = re.compile(r"\*(?=,|$)").finditer
_MEMORY = 4 << 30  # bytes that one run may take
_NO_TEST_FAILED = 0
_LIKELY = 5


def faults(source: str) -> Iterator[str]:
    """The text of a module with one fault, for each fault; of those that mean the same, one."""
    meant = {_meaning(source), None}
    for changed in _changed(source):
        if (meaning := _meaning(changed)) not in meant:
            meant.add(meaning)
            yield changed


def _changed(source: str) -> Iterator[str]:
    left_out = _annotations(source)
    for name in plugins.operator_names():
        if not re.search(_OPERATORS, name):
            continue
        operator = plugins.get_operator(name)()
        places = [place for node in ast_nodes(get_ast(source)) for place in operator.mutation_positions(node)]
        for occurrence, (start, _) in enumerate(places):
            changed = None if start in left_out else mutate_code(source, operator, occurrence)
            if changed is not None:
                yield changed
    yield from _without_a_statement(source)


class CheapestFirst:
    """A plugin of pytest: single values first, then the program in this process, then properties, then processes.

    Before all of them come the tests named in `likely`. A test that fails is named in the file `failed`.
    """

    def __init__(self, likely: list[str], failed: IO[bytes], *, in_process: bool) -> None:
        self._likely = likely
        self._failed = failed
        self._in_process = in_process

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Name a test that failed."""
        if report.failed and not self._failed.tell():
            self._failed.write(report.nodeid.encode())

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Sort the tests, without those that start the program where `in_process` is set."""
        if self._in_process:
            items[:] = [item for item in items if "jsonbin" not in item.fixturenames]
        items.sort(
            key=lambda item: (
                item.nodeid not in self._likely,
                "jsonbin" in item.fixturenames,
                hasattr(item.obj, "hypothesis"),
                "inside" in item.fixturenames,
            )
        )


def survives(tests: list[str], seconds: float, likely: list[str], *, in_process: bool) -> bool:
    """Whether all tests pass. After so many seconds one counts as failed.

    `likely` are those that saw the faults before this one, and so perhaps this one too: the last few.
    """
    with TemporaryFile(buffering=0) as failed:
        child = os.fork()
        if not child:
            os.setsid()
            null = os.open(os.devnull, os.O_RDWR)
            for stream in range(3):
                os.dup2(null, stream)
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            signal.alarm(max(1, int(seconds)))
            os._exit(pytest.main([*_PYTEST, *tests], [CheapestFirst(likely, failed, in_process=in_process)]))
        _, status = os.waitpid(child, 0)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # what its tests left running
        failed.seek(0)
        if name := failed.read().decode():
            likely[:] = [*dict.fromkeys([name, *likely])][:_LIKELY]
    return os.waitstatus_to_exitcode(status) == _NO_TEST_FAILED


def examine(module: str, tests: list[str], most: int, *, in_process: bool) -> None:
    """Print the faults in a module that no test sees."""
    path = ROOT / "jsonbin_cli" / f"{module}.py"
    source, before = path.read_text(encoding="utf-8"), path.stat()
    seconds = 10 + 3 * _seconds(tuple(tests), in_process=in_process)
    begun = time.monotonic()
    every = list(faults(source))
    planted = every[:: max(1, -(-len(every) // most))]
    left, likely = 0, list[str]()
    try:
        for number, changed in enumerate(planted):
            path.write_text(changed, encoding="utf-8")
            os.utime(path, (number, number))  # a time of its own, by which Python knows its compiled files
            if survives(tests, seconds, likely, in_process=in_process):
                left += 1
                print(f"{module}: {_difference(source, changed)}", flush=True)
    finally:
        path.write_text(source, encoding="utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    took = (time.monotonic() - begun) / max(1, len(planted))
    print(f"{module}: {left} of {len(planted)} faults survived, {took:.1f} s each", flush=True)


class _WithoutNot(ast.NodeTransformer):
    """Writes `not x is y` as `x is not y`, `not x == y` as `x != y`, and `not not x` as `x`; what is for types goes."""

    _OPPOSITES: ClassVar = {ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.UnaryOp(ast.Not(), ast.UnaryOp(ast.Not(), inner)):
                return inner
            case ast.UnaryOp(ast.Not(), ast.Compare(left, [operator], right)) if type(operator) in self._OPPOSITES:
                return ast.Compare(left, [self._OPPOSITES[type(operator)]()], right)
        return node

    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if "TYPE_CHECKING" in ast.unparse(node.test) else self.generic_visit(node)


def _meaning(source: str) -> str | None:
    """What is the same for two texts that differ in their spelling only; None for a text that is not Python."""
    try:
        return ast.unparse(_WithoutNot().visit(ast.parse(source)))
    except SyntaxError:
        return None


@cache
def _seconds(tests: tuple[str, ...], *, in_process: bool) -> float:
    """How long the tests take without a fault."""
    begun = time.monotonic()
    if not survives(list(tests), 600, [], in_process=in_process):
        raise SystemExit(f"{' '.join(tests)}: they fail without a fault")
    return time.monotonic() - begun


def _annotations(source: str) -> set[tuple[int, int]]:
    """The line and column of each character of an annotation, and of each `*` that stands alone among parameters."""
    stars = {(number, found.start()) for number, line in enumerate(source.splitlines(), 1) for found in _STAR(line)}
    return stars | {
        (note.lineno, column)
        for node in ast.walk(ast.parse(source))
        for note in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(note, ast.expr)
        for column in range(note.col_offset, note.end_col_offset or 0)
    }


def _without_a_statement(source: str) -> Iterator[str]:
    """The text without one call, `raise` or change of a value, for each of them."""
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # a docstring
            continue
        if isinstance(node, ast.Expr | ast.Raise | ast.AugAssign | ast.Delete):
            indent = lines[node.lineno - 1][: node.col_offset]
            yield "".join([*lines[: node.lineno - 1], f"{indent}pass\n", *lines[node.end_lineno :]])


def _difference(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return "\n    ".join(line for line in lines if not line.startswith(("---", "+++")))


def main() -> None:
    """Examine the modules that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", metavar="MODULE=TESTS", default=list(TESTS))
    parser.add_argument("--most", type=int, default=10_000, help="at most so many faults a module, spread over it")
    parser.add_argument("--in-process", action="store_true", help="leave out the tests that start the program")
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.path[0] = str(ROOT)
    for library in _LIBRARIES:
        import_module(library)
    from hypothesis import Phase, settings

    settings.register_profile("found", phases=[Phase.explicit, Phase.reuse, Phase.generate])  # not made smaller
    settings.load_profile("found")
    gc.freeze()  # what is there now is not looked at again in each fork
    for named in options.modules:
        module, _, chosen = named.partition("=")
        tests = chosen.split(",") if chosen else [f"tests/{name}.py" for name in TESTS[module].split()]
        examine(module, tests, options.most, in_process=options.in_process)


if __name__ == "__main__":
    main()
