"""How far in which direction?

Draws a rose of distances by sector on a plain square axis that is handed in: the zone as drawn on
the map and the planning percentile of each direction by itself as lines, the latter with its band
of confidence, half of all starts filled.  North is up, azimuth clockwise.
matplotlib is the caller's; this module imports none of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.picture.palette import INK
from oberih.picture.scene import Rose
from oberih.units import kilometres

__all__ = ["BY_ITSELF", "EIGHT", "around", "closed", "draw_rose", "rings_for"]

Floats = npt.NDArray[np.float64]

BY_ITSELF = "#35456c"
"""Colour of what is told of each direction by itself."""

EIGHT = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


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


def around(rose: Rose, distance: Floats) -> Floats:
    """Corners of a curve around the site, closed, shape (n + 1, 2) [m]: east and north.

    Examples
    --------
    >>> quarters = np.radians([0.0, 90.0, 180.0, 270.0])
    >>> one = np.ones(4)
    >>> np.round(around(Rose(quarters, one, one, one, one), 2.0 * one)[1]).tolist()
    [2.0, 0.0]
    """
    order = np.argsort(rose.azimuths)
    angle, radius = closed(rose.azimuths[order]), closed(distance[order])
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=-1)


def draw_rose(axis: Any, rose: Rose, *, colour: str, points: Sequence[str] = EIGHT) -> None:
    """Draw a rose on a plain axis.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    rose : Rose
    colour : str
        Of the zone it belongs to.
    points : sequence of str
        Names of the eight directions, from north clockwise.
    """
    limit = 1.04 * rose.farthest
    axis.set(xlim=(-1.24 * limit, 1.24 * limit), ylim=(-1.24 * limit, 1.24 * limit), aspect="equal")
    axis.set_axis_off()
    _draw_grid(axis, rose, limit, points)
    upper, lower = around(rose, rose.upper), around(rose, rose.lower)
    axis.fill(*np.concatenate([upper, lower[::-1]]).T, color=BY_ITSELF, alpha=0.22, lw=0.0)
    axis.fill(*around(rose, rose.median).T, color=BY_ITSELF, alpha=0.55, lw=0.0)
    axis.plot(*around(rose, rose.high).T, color=BY_ITSELF, lw=1.5)
    if rose.drawn is not None:
        axis.plot(*around(rose, rose.drawn).T, color=colour, lw=1.8)


def _draw_grid(axis: Any, rose: Rose, limit: float, points: Sequence[str]) -> None:
    turn = np.linspace(0.0, 2.0 * np.pi, 121)
    ink = {"fontsize": 6.5, "color": INK, "ha": "center", "va": "center"}
    for radius in rings_for(rose.farthest):
        axis.plot(radius * np.sin(turn), radius * np.cos(turn), color="#b0b0b0", lw=0.5)
        axis.text(0.383 * radius, 0.924 * radius, f"{kilometres(float(radius)):g}", **ink)
    for i, name in enumerate(points):
        east, north = np.sin(np.pi * i / 4.0), np.cos(np.pi * i / 4.0)
        axis.plot([0.0, limit * east], [0.0, limit * north], color="#b0b0b0", lw=0.5)
        axis.text(1.12 * limit * east, 1.12 * limit * north, name, **ink | {"fontsize": 7.5})
