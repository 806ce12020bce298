"""What do cells hold once each particle in them is as wide as its kernel?

Particles leave what they leave in the cell where their middle is, and with it the variance of their kernels.  At the
end each cell's content is spread as one Gaussian of the mean variance about their mean place: a puff for each cell, not
for each particle and step.  As for puffs the cells' own width comes on top.  Nothing is lost or made: what goes beyond
the cells is the rest.
"""

from __future__ import annotations

from numba import njit

from oberih.dispersion.kernels import stamp
from oberih.dispersion.kernels.particles.sample import AT_EAST, AT_NORTH, COLUMNS, HEAVY, SPREAD
from oberih.dispersion.kernels.stamp import INNER_VIRTUAL

NARROW = 0.3
"""A kernel whose deviation is below so much of a cell's width stays in it [1]."""

_footprint = njit(forceinline=True, nogil=True, fastmath={"contract", "reassoc"})(stamp.footprint.py_func)
"""Inlined, for the reason that `carry` tells."""


@njit(cache=True, nogil=True)
def blur(mesh, sums, out, cells, weights):
    """Spread the content of every cell by its kernel.

    Parameters
    ----------
    mesh : Mesh
        Of `oberih.dispersion.kernels.puff`.
    sums : float64 array, shape (cells, COLUMNS)
    out : float64 array, shape (cells, COLUMNS)
        Added to.
    cells, weights : arrays
        Room for a footprint.
    """
    sectors = mesh.sectors
    for c in range(sums.shape[0]):
        weight = sums[c, HEAVY]
        if weight <= 0.0:
            for j in range(COLUMNS):
                out[c, j] += sums[c, j]
            continue
        ring = c // sectors + INNER_VIRTUAL
        x, y = sums[c, AT_EAST] / weight, sums[c, AT_NORTH] / weight
        variance, width = sums[c, SPREAD] / weight, mesh.north[ring, 0] * mesh.log_ratio
        if variance < NARROW * NARROW * width * width:
            for j in range(COLUMNS):
                out[c, j] += sums[c, j]
            continue
        count, _, _, _ = _footprint(x, y, variance + width * width / 12.0, mesh, cells, weights)
        for i in range(count):
            own = out[cells[i]]
            share = weights[i] * mesh.areas[cells[i] // sectors + INNER_VIRTUAL]
            for j in range(COLUMNS):
                own[j] += share * sums[c, j]
