"""What vertical wind lets the air add up, as particles meet it?

Between grid points particles see a wind that is linear in each direction.  Whatever model it came from, such a wind
gains and loses air: most of all near the ground, where the given vertical wind was computed over another terrain.
Here it is changed as little as is needed for the air to add up nearly: continuity is a weak constraint (Sasaki 1970),
so that over depths of more than `REACH` the given wind is kept.  The horizontal wind stays as it is.

What flows together in a layer is the mean of its two levels, projected onto functions that are linear between grid
points (Galerkin's way): a plain difference over two cells would leave twice as much, and the means of cells made to
vanish would leave a chequerboard.  Everything is tridiagonal: along rows, along columns of the grid, and upward.

Source: Sasaki (1970), Mon. Wea. Rev. 98, 875; as for radars Gao et al. (1999), Mon. Wea. Rev. 127, 2128.
"""

from __future__ import annotations

import numpy as np
from numba import njit

REACH = 300.0
"""Depth [m] over which air is made to add up: beyond it the given vertical wind is believed more than what flows
together below."""


@njit(cache=True, nogil=True, error_model="numpy")
def _factors(diagonal, beside):
    """Factors of a symmetric tridiagonal matrix, for `_solve`: inverse pivots, and what is taken from the next."""
    n = diagonal.shape[0]
    pivots, taken = np.empty(n), np.zeros(n)
    pivots[0] = 1.0 / diagonal[0]
    for i in range(1, n):
        taken[i] = beside[i - 1] * pivots[i - 1]
        pivots[i] = 1.0 / (diagonal[i] - taken[i] * beside[i - 1])
    return pivots, taken


@njit(cache=True, nogil=True, error_model="numpy")
def _linear(n):
    """Factors of the matrix of overlaps of functions that are linear between ``n`` points one apart."""
    diagonal = np.full(n, 2.0 / 3.0)
    diagonal[0], diagonal[n - 1] = 1.0 / 3.0, 1.0 / 3.0
    return _factors(diagonal, np.full(n - 1, 1.0 / 6.0))


@njit(cache=True, nogil=True, error_model="numpy")
def _slopes(flux, pivots, taken, out):
    """Add the gradient of ``flux`` (points, layers) along its points, projected onto the points."""
    points, layers = flux.shape
    load = np.empty((points, layers))
    for i in range(points):
        before, after = max(i - 1, 0), min(i + 1, points - 1)
        for k in range(layers):
            load[i, k] = 0.5 * (flux[after, k] - flux[before, k])
        if i > 0:
            for k in range(layers):
                load[i, k] -= taken[i] * load[i - 1, k]
    for i in range(points - 1, -1, -1):
        for k in range(layers):
            load[i, k] *= pivots[i]
        if i < points - 1:
            for k in range(layers):
                load[i, k] -= taken[i + 1] * load[i + 1, k]
        for k in range(layers):
            out[i, k] += load[i, k]


@njit(cache=True, nogil=True, error_model="numpy")
def _flows_apart(wind, weight, out):
    """What flows apart horizontally in each layer, at the grid points, times ``weight``."""
    rows, columns, levels, _ = wind.shape
    layers = levels - 1
    pivots, taken = _linear(columns)
    flux = np.empty((columns, layers))
    for y in range(rows):
        for x in range(columns):
            for k in range(layers):
                flux[x, k] = 0.5 * weight[y, x] * (float(wind[y, x, k, 0]) + float(wind[y, x, k + 1, 0]))
        _slopes(flux, pivots, taken, out[y])
    pivots, taken = _linear(rows)
    flux = np.empty((rows, layers))
    for x in range(columns):
        for y in range(rows):
            for k in range(layers):
                flux[y, k] = 0.5 * weight[y, x] * (float(wind[y, x, k, 1]) + float(wind[y, x, k + 1, 1]))
        _slopes(flux, pivots, taken, out[:, x])


@njit(cache=True, nogil=True, error_model="numpy")
def make_up(wind, weight, heights, lapse, reach):
    """Change the vertical wind of one time so that the air nearly adds up.

    Parameters
    ----------
    wind : float32 array, shape (rows, columns, levels, 4)
        Cells a second eastward and northward, m/s upward; the third is changed but for the ground's.
    weight : float array, shape (rows, columns)
        Mass of a cell's air at the ground, in any unit: density there times the cell's area.
    heights : float array, shape (levels,)
        Rising from 0 [m].
    lapse : float
        -d ln(density)/dz [1/m].
    reach : float
        [m]

    Notes
    -----
    With ``D`` what flows apart and ``W`` the weight times the upward wind, W' makes the sum over layers of depth Δ of
    ``Δ (D + ∂(W + W')/∂z - lapse (W + W'))² + Δ W'² / reach²`` least, W' = 0 at the ground.
    """
    rows, columns, levels, _ = wind.shape
    layers = levels - 1
    apart = np.zeros((rows, columns, layers))
    _flows_apart(wind, weight, apart)
    thick = np.diff(heights)
    low, high = -1.0 / thick - 0.5 * lapse, 1.0 / thick - 0.5 * lapse
    diagonal = thick * (high * high + 0.5 / reach**2)
    diagonal[:-1] += thick[1:] * (low[1:] * low[1:] + 0.5 / reach**2)
    pivots, taken = _factors(diagonal, thick[1:] * low[1:] * high[1:])
    change = np.empty(layers)
    for y in range(rows):
        for x in range(columns):
            of = weight[y, x]
            for k in range(layers):
                lack = apart[y, x, k] + of * (low[k] * wind[y, x, k, 2] + high[k] * wind[y, x, k + 1, 2])
                change[k] = -thick[k] * high[k] * lack
                if k > 0:
                    change[k - 1] -= thick[k] * low[k] * lack
            for k in range(1, layers):
                change[k] -= taken[k] * change[k - 1]
            change[layers - 1] *= pivots[layers - 1]
            for k in range(layers - 2, -1, -1):
                change[k] = change[k] * pivots[k] - taken[k + 1] * change[k + 1]
            for k in range(layers):
                wind[y, x, k + 1, 2] += change[k] / of
