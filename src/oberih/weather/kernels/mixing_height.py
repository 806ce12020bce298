"""How deep is the layer that mixes?

Mechanical height of stable and neutral layers (Zilitinkevich and others), convective growth by encroachment and
entrainment (Batchvarova & Gryning), an evening collapse with a memory of one hour, w*.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from oberih.constants import GRAVITY, VON_KARMAN

Floats = npt.NDArray[np.float64]

EARTH_ROTATION = 7.292115e-5
"""[rad/s]; IERS conventions."""
LEAST_LATITUDE = 15.0
"""Nearer the equator f is held at this latitude [degrees]: u*/f has no meaning there (our choice)."""
ROTATING, CAPPED, STABLE = 0.6, 1.36, 0.51
"""C_R, C_CN, C_NS [1]: truly neutral, conventionally neutral, nocturnal stable; Zilitinkevich et al.
(2007), text not at hand: unverified."""
ENTRAINMENT = 0.2
"""A [1]: entrained over surface heat flux; Batchvarova & Gryning (1991)."""
MECHANICAL_ENTRAINMENT = 2.5
"""B [1]; Batchvarova & Gryning (1991)."""
SPIN_UP = 8.0
"""C [1]; Batchvarova & Gryning (1991)."""
SUBSTEP = 300.0
"""Of the growth integration [s]."""


def coriolis_parameter(latitude: float) -> float:
    """|f| = 2 Ω |sin φ| [1/s], never less than at 15 degrees."""
    return 2.0 * EARTH_ROTATION * math.sin(math.radians(max(abs(latitude), LEAST_LATITUDE)))


def mechanical_height(
    friction_velocity: Floats, inverse_length: Floats, temperature: Floats, *, coriolis: float, lapse: float
) -> Floats:
    """Equilibrium height of a layer stirred by wind alone [m].

    Parameters
    ----------
    friction_velocity, inverse_length, temperature : float array
        [m/s], [1/m], [K]; unstable hours count as neutral.
    coriolis : float
        [1/s]
    lapse : float
        Gradient of potential temperature above the layer [K/m].

    Notes
    -----
    1/h² = f²/(0.6 u*)² + N f/(1.36 u*)² + f B/(0.51 u*²)², with B = u*³/(k L) the downward
    buoyancy flux and N² = γ g/T: the rotating, the capped and the stable limit together.

    Source: Zilitinkevich, Esau & Baklanov (2007), Q. J. R. Meteorol. Soc. 133, 265-271; large-eddy
    simulations and field data, mid and high latitudes.
    """
    frequency = np.sqrt(lapse * GRAVITY / temperature)
    rotating = (coriolis / ROTATING) ** 2
    capped = frequency * coriolis / CAPPED**2
    stable = coriolis * friction_velocity * np.maximum(inverse_length, 0.0) / (VON_KARMAN * STABLE**2)
    return np.asarray(friction_velocity / np.sqrt(rotating + capped + stable))


def growth_rate(
    depth: float, *, heat_flux: float, friction_velocity: float, inverse_length: float, temperature: float, lapse: float
) -> float:
    """dh/dt of a convective layer [m/s].

    Parameters
    ----------
    depth : float
        h [m]
    heat_flux : float
        Kinematic at the surface, > 0 [K m/s].
    friction_velocity, inverse_length, temperature : float
        [m/s], [1/m] (< 0), [K]
    lapse : float
        Gradient of potential temperature above the layer [K/m].

    Notes
    -----
    dh/dt (h²/((1+2A) h - 2 B k L) + C u*² T/(γ g ((1+A) h - B k L))) = w'θ'/γ.

    Source: Batchvarova & Gryning (1991), Boundary-Layer Meteorol. 56, 261-274; no subsidence.
    """
    shear = -MECHANICAL_ENTRAINMENT * VON_KARMAN / inverse_length
    encroach = depth * depth / ((1.0 + 2.0 * ENTRAINMENT) * depth + 2.0 * shear)
    spin = SPIN_UP * friction_velocity**2 * temperature / (lapse * GRAVITY)
    return heat_flux / lapse / (encroach + spin / ((1.0 + ENTRAINMENT) * depth + shear))


def evolve_mixing_height(
    heat_flux: Floats,
    friction_velocity: Floats,
    inverse_length: Floats,
    temperature: Floats,
    *,
    step: float,
    coriolis: float,
    lapse: float,
    floor: float,
    ceiling: float,
    memory: float,
    first: float | None = None,
) -> Floats:
    """Mixing height through the days [m].

    Parameters
    ----------
    heat_flux : float array, shape (n,)
        Kinematic, upward positive [K m/s].
    friction_velocity, inverse_length, temperature : float array, shape (n,)
        [m/s], [1/m], [K]
    step : float
        Between values [s].
    coriolis, lapse : float
        [1/s]; potential temperature gradient above the layer [K/m].
    floor, ceiling : float
        Bounds of the result [m].
    memory : float
        Time constant of the approach to the mechanical height when there is no convection [s].
    first : float, optional
        Height before the first value [m]; the mechanical height of the first value otherwise.

    Notes
    -----
    While the heat flux is upward the layer only grows, by `growth_rate`, and is never shallower
    than the mechanical height.  Otherwise it relaxes exponentially to the mechanical height.
    """
    wind_alone = mechanical_height(friction_velocity, inverse_length, temperature, coriolis=coriolis, lapse=lapse)
    equilibrium = np.clip(wind_alone, floor, ceiling)
    depth = float(equilibrium[0]) if first is None else first
    fade = math.exp(-step / memory)
    substeps = max(1, math.ceil(step / SUBSTEP))
    short = step / substeps
    result = np.empty(len(equilibrium))
    rows = zip(
        heat_flux.tolist(), friction_velocity.tolist(), inverse_length.tolist(), temperature.tolist(),
        equilibrium.tolist(), strict=True,
    )  # fmt: skip
    for i, (flux, u_star, inverse, kelvin, rest) in enumerate(rows):
        if flux > 0.0 and inverse < 0.0:
            for _ in range(substeps):
                depth += short * growth_rate(
                    depth,
                    heat_flux=flux,
                    friction_velocity=u_star,
                    inverse_length=inverse,
                    temperature=kelvin,
                    lapse=lapse,
                )
            depth = min(max(depth, rest), ceiling)
        else:
            depth = rest + (depth - rest) * fade
        result[i] = depth
    return result


def convective_velocity(heat_flux: Floats, mixing_height: Floats, temperature: Floats) -> Floats:
    """w* = (g/T w'θ' h)^(1/3) [m/s], 0 unless the heat flux is upward.

    Source: Deardorff (1970), J. Atmos. Sci. 27, 1211-1213.
    """
    return np.asarray(np.cbrt(GRAVITY / temperature * np.maximum(heat_flux, 0.0) * mixing_height))
