"""How often is a column of air turned over by clouds that the grid does not resolve?

The rate at which a particle of the column is stirred is the mass that rises in clouds over the mass of the column:
from the rain that convection gives where it is known, else from the energy of the column.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.constants import GRAVITY

Array = npt.NDArray[np.float64]

EFFICIENCY = 0.5
"""Share of the water that rises in clouds and falls as rain [1]: 0.2 to 1 observed for convective clouds (Ferrier,
Simpson & Tao 1996, J. Atmos. Sci. 53); verified = false."""

LEAST_EXCESS = 1.0e-3
"""Water that rising air leaves behind, at least [kg/kg]."""

OVERTURNING = 3600.0
"""Convection uses up its energy in such a time [s]: half an hour to an hour in Kain & Fritsch (1993);
verified = false."""

LEAST_CAPE, MOST_CIN = 100.0, 25.0
"""Without known convective rain a column overturns from this energy on and with less than that in its way [J/kg];
verified = false."""

MOST_RATE = 1.0 / 900.0
"""A column is turned over once in a quarter of an hour at most [1/s]."""


def rate_of_rain(rain: Array, *, humidity: Array, humidity_top: Array, mass: Array) -> Array:
    """Rate of stirring of a column from its convective rain [1/s].

    Parameters
    ----------
    rain : float array
        [kg/(m2 s)]
    humidity, humidity_top : float array
        Of the air that rises, at the ground and at the top [kg/kg].
    mass : float array
        Of the column below the top [kg/m2].

    Notes
    -----
    ``M = P / (ε (q - q_top))``: the mass that must rise for so much rain; the rate is M over the mass of the column.
    verified = false: a budget of water, not a published scheme.
    """
    rises = rain / (EFFICIENCY * np.maximum(humidity - humidity_top, LEAST_EXCESS))
    return np.asarray(np.clip(rises / np.maximum(mass, 1.0), 0.0, MOST_RATE))


def rate_of_energy(cape: Array, cin: Array, *, source: Array, mass: Array) -> Array:
    """Rate of stirring of a column from its energy [1/s].

    Parameters
    ----------
    cape, cin : float array
        [J/kg]
    source, mass : float array
        Mass of the layer that feeds the clouds, and of the column below their top [kg/m2].

    Notes
    -----
    The layer that feeds the clouds is used up in `OVERTURNING`.  verified = false.
    """
    goes = (cape >= LEAST_CAPE) & (cin <= MOST_CIN)
    rate = source / (OVERTURNING * np.maximum(mass, 1.0))
    return np.asarray(np.where(goes, np.minimum(rate, MOST_RATE), 0.0))


def column_mass(pressure_ground: Array, pressure_top: Array) -> Array:
    """Mass of air between two pressures [kg/m2]."""
    return np.asarray(np.maximum(pressure_ground - pressure_top, 0.0) / GRAVITY)
