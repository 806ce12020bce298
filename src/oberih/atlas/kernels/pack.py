"""Which cells of a block are touched, and what stands in them?"""

from __future__ import annotations

import numpy as np
from numba import njit

TIC, GAMMA, AGE, DEPLETION, DEPOSIT = 0, 1, 2, 3, 6
COLUMNS = 9


@njit(cache=True, nogil=True)
def count_touched(tic, wet, gamma):
    """Touched cells of each hour; arrays of shape (hours, cells)."""
    hours, cells = tic.shape
    counts = np.zeros(hours, dtype=np.int64)
    for t in range(hours):
        for c in range(cells):
            if tic[t, c] > 0.0 or gamma[t, c] > 0.0 or wet[t, c] > 0.0:
                counts[t] += 1
    return counts


@njit(cache=True, nogil=True)
def fill_touched(tic, depletion, velocity, wet, wet_ratio, gamma, age, cells, values):
    """Write the touched cells' index and values, columns as named above.

    Notes
    -----
    Where no plume is on the ground nothing has been depleted: depletion is then 1.
    """
    entry = 0
    for t in range(tic.shape[0]):
        for c in range(tic.shape[1]):
            if not (tic[t, c] > 0.0 or gamma[t, c] > 0.0 or wet[t, c] > 0.0):
                continue
            cells[entry] = c
            row = values[entry]
            row[TIC] = tic[t, c]
            row[GAMMA] = gamma[t, c]
            row[AGE] = age[t, c]
            for f in range(3):
                row[DEPLETION + f] = depletion[t, c, f] if tic[t, c] > 0.0 else np.float32(1.0)
                washed = wet[t, c] if f == 0 else wet[t, c] * wet_ratio[t, c, f - 1]
                row[DEPOSIT + f] = velocity[t, c, f] * tic[t, c] * depletion[t, c, f] + washed
            entry += 1
