"""Until when may this take, and does anybody still want it?

Defines the noun `Deadline`, and `Stopped` and `TooLate`, which are raised where it is looked at.  Whoever waits for the
network looks at it several times a second (`LOOK`): there is no thread that watches and none that is left behind.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import inf

__all__ = ["LOOK", "Deadline", "Stop", "Stopped", "TooLate", "never", "present", "slept"]

LOOK = 0.2
"""Whoever waits looks so often whether to wait on [s]."""

Stop = Callable[[], bool]
"""Says whether to give up at once."""


class Stopped(Exception):
    """Whoever asked wants no more."""


class TooLate(Exception):
    """The deadline is past."""


def never() -> bool:
    """Whoever asked goes on wanting."""
    return False


def slept(seconds: float, stopped: Stop = never) -> None:
    """Wait so long, or until nobody wants it any more."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0.0 and not stopped():
        time.sleep(min(left, LOOK))


@dataclass(frozen=True)
class Deadline:
    """Until when something may take.

    Parameters
    ----------
    until : float
        On the clock [s].
    stopped : callable
        Whether to give up at once.
    clock : callable
        A time that only rises [s].
    """

    until: float = inf
    stopped: Stop = never
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def within(
        cls, seconds: float, *, stopped: Stop = never, clock: Callable[[], float] = time.monotonic
    ) -> Deadline:  # fmt: skip
        """So many seconds from now."""
        return cls(clock() + seconds, stopped, clock)

    def left(self) -> float:
        """How long there is still [s].

        Raises
        ------
        Stopped
            If nobody wants it any more.
        TooLate
            If it is past.
        """
        if self.stopped():
            raise Stopped
        left = self.until - self.clock()
        if left <= 0.0:
            raise TooLate
        return left

    @contextmanager
    def held(self) -> Iterator[None]:
        """What this thread waits for in the ``with`` block is held to it (`present`)."""
        token = _PRESENT.set(self)
        try:
            yield
        finally:
            _PRESENT.reset(token)


_NONE = Deadline()
_PRESENT: ContextVar[Deadline] = ContextVar("deadline", default=_NONE)


def present() -> Deadline:
    """The deadline that this thread is held to; one that never comes, if none."""
    return _PRESENT.get()
