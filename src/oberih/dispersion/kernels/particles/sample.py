"""What does a block of particles leave in the cells of a log-polar grid?

Each particle stands, for a step, at the middle of its way.  What it adds to the concentration at the ground is a
vertical density: by plain counting 1/depth below a depth and 0 above; by the kernel that of a particle that goes on
being mixed for a part of its age (`ground_density`), which is 1/mixing height once that is long enough.

The kernel's width depends on the column and the age, not on the particle's height, so that what is uniform stays
uniform: it neither adds nor takes anything where the layer is mixed.

Dry deposition takes the same density times its velocity; rain takes as in `step.remove`.
"""

from __future__ import annotations

import math

from numba import njit

from oberih.dispersion.kernels.particles.eddies import diffusivity
from oberih.dispersion.kernels.particles.lanes import LANES, F, exponential, lost_share
from oberih.dispersion.kernels.particles.step import (
    _P,
    _S,
    BASE,
    BELOW,
    CONVECTIVE2,
    DEPOSITING,
    DRY,
    FORMS,
    FRICTION,
    IN_CLOUD,
    INVERSE_LENGTH,
    KEPT,
    MIXING,
    SCRATCH,
    TOP,
    WEIGHT,
    X,
    Y,
    Z,
)

# Rows of the scratch array beyond those of a step.
MID_X, MID_Y, EAST, NORTH, RING, SECTOR, DENSITY = range(SCRATCH, SCRATCH + 7)
BY_DRY = DENSITY + 1
BY_RAIN = BY_DRY + FORMS
CLOUD = BY_RAIN + FORMS
COMPONENTS = 4
"""Gaussians that stand for the photon kernel."""
ROWS_ALL = CLOUD + COMPONENTS
"""Rows of the scratch array, all."""

# Columns of the sums of a cell.
BATCHES = 8
"""Parts of the release whose concentrations are kept apart, so that the noise can be told."""
TIC = BATCHES
DRY_SUM, WET_SUM, GAMMA, AGED = TIC + FORMS, TIC + 2 * FORMS, TIC + 3 * FORMS, TIC + 3 * FORMS + 1
COLUMNS = AGED + 1

# Columns of the account, a row a form.
DRY_IN, WET_IN, ON_SITE, BEYOND, LEFT = range(5)
FATES = 5

INWARD = 12
"""Rings inside the innermost edge whose cloud is seen from outside."""

EARLY = F(0.25)
LATE = F(0.05)
"""Width of the kernel: so much of σw times age [1]; and of the mixing of so much of the age [1]."""


@njit(inline="always")
def ground_density(z, width, lid):
    """Density at the ground [1/m] of a Gaussian at z of deviation ``width``, between the ground and a lid (all in m).

    Three images where it is narrow, three terms of the cosine series where it is wide; 0 above the lid.  Over z it
    integrates to 1 whatever the width.
    """
    q = F(0.5) / (width * width)
    near = exponential(-z * z * q) + exponential(-(F(2.0) * lid - z) * (F(2.0) * lid - z) * q)
    near = F(0.7978846) / width * (near + exponential(-(F(2.0) * lid + z) * (F(2.0) * lid + z) * q))
    u = z / lid
    t = u - F(0.5)
    t2 = t * t
    cosine = -t * (F(3.1415927) - t2 * (F(5.1677128) - t2 * (F(2.5501640) - t2 * (F(0.5992645) - t2 * F(0.0821459)))))
    e = width / lid
    first = exponential(F(-4.9348022) * e * e)
    second = first * first
    second *= second
    far = (F(1.0) + F(2.0) * first * cosine + F(2.0) * second * (F(2.0) * cosine * cosine - F(1.0))) / lid
    density = near if width < F(0.7) * lid else far
    return density if z < lid else F(0.0)


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def densities(s, age, depth):
    """Fill row DENSITY [1/m]: by plain counting where ``depth`` [m] is above 0, else by the kernel; ``age`` in s."""
    if depth > F(0.0):
        for i in range(LANES):
            s[DENSITY * LANES + i] = F(1.0) / depth if s[(_P + Z) * LANES + i] < depth else F(0.0)
        return
    for i in range(LANES):
        h, friction = s[(_S + MIXING) * LANES + i], s[(_S + FRICTION) * LANES + i]
        k, _ = diffusivity(F(0.3) * h, h, friction, s[(_S + INVERSE_LENGTH) * LANES + i])
        sigma = math.sqrt(F(1.69) * friction * friction + F(0.2) * s[(_S + CONVECTIVE2) * LANES + i])
        width = max(min(EARLY * sigma * age, math.sqrt(F(2.0) * LATE * k * age)), F(1.0))
        s[DENSITY * LANES + i] = ground_density(s[(_P + Z) * LANES + i], width, h)


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def lose(s, dt, depth):
    """Take out what deposits: rows BY_DRY and BY_RAIN say what of each form; both act at once, each by its rate."""
    plain = F(1.0) if depth > F(0.0) else F(0.0)
    for i in range(LANES):
        z = s[(_P + Z) * LANES + i]
        dry = (F(1.0) / DEPOSITING) if z < DEPOSITING else F(0.0)
        dry = plain * dry + (F(1.0) - plain) * s[DENSITY * LANES + i]
        base, top = s[(_S + BASE) * LANES + i], s[(_S + TOP) * LANES + i]
        below = F(1.0) if z < base else F(0.0)
        within = F(1.0) - below if z < top else F(0.0)
        for f in range(FORMS):
            wet = below * s[(_S + BELOW + f) * LANES + i] + within * s[(_S + IN_CLOUD + f) * LANES + i]
            rate = dry * s[(_S + DRY + f) * LANES + i] + wet
            there = s[(_P + KEPT + f) * LANES + i]
            lost = there * lost_share(rate * dt)
            rained = lost * wet / max(rate, F(1.0e-30))
            s[(BY_RAIN + f) * LANES + i] = rained
            s[(BY_DRY + f) * LANES + i] = lost - rained
            s[(_P + KEPT + f) * LANES + i] = there - lost


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def cloud(s, weights, sigmas):
    """Fill rows CLOUD: what the ground sees of a particle by each Gaussian, its sideways part apart [1/m].

    As of a semi-infinite cloud: over a uniform column it is the column's density.
    """
    for k in range(COMPONENTS):
        q, factor = F(0.5) / (sigmas[k] * sigmas[k]), F(0.7978846) * weights[k] / sigmas[k]
        for i in range(LANES):
            z = s[(_P + Z) * LANES + i]
            s[(CLOUD + k) * LANES + i] = factor * exponential(-z * z * q)


@njit(cache=True, forceinline=True, nogil=True)
def scatter(block, s, dt, age, batch, sums, near, account, rings, sectors, edge, width, height):
    """Add a block's step to the sums of the cells, and count out what has left.

    Parameters
    ----------
    batch : int
        Column of the noble gas's concentration.
    sums : float64 array, shape (cells, COLUMNS)
        Per weight of the particles: density times time [s/m], not yet over the cell's area; deposit [1].
    near : float64 array, shape (INWARD + near rings, sectors, 2 * COMPONENTS)
        What is seen of the cloud by each Gaussian, where it is still narrow, and the same times age.
    account : float64 array, shape (FORMS + 1, FATES)
    rings, sectors : int
    edge : float
        Distance from the site at which a particle is given up [m]; ``width`` and ``height`` likewise [cells].
    """
    inward = near.shape[0]
    for i in range(LANES):
        weight = block[WEIGHT * LANES + i]
        if weight == F(0.0):
            continue
        ring, sector = int(s[RING * LANES + i]), int(s[SECTOR * LANES + i])
        if 0 <= ring < rings:
            cell = ring * sectors + sector
            own = sums[cell]
            seen = s[DENSITY * LANES + i] * dt
            if seen > F(0.0):
                own[batch] += weight * seen
                for f in range(FORMS):
                    own[TIC + f] += block[(KEPT + f) * LANES + i] * seen
            for f in range(FORMS):
                dry, wet = s[(BY_DRY + f) * LANES + i], s[(BY_RAIN + f) * LANES + i]
                own[DRY_SUM + f] += dry
                own[WET_SUM + f] += wet
                account[f + 1, DRY_IN] += dry
                account[f + 1, WET_IN] += wet
        else:
            fate = ON_SITE if ring < 0 else BEYOND
            for f in range(FORMS):
                account[f + 1, fate] += s[(BY_DRY + f) * LANES + i] + s[(BY_RAIN + f) * LANES + i]
        if ring + INWARD < inward:
            patch = near[max(ring + INWARD, 0), sector]
            for k in range(COMPONENTS):
                seen = weight * dt * s[(CLOUD + k) * LANES + i]
                patch[k] += seen
                patch[COMPONENTS + k] += seen * age
        elif ring < rings:
            seen = F(0.0)
            for k in range(COMPONENTS):
                seen += s[(CLOUD + k) * LANES + i]
            own = sums[ring * sectors + sector]
            own[GAMMA] += weight * dt * seen
            own[AGED] += weight * dt * seen * age
        x, y = block[X * LANES + i], block[Y * LANES + i]
        e, n = s[EAST * LANES + i], s[NORTH * LANES + i]
        if not (F(0.0) <= x <= width and F(0.0) <= y <= height) or e * e + n * n > edge * edge:
            account[0, LEFT] += weight
            for f in range(FORMS):
                account[f + 1, LEFT] += block[(KEPT + f) * LANES + i]
                block[(KEPT + f) * LANES + i] = F(0.0)
            block[WEIGHT * LANES + i] = F(0.0)
