"""The process for what may take any time: results, limits, and what comes after."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from jsonbin_cli.local.api.worker import Ended, call


def process_id() -> int:
    """The id of the process that answers."""
    return int(call(60, "os", "getpid"))


def test_a_result_comes_back_and_the_process_stays() -> None:
    """Any JSON value, also one with line breaks and lone surrogates."""
    value = {"a": [None, True, "line\nbreak \udcff"]}
    assert call(60, "copy", "copy", value) == value
    assert process_id() == process_id()


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (("time", "sleep"), [3600]),
        (("operator", "pow"), [3, 10**9]),  # one call of C code, which nothing in Python interrupts
        (("re", "search"), ["^(x+)+$", "x" * 60 + "!"]),
        (("operator", "mul"), ["x", 2**33]),
        (("os", "abort"), []),
        (("operator", "truediv"), [1, 0]),
    ],
)
def test_what_takes_too_much_or_fails_ends_the_process(function: tuple[str, str], arguments: list[object]) -> None:
    """And the next call has another one."""
    before = process_id()
    with pytest.raises(Ended):
        call(0.2, *function, *arguments)
    assert process_id() != before


def test_the_time_is_that_of_one_call() -> None:
    """It starts anew for each."""
    before = process_id()
    assert [call(1.5, "time", "sleep", 0.5) for _ in range(4)] == [None] * 4
    assert process_id() == before


def test_threads_wait_for_each_other() -> None:
    """Each gets its own answer."""
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda n: call(60, "operator", "neg", n), range(100))) == [-n for n in range(100)]


def test_a_process_that_somebody_ended_is_replaced() -> None:
    """After the call that meets that."""
    killed = process_id()
    os.kill(killed, 9)
    with pytest.raises(Ended):
        process_id()
    assert process_id() != killed


def test_a_ctrl_c_leaves_no_answer_behind() -> None:
    """The answer to a call that was given up is not taken for that of the next one."""
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        call(60, "time", "sleep", 3)
    timer.join()
    assert call(60, "operator", "add", "a", "b") == "ab"


def test_the_process_by_itself() -> None:
    """One line for each call, until there are no more; a Ctrl-C is not for it."""
    calls = [[60, "operator", "add", [1, 2]], [60, "signal", "raise_signal", [2]], [60, "operator", "neg", [1]]]
    run = subprocess.run(
        [sys.executable, "-P", "-m", "jsonbin_cli.local.api.worker"],
        input="".join(json.dumps(one) + "\n" for one in calls).encode(),
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert run.stdout == b"3\nnull\n-1\n"
