"""Clouds of particles in one column of air, carried as `follow` carries them, and what a diffusion equation says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.linalg import expm

from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.kernels.particles.advance import COLUMNS, LONGEST, advance, blend
from oberih.dispersion.kernels.particles.lanes import GENERATORS, LANES
from oberih.dispersion.kernels.turbulence import vertical_diffusivity
from oberih.dispersion.particles.flow import Flow
from tests.dispersion.particles.flows import flow

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
ONE = np.float32

YOUNG_AGE, OLD_AGE = 100.0, 1e5


def column_day(hours: int = 49) -> Flow:
    """Two days of a column, hourly from six in the morning: the layer grows to 1800 m, collapses to 100 m, and so on.

    With it change u* (0.08 to 0.45 m/s), 1/L (-0.02 to 0.03) and w* (0 to 2 m/s).
    """
    air = flow(size=6, times=hours)
    for t in range(hours):
        hour = (6 + t) % 24
        day = np.sin(np.pi * (hour - 6) / 13.0) if 6 <= hour < 19 else 0.0
        if day > 0.0:
            grown = 150.0 + 1650.0 * min((hour - 6) / 9.0, 1.0) ** 1.2
            depth = grown if hour < 18 else 700.0
            state = depth, 0.15 + 0.3 * day, -0.02 * day, 4.0 * day ** (2.0 / 3.0)
        else:
            night = ((hour - 19) % 24) / 11.0
            state = 100.0 + 50.0 * night, 0.08 + 0.07 * night, 0.03, 0.0
        air.surface[t, ..., :4] = state
    return air


def still(air: Flow, lapse: float = 0.0) -> Flow:
    """The same air, in which nothing goes sideways, with a lapse of density [1/m]."""
    surface = air.surface.copy()
    surface[..., kernel.CELLS_X] = 0.0
    return Flow(air.start, air.step, air.wind, surface, air.a, air.b, 0.0, lapse)


def cloud(blocks: int, seed: int, heights: Floats | float) -> tuple[Singles, npt.NDArray[np.uint32]]:
    """Blocks of particles at heights [m], with stationary velocities, and their generators."""
    rng = np.random.default_rng(seed)
    rows = np.zeros((blocks, kernel.ROWS, LANES), dtype=np.float32)
    rows[:, kernel.X], rows[:, kernel.Y], rows[:, kernel.Z] = 2.5, 2.5, heights
    rows[:, kernel.TURN_X : kernel.SLOW_Y + 1] = rng.standard_normal((blocks, 5, LANES))
    rows[:, kernel.WEIGHT :] = 1.0
    return rows, rng.integers(1, 2**32, (blocks, 4 * GENERATORS), dtype=np.uint32)


def mixed(blocks: int, seed: int, *, top: float, lapse: float = 0.0) -> Floats:
    """Heights of a column that is mixed by mass, up to a top [m]."""
    share = np.random.default_rng(seed + 1).random((blocks, LANES))
    return share * top if lapse == 0.0 else -np.log1p(share * np.expm1(-lapse * top)) / lapse


def carried(
    air: Flow, rows: Singles, states: npt.NDArray[np.uint32], *, spans: int, young: bool, settling: float = 0.0,
    age: float | None = None,
) -> Iterator[int]:  # fmt: skip
    """Carry blocks span by span of 150 s, kept at one age; gives the span's number after each."""
    wind, surface = np.empty_like(air.wind[0]), np.empty_like(air.surface[0])
    nowhere, gone = np.zeros((2, 2, COLUMNS), dtype=np.float32), np.zeros(4)
    flat, before = rows.reshape(len(rows), -1), np.zeros(len(rows))
    start = (YOUNG_AGE if young else OLD_AGE) if age is None else age
    ages = np.full(len(rows), start)
    for span in range(spans):
        earlier, later, share = air.between(air.start + span * LONGEST)
        blend(air.wind[earlier], air.wind[later], ONE(share), wind)
        blend(air.surface[earlier], air.surface[later], ONE(share), surface)
        if age is None:
            ages[:] = start
        advance(
            flat, states, ages, before, 0, len(rows), LONGEST, wind, surface, ONE(air.a), ONE(air.b), ONE(air.lapse),
            ONE(air.cells_y), ONE(settling), nowhere, ONE(0), ONE(-1), ONE(0), ONE(-1), ONE(1), gone,
        )  # fmt: skip
        yield span


def excess(heights: Singles, edges: Floats, *, top: float, lapse: float = 0.0) -> Floats:
    """How far the counts between edges are from a mixed column's, in their own standard deviation."""
    counts = np.histogram(heights, edges)[0]
    share = edges / top if lapse == 0.0 else np.expm1(-lapse * edges) / np.expm1(-lapse * top)
    expected = heights.size * np.diff(share)
    return np.asarray((counts - expected) / np.sqrt(expected))


def diffused(
    start: Floats, edges: Floats, *, time: float, mixing: float, friction: float, inverse_length: float = 0.0,
    settling: float = 0.0, deposition: float = 0.0,
) -> Floats:  # fmt: skip
    """What a diffusion equation leaves in layers after a time [s], from what stood in them; finite volumes.

    ``∂c/∂t = ∂/∂z (K ∂c/∂z + v c)``, K the kernel's profile (1 m2/s above the layer), upwind for what settles; at the
    ground a flux of (settling + deposition) times the lowest concentration.
    """
    thick, middle = np.diff(edges), 0.5 * (edges[1:] + edges[:-1])
    k = np.array([
        vertical_diffusivity(z, friction, inverse_length, mixing) if z < mixing else 1.0 for z in edges[1:-1]
    ])  # fmt: skip
    rise = k / np.diff(middle)
    n = len(start)
    rate = np.zeros((n, n))  # of amounts
    for i in range(n - 1):
        up, down = rise[i] / thick[i], (rise[i] + settling) / thick[i + 1]
        rate[i, i] -= up
        rate[i + 1, i] += up
        rate[i + 1, i + 1] -= down
        rate[i, i + 1] += down
    rate[0, 0] -= (settling + deposition) / thick[0]
    return np.asarray(expm(rate * time) @ start)
