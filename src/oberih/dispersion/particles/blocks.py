"""How do particles begin?

Blocks of 64 particles as `oberih.dispersion.kernels.particles.step` wants them, each with its own random generators.
Which numbers they begin with follows from the generator given alone.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.kernels.particles.lanes import GENERATORS, LANES

__all__ = ["begun", "rows_of"]

Singles = npt.NDArray[np.float32]


def begun(
    rng: np.random.Generator, count: int, *, x: float, y: float, low: float, high: float
) -> tuple[Singles, npt.NDArray[np.uint32]]:
    """Blocks at their start, and their generators.

    Parameters
    ----------
    rng : numpy.random.Generator
    count : int
        Of blocks.
    x, y : float
        Where, in cells of the flow's grid.
    low, high : float
        Between which heights above ground they are spread evenly [m].

    Returns
    -------
    blocks : float32 array, shape (count, ROWS * LANES)
    states : uint32 array, shape (count, 4 * GENERATORS)
    """
    blocks = np.zeros((count, kernel.ROWS, LANES), dtype=np.float32)
    blocks[:, kernel.X], blocks[:, kernel.Y] = x, y
    blocks[:, kernel.Z] = rng.uniform(low, high, (count, LANES))
    blocks[:, kernel.TURN_X : kernel.SLOW_Y + 1] = rng.standard_normal((count, 5, LANES))
    blocks[:, kernel.WEIGHT :] = 1.0
    return blocks.reshape(count, -1), rng.integers(1, 2**32, (count, 4 * GENERATORS), dtype=np.uint32)


def rows_of(blocks: Singles) -> Singles:
    """Blocks by row and lane, shape (n, ROWS, LANES); a view."""
    return blocks.reshape(len(blocks), kernel.ROWS, LANES)
