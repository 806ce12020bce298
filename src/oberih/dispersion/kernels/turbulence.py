"""How strong is the turbulence, and how fast does a plume of a given size grow in it?

Vertical growth follows the eddy diffusivity at the height where the plume is, so that a
plume on the ground grows as similarity theory says (van Ulden 1978, Atmos. Environ. 12,
2125) and can nowhere outrun the turbulence that carries it: ``dσz/dt <= σw``.  Lateral
growth has three parts: local eddies whose time scale is proportional to the plume's own
height, convective eddies of the whole layer, and slow meandering of the wind.

Sources: profiles of σw after AERMOD's formulation (EPA-454/R-03-004, Eqs 31-35), σv in
convection 0.59 w* (Panofsky et al. 1977).  The lateral time scale ``0.625 z/u*`` and the
share of convective eddies seen in an averaging time were fitted once, to all Prairie Grass
runs at hand together (``validation/prairie_grass``); meandering 0.5 m/s after Hanna (1983,
J. Climate Appl. Meteorol. 22, 1424), its time scale 2 h is our choice.
"""

from __future__ import annotations

import math

from numba import njit

from oberih.constants import VON_KARMAN
from oberih.dispersion.kernels.profile import gradient_heat, gradient_momentum, log_wind

LATERAL_OVER_FRICTION = 1.43  # σv/u* of mechanical turbulence over 10 min [1]
LATERAL_TIME_SCALE = 0.625  # T = 0.625 z / u* [1]
CONVECTIVE_LATERAL = 0.59  # σv/w* [1]
MEANDER_SPEED = 0.5  # [m/s]
MEANDER_TIME = 7200.0  # [s]


@njit(cache=True, nogil=True)
def vertical_diffusivity(z, friction, inverse_length, mixing_height):
    """Eddy diffusivity of a scalar [m2/s] at ``z`` [m], constant above half the layer."""
    z = min(z, 0.5 * mixing_height)
    stable_or_surface = z if inverse_length >= 0.0 else min(z, 0.1 * mixing_height)
    return VON_KARMAN * friction * z / gradient_heat(stable_or_surface, inverse_length) * (1.0 - z / mixing_height)


@njit(cache=True, nogil=True)
def vertical_deviation(z, friction, convective, mixing_height):
    """Standard deviation of the vertical wind σw [m/s] at ``z`` [m]."""
    share = min(z / mixing_height, 0.5)
    variance = (1.3 * friction) ** 2 * (1.0 - share)
    if convective > 0.0:
        variance += convective * convective * (1.6 * share ** (2.0 / 3.0) if share < 0.1 else 0.35)
    return math.sqrt(variance)


@njit(cache=True, nogil=True)
def vertical_growth(height, sigma_z, friction, inverse_length, convective, mixing_height):
    """Rate of growth of σz² [m2/s] of a plume centred at ``height`` [m].

    Notes
    -----
    ``min(2 K(z_m), 2 σw σz)`` at ``z_m² = height² + (1.253 σz)²``: 1.253 makes the neutral
    surface plume grow at its exact rate, κ u* in mean height.
    """
    z = math.sqrt(height * height + (1.253 * sigma_z) ** 2)
    diffusion = 2.0 * vertical_diffusivity(z, friction, inverse_length, mixing_height)
    ballistic = 2.0 * vertical_deviation(z, friction, convective, mixing_height) * max(sigma_z, 0.01)
    return min(diffusion, ballistic)


@njit(cache=True, nogil=True)
def local_lateral_growth(height, sigma_z, sigma_y, friction, lateral, mixing_height):
    """Rate of growth of σy² [m2/s] by eddies of the plume's own height; ``lateral`` is σv [m/s]."""
    z = min(math.sqrt(height * height + (1.253 * sigma_z) ** 2), 0.5 * mixing_height)
    variance = lateral * lateral * (1.0 - z / mixing_height)
    return min(2.0 * LATERAL_TIME_SCALE * variance * z / friction, 2.0 * lateral * max(sigma_y, 0.01))


@njit(cache=True, nogil=True)
def eddy_share(averaging_time, convective, mixing_height):
    """Share [1] of the layer's convective eddies that an average over ``averaging_time`` [s] sees."""
    if convective <= 0.0:
        return 0.0
    return 1.0 - math.exp(-averaging_time * convective / (2.0 * mixing_height))


@njit(cache=True, nogil=True)
def slow_lateral_growth(age, averaging_time, lateral_convective, convective, mixing_height):
    """Rate of growth of σy² [m2/s] by layer-deep convection and by meandering at ``age`` [s].

    Notes
    -----
    ``2 σ² T (1 - exp(-age/T))`` (Taylor 1921) for each; meandering beyond ten minutes only.
    """
    growth = 0.0
    if convective > 0.0:
        scale = mixing_height / convective
        growth += 2.0 * lateral_convective * lateral_convective * scale * (1.0 - math.exp(-age / scale))
    if averaging_time > 600.0:
        variance = MEANDER_SPEED * MEANDER_SPEED * (1.0 - 600.0 / averaging_time)
        growth += 2.0 * variance * MEANDER_TIME * (1.0 - math.exp(-age / MEANDER_TIME))
    return growth


@njit(cache=True, nogil=True)
def shape_exponent(sigma_z, roughness, inverse_length, mixing_height):
    """Exponent s of the vertical profile ``exp(-(B z/z̄)^s)`` of a plume on the ground [1].

    Notes
    -----
    ``s = 2 + m - n`` with the power-law exponents m of wind and n of diffusivity at 1.55 z̄
    (van Ulden 1978), held within 0.8 to 3.
    """
    z = 1.553 * 0.79788456 * sigma_z
    wind = gradient_momentum(z, inverse_length) / max(log_wind(z, roughness, inverse_length), 0.5)
    z = min(z, 0.495 * mixing_height)
    slope = 1.0 - z / (mixing_height - z)
    if inverse_length >= 0.0:
        slope -= 5.0 * z * inverse_length / (1.0 + 5.0 * z * inverse_length)
    elif z < 0.1 * mixing_height:
        slope += -8.0 * z * inverse_length / (1.0 - 16.0 * z * inverse_length)
    return min(max(2.0 + wind - slope, 0.8), 3.0)
