"""What does a column of air do to a cloud of particles, and what should it do?

Clouds carried span by span as `oberih.dispersion.particles.follow` carries them, in air that is the same everywhere at
the ground but changes with time; and the diffusion equation that old particles stand for, by finite volumes.  Used by
`validation.particles` and by the tests of the kernels.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_banded

from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.kernels.particles.advance import COLUMNS, LONGEST, advance, blend
from oberih.dispersion.kernels.particles.lanes import GENERATORS, LANES
from oberih.dispersion.kernels.turbulence import vertical_diffusivity
from oberih.dispersion.particles.flow import Flow

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Words = npt.NDArray[np.uint32]
ONE = np.float32

LAYERS = {
    "convective": (1000.0, 0.3, -0.01, 2.0),
    "neutral": (1000.0, 0.5, 0.0, 0.0),
    "stable": (150.0, 0.1, 0.05, 0.0),
}
"""Mixing height [m], u* [m/s], 1/L [1/m], w*² [m2/s2]."""

YOUNG_AGE, OLD_AGE = 100.0, 1e5
"""Ages [s] of what carries turbulent velocity and of what is displaced."""


def column(layer: str = "neutral", *, times: int = 1, lapse: float = 0.0) -> Flow:
    """Six by six cells without wind, in which nothing goes sideways."""
    wind = np.zeros((times, 6, 6, 20, 4), dtype=np.float32)
    surface = np.zeros((times, 6, 6, kernel.SURFACE), dtype=np.float32)
    surface[..., :4] = LAYERS[layer]
    surface[..., kernel.BASE], surface[..., kernel.TOP] = 800.0, 3000.0
    return Flow(0, 3600.0, wind, surface, 10.0, 20.0, 0.0, lapse)


def column_day(hours: int = 49, *, lapse: float = 0.0) -> Flow:
    """Two days, hourly from six in the morning: the layer grows to 1800 m, collapses to 100 m, and grows again.

    With it change u* (0.08 to 0.45 m/s), 1/L (-0.02 to 0.03 1/m) and w* (0 to 2 m/s).
    """
    air = column(times=hours, lapse=lapse)
    for t in range(hours):
        hour = (6 + t) % 24
        day = np.sin(np.pi * (hour - 6) / 13.0) if 6 <= hour < 19 else 0.0
        night = ((hour - 19) % 24) / 11.0
        depth = 150.0 + 1650.0 * min((hour - 6) / 9.0, 1.0) ** 1.2 if day > 0.0 else 0.0
        air.surface[t, ..., :4] = (
            (depth if hour < 18 else 700.0, 0.15 + 0.3 * day, -0.02 * day, 4.0 * day ** (2.0 / 3.0))
            if day > 0.0 else (100.0 + 50.0 * night, 0.08 + 0.07 * night, 0.03, 0.0)
        )  # fmt: skip
    return air


def cloud(blocks: int, seed: int, heights: Floats | float) -> tuple[Singles, Words]:
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
    return np.asarray(share * top if lapse == 0.0 else -np.log1p(share * np.expm1(-lapse * top)) / lapse)


def carried(
    air: Flow, rows: Singles, states: Words, *, spans: int, young: bool, settling: float = 0.0
) -> Iterator[int]:
    """Carry blocks span by span of 150 s, kept at one age; gives the span's number after each."""
    wind, surface = np.empty_like(air.wind[0]), np.empty_like(air.surface[0])
    nowhere, gone = np.zeros((2, 2, COLUMNS), dtype=np.float32), np.zeros(kernel.FORMS + 1)
    flat, before = rows.reshape(len(rows), -1), np.zeros(len(rows))
    for span in range(spans):
        earlier, later, share = air.between(air.start + span * LONGEST)
        blend(air.wind[earlier], air.wind[later], ONE(share), wind)
        blend(air.surface[earlier], air.surface[later], ONE(share), surface)
        ages = np.full(len(rows), YOUNG_AGE if young else OLD_AGE)
        advance(
            flat, states, ages, before, 0, len(rows), LONGEST, wind, surface, ONE(air.a), ONE(air.b), ONE(air.lapse),
            ONE(air.cells_y), ONE(settling), nowhere, ONE(0), ONE(-1), ONE(0), ONE(-1), ONE(1), gone,
        )  # fmt: skip
        yield span


def excess(heights: Singles | Floats, edges: Floats, *, top: float, lapse: float = 0.0) -> Floats:
    """How far the counts between edges are from a mixed column's, in their own standard deviation."""
    counts = np.histogram(heights, edges)[0]
    expected = heights.size * expected_shares(edges, top=top, lapse=lapse)
    return np.asarray((counts - expected) / np.sqrt(expected))


def expected_shares(edges: Floats, *, top: float, lapse: float = 0.0) -> Floats:
    """Shares of a column's mass between edges [1]."""
    return np.diff(edges / top if lapse == 0.0 else np.expm1(-lapse * edges) / np.expm1(-lapse * top))


def diffused(
    start: Floats, edges: Floats, *, time: float, mixing: float, friction: float, inverse_length: float = 0.0,
    settling: float = 0.0,
) -> Floats:  # fmt: skip
    """What a diffusion equation leaves in layers after a time [s], of the amounts that stood in them; finite volumes.

    ``∂c/∂t = ∂/∂z (K ∂c/∂z + v c)``, K the kernel's profile (at most 1 m2/s above the layer), upwind for what settles;
    at the ground a flux of ``settling`` times the lowest concentration.
    """
    thick, middle = np.diff(edges), 0.5 * (edges[1:] + edges[:-1])
    free = min(vertical_diffusivity(0.5 * mixing, friction, inverse_length, mixing), 1.0)
    k = np.array([
        vertical_diffusivity(z, friction, inverse_length, mixing) if z < mixing else free for z in edges[1:-1]
    ])  # fmt: skip
    exchange = k / np.diff(middle)
    up, down = exchange / thick[:-1], (exchange + settling) / thick[1:]
    leaves = np.zeros(len(start))  # rates [1/s] at which amounts go, from each layer and into its neighbours
    leaves[:-1] += up
    leaves[1:] += down
    leaves[0] += settling / thick[0]
    steps = int(np.ceil(time / 10.0))
    amounts, bands = np.asarray(start, dtype=float), np.zeros((3, len(start)))
    for n in range(steps + 3):  # a step in four quarters, implicit, which damp what is steep; then the trapezoidal rule
        dt, later = (0.25 * time / steps, 1.0) if n < 4 else (time / steps, 0.5)
        rate = (1.0 - later) * dt
        known = amounts * (1.0 - rate * leaves)
        known[1:] += rate * up * amounts[:-1]
        known[:-1] += rate * down * amounts[1:]
        rate = later * dt
        bands[0, 1:], bands[1], bands[2, :-1] = -rate * down, 1.0 + rate * leaves, -rate * up
        amounts = solve_banded((1, 1), bands, known)
    return amounts


def spread(layer: str, edges: Floats, *, height: float, times: Floats) -> Floats:
    """Shares between edges at times [s] of a puff that starts at a height, as the diffusion equation has them."""
    mixing, friction, inverse, _ = LAYERS[layer]
    fine = np.concatenate([np.arange(0.0, 200.0, 1.0), np.arange(200.0, 1501.0, 5.0)])
    start = np.zeros(len(fine) - 1)
    start[int(np.searchsorted(fine, height)) - 1] = 1.0
    found = []
    for time in times:
        amounts = diffused(start, fine, time=float(time), mixing=mixing, friction=friction, inverse_length=inverse)
        found.append(np.diff(np.interp(edges, fine, np.concatenate([[0.0], np.cumsum(amounts)]))))
    return np.array(found)
