"""How are old particles displaced up and down?

Four passes over the lanes, for the reason that `langevin` tells.

Source: as in `step`.
"""

from __future__ import annotations

import math

from numba import njit

from oberih.dispersion.kernels.particles.eddies import FREE_K, diffusivity, twice_log
from oberih.dispersion.kernels.particles.lanes import LANES, UNIFORM, F, exponential
from oberih.dispersion.kernels.particles.langevin import STEEPEST
from oberih.dispersion.kernels.particles.rows import (
    _K,
    _P,
    _S,
    FRICTION,
    INVERSE_LENGTH,
    LOST,
    MIXING,
    Z,
)

LEAST_K = F(0.01)
"""Least diffusivity [m2/s] of a displacement."""

LOWEST = F(0.001)
"""Least height [m] of what is displaced."""

ALONG, ACROSS = 0, 5
"""Rows of normal numbers by which a displacement goes along and across, and then of the ways that it goes."""

_STRETCHED, _PLACE_X, _PLACE_Y, _NEW, _INVERSE, _KICK = range(LOST, LOST + 6)
_ENERGY = _K
"""Rows from one pass to the next, where later stands what is lost."""


@njit(cache=True, forceinline=True, fastmath=True, nogil=True, error_model="numpy")
def vertical_displacement(s, dt, lapse):
    """Move up and down at random, each displacement accepted after Metropolis; ``lapse`` is -d ln(density)/dz [1/m].

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
        z, along, across = max(s[(_P + Z) * LANES + i], LOWEST), s[ALONG * LANES + i], s[ACROSS * LANES + i]
        h, friction = s[(_S + MIXING) * LANES + i], s[(_S + FRICTION) * LANES + i]
        s[_ENERGY * LANES + i] = along * along + across * across
        inverse_root = F(1.0) / math.sqrt(z)
        inverse, half_way, kick = _width_at(
            z, inverse_root * inverse_root, h, friction, s[(_S + INVERSE_LENGTH) * LANES + i], dt
        )
        width = half_way * inverse * inverse_root
        over = F(1.0) / (F(1.0) - along * kick)
        wider = math.sqrt(F(1.0) + kick * kick)
        stretched = wider * over * width
        s[_STRETCHED * LANES + i] = stretched * stretched * wider * over
        s[_PLACE_X * LANES + i] = z * inverse_root
        s[ALONG * LANES + i], s[ACROSS * LANES + i] = width * (along + kick) * over, width * across * wider * over
    _carry(s, dt)
    for i in range(LANES):
        new, h, friction = s[_NEW * LANES + i], s[(_S + MIXING) * LANES + i], s[(_S + FRICTION) * LANES + i]
        inverse, _, kick = _width_at(new, F(1.0) / new, h, friction, s[(_S + INVERSE_LENGTH) * LANES + i], dt)
        s[_INVERSE * LANES + i], s[_KICK * LANES + i] = inverse, kick
    _accept(s, lapse)


@njit(inline="always")
def _width_at(z, inverse_z, h, friction, inverse_length, dt):
    """Give 1/r [1/m] and r² [m2], r the width of a step [√m] in the plane of `vertical_displacement` times √z.

    And half the width's gradient.
    """
    k, slope = diffusivity(z, h, friction, inverse_length)
    k = max(k, LEAST_K)
    square = F(0.5) * dt * k
    inverse = F(1.0) / math.sqrt(square)
    kick = F(0.25) * dt * (slope - k * inverse_z) * inverse
    return inverse, square, min(max(kick, -STEEPEST), STEEPEST)


@njit(inline="always")
def _carry(s, dt):
    """Carry, over the lid where it is met; what then stands in _STRETCHED is 0 where that cannot be gone back."""
    step = math.sqrt(F(0.5) * dt)
    for i in range(LANES):
        z, h = max(s[(_P + Z) * LANES + i], LOWEST), s[(_S + MIXING) * LANES + i]
        friction, inverse_length = s[(_S + FRICTION) * LANES + i], s[(_S + INVERSE_LENGTH) * LANES + i]
        along, across = s[ALONG * LANES + i], s[ACROSS * LANES + i]
        k, _ = diffusivity(F(0.5) * h, h, friction, inverse_length)
        x, y, along, across, stretched = _over_circle(s[_PLACE_X * LANES + i], along, across, z, h, k, step)
        s[_STRETCHED * LANES + i] *= stretched
        s[_PLACE_X * LANES + i], s[_PLACE_Y * LANES + i] = x, y
        s[ALONG * LANES + i], s[ACROSS * LANES + i] = along, across
        s[_NEW * LANES + i] = max(x * x + y * y, LOWEST)


@njit(inline="always")
def _over_circle(root, along, across, z, h, k, step):
    """Take a way in the plane of `vertical_displacement` to where it ends if the lid, a circle there, is in between.

    The rule of `langevin._over_lid` for what goes across the circle; what goes along it keeps its share of the width.
    Gives the place, the way as it is at the end, and by how much a volume is stretched, 0 if the lid is met more than
    once.  ``k`` is the diffusivity below the lid.
    """
    free = F(1.0) if z >= h else F(0.0)
    k = max(k, LEAST_K)
    k_above = max(min(k, FREE_K), LEAST_K)
    inverse_layer, inverse_above = F(1.0) / math.sqrt(k), F(1.0) / math.sqrt(k_above)
    layer, above = k * inverse_layer, k_above * inverse_above
    ratio = above * inverse_layer + free * (layer * inverse_above - above * inverse_layer)
    inverse = F(1.0) / math.sqrt(h)
    own = (layer + free * (above - layer)) * step * inverse
    inverse_own = (inverse_layer + free * (inverse_above - inverse_layer)) * h * inverse / step
    x, y = root + along, across
    crossing = F(1.0) if (x * x + y * y - h) * (F(2.0) * free - F(1.0)) < F(0.0) else F(0.0)
    sign = F(1.0) - F(2.0) * free
    outward = root * along
    reach = math.sqrt(max(outward * outward + (along * along + across * across) * (h - z), F(0.0)))
    until = sign * (h - z) / max(sign * outward + reach, F(1.0e-20))
    until = F(1.0) - crossing * (F(1.0) - min(until, F(1.0)))
    x, y = root + along * until, across * until
    nx, ny = x * inverse, y * inverse
    speed = along * nx + across * ny
    energy = speed * speed * inverse_own * inverse_own + twice_log(ratio)
    goes = F(1.0) if energy > F(0.0) else F(0.0)
    passed = ratio * own * math.sqrt(max(energy, F(0.0))) / max(abs(speed), F(1.0e-20))
    onward = F(1.0) + crossing * goes * (ratio - F(1.0))
    turned = crossing * speed * (goes * (passed - ratio + F(2.0)) - F(2.0))
    along, across = onward * along + turned * nx, onward * across + turned * ny
    x, y = x + along * (F(1.0) - until), y + across * (F(1.0) - until)
    after = F(1.0) if x * x + y * y >= h else F(0.0)
    there = free + crossing * goes * (F(1.0) - F(2.0) * free)
    once = F(1.0) - crossing * abs(after - there)
    return x, y, along, across, once + once * crossing * goes * (ratio * ratio * ratio - F(1.0))


@njit(inline="always")
def _accept(s, lapse):
    """Kick once more, and go or stay."""
    for i in range(LANES):
        z, new = max(s[(_P + Z) * LANES + i], LOWEST), s[_NEW * LANES + i]
        x, y, along, across = (
            s[_PLACE_X * LANES + i], s[_PLACE_Y * LANES + i], s[ALONG * LANES + i], s[ACROSS * LANES + i]
        )  # fmt: skip
        inverse, kick = s[_INVERSE * LANES + i], s[_KICK * LANES + i]
        narrower = new * inverse * inverse  # 1 over the square of the width
        total = (along * along + across * across) * narrower
        outward = (along * x + across * y) * inverse
        left = F(1.0) - outward * kick
        over = F(1.0) / left
        wider = F(1.0) + kick * kick
        onward = (outward + kick) * over
        sideways = max(total - outward * outward, F(0.0)) * wider * over * over
        energy = F(0.5) * (onward * onward + sideways - s[_ENERGY * LANES + i]) + lapse * (new - z)
        stretched = s[_STRETCHED * LANES + i] * over * over * over * wider * math.sqrt(wider) * narrower
        rarer = exponential(-abs(energy))  # on the side on which it is not 1
        stays = s[UNIFORM * LANES + i] * (rarer if energy < F(0.0) else F(1.0))
        goes = stretched * (rarer if energy > F(0.0) else F(1.0)) if left > F(0.0) else F(0.0)
        s[(_P + Z) * LANES + i] = new if (stays <= goes) & (goes > F(0.0)) else z
