"""How much of an atlas is built, from when to when?

Defines the noun `Coverage`, of an atlas in a folder or in an object store, while others are at
work on it.  An hour counts where its block is sealed; an answer about the whole period needs every
hour at every height.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Coverage"]


@dataclass(frozen=True)
class Coverage:
    """What is sealed.

    Parameters
    ----------
    sealed : frozenset of (int, int)
        Blocks and height indices.
    releases : int
        Release hours of the whole atlas.
    heights : int
        Number of heights.
    block_hours : int
        Release hours of a block.
    """

    sealed: frozenset[tuple[int, int]]
    releases: int
    heights: int
    block_hours: int

    @property
    def tasks(self) -> int:
        """Blocks at heights that the whole atlas has."""
        return -(-self.releases // self.block_hours) * self.heights

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return len(self.sealed) == self.tasks

    def hours(self, height: int | None = None) -> int:
        """Release hours that are sealed at a height, or at every height."""
        return sum(len(span) for span in self.spans(height))

    def spans(self, height: int | None = None) -> list[range]:
        """Release hours without a gap that are sealed at a height, or at every height, in order.

        Examples
        --------
        >>> Coverage(frozenset({(0, 0), (1, 0), (3, 0)}), 40, 1, 10).spans()
        [range(0, 20), range(30, 40)]
        """
        wanted = range(self.heights) if height is None else (height,)
        blocks = sorted(b for b, h in self.sealed if h == wanted[0])
        whole = [b for b in blocks if all((b, h) in self.sealed for h in wanted)]
        return [
            range(first * self.block_hours, min((last + 1) * self.block_hours, self.releases))
            for first, last in _runs(whole)
        ]


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of each run of numbers without a gap."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
