"""What would another year of the same climate have said?

The block bootstrap on histograms: starts are counted once into bins of distance, block of
weather by block; a resampled year is then a weighted sum of blocks, of which only those bins are
summed that a bisection asks for.  Bins are a quarter of a ring wide (2 % of the
distance on the usual grid), and every ring edge is the edge of a bin.

Source: E. Carlstein, The use of subseries values for estimating the variance of a general
statistic from a stationary sequence, Ann. Statist. 14 (1986) 1171.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.earth.grid import Grid
from oberih.zone.kernels import resample as kernel

__all__ = ["DistanceBins", "block_of_start", "cumulative_by_block", "draw_blocks", "quantile_bins"]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]

_PER_RING = 4
_ROUND_OFF = 1e-3
"""Of a bin: a float32 distance on an edge belongs to the bin below it."""


@dataclass(frozen=True)
class DistanceBins:
    """Bins of distance.

    Parameters
    ----------
    edges : float array, shape (count,)
        Upper edge of each bin [m]; bin 0 is "nowhere".
    inner : float
        Radius at which bin 1 ends [m].
    step : float
        Logarithm of the ratio of neighbouring edges.
    """

    edges: Floats
    inner: float
    step: float

    @property
    def count(self) -> int:
        """Number of bins."""
        return len(self.edges)

    @classmethod
    def for_grid(cls, grid: Grid, *, farthest: float) -> DistanceBins:
        """Bins out to the farthest distance that occurs [m]."""
        step = float(np.log(grid.ratio)) / _PER_RING
        last = (
            0
            if farthest <= grid.inner_radius
            else int(np.ceil(np.log(farthest / grid.inner_radius) / step - _ROUND_OFF))
        )
        edges = grid.inner_radius * np.exp(step * np.arange(last + 1))
        return cls(np.concatenate([[0.0], edges]), grid.inner_radius, step)

    def index(self, distance: Singles) -> npt.NDArray[np.int32]:
        """Bin of each distance [m], the last one for what lies beyond."""
        ratio = np.maximum(distance, np.float32(self.inner)) / np.float32(self.inner)
        at = np.ceil(np.log(ratio) / np.float32(self.step) - np.float32(_ROUND_OFF)).astype(np.int32) + 1
        return np.asarray(np.where(distance > 0.0, np.clip(at, 1, self.count - 1), 0), dtype=np.int32)


def block_of_start(starts: Indices, *, length: float) -> Indices:
    """Number of the block of weather that each start lies in.

    Parameters
    ----------
    starts : int64 array, shape (n,)
        Seconds since 1970, UTC.
    length : float
        Of a block [s].

    Returns
    -------
    int64 array, shape (n,)
        From 0, without gaps, in the order of the starts.
    """
    raw = (starts - starts.min()) // max(int(length), 1)
    return np.asarray(np.unique(raw, return_inverse=True)[1], dtype=np.int64)


def draw_blocks(rng: np.random.Generator, *, blocks: int, replicates: int) -> Singles:
    """How often each block occurs in each resampled year, shape (replicates, blocks)."""
    return rng.multinomial(blocks, np.full(blocks, 1.0 / blocks), size=replicates).astype(np.float32)


def cumulative_by_block(bin_of: npt.NDArray[np.int32], block: Indices, *, blocks: int, bins: int) -> Singles:
    """Number of starts at or below each bin, block by block.

    Parameters
    ----------
    bin_of : int32 array, shape (n, columns)
    block : int64 array, shape (n,)

    Returns
    -------
    float32 array, shape (columns, bins, blocks)
        Whole numbers, exact in float32.
    """
    return np.asarray(kernel.counted(bin_of, block, blocks, bins))


def quantile_bins(
    weights: Singles, cumulative: Singles, totals: Singles, levels: tuple[float, ...]
) -> tuple[Indices, Floats]:
    """Bins of the order statistics of every resampled year.

    Parameters
    ----------
    weights : float32 array, shape (replicates, blocks)
    cumulative : float32 array, shape (columns, bins, blocks)
    totals : float32 array, shape (replicates,)
        Number of starts in each resampled year.
    levels : tuple of float

    Returns
    -------
    bin : int64 array, shape (levels, replicates, columns)
    last : float array, shape (replicates, bins)
        Number of starts at or below each bin in the last column.
    """
    ranks = np.array([np.ceil(p * totals - 1e-4) for p in levels])
    found = kernel.first_bins(weights, cumulative, ranks)
    return np.minimum(found, cumulative.shape[1] - 1), np.asarray(kernel.held(weights, cumulative[-1]))
