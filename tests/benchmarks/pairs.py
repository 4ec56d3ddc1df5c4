"""Commands timed in pairs, so that what else the machine does falls on both alike."""

import os
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple


class Failed(Exception):
    """A command that did not exit 0, with its words."""

    def __init__(self, command: Sequence[str], code: int, errors: str) -> None:
        super().__init__(f"exit code {code} from: {shlex.join(command)}\n{errors}")


class Job(NamedTuple):
    """Programs joined by pipes. Each is its whole argument list and starts with a path."""

    programs: tuple[tuple[str, ...], ...]
    env: dict[str, str]
    stdin: Path = Path(os.devnull)


class Comparison(NamedTuple):
    """Ratios of one job's time to another's, pair by pair, and each job's median in seconds."""

    ratio: float
    least: float
    most: float
    ours: float
    theirs: float


def compare(ours: Job, theirs: Job, runs: int) -> Comparison:
    """Run two jobs in turn, `runs` times each. Raises Failed."""
    times = [(run(ours), run(theirs)) for _ in range(runs)]
    ratios = [a / b for a, b in times]
    return Comparison(
        median(ratios), min(ratios), max(ratios), median(a for a, _ in times), median(b for _, b in times)
    )


def run(job: Job, output: Path = Path(os.devnull)) -> float:
    """Seconds from the start of the first program to the end of the last. Raises Failed."""
    with open(job.stdin, "rb") as source, open(output, "wb") as sink, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        children = _start(job, source.fileno(), sink.fileno(), errors.fileno())
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        seconds = time.perf_counter() - started
        for program, code in zip(job.programs, codes, strict=True):
            if code:
                errors.seek(0)
                raise Failed(program, code, errors.read().decode("utf-8", "replace"))
    return seconds


def _start(job: Job, source: int, sink: int, errors: int) -> list[int]:
    """Without a shell: its own start would be part of the time, and it would hide the codes inside a pipe."""
    if sys.platform == "win32":
        raise NotImplementedError("Windows cannot start a process so")
    children = []
    reading = source
    for number, program in enumerate(job.programs, 1):
        following, writing = os.pipe() if number < len(job.programs) else (source, sink)
        streams = [(os.POSIX_SPAWN_DUP2, descriptor, n) for n, descriptor in enumerate((reading, writing, errors))]
        # Python ignores SIGPIPE, and a child would inherit that.
        children.append(os.posix_spawn(program[0], program, job.env, file_actions=streams, setsigdef=[signal.SIGPIPE]))
        for mine in {reading, writing} - {source, sink}:
            os.close(mine)
        reading = following
    return children
