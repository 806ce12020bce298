"""What is a task, and whom may it be given to?

Defines the protocol `Scheduler`.  A task is a function of plain values that leaves its result in
the store, so that a lost worker costs its task and nothing else: whoever runs again finds the
rest done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

__all__ = ["ATTEMPTS", "Finished", "Said", "Scheduler", "Task", "none_finished"]

Task = tuple[Any, ...]

Finished = Callable[[Task], bool]
"""Whether a task's result is in the store already, whoever put it there."""

Said = Callable[[str], None]
"""Told in a line what a watcher should know: workers that come and go, a scheduler that is gone."""

ATTEMPTS = 3
"""How often a task is tried, and a pool of processes replaced."""


class Scheduler(Protocol):
    """Somebody who runs tasks in any order."""

    def run(
        self, function: Callable[..., Any], tasks: Sequence[Task], *, finished: Finished | None = None
    ) -> Iterator[Task]:
        """Run ``function(*task)`` for every task; give each task as it ends.

        What ``finished`` names is not begun again once the workers were lost.
        """


def none_finished(task: Task) -> bool:
    """Nobody knows of any result: every task lost is run again."""
    return False
