"""How far is it, seen on a terminal?

Bars on stderr where somebody watches, one line a stage where nobody does, so that stdout
holds the answer and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from oberih.case.progress import Progress, Silent

__all__ = ["Bars", "Lines", "watched"]


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

    def done(self) -> None:
        """Fill the bar."""
        if self._task is not None:
            full = self._bars.tasks[self._task].total or 1
            self._bars.update(self._task, total=full, completed=full)
        self._task = None


class Lines(Silent):
    """A line for each stage, without bars."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def stage(self, title: str, total: int | None = None) -> None:
        """Say what begins."""
        self._console.print(title, highlight=False, markup=False)


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
        with RichProgress(*columns, TimeRemainingColumn(elapsed_when_finished=True), console=console) as bars:
            shown = Bars(bars)
            yield shown
            shown.done()
