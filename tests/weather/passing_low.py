"""A few days of weather in a volume: a low passes by with its rain, days warm the ground, the wind turns with height.

Made, not observed, but of the sizes that are observed: 5 to 10 m/s near the ground, 25 m/s aloft, a mixing height of
150 m by night and 1,400 m by day.  The wind aloft is that of a stream function, so that nothing flows together there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

from tests.weather.volumes import kept

START = "2025-05-01T00:00"
PRESSURE = np.array([400.0, 500.0, 600.0, 700.0, 800.0, 850.0, 900.0, 925.0, 950.0, 975.0, 1000.0])
SURFACE = 101_325.0
_LEVELS, _GROUND = ("time", "level", "latitude", "longitude"), ("time", "latitude", "longitude")


def write(
    path: Path, *, latitude: float = 47.5, longitude: float = 34.5, half: tuple[float, float] = (3.0, 4.0),
    spacing: float = 0.5, hours: int = 24, step: int = 1, start: str = START, members: int = 0, turn: float = 0.0,
    speed: float = 1.0, rain: float = 1.0, steady: bool = False,
) -> Path:  # fmt: skip
    """Write the weather around a place.

    Parameters
    ----------
    latitude, longitude : float
        The middle [°].
    half : (float, float)
        From the middle to the edge, northward and eastward [°].
    spacing : float
        [°]
    hours, step : int
        [h]
    members : int
        0 for one course of the weather; else as many on a dimension ``number``, each turned by up to 25°.
    turn : float
        Of all winds, clockwise [°].
    speed, rain : float
        Factors.
    steady : bool
        One time only, without the low.
    """
    lat = latitude + np.arange(-half[0], half[0] + 1e-9, spacing)
    lon = longitude + np.arange(-half[1], half[1] + 1e-9, spacing)
    hour = np.array([12.0]) if steady else np.arange(0.0, hours + 1e-9, step)
    coords = {
        "time": np.datetime64(start) + (hour * 3600).astype("timedelta64[s]"),
        "level": ("level", PRESSURE, {"units": "hPa"}), "latitude": lat, "longitude": lon,
    }  # fmt: skip
    turns = np.linspace(-25.0, 25.0, members) if members > 1 else np.zeros(max(members, 1))
    parts = [_member(lat, lon, hour, (latitude, longitude), turn + t, speed, rain, steady) for t in turns]
    if members:
        names = {k: (("number", *v[0]), np.stack([p[k][1] for p in parts]), v[2]) for k, v in parts[0].items()}
        kept(xr.Dataset(names, {"number": np.arange(members), **coords}), path)
    else:
        kept(xr.Dataset(parts[0], coords), path)
    return path


def _member(
    lat: np.ndarray, lon: np.ndarray, hour: np.ndarray, middle: tuple[float, float], turn: float, speed: float,
    rain: float, steady: bool,
) -> dict[str, tuple[tuple[str, ...], np.ndarray, dict[str, str]]]:  # fmt: skip
    north, east = np.meshgrid((lat - middle[0]) * 111.2, (lon - middle[1]) * 111.2 * np.cos(np.radians(middle[0])),
                              indexing="ij")  # fmt: skip
    low_east = -500.0 + 30.0 * hour[:, None, None]
    away = np.hypot(east - low_east, north - 350.0)
    strength = 0.0 if steady else 9.0
    round_low = strength * np.exp(0.5 - 0.5 * (away / 350.0) ** 2) / 350.0
    u = 7.0 - round_low * (north - 350.0)
    v = 1.5 + round_low * (east - low_east)
    sun = np.clip(np.sin((hour - 4.0) / 14.0 * np.pi), 0.0, None)[:, None, None]
    depth = np.broadcast_to(150.0 + 1250.0 * sun, u.shape)
    wet = rain * 2.0 * np.exp(-0.5 * ((np.hypot(east - low_east, north - 200.0)) / 150.0) ** 2)
    wet = np.broadcast_to(0.0 if steady else wet, u.shape)
    height = 8434.0 * np.log(SURFACE / (PRESSURE * 100.0))
    shear = 0.55 + 0.45 * np.clip(height / 1000.0, 0.0, 1.0) + 0.12 * np.clip(height - 1000.0, 0.0, None) / 1000.0
    turned = np.radians(turn) - np.radians(20.0) * np.clip(1.0 - height / 1000.0, 0.0, 1.0)  # backed near the ground
    s, c = np.sin(turned)[None, :, None, None], np.cos(turned)[None, :, None, None]
    factor = speed * shear[None, :, None, None]
    east_wind, north_wind = factor * (c * u[:, None] + s * v[:, None]), factor * (c * v[:, None] - s * u[:, None])
    shape = east_wind.shape
    air = 288.0 - 6.5e-3 * height[None, :, None, None] + 3.0 * (sun[:, None] - 0.5) * np.exp(-height / 800.0)[
        None, :, None, None]  # fmt: skip
    low = 0.75
    return {
        "z": (_LEVELS, np.broadcast_to(9.80665 * height[None, :, None, None], shape), {"units": "m**2 s**-2"}),
        "u": (_LEVELS, east_wind, {"units": "m s**-1"}),
        "v": (_LEVELS, north_wind, {"units": "m s**-1"}),
        "t": (_LEVELS, np.broadcast_to(air, shape), {"units": "K"}),
        "sp": (_GROUND, np.full(u.shape, SURFACE), {"units": "Pa"}),
        "u10": (_GROUND, low * east_wind[:, -1], {"units": "m s**-1"}),
        "v10": (_GROUND, low * north_wind[:, -1], {"units": "m s**-1"}),
        "t2m": (_GROUND, np.broadcast_to(air[:, -1] + 1.0 + 1.6 * (sun - 0.15), u.shape), {"units": "K"}),
        "blh": (_GROUND, depth, {"units": "m"}),
        "tp": (_GROUND, wet / 1000.0, {"units": "m"}),
    }  # fmt: skip
