"""What does a block of particles leave in the cells of a log-polar grid?

Each particle stands, for a step, at the middle of its way.  What it adds to the concentration at the ground is a
vertical density: by plain counting 1/depth below a depth and 0 above; by the kernel the probability density that a
while later it is at the ground, and it counts where the wind has carried it by then.  While eddies grow in proportion
to height that density is an exponential: the way down is as likely as the way up, and what starts at the ground and
meets K = k z is after a while t at heights of mean k t (`ground_density`).  It integrates to 1 over the layer, so that
what is mixed adds what it should, and is 1/mixing height once the while is long enough.

A while that grows with age draws time out: what a particle leaves in dt reaches the ground within (1 + d while/dt) dt,
and counts as much more.  Without that a plume is too thin by just what the while has of the age.

Dry deposition takes the same density times its velocity, and the air's resistance from the layer of
`step.DEPOSITING` up to the kernel's mean height is in series with it.  While the kernel is less high, it takes what is
in that layer, by a while that is as much of the kernel's as its height is of the layer's: so large a share lies where
the wind will have carried it, the rest where the particle is.  Were that while whole all at once, nothing would be laid
down along its way.  Rain takes as in `step.remove`.
"""

from __future__ import annotations

from numba import njit

from oberih.dispersion.kernels.particles.eddies import diffusivity
from oberih.dispersion.kernels.particles.lanes import LANES, F, exponential, logarithm, lost_share
from oberih.dispersion.kernels.particles.rows import (
    _P,
    _S,
    _U,
    _V,
    BASE,
    BELOW,
    DRY,
    FORMS,
    FRICTION,
    IN_CLOUD,
    INVERSE_LENGTH,
    KEPT,
    MIXING,
    SCRATCH,
    TOP,
    Z,
)
from oberih.dispersion.kernels.particles.step import DEPOSITING

# Rows of the scratch array beyond those of a step.
MID_X, MID_Y, EAST, NORTH, RING, SECTOR = range(SCRATCH, SCRATCH + 6)
"""The middle of the way, in cells of the fields and in metres, and the cell there."""
DOWN_X, DOWN_Y, DOWN_EAST, DOWN_NORTH, DOWN_RING, DOWN_SECTOR = range(SECTOR + 1, SECTOR + 7)
"""The same of where what goes to the ground gets there."""
DENSITY, SETTLING, RESISTANCE, AHEAD = range(DOWN_SECTOR + 1, DOWN_SECTOR + 5)
BY_DRY = AHEAD + 1
BY_RAIN = BY_DRY + FORMS
CLOUD = BY_RAIN + FORMS
COMPONENTS = 4
"""Gaussians that stand for the photon kernel."""
TURNED = CLOUD + COMPONENTS
"""From here on what eight particles add, turned, in four rows' memory."""
ROWS_ALL = TURNED + 4
"""Rows of the scratch array, all."""

# Columns of the sums of a cell.
BATCHES = 8
"""Parts of the release whose concentrations are kept apart, so that the noise can be told."""
TIC = BATCHES
DRY_SUM, WET_SUM, GAMMA, AGED = TIC + FORMS, TIC + 2 * FORMS, TIC + 3 * FORMS, TIC + 3 * FORMS + 1
SPREAD, AT_EAST, AT_NORTH, HEAVY = range(AGED + 2, AGED + 6)
"""Variance of the kernels and places of their middles, times what they weigh, and what they weigh; with one column
unused before them all are added in fours."""
COLUMNS = HEAVY + 1

# Columns of the account, a row a form.
DRY_IN, WET_IN, ON_SITE, BEYOND, LEFT = range(5)
FATES = 5

KAPPA = F(0.4)

UNSEEN = F(1e-9)
"""What is seen of a particle's cloud below this is left out [1/m]: that of 1.2 km and more."""

ALOFT = F(1e-5)
"""What a particle weighs in the mean variance of a cell, beside its density at the ground [1/m]."""

SHARE, WIDEST, WHILE, LONGEST_WHILE, LEAST = range(5)
SHAPES = 5
"""Places in the vector that says how kernels are: share of the variance sideways [1], widest [m]; the while, as a part
of the age [1] and at most [s]; least mean height of the exponential [m]."""


@njit(inline="always")
def ground_density(z, mean, lid):
    """Density at the ground [1/m] of what is at z, or at z in a mirror at the lid, by an exponential of that mean [m].

    Integrates to 1 from the ground to the lid, above which it is 0; uniform where the mean is large.
    """
    near = exponential(-z / mean) + exponential(-max(F(2.0) * lid - z, F(0.0)) / mean)
    return near / (mean * lost_share(F(2.0) * lid / mean)) if z < lid else F(0.0)


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def densities(s, age, depth, shape):
    """Fill rows DENSITY, for concentration at the ground, and SETTLING, for dry deposition [1/m].

    By plain counting where ``depth`` [m] is above 0, else by the kernel; ``age`` in s.  Row RESISTANCE is that of the
    air above the layer that deposits [s/m]; rows DOWN are where the wind has carried the particle when it would be at
    the ground, and row AHEAD is the share of what deposits that lies there, the rest being where the particle is.
    """
    if depth > F(0.0):
        for i in range(LANES):
            z = s[(_P + Z) * LANES + i]
            s[DENSITY * LANES + i] = F(1.0) / depth if z < depth else F(0.0)
            s[SETTLING * LANES + i] = F(1.0) / DEPOSITING if z < DEPOSITING else F(0.0)
            s[RESISTANCE * LANES + i], s[AHEAD * LANES + i] = F(0.0), F(0.0)
            s[DOWN_X * LANES + i] = s[MID_X * LANES + i]
            s[DOWN_Y * LANES + i] = s[MID_Y * LANES + i]
        return
    a_while = min(shape[WHILE] * age, shape[LONGEST_WHILE])
    grows = shape[WHILE] if shape[WHILE] * age < shape[LONGEST_WHILE] else F(0.0)
    least = shape[LEAST]
    for i in range(LANES):
        z, h = s[(_P + Z) * LANES + i], s[(_S + MIXING) * LANES + i]
        friction, inverse = s[(_S + FRICTION) * LANES + i], s[(_S + INVERSE_LENGTH) * LANES + i]
        first = max(KAPPA * friction * a_while, least)
        k, slope = diffusivity(first, h, friction, inverse)
        mean = max(k / first * a_while, least)
        high = max(mean, DEPOSITING)
        speed, _ = diffusivity(min(high, F(0.5) * h), h, friction, inverse)
        density = (F(1.0) + grows) * ground_density(z, mean, h)
        s[DENSITY * LANES + i] = density
        ahead = min(mean / DEPOSITING, F(1.0))
        rising = first * slope / k if mean > least else F(0.0)  # d ln(mean)/d ln(while)
        plain = (F(1.0) + grows * ahead * (F(1.0) + rising)) / DEPOSITING if z < DEPOSITING else F(0.0)
        s[SETTLING * LANES + i] = plain if mean < DEPOSITING else density
        s[RESISTANCE * LANES + i] = logarithm(high / DEPOSITING) * high / max(speed, F(0.01))
        s[AHEAD * LANES + i] = ahead
        s[DOWN_X * LANES + i] = s[MID_X * LANES + i] + s[_U * LANES + i] * a_while
        s[DOWN_Y * LANES + i] = s[MID_Y * LANES + i] + s[_V * LANES + i] * a_while


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def lose(s, dt):
    """Take out what deposits: rows BY_DRY and BY_RAIN say what of each form; both act at once, each by its rate."""
    for i in range(LANES):
        z, dry = s[(_P + Z) * LANES + i], s[SETTLING * LANES + i]
        base, top = s[(_S + BASE) * LANES + i], s[(_S + TOP) * LANES + i]
        below = F(1.0) if z < base else F(0.0)
        within = F(1.0) - below if z < top else F(0.0)
        for f in range(FORMS):
            wet = below * s[(_S + BELOW + f) * LANES + i] + within * s[(_S + IN_CLOUD + f) * LANES + i]
            velocity = s[(_S + DRY + f) * LANES + i]
            rate = dry * velocity / (F(1.0) + velocity * s[RESISTANCE * LANES + i]) + wet
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
