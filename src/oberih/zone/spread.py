"""How sure is a distance, given one year of weather?

Defines `Spread`: what the resampled years of `oberih.zone.resample` say about the distances,
and the bands that follow.  With few blocks of weather it says nothing, rather than little.

Invariant: a band holds the estimate it is for.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.earth.grid import Grid
from oberih.zone.resample import DistanceBins, block_of_start, cumulative_by_block, draw_blocks, quantile_bins

__all__ = ["FEWEST_BLOCKS", "Spread"]

Floats = npt.NDArray[np.float64]

FEWEST_BLOCKS = 8
"""Fewer blocks of weather than this give no band."""


class Spread:
    """Quantiles of the resampled years.

    Parameters
    ----------
    bins : DistanceBins
    blocks : int
        Number of blocks of weather.
    tails : tuple of float
        Lower and upper end of the bands [1].

    Attributes
    ----------
    sector : float array, shape (levels, replicates, sectors), or None
        Distance by sector [m].
    anywhere : float array, shape (levels, replicates), or None
        Distance in any direction [m].
    beyond : float array, shape (replicates, bins), or None
        Share of starts that reach beyond each bin in any direction [1].
    """

    def __init__(self, bins: DistanceBins, blocks: int, tails: tuple[float, float]) -> None:
        self.bins, self.blocks, self.tails = bins, blocks, tails
        self.sector: Floats | None = None
        self.anywhere: Floats | None = None
        self.beyond: Floats | None = None

    @classmethod
    def draw(
        cls,
        grid: Grid,
        reach: npt.NDArray[np.float32],
        farthest: npt.NDArray[np.float32],
        starts: npt.NDArray[np.int64],
        levels: tuple[float, ...],
        *,
        rng: np.random.Generator,
        block_days: float,
        replicates: int,
        confidence: float,
    ) -> Spread:
        """Resample the year, block by block."""
        block = block_of_start(starts, length=block_days * 86400.0)
        count = int(block.max()) + 1
        tail = (1.0 - confidence) / 2.0
        bins = DistanceBins.for_grid(grid, farthest=float(farthest.max()))
        found = cls(bins, count, (tail, 1.0 - tail))
        if count < FEWEST_BLOCKS:
            return found
        weights = draw_blocks(rng, blocks=count, replicates=replicates)
        every = np.concatenate([reach, farthest[:, None]], axis=1)
        cumulative = cumulative_by_block(bins.index(every), block, blocks=count, bins=bins.count)
        totals = weights @ np.bincount(block, minlength=count).astype(np.float32)
        edges, last = quantile_bins(weights, cumulative, totals, levels)
        distance = bins.edges[edges]  # (levels, replicates, sectors + 1)
        found.sector, found.anywhere = distance[:, :, :-1], distance[:, :, -1]
        found.beyond = 1.0 - last / totals[:, None]
        return found

    def below(self, values: Floats | None, estimate: Floats) -> Floats | None:
        """Lower edge of the band, never above the estimate."""
        return None if values is None else np.minimum(_tail(values, self.tails[0]), estimate)

    def above(self, values: Floats | None, estimate: Floats) -> Floats | None:
        """Upper edge of the band, never below the estimate."""
        return None if values is None else np.maximum(_tail(values, self.tails[1]), estimate)


def _tail(values: Floats, share: float) -> Floats:
    """The order statistic at a share along the replicates, which are the second axis."""
    n = values.shape[1]
    k = min(max(round(share * (n - 1)), 0), n - 1)
    return np.asarray(np.partition(values, k, axis=1)[:, k])
