"""How does long work say how far it is?

Defines the protocol `Progress` that every case takes, `Silent`, which says nothing, and `advancing`, for work that
tells how much of it is done.  A case names a stage, advances it, notes what happens on the way, and ends it; how that
looks is the face's affair.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

__all__ = ["Progress", "Silent", "advancing"]


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


def advancing(progress: Progress, title: str | None = None) -> Callable[[int, int], None]:
    """Somebody to be told how much is done, and of how much.

    Parameters
    ----------
    progress : Progress
    title : str, optional
        Of a stage that begins when this is first told; without one, the stage that is there advances.
    """
    last: list[int] = []

    def told(done: int, of: int) -> None:
        if title is not None and not last:
            progress.stage(title, total=of)
        progress.advance(done - (last[-1] if last else 0))
        last.append(done)

    return told
