"""How much water does the air hold?

Saturation over water and ice, specific and relative humidity, the level at which a parcel condenses.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.constants import KELVIN_OFFSET

Array = npt.NDArray[np.float64]

VAPOUR_RATIO = 0.622
"""Molar mass of water over that of dry air [1]."""

ALL_ICE = 250.16
"""At and below this temperature cloud is ice, at and above 273.16 K water, mixed between [K]; ECMWF IFS part IV, 7."""


def saturation_pressure(temperature: Array) -> Array:
    """Vapour pressure over a plane of water [Pa].

    Source: Alduchov & Eskridge (1996), J. Appl. Meteorol. 35, 601, eq. 21; -40 to 50 °C.
    """
    celsius = temperature - KELVIN_OFFSET
    return np.asarray(610.94 * np.exp(17.625 * celsius / np.maximum(celsius + 243.04, 20.0)))


def saturation_pressure_mixed(temperature: Array) -> Array:
    """Vapour pressure over water, ice, or both as clouds have them [Pa].

    Source: as above, ice by eq. 23 (22.587, 273.86, 611.21); the mixture is quadratic in temperature as in the IFS.
    """
    celsius = temperature - KELVIN_OFFSET
    ice = 611.21 * np.exp(22.587 * celsius / np.maximum(celsius + 273.86, 20.0))
    liquid = np.clip((temperature - ALL_ICE) / (KELVIN_OFFSET + 0.01 - ALL_ICE), 0.0, 1.0) ** 2
    return np.asarray(liquid * saturation_pressure(temperature) + (1.0 - liquid) * ice)


def specific_humidity(vapour: Array, pressure: Array) -> Array:
    """Specific humidity of a vapour pressure [kg/kg]."""
    held = np.minimum(vapour, 0.5 * pressure)
    return np.asarray(VAPOUR_RATIO * held / (pressure - (1.0 - VAPOUR_RATIO) * held))


def relative_humidity(humidity: Array, temperature: Array, pressure: Array) -> Array:
    """Relative to saturation over water, ice or both [1]."""
    vapour = humidity * pressure / (VAPOUR_RATIO + (1.0 - VAPOUR_RATIO) * humidity)
    return np.asarray(vapour / saturation_pressure_mixed(temperature))
