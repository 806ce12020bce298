"""Where do particles go in a step?

One step of 64 particles that share an age: wind by trilinear interpolation, convection, turbulence, reflection,
settling, dry and wet removal.  Heights are above ground; level ``k`` of the wind lies at ``a k + b k²``; horizontal
positions count cells of the wind's grid, and so do its horizontal components, per second.

Turbulence of the boundary layer has the profiles of `turbulence`.  A young block (``langevin``) carries turbulent
velocity: an exact Ornstein-Uhlenbeck step with the drift that keeps what is well mixed well mixed (Thomson 1987;
Wilson et al. 1983), and at the lid of the layer the rule of Thomson et al. (1997).  An old block, whose step exceeds
the time scale of eddies, is displaced at random (diffusivity K, drift dK/dz).  Either step is accepted or not after
Metropolis, so that the well-mixed state is kept exactly, whatever the step, however sharp the lid, and wherever the lid
goes: in neither state, heights in proportion to density and velocities over their deviation, do the fields occur.

Every function is inlined into whoever calls it: one that stands by itself is compiled twice, alone and in its caller,
and which of the two runs differs between a process that has just compiled and one that found the code on disk.

The mean wind is integrated by Adams and Bashforth's second order: with the step's own wind and the one before.

Source: Thomson (1987), J. Fluid Mech. 180, 529; Thomson, Physick & Maryon (1997), J. Appl. Meteorol. 36, 1158;
Metropolis et al. (1953), J. Chem. Phys. 21, 1087; Horowitz (1991), Phys. Lett. B 268, 247.  Meandering 0.5 m/s over
2 h as in `turbulence`.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from oberih.dispersion.kernels.particles.eddies import (
    FREE_K,
    FREE_SIGMA,
    diffusivity,
    turbulence_sideways,
    twice_log,
    vertical_variance,
    way_of,
)
from oberih.dispersion.kernels.particles.eights import EIGHT, fetch, mix, mix_between, number_at
from oberih.dispersion.kernels.particles.lanes import (
    CHANCE,
    FIRST_FREE,
    LANES,
    UNIFORM,
    F,
    as_float,
    draw,
    exponential,
    lost_share,
)

# Rows of a block of particles.
X, Y, Z, TURN_X, TURN_Y, TURN_Z, SLOW_X, SLOW_Y, WIND_X, WIND_Y, WEIGHT, KEPT = range(12)
"""Position; turbulent velocities over their deviation; the wind of the step before; the share of the release that a
particle stands for, and from row KEPT on what is left of it in each form that deposits."""

FORMS = 3
"""Aerosol, elemental iodine, organic iodine."""

ROWS = KEPT + FORMS

# Columns of the surface fields, side by side for each cell, sixteen for a line of memory.
MIXING, FRICTION, INVERSE_LENGTH, CONVECTIVE2, DRY, BELOW, IN_CLOUD, BASE, TOP, CELLS_X = (
    0,
    1,
    2,
    3,
    4,
    7,
    10,
    13,
    14,
    15,
)
SURFACE = 16

# Rows of the scratch array.
_P = FIRST_FREE
_U, _V, _W = _P + ROWS, _P + ROWS + 1, _P + ROWS + 2
_RATE, _STIRRED = _W + 1, _W + 2
_S = _STIRRED + 1
_K = _S + SURFACE
LOST = _K + 1
"""What each form lost in the step, dry and wet."""
WET = LOST + FORMS
"""How much of it rain took."""
SCRATCH = WET + FORMS
"""Rows of the scratch array."""
_CORNERS, _BETWEEN = LOST, LOST + 4
"""While it is looked up what is there, the weights of a particle's corners, and how far it is to the level above."""

STEEPEST = F(0.15)
"""Largest kick [1] of half a step; an older step that wants more is wrong in its velocity, not in what is mixed."""

MEANDER = F(0.5)
"""Slow meandering of the wind [m/s], as in `oberih.dispersion.kernels.turbulence`."""

MEANDER_TIME = F(7200.0)
"""Its time scale [s]."""

LEAST_K = F(0.01)
"""Least diffusivity [m2/s] of a displacement."""

LOWEST = F(0.001)
"""Least height [m] of what is displaced."""

SIDEWAYS = 5
"""Row of the normal numbers by which a displacement goes across."""

DEPOSITING = F(30.0)
"""Particles below this deposit dry, as if mixed within it [m]."""


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def interpolate(s, bits, wind, surface, a, b):
    """Fill the rows of wind and surface fields for the particles of the scratch array.

    The wind and the layer's four numbers are interpolated; deposition, rain, cloud and convection are those of the
    nearest column.  Bound by the loads: 13 vectors and two numbers a particle, in eight and five lines of memory.
    """
    level = wind.shape[3]
    column, row = wind.shape[2] * level, wind.shape[1] * wind.shape[2] * level
    _places(s, wind.shape, a, b)
    for i in range(0, LANES, EIGHT):
        mix_between(s, bits, wind, _K, _CORNERS, column, row, _BETWEEN, _U, i)
    for i in range(0, LANES, EIGHT):  # a loop of its own: together they keep more than there are registers
        mix(s, bits, surface, _S, _CORNERS, SURFACE, surface.shape[1] * SURFACE, _S, i)
    for i in range(0, LANES, EIGHT):
        fetch(s, bits, surface, _S + DRY, _S + DRY, i)
    for i in range(LANES):
        s[_RATE * LANES + i] = number_at(wind, bits[_RATE * LANES + i])
        s[_STIRRED * LANES + i] = number_at(wind, bits[_STIRRED * LANES + i])


@njit(inline="always")
def _places(s, shape, a, b):
    """Fill the rows of corners' weights, and with places in the fields those rows that `interpolate` fills."""
    columns, levels = np.uint32(shape[1]), np.uint32(shape[2])
    last_x, last_y, last_k = F(shape[1] - 1) - F(0.001), F(shape[0] - 1) - F(0.001), F(shape[2] - 1) - F(0.001)
    inverse = F(0.5) / b
    for i in range(LANES):
        root = math.sqrt(a * a + F(4.0) * b * s[(_P + Z) * LANES + i])
        k = min((root - a) * inverse, last_k)
        x = min(max(s[(_P + X) * LANES + i], F(0.0)), last_x)
        y = min(max(s[(_P + Y) * LANES + i], F(0.0)), last_y)
        ix, iy, ik = np.int32(x), np.int32(y), np.int32(k)
        fx, fy = x - F(ix), y - F(iy)
        s[_BETWEEN * LANES + i] = k - F(ik)
        s[(_CORNERS + 0) * LANES + i], s[(_CORNERS + 1) * LANES + i] = (F(1.0) - fx) * (F(1.0) - fy), fx * (F(1.0) - fy)
        s[(_CORNERS + 2) * LANES + i], s[(_CORNERS + 3) * LANES + i] = (F(1.0) - fx) * fy, fx * fy
        level, odd = np.uint32(ik), np.uint32(ik) & np.uint32(1)
        here = np.uint32(np.uint32(iy) * columns + np.uint32(ix))
        near = np.uint32(np.uint32(np.int32(y + F(0.5))) * columns + np.uint32(np.int32(x + F(0.5))))
        stirring = np.uint32((near * levels + level) * np.uint32(4) + np.uint32(3))
        s[_K * LANES + i] = as_float((here * levels + level) * np.uint32(4))
        s[_S * LANES + i] = as_float(here * np.uint32(SURFACE))
        s[(_S + DRY) * LANES + i] = as_float(near * np.uint32(SURFACE) + np.uint32(DRY))
        # of the two levels about the particle one is even, one odd
        s[_RATE * LANES + i] = as_float(stirring + odd * np.uint32(4))
        s[_STIRRED * LANES + i] = as_float(stirring + (np.uint32(1) - odd) * np.uint32(4))


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def convection(s, dt, lapse):
    """Put some particles anywhere between the ground and the top of the clouds that the grid does not resolve.

    Whoever is below the top is taken with the same probability, 1 - exp(-rate dt), and finds itself at any height with
    a probability in proportion to the air's density there: what is mixed stays mixed exactly, whatever the step.

    Notes
    -----
    The height of a share S of the column's mass is ``-ln(1 - S (1 - exp(-lapse top))) / lapse``; its logarithm is a
    series, exact to 2e-5 as long as lapse times top is below 1.1.
    """
    most = F(0.0)
    for i in range(LANES):
        most = max(most, s[_RATE * LANES + i])
    if most <= F(0.0):
        return
    thin = max(lapse, F(1.0e-9))
    for i in range(LANES):
        z, top = s[(_P + Z) * LANES + i], s[_STIRRED * LANES + i]
        chance = lost_share(s[_RATE * LANES + i] * dt)
        share = s[CHANCE * LANES + i] / max(chance, F(1.0e-20))
        mass = min(share, F(1.0)) * lost_share(thin * top)
        t = mass / (F(2.0) - mass)
        q = t * t
        series = F(1.0) + q * (F(0.33333334) + q * (F(0.2) + q * (F(0.14285715) + q * (
            F(0.11111111) + q * (F(0.09090909) + q * F(0.07692308))))))  # fmt: skip
        new = min(F(2.0) * t * series / thin, top)
        below = F(1.0) if z < top else F(0.0)
        taken = below if share <= F(1.0) else F(0.0)
        s[(_P + Z) * LANES + i] = z + taken * (new - z)


@njit(inline="always")
def _eddies_at(z, h, friction, convective2, dt):
    """σw, the kick that its gradient gives in half a step, and whether this is free air (1 or 0)."""
    variance, slope = vertical_variance(min(z, h), h, friction, convective2)
    free = F(1.0) if z >= h else F(0.0)  # as a number: a condition used often becomes a branch
    variance += free * (FREE_SIGMA * FREE_SIGMA - variance)
    sigma = math.sqrt(variance)
    kick = (F(1.0) - free) * F(0.25) * dt * slope / sigma
    return sigma, min(max(kick, -STEEPEST), STEEPEST), free


@njit(inline="always")
def _over_lid(z, w, h, free, lid):
    """Take a way that ended at z with speed w to where it ends if the lid is in between.

    What passes keeps its probability (Thomson et al. 1997) and goes the rest of its way at the speed of the other side;
    what cannot is turned back.  Gives z, w and by how much a volume of positions and speeds is stretched.
    """
    out, into = FREE_SIGMA / lid, lid / FREE_SIGMA
    ratio = out + free * (into - out)
    own = lid + free * (FREE_SIGMA - lid)
    energy = (w / own) * (w / own) + twice_log(ratio)
    goes = F(1.0) if energy > F(0.0) else F(0.0)
    passed = ratio * own * math.sqrt(max(energy, F(0.0))) / max(abs(w), F(1.0e-20))  # beside what it was
    crossing = F(1.0) if (z - h) * (F(2.0) * free - F(1.0)) < F(0.0) else F(0.0)
    onward = (z - h) * (goes * passed + goes - F(1.0))
    new = z + crossing * (h + onward - z)
    speed = w + crossing * w * (goes * (passed + F(1.0)) - F(2.0))
    return new, speed, F(1.0) + crossing * goes * (ratio * ratio - F(1.0)), crossing


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def vertical_langevin(s, dt, lapse):
    """Move up and down by turbulent velocity; ``lapse`` is -d ln(density)/dz [1/m].

    First the velocity forgets and is stirred, as Ornstein and Uhlenbeck's does; then it is kicked for half a step,
    carries for a step, and is kicked for half a step.  The kicks are those of Thomson's (1987) drift, written so that
    the step can be gone back; then what it changes of the well-mixed state is known, and with as much probability the
    particle stays where it was and turns round (as in Horowitz's (1991) generalised hybrid Monte Carlo).

    Notes
    -----
    q is the velocity over its deviation.  A kick is ``(q + τ) / (1 - q τ)``, τ half the step times dσ/dz, and
    stretches q by ``(1 + τ²) / (1 - q τ)²``; to carry keeps σ q and stretches by σ over that of the new place.
    """
    for i in range(LANES):
        z, q = s[(_P + Z) * LANES + i], s[(_P + TURN_Z) * LANES + i]
        h, friction = s[(_S + MIXING) * LANES + i], s[(_S + FRICTION) * LANES + i]
        convective2 = s[(_S + CONVECTIVE2) * LANES + i]
        k, _ = diffusivity(z, h, friction, s[(_S + INVERSE_LENGTH) * LANES + i])
        sigma, kick, free = _eddies_at(z, h, friction, convective2, dt)
        lost = lost_share(dt / max(k / (sigma * sigma), dt))
        q += math.sqrt(lost * (F(2.0) - lost)) * s[i] - lost * q
        heavy = F(0.5) * dt * lapse
        half = q - heavy * sigma
        over = F(1.0) / (F(1.0) - half * kick)
        stretched = (F(1.0) + kick * kick) * over * over
        w = sigma * (half + kick) * over
        way = z + w * dt
        grounded = F(1.0) if way * (F(1.0) - free) < F(0.0) else F(0.0)
        turn = F(1.0) - F(2.0) * grounded
        lid = math.sqrt(F(0.845) * friction * friction + F(0.3447) * convective2)
        new, speed, wider, crossing = _over_lid(way * turn, w * turn, h, free, lid)
        new_sigma, kick, _ = _eddies_at(abs(new), h, friction, convective2, dt)
        half = speed / new_sigma
        over = F(1.0) / (F(1.0) - half * kick)
        stretched *= (F(1.0) + kick * kick) * over * over * wider * sigma / new_sigma
        last = (half + kick) * over - heavy * new_sigma
        energy = F(0.5) * (last * last - q * q) + lapse * (new - z)
        stretched *= F(0.0) if new < F(0.0) else F(1.0) - grounded * crossing  # twice turned: not gone back alike
        rarer = exponential(-abs(energy))  # on the side on which it is not 1
        stays = s[UNIFORM * LANES + i] * (rarer if energy < F(0.0) else F(1.0))
        goes = F(1.0) if stays <= stretched * (rarer if energy > F(0.0) else F(1.0)) else F(0.0)
        s[(_P + TURN_Z) * LANES + i] = goes * (last + q) - q
        s[(_P + Z) * LANES + i] = z + goes * (new - z)


@njit(inline="always")
def _width_at(z, h, friction, inverse_length, dt):
    """Give √z, width of a step [√m] in the plane of `vertical_displacement`, and half the width's gradient."""
    k, slope = diffusivity(z, h, friction, inverse_length)
    k = max(k, LEAST_K)
    root = math.sqrt(z)
    width = math.sqrt(F(0.5) * dt * k) / root
    kick = F(0.25) * dt * (slope - k / z) / (root * width)
    return root, width, min(max(kick, -STEEPEST), STEEPEST)


@njit(inline="always")
def _over_circle(root, along, across, z, h, friction, inverse_length, dt):
    """Take a way in the plane of `vertical_displacement` to where it ends if the lid, a circle there, is in between.

    The rule of `_over_lid` for what goes across the circle; what goes along it keeps its share of the width.  Gives the
    place, the way as it is at the end, by how much a volume is stretched, and whether the lid is met once (1) or more.
    """
    free = F(1.0) if z >= h else F(0.0)
    k, _ = diffusivity(F(0.5) * h, h, friction, inverse_length)
    layer, above = math.sqrt(max(k, LEAST_K)), math.sqrt(max(min(k, FREE_K), LEAST_K))
    ratio = above / layer + free * (layer / above - above / layer)
    own = (layer + free * (above - layer)) * math.sqrt(F(0.5) * dt / h)
    x, y = root + along, across
    crossing = F(1.0) if (x * x + y * y - h) * (F(2.0) * free - F(1.0)) < F(0.0) else F(0.0)
    sign = F(1.0) - F(2.0) * free
    outward = root * along
    reach = math.sqrt(max(outward * outward + (along * along + across * across) * (h - z), F(0.0)))
    until = sign * (h - z) / max(sign * outward + reach, F(1.0e-20))
    until = F(1.0) - crossing * (F(1.0) - min(until, F(1.0)))
    inverse = F(1.0) / math.sqrt(h)
    nx, ny = (root + along * until) * inverse, across * until * inverse
    speed = along * nx + across * ny
    energy = speed * speed / (own * own) + twice_log(ratio)
    goes = F(1.0) if energy > F(0.0) else F(0.0)
    passed = ratio * own * math.sqrt(max(energy, F(0.0))) / max(abs(speed), F(1.0e-20))
    onward = F(1.0) + crossing * goes * (ratio - F(1.0))
    turned = crossing * speed * (goes * (passed - ratio + F(2.0)) - F(2.0))
    x, y = root + along * until, across * until
    along, across = onward * along + turned * nx, onward * across + turned * ny
    x, y = x + along * (F(1.0) - until), y + across * (F(1.0) - until)
    after = F(1.0) if x * x + y * y >= h else F(0.0)
    there = free + crossing * goes * (F(1.0) - F(2.0) * free)
    once = F(1.0) - crossing * abs(after - there)
    return x, y, along, across, F(1.0) + crossing * goes * (ratio * ratio * ratio - F(1.0)), once


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def vertical_displacement(s, dt, lapse):
    """Move up and down at random, each displacement accepted after Metropolis; ``lapse`` as above.

    The height is taken as the square of a distance in a plane, in which the particle walks the same way in all
    directions.  Where K grows in proportion to height, as it does near the ground, such a walk is exact whatever its
    step, and never reaches below the ground.  Elsewhere it is kicked, carried and kicked as in `vertical_langevin`, by
    normal numbers that are new in each step; nearly every displacement is then accepted.

    Notes
    -----
    A step has the width b, ``b² = K dt / (2 z)``, in the plane.  A kick along the distance from its middle, of half the
    width's gradient τ, is ``(ξ + τ) / (1 - ξ τ)`` along and ``η √(1 + τ²) / (1 - ξ τ)`` across; to carry keeps b ξ and
    b η.  The kicks stretch by ``(1 + τ²)^(3/2) / (1 - ξ τ)³``, to carry by the square of b over that of the new place.
    """
    for i in range(LANES):
        z, along, across = max(s[(_P + Z) * LANES + i], LOWEST), s[i], s[SIDEWAYS * LANES + i]
        h, friction = s[(_S + MIXING) * LANES + i], s[(_S + FRICTION) * LANES + i]
        il = s[(_S + INVERSE_LENGTH) * LANES + i]
        energy = along * along + across * across
        root, width, kick = _width_at(z, h, friction, il, dt)
        over = F(1.0) / (F(1.0) - along * kick)
        wider = math.sqrt(F(1.0) + kick * kick)
        stretched = wider * over * width
        stretched *= stretched * wider * over
        along, across = width * (along + kick) * over, width * across * wider * over
        x, y, along, across, wider, once = _over_circle(root, along, across, z, h, friction, il, dt)
        stretched *= wider * once
        new = max(x * x + y * y, LOWEST)
        far, narrow, kick = _width_at(new, h, friction, il, dt)
        total = (along * along + across * across) / (narrow * narrow)
        outward = (along * x + across * y) / (far * narrow)
        left = F(1.0) - outward * kick
        over = F(1.0) / left
        wider = F(1.0) + kick * kick
        onward = (outward + kick) * over
        sideways = max(total - outward * outward, F(0.0)) * wider * over * over
        energy = F(0.5) * (onward * onward + sideways - energy) + lapse * (new - z)
        stretched *= over * over * over * wider * math.sqrt(wider) / (narrow * narrow)
        rarer = exponential(-abs(energy))  # on the side on which it is not 1
        stays = s[UNIFORM * LANES + i] * (rarer if energy < F(0.0) else F(1.0))
        goes = stretched * (rarer if energy > F(0.0) else F(1.0)) if left > F(0.0) else F(0.0)
        s[(_P + Z) * LANES + i] = new if stays <= goes else z


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def horizontal(s, dt, before, cells_y, settling):
    """Carry with the wind and spread sideways.

    Parameters
    ----------
    dt, before : float32
        Length of this step and of the one before [s]; 0 where there was none.
    cells_y : float32
        Cells a metre northward; eastward they are a column of the surface fields.
    settling : float32
        [m/s]; what it brings below the ground keeps a height below 0, by which `remove` knows it.
    """
    older = F(0.5) * dt / before if before > F(0.0) else F(0.0)
    forgotten = lost_share(dt / MEANDER_TIME)
    slow_kick = math.sqrt(forgotten * (F(2.0) - forgotten))
    slow_way = MEANDER * way_of(dt, dt / MEANDER_TIME, forgotten)
    for i in range(LANES):
        z = s[(_P + Z) * LANES + i]
        h, friction = s[(_S + MIXING) * LANES + i], s[(_S + FRICTION) * LANES + i]
        sigma, scale = turbulence_sideways(z, h, friction, s[(_S + CONVECTIVE2) * LANES + i])
        lost = lost_share(dt / scale)
        kick = math.sqrt(lost * (F(2.0) - lost))
        way = sigma * way_of(dt, dt / scale, lost)
        u = (F(1.0) - lost) * s[(_P + TURN_X) * LANES + i] + kick * s[1 * LANES + i]
        v = (F(1.0) - lost) * s[(_P + TURN_Y) * LANES + i] + kick * s[2 * LANES + i]
        su = (F(1.0) - forgotten) * s[(_P + SLOW_X) * LANES + i] + slow_kick * s[3 * LANES + i]
        sv = (F(1.0) - forgotten) * s[(_P + SLOW_Y) * LANES + i] + slow_kick * s[4 * LANES + i]
        s[(_P + TURN_X) * LANES + i] = u
        s[(_P + TURN_Y) * LANES + i] = v
        s[(_P + SLOW_X) * LANES + i] = su
        s[(_P + SLOW_Y) * LANES + i] = sv
        east, north = s[_U * LANES + i], s[_V * LANES + i]
        carried_x = east + older * (east - s[(_P + WIND_X) * LANES + i])
        carried_y = north + older * (north - s[(_P + WIND_Y) * LANES + i])
        s[(_P + WIND_X) * LANES + i] = east
        s[(_P + WIND_Y) * LANES + i] = north
        s[(_P + X) * LANES + i] += carried_x * dt + (u * way + su * slow_way) * s[(_S + CELLS_X) * LANES + i]
        s[(_P + Y) * LANES + i] += carried_y * dt + (v * way + sv * slow_way) * cells_y
        fallen = z + (s[_W * LANES + i] - settling) * dt
        s[(_P + Z) * LANES + i] = fallen if settling > F(0.0) else abs(fallen)


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def remove(s, dt):
    """Take out what deposits dry, and with rain in and below cloud; what is lost stands in rows LOST and WET.

    Both act at once: of what is lost, each has the share that its rate has.  What settled to the ground, below which
    it stands, is lost wholly.
    """
    for i in range(LANES):
        z = s[(_P + Z) * LANES + i]
        s[(_P + Z) * LANES + i] = abs(z)
        landed = F(1.0) if z < F(0.0) else F(0.0)
        dry = (F(1.0) / DEPOSITING) if z < DEPOSITING else F(0.0)
        base, top = s[(_S + BASE) * LANES + i], s[(_S + TOP) * LANES + i]
        below = F(1.0) if z < base else F(0.0)
        within = F(1.0) - below if z < top else F(0.0)
        for f in range(FORMS):
            wet = below * s[(_S + BELOW + f) * LANES + i] + within * s[(_S + IN_CLOUD + f) * LANES + i]
            rate = dry * s[(_S + DRY + f) * LANES + i] + wet
            there = s[(_P + KEPT + f) * LANES + i]
            taken = there * lost_share(rate * dt)
            lost = taken + landed * (there - taken)
            s[(LOST + f) * LANES + i] = lost
            s[(WET + f) * LANES + i] = taken * wet / max(rate, F(1.0e-30))
            s[(_P + KEPT + f) * LANES + i] = there - lost


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def move(block, state, s, bits, wind, surface, a, b, dt, langevin, lapse):
    """Look at the air and move a block up and down, in the scratch array; the block stays where it was.

    Parameters are those of `step`.
    """
    draw(state, s, bits)
    for j in range(ROWS * LANES):
        s[_P * LANES + j] = block[j]
    interpolate(s, bits, wind, surface, a, b)
    convection(s, dt, lapse)
    if langevin:
        vertical_langevin(s, dt, lapse)
    else:
        vertical_displacement(s, dt, lapse)


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def step(block, state, s, bits, wind, surface, a, b, dt, before, langevin, lapse, cells_y, settling):
    """Move a block by one step; afterwards rows LOST and WET of the scratch array hold what it deposited.

    Parameters
    ----------
    block : float32 array, shape (ROWS * LANES,)
        Changed.
    state : uint32 array, shape (4 * GENERATORS,)
        Changed.
    s, bits : arrays, shape (SCRATCH * LANES,)
        One memory, seen as float32 and as uint32.
    wind : float32 array, shape (rows, columns, levels, 4)
        Cells a second eastward and northward, m/s upward; the fourth number is, at even levels, the rate of convective
        stirring [1/s], at odd ones its top [m].
    surface : float32 array, shape (rows, columns, SURFACE)
    a, b : float32
        Level k lies at a k + b k² [m].
    dt, before : float32
        [s]
    langevin : bool
        Whether the block is young.
    lapse : float32
        -d ln(density)/dz [1/m].
    cells_y, settling : float32
        As for `horizontal`.
    """
    move(block, state, s, bits, wind, surface, a, b, dt, langevin, lapse)
    horizontal(s, dt, before, cells_y, settling)
    remove(s, dt)
    for j in range(ROWS * LANES):
        block[j] = s[_P * LANES + j]
