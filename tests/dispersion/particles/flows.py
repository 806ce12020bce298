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


def turning_flow(*, hours: int, size: int = 41) -> Flow:
    """Air whose wind turns and rises in strength and whose layer grows, with rain on one side [hourly]."""
    levels, clock = 20, np.arange(hours + 1)
    angle = 0.5 + 0.25 * clock
    wind = np.zeros((hours + 1, size, size, levels, 4), dtype=np.float32)
    speed = (4.0 + 0.3 * clock[:, None]) * (1.0 + 0.05 * np.arange(levels)) / CELL
    wind[..., 0] = (speed * np.sin(angle)[:, None])[:, None, None, :]
    wind[..., 1] = (speed * np.cos(angle)[:, None])[:, None, None, :]
    surface = np.zeros((hours + 1, size, size, kernel.SURFACE), dtype=np.float32)
    surface[..., kernel.MIXING] = (300.0 + 100.0 * clock)[:, None, None]
    surface[..., 1:4] = 0.35, -0.005, 1.0
    surface[..., kernel.DRY : kernel.DRY + 3] = 0.001, 0.01, 0.0001
    surface[:, :, size // 2 :, kernel.BELOW : kernel.BELOW + 3] = 5e-5, 2e-5, 1e-6
    surface[:, :, size // 2 :, kernel.IN_CLOUD : kernel.IN_CLOUD + 3] = 1e-4, 5e-5, 1e-6
    surface[..., kernel.BASE], surface[..., kernel.TOP] = 800.0, 3000.0
    surface[..., kernel.CELLS_X] = 1.0 / CELL
    return Flow(1_500_000_400 // 3600 * 3600, 3600.0, wind, surface, 10.0, 20.0, 1.0 / CELL)
