"""How fast does each form leave the air, dry and with rain?

Takes an `Air`, gives rates by hour and form for the kernels.  Dry deposition by resistances
in series; wet by scavenging coefficients ``Λ = a I^b``.

Source: resistances after Wesely & Hicks (1977, 2000) and Wesely et al. (1985) for aerosol;
scavenging for aerosol and iodine as used in COSYMA and NAME.  All coefficients of this
module are quoted from memory: ``verified = False``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.constants import VON_KARMAN
from oberih.weather.air import Air

Floats = npt.NDArray[np.float64]

SURFACE_RESISTANCE_ELEMENTAL = 50.0  # [s/m] grass, dry
SURFACE_RESISTANCE_ORGANIC = 1.0e4  # [s/m]
BELOW_CLOUD = ((8.0e-5, 0.8), (8.0e-5, 0.6), (8.0e-7, 0.6))  # a [1/s], b [1]; I in mm/h
IN_CLOUD = ((3.36e-4, 0.79), (8.0e-5, 0.6), (8.0e-7, 0.6))
DRIZZLE = 0.01 / 3600.0  # [kg/(m2 s)] below this it does not rain


@dataclass(frozen=True)
class Removal:
    """Rates of removal, forms in the order aerosol, elemental iodine, organic iodine.

    Parameters
    ----------
    dry : float array, shape (hours, 3)
        Deposition velocity [m/s].
    below_cloud, in_cloud : float array, shape (hours, 3)
        Scavenging coefficient [1/s].
    """

    dry: Floats
    below_cloud: Floats
    in_cloud: Floats
    verified: bool = False


def deposition_velocities(
    friction: Floats, inverse_length: Floats, *, wind_height: float, roughness_length: float
) -> Floats:
    """Deposition velocities [m/s], forms along a last axis of three.

    Parameters
    ----------
    friction, inverse_length : float array
        u* [m/s], 1/L [1/m], of any shape.
    wind_height, roughness_length : float
        [m]

    Notes
    -----
    ``1/v = r_a + r_b + r_c``; ``r_a = ln(z/z0)/(κ u*) (neutral)``, ``r_b = 6.2 u*^(-2/3)``;
    aerosol: ``r_c`` such that ``v_s = 0.002 u* [1 + (300/-L)^(2/3)]`` (Wesely et al. 1985).
    """
    aerodynamic = np.log(wind_height / roughness_length) / (VON_KARMAN * friction)
    laminar = 6.2 * friction ** (-2.0 / 3.0)
    unstable = np.clip(-inverse_length, 0.0, None)
    surface = 0.002 * friction * (1.0 + (300.0 * unstable) ** (2.0 / 3.0))
    return np.stack(
        [
            1.0 / (aerodynamic + 1.0 / np.minimum(surface, 0.02)),
            1.0 / (aerodynamic + laminar + SURFACE_RESISTANCE_ELEMENTAL),
            1.0 / (aerodynamic + laminar + SURFACE_RESISTANCE_ORGANIC),
        ],
        axis=-1,
    )


def scavenging(precipitation: Floats) -> tuple[Floats, Floats]:
    """Scavenging coefficients [1/s] below and in cloud, forms along a last axis of three.

    Parameters
    ----------
    precipitation : float array
        [kg/(m2 s)], of any shape; 0 below drizzle.

    Notes
    -----
    ``a I^b`` for rain in mm/h, 0 where it does not rain.
    """
    rain = np.where(precipitation > DRIZZLE, precipitation * 3600.0, 0.0)
    below, within = (
        np.stack([np.where(rain > 0.0, a * np.power(np.maximum(rain, 1e-30), b), 0.0) for a, b in laws], axis=-1)
        for laws in (BELOW_CLOUD, IN_CLOUD)
    )
    return below, within


def removal(air: Air) -> Removal:
    """Deposition velocities and scavenging coefficients, hour by hour."""
    dry = deposition_velocities(
        air.friction_velocity, air.inverse_obukhov_length, wind_height=air.wind_height,
        roughness_length=air.roughness_length,
    )  # fmt: skip
    return Removal(dry, *scavenging(air.precipitation))
