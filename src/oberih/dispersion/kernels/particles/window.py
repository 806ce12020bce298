"""Which part of the fields do particles see, and what is it at a time between two fields?

Blending whole fields at each look costs as much as carrying tens of thousands of particles; only what lies about those
that are followed is needed.
"""

from __future__ import annotations

from numba import njit

from oberih.dispersion.kernels.particles.lanes import LANES, F
from oberih.dispersion.kernels.particles.rows import WEIGHT


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


@njit(cache=True, nogil=True, fastmath=True)
def widened(blocks, row, low, high):
    """A span, made as wide as it must be to hold one of the rows of all particles that are followed.

    Parameters
    ----------
    blocks : float32 array, shape (n, ROWS * LANES)
    low, high : float32
        The span so far.
    """
    for k in range(blocks.shape[0]):
        block = blocks[k]
        for i in range(LANES):
            alive, x = block[WEIGHT * LANES + i] > F(0.0), block[row * LANES + i]
            low = min(low, x if alive else low)
            high = max(high, x if alive else high)
    return low, high
