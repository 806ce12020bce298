"""How fast is the wind at a height, and which way does it turn?

Surface-layer similarity: the diabatic wind profile and its dimensionless gradients.
``inverse_length`` is 1/L [1/m]: negative unstable, positive stable.

Sources: Dyer (1974), Boundary-Layer Meteorol. 7, 363 (unstable); Beljaars & Holtslag
(1991), J. Appl. Meteorol. 30, 327 (stable); van Ulden & Holtslag (1985), J. Climate Appl.
Meteorol. 24, 1196 (turning at Cabauw; its table is quoted from memory: verified = false).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from oberih.constants import VON_KARMAN

_A, _B, _C, _D = 1.0, 0.667, 5.0, 0.35  # Beljaars & Holtslag (1991), Eq. 28

# Turning between the surface and 200 m [degrees] against 1/L [1/m], Cabauw.
_TURN_INVERSE_LENGTH = np.array([-1 / 30, -1 / 100, -1 / 370, 0.0, 1 / 350, 1 / 130, 1 / 60, 1 / 20, 1 / 9])
_TURN_DEGREES = np.array([12.0, 10.0, 9.0, 12.0, 18.0, 28.0, 35.0, 38.0, 39.0])


@njit(cache=True, nogil=True)
def stability_momentum(z, inverse_length):
    """Integrated stability correction psi_m of the wind profile [1] at height ``z`` [m]."""
    s = z * inverse_length
    if s < 0.0:
        x = (1.0 - 16.0 * s) ** 0.25
        return 2.0 * math.log(0.5 * (1.0 + x)) + math.log(0.5 * (1.0 + x * x)) - 2.0 * math.atan(x) + 0.5 * math.pi
    return -(_A * s + _B * (s - _C / _D) * math.exp(-_D * s) + _B * _C / _D)


@njit(cache=True, nogil=True)
def gradient_momentum(z, inverse_length):
    """Dimensionless wind gradient phi_m [1] at height ``z`` [m]."""
    s = z * inverse_length
    if s < 0.0:
        return (1.0 - 16.0 * s) ** -0.25
    return 1.0 + s * (_A + _B * math.exp(-_D * s) * (1.0 + _C - _D * s))


@njit(cache=True, nogil=True)
def gradient_heat(z, inverse_length):
    """Dimensionless temperature gradient phi_h [1] at height ``z`` [m]; Dyer (1974)."""
    s = z * inverse_length
    if s < 0.0:
        return (1.0 - 16.0 * s) ** -0.5
    return 1.0 + 5.0 * s


@njit(cache=True, nogil=True)
def log_wind(z, roughness, inverse_length):
    """Wind speed over u*/kappa [1] at height ``z``; below twice the roughness it is held."""
    z = max(z, 2.0 * roughness)
    return (
        math.log(z / roughness) - stability_momentum(z, inverse_length) + stability_momentum(roughness, inverse_length)
    )


@njit(cache=True, nogil=True)
def wind_ratio(z, reference, roughness, inverse_length):
    """Wind speed at ``z`` over that at ``reference`` [1], both heights in m."""
    return log_wind(z, roughness, inverse_length) / log_wind(reference, roughness, inverse_length)


@njit(cache=True, nogil=True)
def turning(z, inverse_length):
    """Angle by which the wind at ``z`` [m] has turned from that near the ground [rad].

    Clockwise on the northern hemisphere.  Notes: ``D(z) = 1.58 D(200 m) (1 - exp(-z/200 m))``.
    """
    last = len(_TURN_DEGREES) - 1  # by hand: np.interp makes arrays of its arguments, every step
    held = min(max(inverse_length, _TURN_INVERSE_LENGTH[0]), _TURN_INVERSE_LENGTH[last])
    i = 0
    while i < last - 1 and held > _TURN_INVERSE_LENGTH[i + 1]:
        i += 1
    share = (held - _TURN_INVERSE_LENGTH[i]) / (_TURN_INVERSE_LENGTH[i + 1] - _TURN_INVERSE_LENGTH[i])
    at_200 = _TURN_DEGREES[i] + share * (_TURN_DEGREES[i + 1] - _TURN_DEGREES[i])
    return math.radians(1.58 * at_200 * (1.0 - math.exp(-z / 200.0)))


@njit(cache=True, nogil=True)
def friction_from_wind(speed, z, roughness, inverse_length):
    """Friction velocity [m/s] that carries ``speed`` [m/s] at ``z`` [m]."""
    return VON_KARMAN * speed / log_wind(z, roughness, inverse_length)
