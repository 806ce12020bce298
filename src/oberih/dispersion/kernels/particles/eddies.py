"""How strong are the eddies that carry a particle, in single precision and without a branch?

The profiles of `oberih.dispersion.kernels.turbulence`, which puffs feel too, written so that 64 particles are computed
side by side: a choice is a maximum, a minimum or a number that is 0 or 1.  A condition that is used more than once
becomes a branch, and a branch undoes the vectors.

Sources: as in `turbulence`; free air K at most 1 m2/s, σw 0.1 m/s (as NAME's; our choice, verified = false).
"""

from __future__ import annotations

import math

from numba import njit

from oberih.dispersion.kernels.particles.lanes import F, inverse_cube_root

FREE_K = F(1.0)
"""Most diffusivity above the boundary layer [m2/s]; where the layer's upper half has less, as by night, it is that."""

FREE_SIGMA = F(0.1)
"""σw above the boundary layer [m/s]."""

_KAPPA = F(0.4)


@njit(inline="always")
def diffusivity(z, mixing, friction, inverse_length):
    """K [m2/s] at z [m] and, beside it, dK/dz [m/s]; `turbulence.vertical_diffusivity` without a branch."""
    half = F(0.5) * mixing
    c = min(z, half)
    surface = min(c, F(0.1) * mixing)
    stable = max(inverse_length, F(0.0))
    unstable = max(-inverse_length, F(0.0))
    inverse, damp = F(1.0) / mixing, F(1.0) / (F(1.0) + F(5.0) * c * stable)
    square = F(1.0) + F(16.0) * surface * unstable
    inverse_lift = F(1.0) / math.sqrt(square)
    lift = square * inverse_lift
    shape = c * (F(1.0) - c * inverse)
    k = _KAPPA * friction * shape * damp * lift
    slope = (F(1.0) - F(2.0) * c * inverse) * damp * lift - shape * damp * damp * lift * F(5.0) * stable
    slope += (shape * damp * F(8.0) * unstable * inverse_lift) if z < F(0.1) * mixing else F(0.0)
    slope = _KAPPA * friction * slope if z < half else F(0.0)
    return (min(k, FREE_K) if z >= mixing else k), slope


@njit(inline="always")
def vertical_variance(z, mixing, friction, convective2):
    """σw² [m2/s2] within the layer at z [m] and, beside it, its gradient; `turbulence.vertical_deviation`."""
    over = F(1.0) / mixing
    share = max(z * over, F(0.02))
    upper = min(share, F(0.5))
    low = min(share, F(0.1))
    inverse = inverse_cube_root(low)
    mechanical = F(1.69) * friction * friction
    variance = mechanical * (F(1.0) - upper) + convective2 * F(1.6) * low * inverse
    slope = -mechanical if share < F(0.5) else F(0.0)
    convective = convective2 * F(1.0666667) * inverse
    slope += convective if share < F(0.1) else F(0.0)
    slope *= over
    return variance, (slope if z > F(0.02) * mixing else F(0.0))


@njit(inline="always")
def turbulence_sideways(z, mixing, friction, convective2):
    """Deviation of the velocity sideways at z [m/s], and the time in which it is forgotten [s].

    Within the layer from 1.43 u* and 0.59 w*, and 0.3 mixing heights on the way; above it 0.1 m/s and 300 s.
    """
    inside = F(1.0) if z < mixing else F(0.0)
    share = min(z / mixing, F(0.5))
    variance = F(2.0449) * friction * friction * (F(1.0) - share) + F(0.3481) * convective2
    variance = F(0.01) + inside * (variance - F(0.01))
    sigma = math.sqrt(variance)
    scale = max(F(0.3) * mixing / sigma, F(60.0))
    return sigma, F(300.0) + inside * (scale - F(300.0))


@njit(inline="always")
def way_of(dt, x, lost):
    """Root mean square way in a step [s] of a unit velocity that is forgotten in dt/x; ``lost`` is 1 - exp(-x).

    ``2 (x - lost)/x² dt²`` (Taylor 1921), by its series where the difference would cancel.
    """
    series = F(1.0) - x * (F(0.33333334) - x * (F(0.083333336) - x * F(0.016666668)))
    exact = F(2.0) * (x - lost) / (x * x)
    return dt * math.sqrt(series if x < F(0.25) else exact)


@njit(inline="always")
def twice_log(ratio):
    """2 ln of a ratio between 1/20 and 20, to 2 %; exactly as much below 0 for the inverse as above for itself."""
    t = (ratio - F(1.0)) / (ratio + F(1.0))
    t2 = t * t
    return F(4.0) * t * (F(1.0) + t2 * (F(0.33333334) + t2 * (F(0.2) + t2 * (F(0.142857) + t2 * F(0.25)))))
