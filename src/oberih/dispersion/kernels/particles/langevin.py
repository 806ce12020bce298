"""How does turbulent velocity carry young particles up and down?

Four passes over the lanes, and not one: a pass is a chain of operations each of which waits for the one before, and a
processor goes on with the next lanes meanwhile only as far as it looks ahead, some 250 operations.  As one pass of 400
it took half as long again.

Source: as in `step`.
"""

from __future__ import annotations

import math

from numba import njit

from oberih.dispersion.kernels.particles.eddies import FREE_SIGMA, diffusivity, twice_log, vertical_variance
from oberih.dispersion.kernels.particles.lanes import LANES, UNIFORM, F, exponential, lost_share
from oberih.dispersion.kernels.particles.rows import (
    _P,
    _S,
    CONVECTIVE2,
    FRICTION,
    INVERSE_LENGTH,
    LOST,
    MIXING,
    TURN_Z,
    Z,
)

STEEPEST = F(0.15)
"""Largest kick [1] of half a step; an older step that wants more is wrong in its velocity, not in what is mixed."""

_SIGMA, _KICK, _FORGOTTEN, _NEW, _SPEED = range(LOST, LOST + 5)
"""Rows from one pass to the next, where later stands what is lost."""
_STRETCHED = _FORGOTTEN


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
        z, h, friction = s[(_P + Z) * LANES + i], s[(_S + MIXING) * LANES + i], s[(_S + FRICTION) * LANES + i]
        k, _ = diffusivity(z, h, friction, s[(_S + INVERSE_LENGTH) * LANES + i])
        variance, sigma, kick = _eddies_at(z, h, friction, s[(_S + CONVECTIVE2) * LANES + i], dt)
        s[_SIGMA * LANES + i], s[_KICK * LANES + i] = sigma, kick
        s[_FORGOTTEN * LANES + i] = lost_share(min(dt * variance / max(k, F(1.0e-20)), F(1.0)))
    _carry(s, dt, F(0.5) * dt * lapse)
    for i in range(LANES):
        z, h, friction = s[_NEW * LANES + i], s[(_S + MIXING) * LANES + i], s[(_S + FRICTION) * LANES + i]
        _, sigma, kick = _eddies_at(abs(z), h, friction, s[(_S + CONVECTIVE2) * LANES + i], dt)
        s[_SIGMA * LANES + i], s[_KICK * LANES + i] = sigma, kick
    _accept(s, F(0.5) * dt * lapse, lapse)


@njit(inline="always")
def _eddies_at(z, h, friction, convective2, dt):
    """σw², σw, and the kick that its gradient gives in half a step."""
    variance, slope = vertical_variance(min(z, h), h, friction, convective2)
    free = F(1.0) if z >= h else F(0.0)  # as a number: a condition used often becomes a branch
    variance += free * (FREE_SIGMA * FREE_SIGMA - variance)
    inverse = F(1.0) / math.sqrt(variance)
    kick = (F(1.0) - free) * F(0.25) * dt * slope * inverse
    return variance, variance * inverse, min(max(kick, -STEEPEST), STEEPEST)


@njit(inline="always")
def _carry(s, dt, heavy):
    """Stir, kick and carry: fill rows _NEW, _SPEED and _STRETCHED; the velocity before the kick stays in its row."""
    for i in range(LANES):
        z, h, q = s[(_P + Z) * LANES + i], s[(_S + MIXING) * LANES + i], s[(_P + TURN_Z) * LANES + i]
        friction, convective2 = s[(_S + FRICTION) * LANES + i], s[(_S + CONVECTIVE2) * LANES + i]
        sigma, kick, lost = s[_SIGMA * LANES + i], s[_KICK * LANES + i], s[_FORGOTTEN * LANES + i]
        q += math.sqrt(lost * (F(2.0) - lost)) * s[i] - lost * q
        s[(_P + TURN_Z) * LANES + i] = q
        half = q - heavy * sigma
        over = F(1.0) / (F(1.0) - half * kick)
        w = sigma * (half + kick) * over
        way = z + w * dt
        free = F(1.0) if z >= h else F(0.0)
        grounded = F(1.0) if way * (F(1.0) - free) < F(0.0) else F(0.0)
        turn = F(1.0) - F(2.0) * grounded
        lid2 = F(0.845) * friction * friction + F(0.3447) * convective2
        new, speed, wider, crossing = _over_lid(way * turn, w * turn, h, free, lid2)
        stretched = (F(1.0) + kick * kick) * over * over * wider * sigma
        stretched *= F(0.0) if new < F(0.0) else F(1.0) - grounded * crossing  # twice turned: not gone back alike
        s[_NEW * LANES + i], s[_SPEED * LANES + i], s[_STRETCHED * LANES + i] = new, speed, stretched


@njit(inline="always")
def _over_lid(z, w, h, free, lid2):
    """Take a way that ended at z with speed w to where it ends if the lid, of variance ``lid2`` below, is in between.

    What passes keeps its probability (Thomson et al. 1997) and goes the rest of its way at the speed of the other side;
    what cannot is turned back.  Gives z, w and by how much a volume of positions and speeds is stretched.
    """
    inverse = F(1.0) / math.sqrt(lid2)
    lid, out = lid2 * inverse, FREE_SIGMA * inverse
    ratio = out + free * (lid / FREE_SIGMA - out)
    own = lid + free * (FREE_SIGMA - lid)
    own_energy = w * (inverse + free * (F(1.0) / FREE_SIGMA - inverse))
    energy = own_energy * own_energy + twice_log(ratio)
    goes = F(1.0) if energy > F(0.0) else F(0.0)
    passed = ratio * own * math.sqrt(max(energy, F(0.0))) / max(abs(w), F(1.0e-20))  # beside what it was
    crossing = F(1.0) if (z - h) * (F(2.0) * free - F(1.0)) < F(0.0) else F(0.0)
    onward = (z - h) * (goes * passed + goes - F(1.0))
    new = z + crossing * (h + onward - z)
    speed = w + crossing * w * (goes * (passed + F(1.0)) - F(2.0))
    return new, speed, F(1.0) + crossing * goes * (ratio * ratio - F(1.0)), crossing


@njit(inline="always")
def _accept(s, heavy, lapse):
    """Kick once more, and go or stay and turn round."""
    for i in range(LANES):
        z, q, new = s[(_P + Z) * LANES + i], s[(_P + TURN_Z) * LANES + i], s[_NEW * LANES + i]
        sigma, kick = s[_SIGMA * LANES + i], s[_KICK * LANES + i]
        inverse = F(1.0) / sigma
        half = s[_SPEED * LANES + i] * inverse
        over = F(1.0) / (F(1.0) - half * kick)
        stretched = s[_STRETCHED * LANES + i] * (F(1.0) + kick * kick) * over * over * inverse
        last = (half + kick) * over - heavy * sigma
        energy = F(0.5) * (last * last - q * q) + lapse * (new - z)
        rarer = exponential(-abs(energy))  # on the side on which it is not 1
        stays = s[UNIFORM * LANES + i] * (rarer if energy < F(0.0) else F(1.0))
        chance = stretched * (rarer if energy > F(0.0) else F(1.0))
        goes = F(1.0) if (stays <= chance) & (chance > F(0.0)) else F(0.0)
        s[(_P + TURN_Z) * LANES + i] = last if goes > F(0.0) else -q  # where that is infinite, too
        s[(_P + Z) * LANES + i] = z + goes * (new - z)
