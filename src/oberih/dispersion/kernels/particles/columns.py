"""What wind stands at the heights that particles ask for?

Columns of fields, whose levels lie anywhere, laid onto levels of fixed height above ground, in the order in which
particles read them.  Linear between levels; above the highest the wind of the highest; below the lowest the horizontal
wind falls off as a logarithm and the vertical one in proportion to height.

Particles see a wind that is linear between the levels wanted.  That at the ground is therefore none that blows: it is
chosen so that the mean of the lowest layer is that of the logarithm, ``u(0) = u(z1) [1 - 2 / ln(z1/z0)]``.
"""

from __future__ import annotations

import math

from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def lay_out(height, east, north, up, cells_x, cells_y, wanted, roughness, out):
    """Wind of one time at wanted heights.

    Parameters
    ----------
    height, east, north, up : float array, shape (levels, y, x)
        Above ground, rising with the level [m]; [m/s].
    cells_x : float array, shape (y,)
        Cells a metre eastward.
    cells_y : float
        Cells a metre northward.
    wanted : float array, shape (n,)
        Rising from 0 [m].
    roughness : float
        [m]
    out : float32 array, shape (y, x, n, 4)
        Filled but for the last number: cells a second eastward and northward, m/s upward.
    """
    levels, rows, columns = height.shape
    ground = max(1.0 - 2.0 / math.log(max(wanted[1] / roughness, 2.0)), 0.0)
    for y in range(rows):
        for x in range(columns):
            lowest = max(height[0, y, x], 1e-3)
            log = 1.0 / math.log(max(height[0, y, x] / roughness, 2.0))
            k = 1
            for n in range(1, wanted.shape[0]):
                z = wanted[n]
                while k < levels - 1 and height[k, y, x] < z:
                    k += 1
                low = height[k - 1, y, x]
                share = min(max((z - low) / max(height[k, y, x] - low, 1e-3), 0.0), 1.0)
                fall, rise = 1.0, 1.0
                if z < height[0, y, x]:
                    fall = min(max(math.log(z / roughness) * log, 0.0), 1.0)
                    rise = z / lowest
                below, above = 1.0 - share, share
                u = below * east[k - 1, y, x] + above * east[k, y, x]
                v = below * north[k - 1, y, x] + above * north[k, y, x]
                w = below * up[k - 1, y, x] + above * up[k, y, x]
                out[y, x, n, 0] = u * fall * cells_x[y]
                out[y, x, n, 1] = v * fall * cells_y
                out[y, x, n, 2] = w * rise
            out[y, x, 0, 0], out[y, x, 0, 1] = ground * out[y, x, 1, 0], ground * out[y, x, 1, 1]
            out[y, x, 0, 2] = 0.0
