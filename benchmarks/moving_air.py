"""Which air are releases carried through?

Made, of the sizes that are observed, for every benchmark of atlases of particles: hourly fields of 121 x 81 columns
20 km apart and 40 levels; a low that moves past with its rain, days that warm the ground, wind that turns with height.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.particles.flow import Flow

COLUMNS, ROWS, LEVELS, CELL = 121, 81, 40, 20e3
SITE = (60.4, 40.3)
"""In cells."""

A, B = 10.0, 6.5


def moving_air(hours: int, *, start: int = 0, part: int = 1) -> Flow:
    """Hourly fields from ``start`` [s] on; ``part`` 2 has half the rows and columns, to see that it runs."""
    rows, columns, levels = ROWS // part, COLUMNS // part, LEVELS // part
    wind = np.zeros((hours + 1, rows, columns, levels, 4), dtype=np.float32)
    surface = np.zeros((hours + 1, rows, columns, kernel.SURFACE), dtype=np.float32)
    height = A * np.arange(levels) + B * np.arange(levels) ** 2.0
    x, y = np.meshgrid(np.arange(columns) * CELL, np.arange(rows) * CELL)
    for t in range(hours + 1):
        east, north, near = _aloft(x, y, t, part)
        slow = 0.35 + 0.65 * (1.0 - np.exp(-height / 300.0))
        turn = np.radians(25.0) * np.exp(-height / 500.0)
        c, s = slow * np.cos(turn) / CELL, slow * np.sin(turn) / CELL
        wind[t, ..., 0] = east[..., None] * c - north[..., None] * s
        wind[t, ..., 1] = north[..., None] * c + east[..., None] * s
        surface[t] = _ground(0.35 * np.hypot(east, north), near, t)
    return Flow(start, 3600.0, wind, surface, A, B, 1.0 / CELL, 1e-4)


Array = npt.NDArray[np.float64]


def _aloft(x: Array, y: Array, hour: int, part: int) -> tuple[Array, Array, Array]:
    """Wind above the layer [m/s] of a stream function, and nearness to the low [1]."""
    dx, dy = x - (300e3 + 8.0 * 3600.0 * hour) / part % (COLUMNS * CELL), y - (900e3 + 1.0 * 3600.0 * hour) / part
    near = np.exp(-0.5 * (dx**2 + dy**2) / 400e3**2)
    return 7.0 - 9.0 * dy / 400e3 * near, 2.0 + 9.0 * dx / 400e3 * near, near


def _ground(speed: Array, near: Array, hour: int) -> npt.NDArray[np.float32]:
    """Columns of the ground at an hour, from the wind near it [m/s]."""
    day = np.sin(2.0 * np.pi * (hour % 24 - 6.0) / 24.0)
    friction = np.maximum(0.07 * speed, 0.08)
    mixing = 200.0 + 400.0 * friction + 1200.0 * max(day, 0.0) * (1.0 - 0.6 * near)
    inverse = -0.02 * max(day, 0.0) + 0.01 * max(-day, 0.0) * (1.0 - near)
    convective = 1.7 * max(day, 0.0) * (1.0 - 0.6 * near)
    rain = 4e-5 * np.clip(near - 0.6, 0.0, None)
    out = np.zeros((*speed.shape, kernel.SURFACE), dtype=np.float32)
    out[..., kernel.MIXING], out[..., kernel.FRICTION] = mixing, friction
    out[..., kernel.INVERSE_LENGTH], out[..., kernel.CONVECTIVE2] = inverse, convective**2
    out[..., kernel.DRY : kernel.DRY + 3] = (0.0015, 0.008, 0.0001)
    out[..., kernel.BELOW : kernel.BELOW + 3] = rain[..., None] * np.array([1.0, 0.8, 0.01])
    out[..., kernel.IN_CLOUD : kernel.IN_CLOUD + 3] = rain[..., None] * np.array([3.0, 2.0, 0.02])
    out[..., kernel.BASE], out[..., kernel.TOP], out[..., kernel.CELLS_X] = 800.0, 4000.0, 1.0 / CELL
    return out
