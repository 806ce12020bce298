"""Where does the mean wind carry a point of air?

The reference for both models: the fields of `Air` at their heights, linear between levels, cells and hours, integrated
by the classical Runge-Kutta scheme of the fourth order in steps of a minute.  Nothing of Oberih's engine is used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.interpolate import RegularGridInterpolator

from validation.rivals.air import GAS, GRAVITY, RADIUS, Air

Array = Any
LEVELS = np.concatenate([np.arange(0.0, 200.0, 20.0), np.arange(200.0, 6001.0, 100.0)])
"""Heights above ground that columns are laid out on [m]."""


def heights(air: Air) -> Array:
    """Of full levels above ground [m], from above, shape (t, levels, y, x): the hypsometric equation."""
    ps = air.ground["sp"][:, None]
    pressure = air.a[:, None, None] + air.b[:, None, None] * ps
    virtual = air.temperature * (1.0 + 0.61 * air.humidity)
    up_t = np.concatenate([virtual[:, ::-1][:, :1], virtual[:, ::-1]], axis=1)
    up_p = np.concatenate([ps, pressure[:, ::-1]], axis=1)
    thick = GAS / GRAVITY * 0.5 * (up_t[:, 1:] + up_t[:, :-1]) * np.log(up_p[:, :-1] / up_p[:, 1:])
    return np.cumsum(thick, axis=1)[:, ::-1]


def rise(air: Air) -> Array:
    """Vertical wind relative to the levels [m/s], shape (t, levels, y, x)."""
    pressure = air.a[:, None, None] + air.b[:, None, None] * air.ground["sp"][:, None]
    virtual = air.temperature * (1.0 + 0.61 * air.humidity)
    omega = 0.5 * (air.motion[:, 1:] + air.motion[:, :-1])
    return -omega * GAS * virtual / (pressure * GRAVITY)


class Winds:
    """The wind anywhere, anytime: degrees a second eastward and northward, metres a second upward."""

    def __init__(self, air: Air) -> None:
        height = heights(air)
        fields = (air.east, air.north, rise(air))
        table = np.empty((len(air.hours), len(LEVELS), len(air.lat), len(air.lon), 3))
        for t, y, x in np.ndindex(len(air.hours), len(air.lat), len(air.lon)):
            for n, field in enumerate(fields):
                table[t, :, y, x, n] = np.interp(LEVELS, height[t, ::-1, y, x], field[t, ::-1, y, x])
        hours = air.hours.astype(float)
        if len(hours) == 1:
            hours, table = np.array([hours[0], hours[0] + 1e9]), np.repeat(table, 2, axis=0)
        self.hours, self.lat, self.lon, self.table = hours, air.lat, air.lon, table
        self._at = RegularGridInterpolator((hours, LEVELS, air.lat, air.lon), table)

    def __call__(self, time: float, place: Array) -> Array:
        """Rate of change of places (n, 3): latitude, longitude [°], height [m]."""
        z = np.clip(place[:, 2], 0.0, LEVELS[-1])
        wind = self._at(np.column_stack([np.full(len(place), time), z, place[:, 0], place[:, 1]]))
        degree = RADIUS * np.radians(1.0)
        return np.column_stack([wind[:, 1] / degree, wind[:, 0] / degree / np.cos(np.radians(place[:, 0])), wind[:, 2]])


def carried(winds: Winds, start: float, place: Array, *, hours: int, step: float = 60.0) -> Array:
    """Places after every step: latitude, longitude [°], height [m], shape (steps + 1, n, 3)."""
    way = [np.asarray(place, dtype=float)]
    for n in range(round(hours * 3600.0 / step)):
        t, p = start + n * step, way[-1]
        k1 = winds(t, p)
        k2 = winds(t + step / 2, p + step / 2 * k1)
        k3 = winds(t + step / 2, p + step / 2 * k2)
        k4 = winds(t + step, p + step * k3)
        way.append(p + step / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4))
    return np.array(way)


def hourly_means(way: Array, *, step: float = 60.0) -> Array:
    """Mean place within each hour, shape (hours, n, 3)."""
    each = round(3600.0 / step)
    mids = 0.5 * (way[1:] + way[:-1])
    return mids.reshape(-1, each, *mids.shape[1:]).mean(axis=1)
