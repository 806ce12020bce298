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

from oberih.dispersion.kernels.particles.displacement import vertical_displacement
from oberih.dispersion.kernels.particles.eddies import turbulence_sideways, way_of
from oberih.dispersion.kernels.particles.eights import EIGHT, fetch, mix, mix_between, number_at
from oberih.dispersion.kernels.particles.lanes import CHANCE, LANES, F, as_float, draw, lost_share
from oberih.dispersion.kernels.particles.langevin import vertical_langevin
from oberih.dispersion.kernels.particles.rows import (
    _BETWEEN,
    _CORNERS,
    _K,
    _P,
    _RATE,
    _S,
    _STIRRED,
    _U,
    _V,
    _W,
    BASE,
    BELOW,
    CELLS_X,
    CONVECTIVE2,
    DRY,
    FORMS,
    FRICTION,
    IN_CLOUD,
    INVERSE_LENGTH,
    KEPT,
    LOST,
    MIXING,
    ROWS,
    SCRATCH,
    SLOW_X,
    SLOW_Y,
    SURFACE,
    TOP,
    TURN_X,
    TURN_Y,
    TURN_Z,
    WEIGHT,
    WET,
    WIND_X,
    WIND_Y,
    X,
    Y,
    Z,
)

__all__ = [
    "BASE",
    "BELOW",
    "CELLS_X",
    "CONVECTIVE2",
    "DEPOSITING",
    "DRY",
    "FORMS",
    "FRICTION",
    "INVERSE_LENGTH",
    "IN_CLOUD",
    "KEPT",
    "LOST",
    "MEANDER",
    "MEANDER_TIME",
    "MIXING",
    "ROWS",
    "SCRATCH",
    "SLOW_X",
    "SLOW_Y",
    "SURFACE",
    "TOP",
    "TURN_X",
    "TURN_Y",
    "TURN_Z",
    "WEIGHT",
    "WET",
    "WIND_X",
    "WIND_Y",
    "X",
    "Y",
    "Z",
    "convection",
    "horizontal",
    "interpolate",
    "move",
    "remove",
    "step",
]

MEANDER = F(0.5)
"""Slow meandering of the wind [m/s], as in `oberih.dispersion.kernels.turbulence`."""

MEANDER_TIME = F(7200.0)
"""Its time scale [s]."""

DEPOSITING = F(30.0)
"""Particles below this deposit dry, as if mixed within it [m]."""


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def interpolate(s, bits, wind, surface, a, b):
    """Fill the rows of wind and surface fields for the particles of the scratch array.

    The wind and the layer's four numbers are interpolated; deposition, rain, cloud and convection are those of the
    nearest column.  Bound by its 13 loads: 11 vectors and 2 numbers a particle, in eight and five lines of memory.
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
