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
def fill_touched(
    tic, depletion0, depletion1, depletion2, speed0, speed1, speed2, wet, ratio1, ratio2, gamma, age, cells, values
):  # fmt: skip
    """Write the touched cells' index and values, columns as named above.

    Notes
    -----
    Where no plume is on the ground nothing has been depleted: depletion is then 1.
    """
    entry = 0
    for t in range(tic.shape[0]):
        for c in range(tic.shape[1]):
            there = tic[t, c]
            if not (there > 0.0 or gamma[t, c] > 0.0 or wet[t, c] > 0.0):
                continue
            cells[entry] = c
            row = values[entry]
            row[TIC] = there
            row[GAMMA] = gamma[t, c]
            row[AGE] = age[t, c]
            grounded = there > 0.0
            row[DEPLETION] = depletion0[t, c] if grounded else np.float32(1.0)
            row[DEPLETION + 1] = depletion1[t, c] if grounded else np.float32(1.0)
            row[DEPLETION + 2] = depletion2[t, c] if grounded else np.float32(1.0)
            row[DEPOSIT] = speed0[t, c] * there * depletion0[t, c] + wet[t, c]
            row[DEPOSIT + 1] = speed1[t, c] * there * depletion1[t, c] + wet[t, c] * ratio1[t, c]
            row[DEPOSIT + 2] = speed2[t, c] * there * depletion2[t, c] + wet[t, c] * ratio2[t, c]
            entry += 1
