"""How does the ground hand the energy on?

The surface energy budget: soil, evaporation and sensible heat after the modified Priestley-Taylor
model of de Bruin & Holtslag, as used by Holtslag & van Ulden (1983).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from oberih.constants import GAS_CONSTANT_DRY_AIR, KELVIN_OFFSET, SPECIFIC_HEAT_AIR

Floats = npt.NDArray[np.float64]

STANDARD_PRESSURE = 101325.0
"""[Pa] where the source gives none; 3 % low pressure changes the flux by 3 %."""
SOIL_SHARE = 0.1
"""Soil heat flux over net radiation [1] for short vegetation; Holtslag & van Ulden (1983)."""
EVAPORATION_OFFSET = 20.0
"""β [W/m2]: evaporation that goes on without net radiation; Holtslag & van Ulden (1983)."""
LATENT_HEAT = 2.47e6
"""Of vaporisation near 10 °C [J/kg]; WMO No. 8 (2018)."""
VAPOUR_RATIO = 0.622
"""Molar mass of water over dry air [1]."""


class EnergyBudget(NamedTuple):
    """Shares of the net radiation [W/m2]; ``sensible + latent + soil = net`` to round-off."""

    sensible: Floats
    latent: Floats
    soil: Floats


def air_density(temperature: Floats, pressure: Floats) -> Floats:
    """Density of dry air [kg/m3] from [K] and [Pa]: p / (R T)."""
    return np.asarray(pressure / (GAS_CONSTANT_DRY_AIR * temperature))


def slope_share(temperature: Floats, pressure: Floats) -> Floats:
    """Share s / (s + γ) [1] of the energy that a wet surface evaporates.

    Notes
    -----
    s = slope of the saturation specific humidity's vapour pressure (Magnus form), γ = c_p p / (0.622 L).

    Source: WMO No. 8 (2018) annex 4.B for the vapour pressure over water; valid 230 to 320 K.
    """
    celsius = temperature - KELVIN_OFFSET
    vapour_pressure = 611.2 * np.exp(17.62 * celsius / (243.12 + celsius))
    slope = vapour_pressure * 17.62 * 243.12 / (243.12 + celsius) ** 2
    gamma = SPECIFIC_HEAT_AIR * pressure / (VAPOUR_RATIO * LATENT_HEAT)
    return np.asarray(slope / (slope + gamma))


def energy_budget(net: Floats, temperature: Floats, pressure: Floats, *, moisture: float) -> EnergyBudget:
    """Sensible, latent and soil heat flux [W/m2] from net radiation.

    Parameters
    ----------
    net : float array
        Net radiation, downward positive [W/m2].
    temperature, pressure : float array
        [K], [Pa]
    moisture : float
        α [1]: 1 for well-watered vegetation, about 0.5 for dry grass, 0 for bare dry soil.

    Notes
    -----
    H = (1 - α s/(s+γ)) (Q - G) - β,  E = α s/(s+γ) (Q - G) + β,  G = 0.1 Q.

    Source: Holtslag & van Ulden (1983), after de Bruin & Holtslag (1982), J. Appl.
    Meteorol. 21, 1610-1621.  Made for daytime; `oberih.weather.boundary_layer` uses it by night
    only as the limit of the heat that can be had.
    """
    soil = SOIL_SHARE * net
    evaporated = moisture * slope_share(temperature, pressure)
    latent = evaporated * (net - soil) + EVAPORATION_OFFSET
    return EnergyBudget(sensible=np.asarray(net - soil - latent), latent=np.asarray(latent), soil=np.asarray(soil))
