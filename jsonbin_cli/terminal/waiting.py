"""A line on standard error that says what is waited for; it is redrawn meanwhile, and erased at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from threading import Event, Thread

from jsonbin_cli.terminal.streams import can_draw, harmless, tell

_DELAY = 0.5
_BETWEEN_FRAMES = 0.1


class Waiting:
    """Shows what a command waits for, once all its waits together have taken half a second.

    Nothing is shown where `quiet` is set, or where standard error is no terminal on which a line can be drawn.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._shown = not quiet and can_draw()
        self._waited = 0.0

    @contextmanager
    def __call__(self, doing: str, seconds: float | None = None) -> Iterator[None]:
        """Show `doing` while the block waits, with the `seconds` that are left, or else those that have passed.

        The block must write nothing to the terminal.
        """
        if not self._shown:
            yield
            return
        line = _Line(doing, seconds)
        started = time.monotonic()
        try:
            line.appear_after(max(0.0, _DELAY - self._waited))
            yield
        except KeyboardInterrupt:
            # Where the line was shown, the terminal had written ^C behind it, so it was erased with it.
            tell("", "^C" if line.disappear() else "", end="")
            raise
        finally:
            line.disappear()
            self._waited += time.monotonic() - started


class _Line:
    """The line, drawn by a thread of its own, which no Ctrl-C can interrupt."""

    def __init__(self, doing: str, seconds: float | None) -> None:
        self._doing = harmless(doing)
        self._seconds = seconds
        self._started = time.monotonic()
        self._can_be_seen = Event()
        self._ended = Event()
        self._thread = Thread(target=self._draw, daemon=True)
        self._delay = 0.0

    def appear_after(self, seconds: float) -> None:
        """Draw the line from then on."""
        self._delay = seconds
        self._thread.start()

    def disappear(self) -> bool:
        """Wait until nothing of the line is left, and return whether it could be seen."""
        self._ended.set()
        # If Rich is still being imported there is no line yet, and there will be none.
        if self._can_be_seen.is_set():
            self._thread.join()
        return self._can_be_seen.is_set()

    def _draw(self) -> None:
        if self._ended.wait(self._delay):
            return
        from rich.console import Console
        from rich.live import Live
        from rich.spinner import Spinner
        from rich.text import Text

        console = Console(file=sys.stderr, force_terminal=True)
        spinner = Spinner("dots")
        live = Live(
            spinner,
            console=console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._can_be_seen.set()
        while not self._ended.wait(_BETWEEN_FRAMES):
            words = Text(self._words())
            words.truncate(console.width - 2, overflow="ellipsis")
            spinner.update(text=words)
            live.start()
            live.refresh()
        live.stop()

    def _words(self) -> str:
        passed = time.monotonic() - self._started
        if self._seconds is None:
            return f"{self._doing} …" + (f" {int(passed)} s" if passed >= 1 else "")
        return f"{self._doing}, {max(0, ceil(self._seconds - passed))} s left"
