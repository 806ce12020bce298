"""Made-up years whose zones are known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.earth.grid import Grid
from oberih.zone.exceedance import Exceedance

HOUR = 3600
YEAR_2018 = 1514764800


def exceedance_of_rings(rings: npt.NDArray[np.int64], *, grid: Grid | None = None, level: float = 0.1) -> Exceedance:
    """A year in which start i reached sector s out to ring ``rings[i, s]`` (0: nowhere)."""
    grid = grid or Grid()
    reach = np.where(rings > 0, grid.edges[np.clip(rings, 0, grid.rings)], 0.0).astype(np.float32)
    counts = (rings[:, None, :] > np.arange(grid.rings)[None, :, None]).sum(axis=0)
    starts = YEAR_2018 + HOUR * np.arange(len(rings), dtype=np.int64)
    return Exceedance(grid, starts, counts.ravel().astype(np.int32), reach, level)


def disc(ring: int, *, starts: int = 20, grid: Grid | None = None) -> Exceedance:
    """Every start reaches the same ring in every sector."""
    grid = grid or Grid()
    return exceedance_of_rings(np.full((starts, grid.sectors), ring, dtype=np.int64), grid=grid)


def weather_year(starts: int = 2000, *, seed: int = 1, width: float = 20.0, mean: float = 15e3) -> Exceedance:
    """Plumes whose direction wanders and whose length varies slowly, both with persistence."""
    grid, rng = Grid(), np.random.default_rng(seed)
    wind = np.cumsum(rng.normal(0.0, 0.2, starts))
    length = mean * np.exp(np.convolve(rng.normal(0.0, 1.0, starts + 24), np.ones(24) / 9.0, "same")[:starts])
    turn = (grid.azimuths[None, :] - wind[:, None] + np.pi) % (2.0 * np.pi) - np.pi
    reach = length[:, None] * np.exp(-0.5 * (turn / np.radians(width)) ** 2) * (1.0 + 0.4 * np.cos(grid.azimuths - 1.0))
    rings = np.floor(np.log(np.maximum(reach, 1.0) / grid.inner_radius) / np.log(grid.ratio)).astype(np.int64) + 1
    return exceedance_of_rings(np.clip(rings, 0, grid.rings), grid=grid)


def rotated(exceedance: Exceedance, sectors: int) -> Exceedance:
    """The same year with the compass turned clockwise by whole sectors."""
    counts = np.roll(exceedance.counts.reshape(exceedance.grid.rings, -1), sectors, axis=1).ravel()
    return Exceedance(
        exceedance.grid, exceedance.starts, counts, np.roll(exceedance.reach, sectors, axis=1), exceedance.level
    )


def repeated(exceedance: Exceedance, times: int) -> Exceedance:
    """The same year, several times over."""
    starts = np.concatenate([exceedance.starts + i * len(exceedance.starts) * HOUR for i in range(times)])
    return Exceedance(
        exceedance.grid, starts, exceedance.counts * times, np.tile(exceedance.reach, (times, 1)), exceedance.level
    )
