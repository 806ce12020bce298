"""Over all starts of a year, where and how far was a level exceeded?

Defines the noun `Exceedance`: what superposition over the whole atlas leaves behind for one
criterion: counts by cell and the farthest distance by start and sector.  Everything a zone
is made of follows from it; no dose field of single hours is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.earth.grid import Grid


@dataclass(frozen=True)
class Exceedance:
    """Where one level was exceeded, over many starts.

    Parameters
    ----------
    grid : Grid
    starts : int64 array, shape (n,)
        Times at which the release began, seconds since 1970, UTC.
    counts : int32 array, shape (cells,)
        Number of starts at which the cell's dose reached the level.
    reach : float32 array, shape (n, sectors)
        Farthest distance in that sector at which the level was reached [m]; 0 where nowhere.
    level : float
        The level [Sv or Gy].
    """

    grid: Grid
    starts: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int32]
    reach: npt.NDArray[np.float32]
    level: float

    @property
    def probability(self) -> npt.NDArray[np.float64]:
        """Share of starts at which the level was reached, shape (rings, sectors) [1]."""
        share = self.counts / max(len(self.starts), 1)
        return share.reshape(self.grid.rings, self.grid.sectors)
