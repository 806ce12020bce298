"""How strong is the turbulence at the ground?

Friction velocity and Obukhov length from wind and either the heat flux (unstable) or the
temperature scale θ* (stable).  Each hour is solved by itself by bisection: no start value, no
memory, so no hysteresis.  The results (u, u*, L) always satisfy the log law of `profile`.

Below the critical wind of a stable surface layer no steady solution exists; there L falls in
proportion to the wind (as AERMET does for u* and θ*) down to the stated least length.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from oberih.constants import GRAVITY, VON_KARMAN
from oberih.weather.kernels.profile import profile_factor, psi_stable

Floats = npt.NDArray[np.float64]

BISECTIONS = 48
"""Halvings of the bracket: 2^-48 of it is below 1e-13 m/s."""
LARGEST_DOWNWARD_FLUX = 0.05
"""Kinematic heat flux u*θ* that a windy night does not exceed [K m/s], about 64 W/m2; AERMOD
formulation document EPA-454/R-03-004 (2004), stable boundary layer (text not at hand: unverified)."""


class SurfaceLayer(NamedTuple):
    """Friction velocity [m/s], 1/L [1/m], and kinematic heat flux, upward positive [K m/s]."""

    friction_velocity: Floats
    inverse_length: Floats
    heat_flux: Floats


def nocturnal_temperature_scale(cloud_cover: Floats) -> Floats:
    """θ* [K] of the stable surface layer from cloud cover [1].

    Notes
    -----
    θ* = 0.09 (1 - 0.5 N²).

    Source: van Ulden & Holtslag (1985), J. Climate Appl. Meteorol. 24, 1196-1207, after Venkatram
    (1980) and Holtslag & van Ulden (1982).  Grass land, wind above the critical one.
    """
    return np.asarray(0.09 * (1.0 - 0.5 * cloud_cover**2))


def obukhov_inverse(friction_velocity: Floats, heat_flux: Floats, temperature: Floats) -> Floats:
    """1/L [1/m] = -k g (w'θ') / (T u*³); heat flux kinematic, upward positive [K m/s]."""
    return np.asarray(-VON_KARMAN * GRAVITY * heat_flux / (temperature * friction_velocity**3))


def unstable_layer(
    speed: Floats,
    heat_flux: Floats,
    temperature: Floats,
    *,
    height: float,
    roughness_length: float,
    least_length: float,
) -> SurfaceLayer:
    """Solve wind and upward heat flux for u* and L.

    Parameters
    ----------
    speed : float array, shape (n,)
        At ``height`` [m/s], > 0.
    heat_flux : float array, shape (n,)
        Kinematic, >= 0 [K m/s].
    temperature : float array, shape (n,)
        [K]
    height, roughness_length : float
        [m]
    least_length : float
        |L| is not let below this [m]: free convection, where similarity with u* ends.
    """
    neutral = VON_KARMAN * speed / np.log(height / roughness_length)
    low, high = neutral, 8.0 * neutral
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        inverse = obukhov_inverse(middle, heat_flux, temperature)
        given = middle / VON_KARMAN * profile_factor(height, inverse, roughness_length=roughness_length)
        low, high = np.where(given < speed, middle, low), np.where(given < speed, high, middle)
    inverse = np.maximum(obukhov_inverse(0.5 * (low + high), heat_flux, temperature), -1.0 / least_length)
    drag = VON_KARMAN / profile_factor(height, inverse, roughness_length=roughness_length)
    return SurfaceLayer(np.asarray(drag * speed), np.asarray(inverse), heat_flux)


def stable_layer(
    speed: Floats,
    temperature_scale: Floats,
    flux_limit: Floats,
    temperature: Floats,
    *,
    height: float,
    roughness_length: float,
    least_length: float,
) -> SurfaceLayer:
    """Solve wind and θ* = min(given, flux limit / u*) for u* and L.

    Parameters
    ----------
    speed : float array, shape (n,)
        At ``height`` [m/s], > 0.
    temperature_scale : float array, shape (n,)
        θ* of the undisturbed night [K]; infinity when only the flux is known.
    flux_limit : float array, shape (n,)
        Largest downward kinematic heat flux, >= 0 [K m/s]; 0 gives the neutral log law.
    temperature : float array, shape (n,)
        [K]
    height, roughness_length : float
        [m]
    least_length : float
        L is not let below this [m]: intermittent turbulence keeps some mixing.

    Notes
    -----
    u(u*) rises above the critical u* only; that branch is taken (van Ulden & Holtslag 1985).
    Below the critical wind L = L_c u/u_c, as when u* and θ* both go in proportion to the wind
    (EPA-454/R-03-004); then u* from the log law with that L.
    """
    buoyancy = VON_KARMAN * GRAVITY * height / temperature

    def inverse_length(u_star: Floats) -> Floats:
        scale = np.minimum(temperature_scale, flux_limit / u_star)
        return np.asarray(VON_KARMAN * GRAVITY * scale / (temperature * u_star**2))

    def speed_of(u_star: Floats) -> Floats:
        factor = profile_factor(height, inverse_length(u_star), roughness_length=roughness_length)
        return np.asarray(u_star / VON_KARMAN * factor)

    critical = _critical_friction(buoyancy, temperature_scale, flux_limit, ratio=height / roughness_length)
    critical_speed = speed_of(critical)
    neutral = VON_KARMAN * speed / np.log(height / roughness_length)
    low, high = critical, np.maximum(neutral, critical)
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        slow = speed_of(middle) < speed
        low, high = np.where(slow, middle, low), np.where(slow, high, middle)
    inverse = np.where(
        speed < critical_speed,
        inverse_length(critical) * critical_speed / speed,
        inverse_length(0.5 * (low + high)),
    )
    inverse = np.minimum(inverse, 1.0 / least_length)
    u_star = VON_KARMAN * speed / profile_factor(height, inverse, roughness_length=roughness_length)
    flux = -inverse * temperature * u_star**3 / (VON_KARMAN * GRAVITY)
    return SurfaceLayer(np.asarray(u_star), np.asarray(inverse), np.asarray(flux))


def _critical_friction(buoyancy: Floats, temperature_scale: Floats, flux_limit: Floats, *, ratio: float) -> Floats:
    """Smallest u* [m/s] above which the speed rises with u*.

    Above ``meeting`` the flux is the limit, below it θ* is; each regime has its own least speed.
    """
    tiny = 1e-6
    flux = np.maximum(flux_limit, tiny**3)
    by_flux = np.cbrt(buoyancy * flux / _critical_zeta(ratio, power=1.0 / 3.0))
    known = np.isfinite(temperature_scale)
    scale = np.where(known, np.maximum(temperature_scale, tiny), 1.0)
    by_scale = np.sqrt(buoyancy * scale / _critical_zeta(ratio, power=0.5))
    meeting = flux / scale
    mixed = np.where(by_flux > meeting, by_flux, np.minimum(by_scale, meeting))
    return np.asarray(np.maximum(np.where(known, mixed, by_flux), tiny))


def _critical_zeta(ratio: float, *, power: float) -> float:
    """z/L at which (ln z/z0 - ψ(ζ) + ψ(ζ z0/z)) ζ^-power is least [1]; depends on z/z0 alone."""
    zeta = np.geomspace(1e-3, 50.0, 20001)
    curve = (np.log(ratio) - psi_stable(zeta) + psi_stable(zeta / ratio)) * zeta**-power
    turns = np.flatnonzero((curve[1:-1] <= curve[:-2]) & (curve[1:-1] <= curve[2:])) + 1
    return float(zeta[turns[0] if len(turns) else np.argmin(curve)])
