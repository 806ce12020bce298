"""Where on a field does the grid about a site lie?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.constants import EARTH_RADIUS
from oberih.dispersion.kernels.particles import polar
from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.particles.flow import Flow
from oberih.earth.grid import Grid

__all__ = ["place_of"]


def place_of(flow: Flow, grid: Grid, *, x: float, y: float, latitude: float) -> npt.NDArray[np.float32]:
    """Site and grid as `oberih.dispersion.kernels.particles.polar` wants them, shape (11,).

    Parameters
    ----------
    flow : Flow
        Whose cells shrink with latitude if it is one of degrees, and do not if it is one of a plane.
    grid : Grid
    x, y : float
        The site, in cells of the flow.
    latitude : float
        Of the site [°].

    Notes
    -----
    On a plane the grid's north is that of the plane.
    """
    out = np.zeros(polar.PLACES, dtype=np.float64)
    eastward = flow.surface[0, :, 0, kernel.CELLS_X].astype(np.float64)
    out[[polar.SITE_X, polar.SITE_Y]] = x, y
    if np.ptp(eastward) > 1e-6 * eastward.max():
        row = int(np.argmin(np.abs(np.arange(len(eastward)) - y)))
        step = 1.0 / (flow.cells_y * EARTH_RADIUS)
        there = np.radians(latitude) + (row - y) * step
        out[polar.CELL_X] = 1.0 / (eastward[row] * EARTH_RADIUS * np.cos(there))
        out[polar.CELL_Y], out[polar.RADIUS] = step, EARTH_RADIUS
        out[polar.SINE], out[polar.COSINE] = np.sin(np.radians(latitude)), np.cos(np.radians(latitude))
    else:
        out[polar.CELL_X], out[polar.CELL_Y] = 1.0 / eastward[0], 1.0 / flow.cells_y
    out[polar.LOG_INNER], out[polar.RINGS_A_LOG] = np.log(grid.inner_radius), 1.0 / np.log(grid.ratio)
    out[polar.SECTORS_A_RADIAN], out[polar.SECTORS] = grid.sectors / (2.0 * np.pi), grid.sectors
    return out.astype(np.float32)
