"""How much of the eddies sideways moves a particle, and how much makes it wider?

What turbulence does sideways does not depend on where a particle is in the plane, and not on what it does up and down:
seen over all its possible courses a particle is a Gaussian in the plane whose width is known (Taylor 1921).  So a share
of the turbulent velocity need not be drawn: the particle moves by the rest, and carries the share as the width of a
kernel.  The mean is the same, the noise is not: a kernel is the average over all that could have been drawn (Rao and
Blackwell).

Once the kernels of a block are wide enough all new velocity is drawn: beyond, the wind differs within a kernel, and
particles must find that out for themselves.  What is still remembered of the share goes on widening the kernel.

For a velocity of deviation σ that is forgotten in T, with a share g of its variance in the kernel and a share s of what
comes new: ``dg/dt = 2 (s - g)/T``, ``dc/dt = g σ - c/T``, ``dV/dt = 2 σ c``, V the variance of the kernel.

As `step.horizontal` in everything else.
"""

from __future__ import annotations

import math

from numba import njit

from oberih.dispersion.kernels.particles.eddies import turbulence_sideways, way_of
from oberih.dispersion.kernels.particles.lanes import LANES, F, lost_share
from oberih.dispersion.kernels.particles.rows import (
    _P,
    _S,
    _U,
    _V,
    _W,
    CELLS_X,
    CONVECTIVE2,
    FRICTION,
    LOST,
    MIXING,
    SLOW_X,
    SLOW_Y,
    TURN_X,
    TURN_Y,
    WIND_X,
    WIND_Y,
    X,
    Y,
    Z,
)
from oberih.dispersion.kernels.particles.step import MEANDER, MEANDER_TIME

# Rows of a block of kernels.
VARIANCE, TURN_SHARE, TURN_BOND, SLOW_SHARE, SLOW_BOND = range(5)
"""V [m2]; g and c [m] of turbulence and of meandering."""
KERNEL_ROWS = 5

_SIGMA, _SCALE, _FORGOTTEN, _KICK, _WAY = range(LOST, LOST + 5)
"""Rows from one pass to the next, for the reason that `langevin` tells."""


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def sideways(s, own, dt, before, cells_y, share, widest):
    """Carry with the wind, spread sideways and widen the kernels.

    Parameters
    ----------
    own : float32 array, shape (KERNEL_ROWS * LANES,)
        Kernels of the block; changed.
    dt, before : float32
        Length of this step and of the one before [s].
    cells_y : float32
        As for `step.horizontal`.
    share : float32
        Of the variance sideways that widens the kernel [1]; 0 for particles that are points.
    widest : float32
        Mean deviation of the block's kernels at which no more is given to them [m].
    """
    mean = F(0.0)
    for i in range(LANES):
        mean += own[VARIANCE * LANES + i]
    new = share if mean < F(LANES) * widest * widest else F(0.0)
    drawn = math.sqrt(F(1.0) - new)
    for i in range(LANES):
        z, h, friction = s[(_P + Z) * LANES + i], s[(_S + MIXING) * LANES + i], s[(_S + FRICTION) * LANES + i]
        sigma, scale = turbulence_sideways(z, h, friction, s[(_S + CONVECTIVE2) * LANES + i])
        over = dt / scale
        lost = lost_share(over)
        s[_SIGMA * LANES + i], s[_SCALE * LANES + i], s[_FORGOTTEN * LANES + i] = sigma, scale, lost
        s[_KICK * LANES + i] = drawn * math.sqrt(lost * (F(2.0) - lost))
        s[_WAY * LANES + i] = sigma * way_of(dt, over, lost)
    _move(s, dt, before, cells_y, drawn)
    _widen(s, own, dt, new)


@njit(inline="always")
def _move(s, dt, before, cells_y, drawn):
    """Carry and spread; ``drawn`` is the share of the deviation that is."""
    older = F(0.5) * dt / before if before > F(0.0) else F(0.0)
    forgotten = lost_share(dt / MEANDER_TIME)
    slow_kick = drawn * math.sqrt(forgotten * (F(2.0) - forgotten))
    slow_way = MEANDER * way_of(dt, dt / MEANDER_TIME, forgotten)
    for i in range(LANES):
        lost, kick, way = s[_FORGOTTEN * LANES + i], s[_KICK * LANES + i], s[_WAY * LANES + i]
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
        s[(_P + Z) * LANES + i] = abs(s[(_P + Z) * LANES + i] + s[_W * LANES + i] * dt)


@njit(inline="always")
def _widen(s, own, dt, new):
    """Let kernels grow; ``new`` is their share of the variance that comes new."""
    forgotten = lost_share(dt / MEANDER_TIME)
    for i in range(LANES):
        sigma, scale, lost = s[_SIGMA * LANES + i], s[_SCALE * LANES + i], s[_FORGOTTEN * LANES + i]
        g, c = own[TURN_SHARE * LANES + i], own[TURN_BOND * LANES + i]
        wider = c * lost + sigma * (new * (dt - scale * lost) + F(0.5) * (g - new) * scale * lost * lost)
        own[TURN_BOND * LANES + i] = (F(1.0) - lost) * c + sigma * scale * lost * (new + (g - new) * (F(1.0) - lost))
        own[TURN_SHARE * LANES + i] = g + lost * (F(2.0) - lost) * (new - g)
        g, c = own[SLOW_SHARE * LANES + i], own[SLOW_BOND * LANES + i]
        slower = c * forgotten + MEANDER * (
            new * (dt - MEANDER_TIME * forgotten) + F(0.5) * (g - new) * MEANDER_TIME * forgotten * forgotten
        )
        own[SLOW_BOND * LANES + i] = (F(1.0) - forgotten) * c + MEANDER * MEANDER_TIME * forgotten * (
            new + (g - new) * (F(1.0) - forgotten)
        )
        own[SLOW_SHARE * LANES + i] = g + forgotten * (F(2.0) - forgotten) * (new - g)
        own[VARIANCE * LANES + i] += F(2.0) * (sigma * scale * wider + MEANDER * MEANDER_TIME * slower)
