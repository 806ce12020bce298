"""Airs in which the answer is known."""

from __future__ import annotations

import numpy as np

from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.particles.flow import Flow

CELL = 2000.0
"""[m]"""

LAYERS = {
    "convective": (1000.0, 0.3, -0.01, 2.0),
    "neutral": (1000.0, 0.5, 0.0, 0.0),
    "stable": (150.0, 0.1, 0.05, 0.0),
}
"""Mixing height [m], u* [m/s], 1/L [1/m], w*² [m2/s2]."""


def flow(
    layer: str = "neutral",
    *,
    east: float = 0.0,
    north: float = 0.0,
    size: int = 41,
    times: int = 1,
    step: float = 3600.0,
) -> Flow:
    """Air that is the same everywhere [m/s], over square cells of `CELL`."""
    levels = 20
    wind = np.zeros((times, size, size, levels, 4), dtype=np.float32)
    wind[..., 0], wind[..., 1] = east / CELL, north / CELL
    surface = np.zeros((times, size, size, kernel.SURFACE), dtype=np.float32)
    surface[..., :4] = LAYERS[layer]
    surface[..., kernel.BASE], surface[..., kernel.TOP] = 800.0, 3000.0
    surface[..., kernel.CELLS_X] = 1.0 / CELL
    return Flow(0, step, wind, surface, 10.0, 20.0, 1.0 / CELL)
