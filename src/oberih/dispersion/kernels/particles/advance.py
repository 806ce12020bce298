"""How do blocks of particles go through a span of time, and what do they leave behind?

Between two looks at the fields (a span) a block takes as many steps as its age wants: short ones with turbulent
velocity while it is young, long random displacements later.  At the end of each step its particles are counted into
the cells of the output, what left the domain is counted out, and what deposited is laid down.

Invariant: for each form, what is in the air, on the ground and gone adds up to what was released, to rounding.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from oberih.dispersion.kernels.particles.lanes import LANES, F
from oberih.dispersion.kernels.particles.rows import FORMS, KEPT, LOST, SCRATCH, WEIGHT, WET, X, Y, Z
from oberih.dispersion.kernels.particles.step import step

YOUNG = 1800.0
"""Age up to which turbulent velocity is followed [s]."""

SHORTEST, YOUNG_STEP, LONGEST = 1.0, 5.0, 150.0
"""Steps [s]: a tenth of the age while young, a twentieth later, within these."""

CONCENTRATION = 0
DEPOSIT = FORMS + 1
COLUMNS = 2 * FORMS + 1
"""Of the output: time-integrated amount of the noble gas and of each form, then deposit of each form."""
WITH_RAIN = COLUMNS + FORMS
"""The same, then how much of each form's deposit rain brought; an output may have these columns or not."""

_OLD_X, _OLD_Y = SCRATCH, SCRATCH + 1


@njit(cache=True, forceinline=True, nogil=True)
def step_for(age):
    """Length of the next step [s] and whether turbulent velocity is followed, by the age of a block [s]."""
    if age < YOUNG:
        return min(max(age / 10.0, SHORTEST), YOUNG_STEP), True
    return min(max(age / 20.0, YOUNG_STEP), LONGEST), False


@njit(cache=True, forceinline=True, nogil=True, fastmath={"contract", "reassoc"})
def _find_cells(block, s, width, height, shape, scale_x, offset_x, scale_y, offset_y):
    """Put column and row of each particle's cell over where it was, -1 where there is none; give how many lack one.

    Among these, too, is who left the domain.  Counted as real numbers: whole ones would halve the vectors.
    """
    rows, columns = F(shape[0]), F(shape[1])
    elsewhere = F(0.0)
    for i in range(LANES):
        x, y = block[X * LANES + i], block[Y * LANES + i]
        column = scale_x * (F(0.5) * (s[_OLD_X * LANES + i] + x)) + offset_x
        row = scale_y * (F(0.5) * (s[_OLD_Y * LANES + i] + y)) + offset_y
        alive = block[WEIGHT * LANES + i] != F(0.0)
        seen = (F(0.0) <= column) & (column < columns) & (F(0.0) <= row) & (row < rows) & alive
        stays = (F(0.0) <= x) & (x <= width) & (F(0.0) <= y) & (y <= height) & seen
        s[_OLD_X * LANES + i] = column if seen else F(-1.0)
        s[_OLD_Y * LANES + i] = row
        elsewhere += F(1.0) if alive & (not stays) else F(0.0)
    return elsewhere


@njit(cache=True, forceinline=True, nogil=True)
def _count_out(block, s, width, height, gone):
    """Count what a block's particles laid down beyond what is drawn, and what left the domain."""
    for i in range(LANES):
        weight = block[WEIGHT * LANES + i]
        if weight == F(0.0):
            continue
        if s[_OLD_X * LANES + i] < F(0.0):
            for f in range(FORMS):
                gone[f + 1] += s[(LOST + f) * LANES + i]
        x, y = block[X * LANES + i], block[Y * LANES + i]
        if not (F(0.0) <= x <= width and F(0.0) <= y <= height):
            gone[0] += weight
            for f in range(FORMS):
                gone[f + 1] += block[(KEPT + f) * LANES + i]
                block[(KEPT + f) * LANES + i] = F(0.0)
            block[WEIGHT * LANES + i] = F(0.0)


@njit(cache=True, forceinline=True, nogil=True, fastmath={"contract"})
def count(block, s, dt, width, height, out, scale_x, offset_x, scale_y, offset_y, top, gone):
    """Count a block's particles into cells after a step, where the middle of their way was.

    Cells are found side by side, and added to one by one: bound by reading, adding and writing three numbers of a cell.

    Parameters
    ----------
    width, height : float32
        Last position within the domain [cells].
    out : float32 array, shape (rows, columns, COLUMNS or WITH_RAIN)
        Added to: particle-seconds below ``top``, and what deposited.
    scale_x, offset_x, scale_y, offset_y : float32
        Column of the output = scale_x x + offset_x, and so for rows.
    top : float32
        Depth of the layer that is sampled [m].
    gone : float64 array, shape (FORMS + 1,)
        Added to: what left the domain, the noble gas first.
    """
    elsewhere = _find_cells(block, s, width, height, out.shape, scale_x, offset_x, scale_y, offset_y)
    rain = out.shape[2] >= WITH_RAIN
    for i in range(LANES):
        if s[_OLD_X * LANES + i] < F(0.0):
            continue
        column, row = np.int32(s[_OLD_X * LANES + i]), np.int32(s[_OLD_Y * LANES + i])
        for f in range(FORMS):
            out[row, column, DEPOSIT + f] += s[(LOST + f) * LANES + i]
        if rain:
            for f in range(FORMS):
                out[row, column, COLUMNS + f] += s[(WET + f) * LANES + i]
        if block[Z * LANES + i] < top:
            out[row, column, CONCENTRATION] += block[WEIGHT * LANES + i] * dt
            for f in range(FORMS):
                out[row, column, 1 + f] += block[(KEPT + f) * LANES + i] * dt
    if elsewhere > F(0.0):
        _count_out(block, s, width, height, gone)


@njit(cache=True, nogil=True)
def advance(
    blocks, states, ages, before, first, last, span, wind, surface, a, b, lapse, cells_y, settling, out, scale_x,
    offset_x, scale_y, offset_y, top, gone,
):  # fmt: skip
    """Move blocks ``first`` to before ``last`` through a span of time.

    Parameters
    ----------
    blocks : float32 array, shape (n, ROWS * LANES)
    states : uint32 array, shape (n, 4 * GENERATORS)
    ages, before : float64 array, shape (n,)
        Age of each block and its last step [s]; a negative age is the time until it is released within the span.
    span : float
        [s]

    Returns
    -------
    int
        Steps of blocks taken.
    """
    scratch = np.zeros((SCRATCH + 2) * LANES, dtype=np.float32)
    bits = scratch.view(np.uint32)
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
        while left > 1e-3:
            wanted, langevin = step_for(ages[k])
            dt = left / math.ceil(left / wanted) if langevin or left < 2.0 * wanted else wanted
            for i in range(LANES):
                scratch[_OLD_X * LANES + i] = blocks[k, X * LANES + i]
                scratch[_OLD_Y * LANES + i] = blocks[k, Y * LANES + i]
            step(blocks[k], states[k], scratch, bits, wind, surface, a, b, F(dt), F(before[k]), langevin, lapse,
                 cells_y, settling)  # fmt: skip
            count(blocks[k], scratch, F(dt), width, height, out, scale_x, offset_x, scale_y, offset_y, top, gone)
            before[k] = dt
            ages[k] += dt
            left -= dt
            taken += 1
    return taken


@njit(cache=True, nogil=True, fastmath=True)
def blend(earlier, later, share, out):
    """Fields between two times: ``earlier + share (later - earlier)``; bound by memory."""
    e, n, o = earlier.reshape(-1), later.reshape(-1), out.reshape(-1)
    for i in range(o.shape[0]):
        o[i] = e[i] + share * (n[i] - e[i])
