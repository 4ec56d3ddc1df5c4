"""How far a command with many bins is: a bar at a terminal, a line every ten seconds in a log."""

from __future__ import annotations

import sys
import time
from math import ceil
from types import TracebackType
from typing import TYPE_CHECKING, Self

from jsonbin_cli.terminal.streams import can_draw, is_terminal, tell

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_BETWEEN_LINES = 10.0
_BETWEEN_FRAMES = 0.1
_BEFORE_THE_BAR = 0.5


class Progress:
    """Of `total` things, in a `with`; nothing is shown where `quiet` is set. `doing` says what is done: "reading".

    While a bar is shown, nothing else may be written to the terminal.
    """

    def __init__(self, doing: str, total: int, *, quiet: bool) -> None:
        self._doing = doing
        self._total = total
        self._draws = not quiet and can_draw()
        self._tells = not quiet and not is_terminal("stderr")
        self._done = 0
        self._started = self._shown = time.monotonic()
        self._bar: Bar | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, where: TracebackType | None
    ) -> None:
        self.disappear()

    def disappear(self) -> None:
        """Show nothing any more, and leave nothing of the bar."""
        self._draws = self._tells = False
        if self._bar:
            self._bar.stop()

    def advance(self) -> None:
        """One more is done."""
        self._done += 1

    def beat(self) -> None:
        """Show how far it is, where that was not shown a moment ago."""
        if not (self._draws or self._tells):
            return
        now = time.monotonic()
        if self._tells and now - self._shown >= _BETWEEN_LINES:
            self._shown = now
            tell("", f"{self._doing}: {self._done:,} of {self._total:,}, {self._speed(now)}")
        elif self._draws and now - self._started >= _BEFORE_THE_BAR and now - self._shown >= _BETWEEN_FRAMES:
            self._shown = now
            self._draw(now)

    def _draw(self, now: float) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            console = Console(file=sys.stderr, force_terminal=True)
            console.width -= len("^C")  # which a terminal shows; what it pushed into a second line would stay there
            self._bar = Progress(
                TextColumn(self._doing, markup=False),
                BarColumn(bar_width=None),
                MofNCompleteColumn(),
                TextColumn("{task.fields[speed]}", markup=False),
                console=console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
                expand=True,
            )
            self._task = self._bar.add_task("", total=self._total, speed="")
            self._bar.start()
        self._bar.update(self._task, completed=self._done, speed=self._speed(now))
        self._bar.refresh()

    def _speed(self, now: float) -> str:
        """The rate so far, and how long the rest takes at that."""
        rate = self._done / (now - self._started)
        if not rate:
            return "waiting for the first"
        each = f"{rate:.1f}/s" if rate >= 1 else f"{rate * 60:.0f}/min"
        left = ceil((self._total - self._done) / rate)
        return f"{each}, {f'{left} s' if left < 120 else f'{ceil(left / 60)} min'} left"
