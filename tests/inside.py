"""The program without a process of its own, where a test has hundreds of calls to make."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from unittest import mock

from jsonbin_cli.__main__ import _run
from tests.conftest import Run, at_home, surroundings


class Inside:
    """Runs `jsonbin` in this process, in an environment of its own, with pipes for its streams."""

    def __init__(self, home: Path) -> None:
        self.env = surroundings() | at_home(home) | {"JSONBIN_PROFILE": "local"}

    def __call__(self, *arguments: str, stdin: str = "") -> Run:
        """Run to the end, with `stdin` piped in."""
        pipes = [io.TextIOWrapper(io.BytesIO(text), encoding="utf-8") for text in (stdin.encode(), b"", b"")]
        with (
            mock.patch.dict(os.environ, self.env, clear=True),
            mock.patch.multiple(sys, stdin=pipes[0], stdout=pipes[1], stderr=pipes[2]),
        ):
            code = _run(list(arguments))
        out, err = (pipe.buffer.getvalue().decode() for pipe in pipes[1:])
        return Run(code, out, err)
