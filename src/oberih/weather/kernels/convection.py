"""How often is a column of air turned over by clouds that the grid does not resolve?

From the rain that convection gives where it is known, else from the energy of the column, follows the mass that rises;
from that the rate at which a particle of the column is stirred.
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

STRONG = 1000.0
"""Energy from which on convection is as fast as it gets [J/kg]; verified = false."""

LEAST_CAPE, MOST_CIN = 100.0, 25.0
"""Without known convective rain a column overturns from this energy on and with less than that in its way [J/kg];
verified = false."""

MOST_SOURCE = 0.5
"""The layer that feeds the clouds is at most this share of the column [1]."""

MOST_RATE = 1.0 / 900.0
"""A column is turned over once in a quarter of an hour at most [1/s]."""


def rate_of_flux(flux: Array, *, source: Array, mass: Array) -> Array:
    """Rate of stirring of a column through which clouds lift a flux of mass [1/s].

    Parameters
    ----------
    flux : float array
        Out of the layer that feeds the clouds [kg/(m2 s)].
    source, mass : float array
        Mass of that layer, and of the whole column below the top of the clouds [kg/m2].

    Notes
    -----
    A particle that is stirred comes to rest anywhere in the column.  At a rate r the layer of mass m of a column M
    gives up ``r m (1 - m/M)`` and gets as much back, so ``r = flux / (m (1 - m/M))`` makes the exchange of the layer
    with what lies above it that of the clouds.  Within what lies above, air is mixed faster than clouds do it.
    """
    layer = np.clip(source, 1.0, np.maximum(mass, 2.0) * MOST_SOURCE)
    return np.asarray(np.clip(flux / (layer * (1.0 - layer / np.maximum(mass, 2.0))), 0.0, MOST_RATE))


def flux_of_rain(rain: Array, *, humidity: Array, humidity_top: Array) -> Array:
    """Mass that must rise for convective rain [kg/(m2 s)].

    Parameters
    ----------
    rain : float array
        [kg/(m2 s)]
    humidity, humidity_top : float array
        Of the air that rises, at the ground and at the top [kg/kg].

    Notes
    -----
    ``P / (ε (q - q_top))``.  verified = false: a budget of water, not a published scheme.
    """
    return np.asarray(rain / (EFFICIENCY * np.maximum(humidity - humidity_top, LEAST_EXCESS)))


def flux_of_energy(cape: Array, cin: Array, *, source: Array) -> Array:
    """Mass that rises by the energy of the column [kg/(m2 s)].

    Parameters
    ----------
    cape, cin : float array
        [J/kg]
    source : float array
        Mass of the layer that feeds the clouds [kg/m2].

    Notes
    -----
    The layer is used up in `OVERTURNING` at `STRONG` energy, more slowly in proportion below.  verified = false.
    """
    goes = (cape >= LEAST_CAPE) & (cin <= MOST_CIN)
    return np.asarray(np.where(goes, source / OVERTURNING * np.minimum(cape / STRONG, 1.0), 0.0))


def column_mass(pressure_ground: Array, pressure_top: Array) -> Array:
    """Mass of air between two pressures [kg/m2]."""
    return np.asarray(np.maximum(pressure_ground - pressure_top, 0.0) / GRAVITY)
