"""How far is the atlas?

Defines the nouns `Readiness` (what is told) and `Watch`, the `Progress` of the thread that prepares it: it notes how
far the work is, and ends it when the server stops.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["Readiness", "Stopped", "Watch"]

_LOG = logging.getLogger("oberih.web")


class Stopped(Exception):
    """The server stops; whoever prepares anything ends."""


@dataclass(frozen=True)
class Readiness:
    """How far the atlas is.

    Parameters
    ----------
    state : str
        ``idle`` before the start, ``preparing``, ``ready`` or ``failed``.
    stage : str
        What is being done, in English.
    done, total : int
        Steps of that stage; total 0 where nobody knows.
    why : str
        It failed.
    """

    state: Literal["idle", "preparing", "ready", "failed"] = "idle"
    stage: str = ""
    done: int = 0
    total: int = 0
    why: str = ""


class Watch:
    """Notes how far the work is, and ends it when it must stop."""

    def __init__(self) -> None:
        self.readiness = Readiness()
        self._stop = threading.Event()
        self._lock = threading.Lock()

    @property
    def stopped(self) -> bool:
        """Whether the work must end."""
        return self._stop.is_set()

    def begin(self) -> None:
        """Say that the work begins."""
        self.readiness = Readiness("preparing")

    def stop(self) -> None:
        """End the work at its next step."""
        self._stop.set()

    def ready(self) -> None:
        """Say that it is there."""
        self.readiness = Readiness("ready")

    def fail(self, why: str, error: Exception | None = None) -> None:
        """Say why it is not, and never will be until somebody mends it."""
        _LOG.error("the year's atlas could not be made: %s", why, exc_info=error)
        self.readiness = Readiness("failed", why=why)

    def refuse_if_stopped(self) -> None:
        """End the work here if it must stop."""
        if self._stop.is_set():
            raise Stopped

    def stage(self, title: str, total: int | None = None) -> None:
        """Begin a stage."""
        self.refuse_if_stopped()
        self.readiness = Readiness("preparing", title, 0, total or 0)

    def advance(self, n: int = 1) -> None:
        """Count steps of the stage; several threads may."""
        self.refuse_if_stopped()
        with self._lock:
            self.readiness = replace(self.readiness, done=self.readiness.done + n)

    def note(self, line: str) -> None:
        """Keep it for whoever reads the server's log."""
        self.refuse_if_stopped()
        _LOG.info("%s", line)

    def done(self) -> None:
        """End the stage."""
        self.refuse_if_stopped()
