"""How does long work say how far it is?

Defines the protocol `Progress` that every case takes, and `Silent`, which says nothing.
A case names a stage, advances it, notes what happens on the way, and ends it; how that looks is the
face's affair.
"""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "Silent"]


class Progress(Protocol):
    """Somebody who wants to know how far the work is."""

    def stage(self, title: str, total: int | None = None) -> None:
        """Begin a stage of ``total`` steps (None: unknown), ending the one before."""

    def advance(self, n: int = 1) -> None:
        """Count ``n`` more steps of the stage as done."""

    def note(self, line: str) -> None:
        """Say what happened on the way, in a line."""

    def done(self) -> None:
        """End the stage, and the work."""


class Silent:
    """Nobody wants to know."""

    def stage(self, title: str, total: int | None = None) -> None:
        """Say nothing."""

    def advance(self, n: int = 1) -> None:
        """Say nothing."""

    def note(self, line: str) -> None:
        """Say nothing."""

    def done(self) -> None:
        """Say nothing."""
