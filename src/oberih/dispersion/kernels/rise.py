"""How high does a release rise by its heat and momentum?

Source: Briggs (1975, 1984) as in common regulatory use; formulas quoted from memory
(verified = false).  Valid for a single buoyant source in the open, final rise.
"""

from __future__ import annotations

import math

from numba import njit

from oberih.constants import GRAVITY, SPECIFIC_HEAT_AIR


@njit(cache=True, nogil=True)
def plume_rise(heat, exit_velocity, exit_diameter, wind, friction, inverse_length, mixing_height, temperature, height):
    """Final rise above the opening [m].

    Parameters
    ----------
    heat : float
        Sensible heat released [W].
    exit_velocity, exit_diameter : float
        [m/s], [m]
    wind : float
        Wind speed at the opening [m/s].
    friction, inverse_length, mixing_height, temperature : float
        u* [m/s], 1/L [1/m], [m], [K].
    height : float
        Of the opening [m].

    Notes
    -----
    Buoyancy flux ``F = g Q / (π ρ cp T)``; momentum flux ``M = w² d² / 4``.
    Stable: ``2.6 (F/(u s))^(1/3)`` and ``1.5 (M/(u √s))^(1/3)`` with ``s = g/T · 0.02 K/m``.
    Otherwise Briggs' ``21.4 F^0.75/u`` (F < 55) or ``38.7 F^0.6/u`` and ``3 d w/u``.
    The larger of the two counts, at most to three quarters of the way to the lid when the
    opening is under it and the air is unstable.
    """
    wind = max(wind, 1.0)
    density = 353.0 / temperature
    buoyancy = GRAVITY * max(heat, 0.0) / (math.pi * density * SPECIFIC_HEAT_AIR * temperature)
    momentum = 0.25 * (exit_velocity * exit_diameter) ** 2
    if inverse_length > 0.002:
        s = GRAVITY / temperature * 0.02
        by_heat = 2.6 * (buoyancy / (wind * s)) ** (1.0 / 3.0)
        by_momentum = 1.5 * (momentum / (wind * math.sqrt(s))) ** (1.0 / 3.0)
        return max(by_heat, by_momentum)
    by_heat = 21.4 * buoyancy**0.75 / wind if buoyancy < 55.0 else 38.7 * buoyancy**0.6 / wind
    by_momentum = 3.0 * exit_diameter * exit_velocity / wind
    rise = max(by_heat, by_momentum)
    if height < mixing_height:
        rise = min(rise, 0.75 * (mixing_height - height) + 0.1 * height)
    return rise
