"""How does what a block leaves get into the cells?

What each particle adds is computed side by side, then turned, eight particles at a time, so that the numbers of a cell
stand together as they do in the cell, and added four at once.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from oberih.dispersion.kernels.particles.eights import EIGHT, add_four, turn
from oberih.dispersion.kernels.particles.lanes import LANES, F
from oberih.dispersion.kernels.particles.rows import _S, DRY, FORMS, KEPT, WEIGHT, X, Y
from oberih.dispersion.kernels.particles.sample import (
    AHEAD,
    ALOFT,
    BEYOND,
    BY_DRY,
    BY_RAIN,
    CLOUD,
    COLUMNS,
    COMPONENTS,
    DENSITY,
    DOWN_EAST,
    DOWN_NORTH,
    DOWN_RING,
    DOWN_SECTOR,
    EAST,
    LEFT,
    NORTH,
    ON_SITE,
    RESISTANCE,
    RING,
    SECTOR,
    SETTLING,
    SPREAD,
    TIC,
    TURNED,
    UNSEEN,
)
from oberih.dispersion.kernels.particles.sideways import VARIANCE

# Rows where normal numbers stood, and the block's own, which has been written back; the last, `_PATCH`, where the
# eastward wind stood, whose last reader is `sample.densities`.
_SEEN = 0
"""Of the noble gas."""
_FORMS_SEEN = _SEEN + 1
_LAID_AHEAD = _FORMS_SEEN + FORMS
"""What is laid down dry ahead, and here."""
_LAID_HERE = _LAID_AHEAD + FORMS
_HEAVY_AHEAD = _LAID_HERE + FORMS
"""As much as counts ahead: times variance and place, and by itself; and the same here."""
_HEAVY_HERE = _HEAVY_AHEAD + 4
_GAMMA, _AGED, _NOTHING, _RAINS, _CELL, _CELL_HERE, _PATCH = range(_HEAVY_HERE + 4, _HEAVY_HERE + 11)
"""Cloud gamma, and times age; zeros; 1 where something is laid down here; where in ``sums`` and in ``near``, or -1."""

_EACH = 32
"""Numbers a particle adds, turned."""


# In one function: cut into pieces that share rows of ``sums``, a whole pass takes nearly twice as long.
@njit(cache=True, forceinline=True, nogil=True)
def scatter(block, s, kernels, dt, age, batch, sums, near, account, rings, sectors, edge, width, height):
    """Add a block's step to the sums of the cells, and count out what has left.

    Bound by reading, adding and writing three fours of a cell ahead and two of the one here.

    Parameters
    ----------
    kernels : float32 array, shape (KERNEL_ROWS * LANES,)
        As for `sideways`.
    batch : int
        Column of the noble gas's concentration.
    sums : float64 array, shape (cells, COLUMNS)
        Per weight of the particles: density times time [s/m], not yet over the cell's area; deposit [1].
    near : float64 array, shape (near rings, sectors, 2 * COMPONENTS)
        What is seen of the cloud by each Gaussian, where it is still narrow, and the same times age.
    account : float64 array, shape (FORMS + 1, FATES)
    rings, sectors : int
    edge : float
        Distance from the site at which a particle is given up [m]; ``width`` and ``height`` likewise [cells].
    """
    elsewhere = _amounts(block, s, kernels, dt, age, near.shape[0], F(rings), F(sectors), F(edge), width, height)
    for i in range(0, LANES, EIGHT):
        _turn_all(s, i, TURNED * LANES)
        for lane in range(EIGHT):
            at = TURNED * LANES + lane * _EACH
            cell, here, patch = (
                s[_CELL * LANES + i + lane],
                s[_CELL_HERE * LANES + i + lane],
                s[_PATCH * LANES + i + lane],
            )
            if cell >= F(0.0):
                own = np.int64(cell) * COLUMNS
                sums[np.int64(cell), batch] += s[_SEEN * LANES + i + lane]
                add_four(sums, own + TIC, s, at, F(1.0))
                add_four(sums, own + TIC + 4, s, at + 4, F(1.0))
                add_four(sums, own + SPREAD, s, at + 8, F(1.0))
            if here >= F(0.0):
                own = np.int64(here) * COLUMNS
                if s[_RAINS * LANES + i + lane] > F(0.0):
                    add_four(sums, own + TIC, s, at + 12, F(1.0))
                    add_four(sums, own + TIC + 4, s, at + 16, F(1.0))
                add_four(sums, own + TIC + 8, s, at + 20, F(1.0))
                add_four(sums, own + SPREAD, s, at + 24, F(1.0))
            if patch >= F(0.0):
                own = np.int64(patch) * 2 * COMPONENTS
                add_four(near, own, s, at + 28, F(1.0))
                add_four(near, own + COMPONENTS, s, at + 28, age)
    if elsewhere > F(0.0):
        _elsewhere(block, s, account, F(rings), F(edge), width, height)


@njit(cache=True, forceinline=True, nogil=True, fastmath={"contract", "reassoc"}, error_model="numpy")
def _amounts(block, s, kernels, dt, age, near, rings, sectors, edge, width, height):
    """Fill the rows of what is added, and where; give how many particles leave something outside the cells, or leave.

    A particle that is followed no more has no cell.
    """
    elsewhere = F(0.0)
    for i in range(LANES):
        weight, ahead = block[WEIGHT * LANES + i], s[AHEAD * LANES + i]
        seen, resistance = s[DENSITY * LANES + i] * dt, s[RESISTANCE * LANES + i]
        rained, visible = F(0.0), F(0.0)
        for f in range(FORMS):
            kept = block[(KEPT + f) * LANES + i] * seen
            s[(_FORMS_SEEN + f) * LANES + i] = kept / (F(1.0) + s[(_S + DRY + f) * LANES + i] * resistance)
            s[(_LAID_AHEAD + f) * LANES + i] = ahead * s[(BY_DRY + f) * LANES + i]
            s[(_LAID_HERE + f) * LANES + i] = (F(1.0) - ahead) * s[(BY_DRY + f) * LANES + i]
            rained += s[(BY_RAIN + f) * LANES + i]
        for k in range(COMPONENTS):
            visible += s[(CLOUD + k) * LANES + i]
            s[(CLOUD + k) * LANES + i] *= weight * dt
        s[_SEEN * LANES + i] = weight * seen
        heavy, aloft, variance = weight * (seen + ALOFT * dt), weight * ALOFT * dt, kernels[VARIANCE * LANES + i]
        s[_HEAVY_AHEAD * LANES + i], s[_HEAVY_HERE * LANES + i] = heavy * variance, aloft * variance
        s[(_HEAVY_AHEAD + 1) * LANES + i], s[(_HEAVY_AHEAD + 2) * LANES + i] = (
            heavy * s[DOWN_EAST * LANES + i], heavy * s[DOWN_NORTH * LANES + i]
        )  # fmt: skip
        s[(_HEAVY_AHEAD + 3) * LANES + i], s[(_HEAVY_HERE + 3) * LANES + i] = heavy, aloft
        e, n = s[EAST * LANES + i], s[NORTH * LANES + i]
        s[(_HEAVY_HERE + 1) * LANES + i], s[(_HEAVY_HERE + 2) * LANES + i] = aloft * e, aloft * n
        s[_NOTHING * LANES + i] = F(0.0)
        alive = weight != F(0.0)
        ring = s[RING * LANES + i]
        far = weight * dt * visible if ring >= near else F(0.0)
        s[_GAMMA * LANES + i], s[_AGED * LANES + i] = far, far * age
        some = (ahead < F(1.0)) & (s[SETTLING * LANES + i] > F(0.0)) | (rained > F(0.0))
        s[_RAINS * LANES + i] = F(1.0) if some else F(0.0)
        leaves = alive & (some | (visible > UNSEEN))
        inside = leaves & (F(0.0) <= ring) & (ring < rings)
        place = ring * sectors + s[SECTOR * LANES + i]
        s[_CELL_HERE * LANES + i] = place if inside else F(-1.0)
        s[_PATCH * LANES + i] = (
            (max(ring, F(0.0)) * sectors + s[SECTOR * LANES + i]) if leaves & (ring < near) & (near > 0) else F(-1.0)
        )
        down = s[DOWN_RING * LANES + i]
        adds = (s[DENSITY * LANES + i] > F(0.0)) | (s[SETTLING * LANES + i] > F(0.0))
        within = alive & adds & (F(0.0) <= down) & (down < rings)
        s[_CELL * LANES + i] = (down * sectors + s[DOWN_SECTOR * LANES + i]) if within else F(-1.0)
        x, y = block[X * LANES + i], block[Y * LANES + i]
        stays = (F(0.0) <= x) & (x <= width) & (F(0.0) <= y) & (y <= height) & (e * e + n * n <= edge * edge)
        fine = (within | (not adds)) & (inside | (not leaves)) & stays
        elsewhere += F(1.0) if alive & (not fine) else F(0.0)
    return elsewhere


@njit(inline="always")
def _turn_all(s, i, to):
    """Turn what eight particles add into eight fours each, as columns of the sums and of ``near`` lie."""
    turn(s, _FORMS_SEEN, _FORMS_SEEN + 1, _FORMS_SEEN + 2, _LAID_AHEAD, i, to, _EACH)
    turn(s, _LAID_AHEAD + 1, _LAID_AHEAD + 2, _NOTHING, _NOTHING, i, to + 4, _EACH)
    turn(s, _HEAVY_AHEAD, _HEAVY_AHEAD + 1, _HEAVY_AHEAD + 2, _HEAVY_AHEAD + 3, i, to + 8, _EACH)
    turn(s, _NOTHING, _NOTHING, _NOTHING, _LAID_HERE, i, to + 12, _EACH)
    turn(s, _LAID_HERE + 1, _LAID_HERE + 2, BY_RAIN, BY_RAIN + 1, i, to + 16, _EACH)
    turn(s, BY_RAIN + 2, _GAMMA, _AGED, _NOTHING, i, to + 20, _EACH)
    turn(s, _HEAVY_HERE, _HEAVY_HERE + 1, _HEAVY_HERE + 2, _HEAVY_HERE + 3, i, to + 24, _EACH)
    turn(s, CLOUD, CLOUD + 1, CLOUD + 2, CLOUD + 3, i, to + 28, _EACH)


@njit(cache=True, forceinline=True, nogil=True)
def _elsewhere(block, s, account, rings, edge, width, height):
    """Count what is laid down inside the rings of the site or outside all, and what has left."""
    for i in range(LANES):
        if block[WEIGHT * LANES + i] == F(0.0):
            continue
        if s[_CELL * LANES + i] < F(0.0):
            fate = ON_SITE if s[DOWN_RING * LANES + i] < F(0.0) else BEYOND
            for f in range(FORMS):
                account[f + 1, fate] += s[(_LAID_AHEAD + f) * LANES + i]
        ring = s[RING * LANES + i]
        if ring < F(0.0) or ring >= rings:
            for f in range(FORMS):  # nothing where nothing is left here
                laid = s[(BY_RAIN + f) * LANES + i] + s[(_LAID_HERE + f) * LANES + i]
                account[f + 1, ON_SITE if ring < F(0.0) else BEYOND] += laid
        x, y, e, n = block[X * LANES + i], block[Y * LANES + i], s[EAST * LANES + i], s[NORTH * LANES + i]
        if not (F(0.0) <= x <= width and F(0.0) <= y <= height) or e * e + n * n > edge * edge:
            _count_out(block, i, account)


@njit(cache=True, forceinline=True, nogil=True)
def _count_out(block, i, account):
    """Count a particle among what has left, and follow it no more."""
    account[0, LEFT] += block[WEIGHT * LANES + i]
    for f in range(FORMS):
        account[f + 1, LEFT] += block[(KEPT + f) * LANES + i]
        block[(KEPT + f) * LANES + i] = F(0.0)
    block[WEIGHT * LANES + i] = F(0.0)
