"""How far in which direction?

Draws a rose of distances by sector on a polar axis that is handed in: the median filled, the
planning percentile as a line, its band of confidence shaded.  North is up, azimuth clockwise.
matplotlib is the caller's; this module imports none of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.picture.palette import INK
from oberih.picture.scene import Rose
from oberih.units import kilometres

__all__ = ["closed", "draw_rose", "rings_for"]

Floats = npt.NDArray[np.float64]


def closed(values: Floats) -> Floats:
    """Repeat the first value at the end."""
    return np.append(values, values[:1])


def rings_for(farthest: float) -> Floats:
    """Give two to five round radii up to ``farthest`` [m].

    Examples
    --------
    >>> rings_for(33e3)
    array([10000., 20000., 30000.])
    """
    steps = [s * 10.0**k for k in range(1, 7) for s in (1.0, 2.0, 5.0)]
    step = next(s for s in steps if farthest / s <= 5.0)
    return np.arange(step, farthest + 1e-9, step)


def draw_rose(axis: Any, rose: Rose, *, colour: str) -> None:
    """Draw a rose on a polar axis.

    Parameters
    ----------
    axis : matplotlib.projections.polar.PolarAxes
    rose : Rose
    colour : str
        Of the zone it belongs to.
    """
    axis.set_theta_zero_location("N")
    axis.set_theta_direction(-1)
    order = np.argsort(rose.azimuths)
    angle = np.append(rose.azimuths[order], rose.azimuths[order][:1] + 2.0 * np.pi)
    lower, upper, high, median = (
        closed(kilometres(1.0) * v[order]) for v in (rose.lower, rose.upper, rose.high, rose.median)
    )
    axis.fill_between(angle, lower, upper, color=colour, alpha=0.25, lw=0.0)
    axis.plot(angle, high, color=colour, lw=1.6)
    axis.fill(angle, median, color="#35456c", alpha=0.55, lw=0.0)
    farthest = float(np.max(np.concatenate([rose.upper, rose.high, [1000.0]])))
    rings = rings_for(farthest)
    axis.set_rlim(0.0, kilometres(1.04 * farthest))
    axis.set_rgrids(kilometres(1.0) * rings, [f"{r:g}" for r in kilometres(1.0) * rings], fontsize=6.5, color=INK)
    axis.set_rlabel_position(22.5)
    axis.set_thetagrids(np.arange(0, 360, 45), ["N", "NE", "E", "SE", "S", "SW", "W", "NW"], fontsize=7.5, color=INK)
    axis.tick_params(pad=-2)
    axis.grid(color="#b0b0b0", lw=0.5)
    axis.spines["polar"].set_visible(False)
    axis.set_facecolor("none")
