"""How do the blocks of one release hour go through a span of time, over a log-polar grid?

As `advance`, for releases of an atlas: the steps of a block are those of `step`, with removal and sampling of `sample`;
`scatter` adds what they leave to the cells.

Everything is inlined into `carry`.  A function that stands by itself is compiled twice, alone and in its caller, and
which of the two runs differs between a process that has just compiled and one that found the code on disk: with
fast arithmetic the two differ in their last bits, and an atlas would not be the same twice.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from oberih.dispersion.kernels.particles.advance import step_for
from oberih.dispersion.kernels.particles.lanes import LANES, F
from oberih.dispersion.kernels.particles.polar import locate, project
from oberih.dispersion.kernels.particles.rows import _P, FORMS, KEPT, ROWS, WEIGHT, X, Y, Z
from oberih.dispersion.kernels.particles.sample import (
    BATCHES,
    BY_DRY,
    BY_RAIN,
    DOWN_EAST,
    DOWN_NORTH,
    DOWN_RING,
    DOWN_SECTOR,
    DOWN_X,
    DOWN_Y,
    EAST,
    MID_X,
    MID_Y,
    NORTH,
    RING,
    ROWS_ALL,
    SECTOR,
    SHARE,
    WIDEST,
    cloud,
    densities,
    lose,
)
from oberih.dispersion.kernels.particles.scatter import scatter
from oberih.dispersion.kernels.particles.sideways import sideways
from oberih.dispersion.kernels.particles.step import move

YOUNG = 900.0
"""Age up to which turbulent velocity is followed [s]: six to twenty times the longest that eddies last."""

NEAR, NEAR_STEP = 300.0, 10.0
"""From this age on [s] the steps of a young block are so long [s].  Beside steps of 2 s, in the lowest 20 m at 1 to 3
km on a stable night, that leaves 2.4 % less of a release at the ground and 4 % more of one at 100 m, else at most 2 %
(measured)."""


@njit(cache=True, forceinline=True, nogil=True)
def _step_for(age, longest):
    """Length of the next step [s] and whether turbulent velocity is followed, by the age of a block [s]."""
    if age < NEAR:
        return step_for(age)
    if age < YOUNG:
        return NEAR_STEP, True
    return min(age / 20.0, longest), False


@njit(cache=True, nogil=True)
def carry(
    blocks, states, kernels, ages, before, first, last, span, longest, oldest, wind, surface, flow, place, weights,
    sigmas, depth, shape, sums, near, account, far, rows, rings, sectors, edge,
):  # fmt: skip
    """Carry blocks ``first`` to before ``last`` of one release through a span of time.

    Parameters
    ----------
    blocks : float32 array, shape (n, ROWS * LANES)
    states : uint32 array, shape (n, 4 * GENERATORS)
    kernels : float32 array, shape (n, KERNEL_ROWS * LANES)
        As for `sideways`.
    ages, before : float64 array, shape (n,)
        As for `advance`.
    span, longest, oldest : float
        Length of the span, the longest step, and the age at which a block is followed no more [s].
    wind, surface : float32 arrays
        As for `step`.
    flow : float32 array, shape (4,)
        a, b, lapse and cells_y of a `Flow`.
    place : float32 array, shape (polar.PLACES,)
    weights, sigmas : float32 array, shape (COMPONENTS,)
        Of the photon kernel [1], [m].
    depth : float32
        Of plain counting [m]; 0 for the kernel.
    shape : float32 array, shape (sample.SHAPES,)
        How kernels are, as `sample` tells.
    sums, near, account : arrays
        As for `scatter.scatter`.
    far : float32 array, shape (rows, columns, 2 * FORMS + 1)
        Evenly spaced cells that are counted beside, or of no size.
    rows : float32 array, shape (5,)
        Their scale and offset eastward and northward, and depth [m].
    rings, sectors : int
    edge : float
        [m]

    Returns
    -------
    int
        Steps of blocks taken.
    """
    s = np.zeros(ROWS_ALL * LANES, dtype=np.float32)
    bits = s.view(np.uint32)
    width, height = F(wind.shape[1] - 1), F(wind.shape[0] - 1)
    taken = 0
    for k in range(first, last):
        left = span
        if ages[k] < 0.0:
            left += ages[k]
            if left <= 0.0:
                ages[k] += span
                continue
            ages[k] = 0.0
        block = blocks[k]
        if not _alive(block):
            ages[k] += left
            continue
        left = min(left, oldest - ages[k])
        while left > 1e-3:
            wanted, langevin = _step_for(ages[k], longest)
            dt = left / math.ceil(left / wanted) if langevin or left < 2.0 * wanted else wanted
            age = F(ages[k] + 0.5 * dt)
            move(block, states[k], s, bits, wind, surface, flow[0], flow[1], F(dt), langevin, flow[2])
            sideways(s, kernels[k], F(dt), F(before[k]), flow[3], shape[SHARE], shape[WIDEST])
            for i in range(LANES):
                s[MID_X * LANES + i] = F(0.5) * (block[X * LANES + i] + s[(_P + X) * LANES + i])
                s[MID_Y * LANES + i] = F(0.5) * (block[Y * LANES + i] + s[(_P + Y) * LANES + i])
            project(s, MID_X, MID_Y, EAST, NORTH, place)
            locate(s, bits, EAST, NORTH, RING, SECTOR, place)
            densities(s, age, depth, shape)
            project(s, DOWN_X, DOWN_Y, DOWN_EAST, DOWN_NORTH, place)
            locate(s, bits, DOWN_EAST, DOWN_NORTH, DOWN_RING, DOWN_SECTOR, place)
            lose(s, F(dt))
            cloud(s, weights, sigmas)
            for j in range(ROWS * LANES):
                block[j] = s[_P * LANES + j]
            if far.shape[0] > 0:
                _count_far(block, s, F(dt), far, rows)
            scatter(block, s, kernels[k], F(dt), age, k % BATCHES, sums, near, account, rings, sectors, edge, width,
                    height)  # fmt: skip
            before[k] = dt
            ages[k] += dt
            left -= dt
            taken += 1
    return taken


@njit(cache=True, forceinline=True, nogil=True)
def _alive(block):
    """Whether any particle of a block is still followed."""
    most = F(0.0)
    for i in range(LANES):
        most = max(most, block[WEIGHT * LANES + i])
    return most > F(0.0)


@njit(cache=True, forceinline=True, nogil=True)
def _count_far(block, s, dt, far, rows):
    """Count into evenly spaced cells, as `advance.count` does."""
    for i in range(LANES):
        weight = block[WEIGHT * LANES + i]
        column = math.floor(rows[0] * s[MID_X * LANES + i] + rows[1])
        row = math.floor(rows[2] * s[MID_Y * LANES + i] + rows[3])
        if weight == F(0.0) or not (0 <= column < far.shape[1] and 0 <= row < far.shape[0]):
            continue
        own = far[row, column]
        for f in range(FORMS):
            own[FORMS + 1 + f] += s[(BY_DRY + f) * LANES + i] + s[(BY_RAIN + f) * LANES + i]
        if block[Z * LANES + i] < rows[4]:
            own[0] += weight * dt
            for f in range(FORMS):
                own[1 + f] += block[(KEPT + f) * LANES + i] * dt
