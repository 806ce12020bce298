"""How high does air from near the ground rise by itself, and with what energy?

A parcel that mixes with the air around it on its way, by conserved moist static energy and total water; what condenses
neither weighs nor freezes.  Arrays have the shape (t, levels, y, x), levels from below; results (t, y, x).

Source: Emanuel (1994), Atmospheric Convection, chapters 4 and 6 (moist static energy, CAPE, CIN).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.constants import GRAVITY, SPECIFIC_HEAT_AIR
from oberih.weather.kernels.humidity import saturation_pressure, specific_humidity

__all__ = ["Ascent", "ascent"]

Array = npt.NDArray[np.float64]

LATENT_HEAT = 2.501e6
"""Of vaporization at 0 °C [J/kg]; WMO."""

ENTRAINMENT = 1.0e-4
"""Share of the parcel that is new air, a metre [1/m]: a deep cloud 2 km wide (0.2 over its radius, Simpson & Wiggert
1969, J. Atmos. Sci. 26); verified = false."""

SOURCE_DEPTH = 500.0
"""The parcel is the mean of this depth above ground [m], the usual mixed-layer parcel."""

WATER_LOAD = 0.608
GAS_CONSTANT_VAPOUR = 461.5
"""[J/(kg K)]"""


@dataclass(frozen=True)
class Ascent:
    """What became of the parcel.

    Parameters
    ----------
    cape, cin : float array, shape (t, y, x)
        Work of buoyancy between free convection and the top, and against it below [J/kg]; both >= 0.
    base, top : float array, shape (t, y, x)
        Where it condenses, and the highest level at which it is lighter than the air around [m above ground]; 0 where
        it never condenses, or is never lighter.
    humidity, humidity_top : float array, shape (t, y, x)
        Specific humidity at the source, and saturated at the top [kg/kg].
    """

    cape: Array
    cin: Array
    base: Array
    top: Array
    humidity: Array
    humidity_top: Array


def ascent(height: Array, pressure: Array, temperature: Array, humidity: Array) -> Ascent:
    """Lift the mean of the lowest air.

    Parameters
    ----------
    height, pressure, temperature, humidity : float array, shape (t, levels, y, x)
        [m above ground], [Pa], [K], [kg/kg]

    Notes
    -----
    ``h = c_p T + g z + L q`` and the total water relax to those of the air around at `ENTRAINMENT`; a saturated
    parcel's T solves ``c_p T + L q_s(T) = h - g z`` by Newton's rule.  Energy of buoyancy counts from condensation on.
    """
    energy = SPECIFIC_HEAT_AIR * temperature + GRAVITY * height + LATENT_HEAT * humidity
    low = (height <= SOURCE_DEPTH) | (np.arange(height.shape[1]) == 0)[None, :, None, None]
    weight = low / low.sum(axis=1, keepdims=True)
    own, water = (energy * weight).sum(axis=1), (humidity * weight).sum(axis=1)
    source = water.copy()
    shape = own.shape
    cape, cin, base, top, humid_top = (np.zeros(shape) for _ in range(5))
    against = np.zeros(shape)  # work against the parcel since it was lighter last
    before = np.zeros(shape)
    for k in range(1, height.shape[1]):
        dz = height[:, k] - height[:, k - 1]
        fade = np.exp(-ENTRAINMENT * np.maximum(dz, 0.0))
        middle = 0.5 * (energy[:, k] + energy[:, k - 1]), 0.5 * (humidity[:, k] + humidity[:, k - 1])
        own, water = middle[0] + (own - middle[0]) * fade, middle[1] + (water - middle[1]) * fade
        parcel, vapour = _parcel(own - GRAVITY * height[:, k], water, pressure[:, k])
        around = temperature[:, k] * (1.0 + WATER_LOAD * humidity[:, k])
        lift = GRAVITY * (parcel * (1.0 + WATER_LOAD * vapour) / around - 1.0)
        condensed = vapour < water
        base = np.where(condensed & (base == 0.0), height[:, k - 1], base)
        work = 0.5 * (lift + before) * dz
        lighter = condensed & (lift > 0.0)
        cin += np.where(lighter, against, 0.0) * (cape == 0.0)
        cape += np.where(lighter, np.maximum(work - np.where(cape > 0.0, against, 0.0), 0.0), 0.0)
        against = np.where(lighter, 0.0, against + np.maximum(-work, 0.0))
        top = np.where(lighter, height[:, k], top)
        humid_top = np.where(lighter, vapour, humid_top)
        before = lift
    return Ascent(cape, cin, base, top, source, humid_top)


def _parcel(heat: Array, water: Array, pressure: Array) -> tuple[Array, Array]:
    """Temperature [K] and vapour [kg/kg] of a parcel of ``c_p T + L q`` and total water."""
    dry = (heat - LATENT_HEAT * water) / SPECIFIC_HEAT_AIR
    saturated = dry.copy()
    for _ in range(6):
        held = np.clip(saturated, 150.0, 330.0)
        q = specific_humidity(saturation_pressure(held), pressure)
        slope = LATENT_HEAT / (GAS_CONSTANT_VAPOUR * held**2) * q
        error = SPECIFIC_HEAT_AIR * held + LATENT_HEAT * q - heat
        saturated = held - error / (SPECIFIC_HEAT_AIR + LATENT_HEAT * slope)
    q = specific_humidity(saturation_pressure(np.clip(saturated, 150.0, 330.0)), pressure)
    wet = water > q
    return np.where(wet, saturated, dry), np.where(wet, q, water)
