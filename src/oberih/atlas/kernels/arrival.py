"""When does the plume come to a cell?

The mean age of an hour's plume over a cell, in steps, is when its middle passes; the first hour of a release whose
plume comes there decides.
"""

from __future__ import annotations

import numpy as np
from numba import njit

NEVER = np.uint16(65535)
"""In place of an age where a plume does not come."""


@njit(cache=True, nogil=True)
def ages_over(offsets, cells, ages, place_of_cell, out):
    """Note the plume's age over watched cells, hour by hour and height by height.

    Parameters
    ----------
    offsets, cells, ages : arrays
        Of `oberih.atlas.packed.Packed`.
    place_of_cell : int array, shape (cells,)
        Column of ``out`` of each cell; -1 where it is not watched.
    out : uint16 array, shape (heights, hours, watched)
        Written, in steps; `NEVER` beforehand.
    """
    for h in range(offsets.shape[0]):
        for t in range(offsets.shape[1] - 1):
            for e in range(offsets[h, t], offsets[h, t + 1]):
                place = place_of_cell[cells[e]]
                if place >= 0:
                    out[h, t, place] = ages[e]


@njit(cache=True, nogil=True)
def first_arrivals(starts, releasing, steps_an_hour, over, kind, weights, out):
    """First time after each start at which the plume comes to each watched cell.

    Parameters
    ----------
    starts : int array, shape (starts,)
        Hours at which the release begins.
    releasing : bool array, shape (release hours,)
        Whether anything leaves in that hour.
    steps_an_hour : int
    over : uint16 array, shape (heights, hours, watched)
        Of `ages_over`.
    kind : int array, shape (release hours,)
    weights : float32 array, shape (kinds, hours, heights)
    out : uint16 array, shape (starts, watched)
        Written, in steps; `NEVER` where it never comes.
    """
    for row in range(len(starts)):
        best = out[row]
        best[:] = NEVER
        for j in range(len(releasing)):
            if not releasing[j]:
                continue
            t = starts[row] + j
            later = j * steps_an_hour
            for h in range(over.shape[0]):
                if weights[kind[j], t, h] > 0.0:
                    here = over[h, t]
                    for w in range(len(best)):
                        if here[w] != NEVER and later + here[w] < best[w]:
                            best[w] = later + here[w]
