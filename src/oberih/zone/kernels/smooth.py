"""What does a field of cells say at the nodes between them?

Each node hears few cells along each axis, so that the sum over those alone is shorter than a product of matrices, and
waits for no other thread.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def carried(radial, field, around):
    """Carry a field of cells to nodes: ``radial @ field @ around.T``, without what is zero.

    Parameters
    ----------
    radial : float array, shape (radial nodes, rings)
    field : float array, shape (rings, sectors)
    around : float array, shape (azimuthal nodes, sectors)

    Returns
    -------
    float array, shape (radial nodes, azimuthal nodes)
    """
    rings, sectors = field.shape
    rows = np.zeros((radial.shape[0], sectors))
    for i in range(radial.shape[0]):
        for r in range(rings):
            share = radial[i, r]
            if share != 0.0:
                for s in range(sectors):
                    rows[i, s] += share * field[r, s]
    found = np.zeros((around.shape[0], radial.shape[0]))
    turned = rows.T.copy()
    for j in range(around.shape[0]):
        for s in range(sectors):
            share = around[j, s]
            if share != 0.0:
                for i in range(radial.shape[0]):
                    found[j, i] += share * turned[s, i]
    return found.T.copy()
