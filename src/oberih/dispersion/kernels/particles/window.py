"""Which part of the fields do particles see, and what is it at a time between two fields?

Blending whole fields at each look costs as much as carrying tens of thousands of particles; only what lies about those
that are followed is needed.
"""

from __future__ import annotations

from numba import njit


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
