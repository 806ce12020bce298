"""What follows from a column of the air: heights, rising air, the depth that is stirred?

Arrays have the shape (t, levels, y, x), levels from below; fields at the ground (t, y, x).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.constants import GAS_CONSTANT_DRY_AIR, GRAVITY, SPECIFIC_HEAT_AIR

Array = npt.NDArray[np.float64]

CRITICAL_RICHARDSON = 0.25
"""Bulk Richardson number at the top of the stirred layer [1]; Vogelezang & Holtslag (1996)."""

LEAST_LAYER = 50.0
"""[m]"""

DENSITY_LAPSE = 1.0e-4
"""-d ln ρ/dz [1/m]: an air of 10 km scale height, as particles are followed in."""

KAPPA_AIR = GAS_CONSTANT_DRY_AIR / SPECIFIC_HEAT_AIR


def virtual_temperature(temperature: Array, humidity: Array | None) -> Array:
    """T (1 + 0.608 q) [K]."""
    return temperature if humidity is None else temperature * (1.0 + 0.608 * humidity)


def heights_above_ground(pressure: Array, virtual: Array, surface_pressure: Array) -> Array:
    """Heights of levels above ground by the hypsometric equation [m]; below it where the pressure is higher.

    Notes
    -----
    ``dz = -(R T_v / g) d ln p``, T_v linear in ln p between levels, that of the lowest level below it.
    """
    ln = np.log(pressure)
    first = GAS_CONSTANT_DRY_AIR * virtual[:, :1] / GRAVITY * (np.log(surface_pressure)[:, None] - ln[:, :1])
    steps = GAS_CONSTANT_DRY_AIR / GRAVITY * 0.5 * (virtual[:, 1:] + virtual[:, :-1]) * (ln[:, :-1] - ln[:, 1:])
    return np.concatenate([first, first + np.cumsum(steps, axis=1)], axis=1)


def rise_from_omega(omega: Array, pressure: Array, virtual: Array) -> Array:
    """Vertical wind [m/s] of a pressure tendency [Pa/s], hydrostatic: w = -ω R T_v / (p g)."""
    return -omega * GAS_CONSTANT_DRY_AIR * virtual / (pressure * GRAVITY)


def rise_from_continuity(east: Array, north: Array, height: Array, *, dx: Array, dy: float) -> Array:
    """Vertical wind relative to levels of constant height above ground [m/s] that makes up for what flows together.

    Parameters
    ----------
    east, north, height : float array, shape (t, levels, y, x)
        [m/s], [m/s], above ground [m]; levels may cut through those of constant height.
    dx : float array, shape (y,)
        Length of a cell eastward in each row [m].
    dy : float
        [m]

    Notes
    -----
    ``ρ w(z) = -∫ ∇·(ρ v) dz`` from the ground at constant height above it, density ρ falling by `DENSITY_LAPSE` and
    steady.  Gradients along levels become those at constant height by ``∇f - ∂f/∂z ∇z``.
    """
    density = np.exp(-DENSITY_LAPSE * height)
    wide = dx[:, None]
    divergence = _level_gradient(density * east, height, -1) / wide
    divergence += _level_gradient(density * north * wide, height, -2) / (dy * wide)
    thick = np.diff(np.concatenate([np.zeros_like(height[:, :1]), height], axis=1), axis=1)
    middle = np.concatenate([divergence[:, :1], 0.5 * (divergence[:, 1:] + divergence[:, :-1])], axis=1)
    return np.asarray(-np.cumsum(middle * thick, axis=1) / density)


def _level_gradient(values: Array, height: Array, axis: int) -> Array:
    """Difference of a field from cell to cell at constant height."""
    dz = np.diff(height, axis=1)
    steep = np.where(dz > 1.0, np.diff(values, axis=1) / np.maximum(dz, 1.0), 0.0)
    slope = np.concatenate([steep[:, :1], 0.5 * (steep[:, 1:] + steep[:, :-1]), steep[:, -1:]], axis=1)
    return np.asarray(np.gradient(values, axis=axis) - slope * np.gradient(height, axis=axis))


def stirred_depth(height: Array, theta: Array, east: Array, north: Array, friction: Array) -> Array:
    """Depth of the boundary layer by the bulk Richardson number [m].

    Source: Vogelezang & Holtslag (1996), Boundary-Layer Meteorol. 81, 245, b = 100; reference the lowest level.
    """
    speed2 = (east - east[:, :1]) ** 2 + (north - north[:, :1]) ** 2 + 100.0 * friction[:, None] ** 2
    number = GRAVITY / theta[:, :1] * (theta - theta[:, :1]) * (height - height[:, :1]) / np.maximum(speed2, 1e-3)
    above = number >= CRITICAL_RICHARDSON
    above[:, 0] = False
    k = np.where(above.any(axis=1), above.argmax(axis=1), height.shape[1] - 1)[:, None]
    low, high = (np.take_along_axis(height, np.maximum(k - d, 0), axis=1)[:, 0] for d in (1, 0))
    r0, r1 = (np.take_along_axis(number, np.maximum(k - d, 0), axis=1)[:, 0] for d in (1, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(r1 > r0, (CRITICAL_RICHARDSON - r0) / (r1 - r0), 1.0)
    return np.asarray(np.maximum(low + np.clip(share, 0.0, 1.0) * (high - low), LEAST_LAYER))
