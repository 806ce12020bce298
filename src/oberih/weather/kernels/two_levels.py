"""How stable is the surface layer between two heights whose temperatures are known?

Monin-Obukhov similarity with the wind at one height and potential temperature at two, solved by going round.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.constants import GRAVITY, VON_KARMAN
from oberih.weather.kernels.profile import profile_factor

__all__ = ["psi_heat", "stability_between"]

Array = npt.NDArray[np.float64]

ROUNDS = 25
"""Going round, half-way each time: the last changes 1/L by less than a thousandth of its bound."""

LEAST_SPEED, LEAST_FRICTION = 0.5, 0.03
"""[m/s]"""

HIGHEST = 100.0
"""Above, similarity of the surface layer says nothing: a higher level counts as if it lay here [m]."""


def psi_heat(zeta: Array) -> Array:
    """Integrated correction of the profile of temperature [1] for any z/L.

    Source: Paulson (1970), J. Appl. Meteorol. 9, 857 (unstable); Beljaars & Holtslag (1991), J. Appl. Meteorol. 30,
    327, eq. 32 (stable).
    """
    unstable = np.minimum(zeta, 0.0)
    stable = np.maximum(zeta, 0.0)
    a, b, c, d = 1.0, 0.667, 5.0, 0.35
    warm = 2.0 * np.log(0.5 * (1.0 + np.sqrt(1.0 - 16.0 * unstable)))
    cold = -((1.0 + 2.0 / 3.0 * a * stable) ** 1.5 + b * (stable - c / d) * np.exp(-d * stable) + b * c / d - 1.0)
    return np.asarray(np.where(zeta < 0.0, warm, cold))


def stability_between(
    speed: Array, difference: Array, temperature: Array, *, wind_height: Array, low: Array, high: Array,
    roughness_length: float, least_length: float,
) -> tuple[Array, Array]:  # fmt: skip
    """u* [m/s] and 1/L [1/m].

    Parameters
    ----------
    speed : float array
        At ``wind_height`` [m/s].
    difference : float array
        Virtual potential temperature at ``high`` less that at ``low`` [K].
    temperature : float array
        [K]
    wind_height, low, high : float array
        [m]
    roughness_length, least_length : float
        [m]; |L| is not let below the second.

    Notes
    -----
    ``u* = k U / (ln(z/z0) - ψ)``, ``θ* = k Δθ / (ln(z2/z1) - ψ_h(z2/L) + ψ_h(z1/L))``, ``1/L = k g θ*/(T u*²)``.
    """
    z = np.clip(wind_height, 3.0 * roughness_length, HIGHEST)
    below = np.clip(low, 1.5 * roughness_length, 0.5 * HIGHEST)
    above = np.maximum(np.minimum(high, HIGHEST), 1.5 * below)
    fast = np.maximum(speed, LEAST_SPEED)
    inverse = np.zeros_like(fast)
    friction = fast
    for _ in range(ROUNDS):
        friction = VON_KARMAN * fast / np.maximum(profile_factor(z, inverse, roughness_length=roughness_length), 0.5)
        friction = np.maximum(friction, LEAST_FRICTION)
        factor = np.log(above / below) - psi_heat(above * inverse) + psi_heat(below * inverse)
        scale = VON_KARMAN * difference / np.maximum(factor, 0.05)
        found = VON_KARMAN * GRAVITY * scale / (temperature * friction**2)
        inverse = 0.5 * (inverse + np.clip(found, -1.0 / least_length, 1.0 / least_length))
    return friction, inverse
