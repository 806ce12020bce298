"""Which part of the fields do particles see, and what is it at a time between two fields?

Blending whole fields at each look costs as much as carrying tens of thousands of particles; only what lies about those
that are followed is needed.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from oberih.dispersion.kernels.particles.lanes import LANES
from oberih.dispersion.kernels.particles.step import WEIGHT, X, Y


@njit(cache=True, nogil=True)
def blend_within(earlier, later, share, out, first_row, last_row, first_column, last_column):
    """Fields between two times, ``earlier + share (later - earlier)``, in some rows and columns (the last excluded).

    No fast arithmetic: each number is the same whatever the window.

    Parameters
    ----------
    earlier, later, out : float32 array, shape (rows, columns, n)
    """
    for row in range(first_row, last_row):
        for column in range(first_column, last_column):
            e, n, o = earlier[row, column], later[row, column], out[row, column]
            for i in range(o.shape[0]):
                o[i] = e[i] + share * (n[i] - e[i])


@njit(cache=True, nogil=True)
def extent(blocks, first, last):
    """Least and greatest x, least and greatest y of the particles of some blocks that are followed [cells].

    Parameters
    ----------
    blocks : float32 array, shape (n, ROWS * LANES)
    first, last : int
        Blocks; the last is excluded.

    Returns
    -------
    four floats
        The least above the greatest where nobody is followed.
    """
    west, east, south, north = np.inf, -np.inf, np.inf, -np.inf
    for k in range(first, last):
        for i in range(LANES):
            if blocks[k, WEIGHT * LANES + i] > 0.0:
                x, y = blocks[k, X * LANES + i], blocks[k, Y * LANES + i]
                west, east, south, north = min(west, x), max(east, x), min(south, y), max(north, y)
    return west, east, south, north
