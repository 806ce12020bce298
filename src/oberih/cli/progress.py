"""How far is it, seen on a terminal?

Bars on stderr where somebody watches, with the rate and the time left; elsewhere one line a stage, and one now and then
while it lasts, so that stdout holds the answer and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as RichProgress
from rich.text import Text

from oberih.case.progress import Progress, Silent
from oberih.constants import SECONDS_PER_HOUR

__all__ = ["Bars", "Lines", "rate_and_rest", "watched"]

SELDOM = 30.0
"""Between two lines about one stage where no bar can be drawn [s]."""


def rate_and_rest(done: int, total: int | None, seconds: float) -> str:
    """Say how fast steps are done and how long the rest will take at that rate; empty if nothing is known yet.

    Examples
    --------
    >>> rate_and_rest(30, 90, 600.0), rate_and_rest(5, None, 2.0), rate_and_rest(0, 9, 2.0)
    ('3 a minute, 20 min left', '2.5 a second', '')
    """
    if done <= 0 or seconds <= 0.0:
        return ""
    rate = done / seconds
    said = next(f"{rate * n:.2g} {unit}" for n, unit in RATES if rate * n >= 1.0 or unit == "an hour")
    if total is None:
        return said
    left = (total - done) / rate
    hours = f"{left / SECONDS_PER_HOUR:.1f} h"
    rest = f"{left:.0f} s" if left < 100.0 else f"{left / 60:.0f} min" if left < 6000.0 else hours
    return f"{said}, {rest} left"


RATES = ((1.0, "a second"), (60.0, "a minute"), (SECONDS_PER_HOUR, "an hour"))
SHORT = {" a second": "/s", " a minute": "/min", " an hour": "/h"}
"""For a bar, where there is little room."""


class Rate(ProgressColumn):
    """Steps a second, a minute or an hour."""

    def render(self, task: Task) -> Text:
        """Say the rate of a bar."""
        said = rate_and_rest(int(task.completed), None, task.elapsed or 0.0) if task.total and task.total > 1 else ""
        for word, sign in SHORT.items():
            said = said.replace(word, sign)
        return Text(said, style="progress.data.speed")


class Bars:
    """A bar for each stage.

    Parameters
    ----------
    bars : rich.progress.Progress
        Started and stopped by whoever made it.
    """

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def stage(self, title: str, total: int | None = None) -> None:
        """Fill the bar before and begin one."""
        self.done()
        self._task = self._bars.add_task(title, total=total)

    def advance(self, n: int = 1) -> None:
        """Lengthen the bar."""
        if self._task is not None:
            self._bars.advance(self._task, n)

    def note(self, line: str) -> None:
        """Say it above the bars."""
        self._bars.console.print(line, highlight=False, markup=False)

    def done(self) -> None:
        """Fill the bar."""
        if self._task is not None:
            full = self._bars.tasks[self._task].total or 1
            self._bars.update(self._task, total=full, completed=full)
        self._task = None


class Lines:
    """A line for each stage, and one now and then while it lasts, without bars.

    Parameters
    ----------
    console : rich.console.Console
    seldom : float
        Between two lines about one stage [s].
    """

    def __init__(self, console: Console, *, seldom: float = SELDOM) -> None:
        self._console, self._seldom = console, seldom
        self._total: int | None = None
        self._done = 0
        self._since = self._last = 0.0

    def stage(self, title: str, total: int | None = None) -> None:
        """Say what begins."""
        self._total, self._done = total, 0
        self._since = self._last = time.monotonic()
        self.note(title)

    def advance(self, n: int = 1) -> None:
        """Count, and say how far it is if it was not said for long."""
        now = time.monotonic()
        self._done += n
        if self._total and now - self._last >= self._seldom and self._done < self._total:
            said = rate_and_rest(self._done, self._total, now - self._since)
            self.note(f"  {self._done} of {self._total}" + (f": {said}" if said else ""))
            self._last = now

    def note(self, line: str) -> None:
        """Say it."""
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    def done(self) -> None:
        """Forget the stage."""
        self._total = None


@contextmanager
def watched(*, quiet: bool) -> Iterator[Progress]:
    """Show progress as fits: bars on a terminal, lines elsewhere, nothing when quiet.

    Yields
    ------
    Progress
        For the case; the terminal is given back whatever happens.
    """
    console = Console(stderr=True)
    if quiet:
        yield Silent()
    elif not console.is_terminal:
        yield Lines(console)
    else:
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
        left = (Rate(), TimeRemainingColumn(elapsed_when_finished=True))
        with RichProgress(*columns, *left, console=console) as bars:
            shown = Bars(bars)
            yield shown
            shown.done()
