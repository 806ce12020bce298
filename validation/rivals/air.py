"""In which air are the models compared?

Defines the noun `Air`: wind, temperature and the ground on hybrid levels and a latitude-longitude grid, hour by hour,
as FLEXPART and Oberih both read it, with a vertical motion that conserves mass. Two airs: a synthetic day over flat
land (a travelling wave, wind that turns with height, a boundary layer that grows and collapses), and ECMWF's forecast
of 2018-11-15 12 UTC over Europe, held still.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Array = Any

GAS, GRAVITY, KAPPA, RADIUS = 287.05, 9.80665, 0.2857, 6.371e6
SEA = 101325.0

HALF = np.array([
    0.0, 2e3, 5e3, 1e4, 1.5e4, 2e4, 2.5e4, 3e4, 3.5e4, 4e4, 4.5e4, 5e4, 5.5e4, 6e4, 6.5e4, 6.9e4, 7.3e4, 7.6e4, 7.9e4,
    8.15e4, 8.4e4, 8.6e4, 8.8e4, 9.0e4, 9.15e4, 9.3e4, 9.42e4, 9.53e4, 9.63e4, 9.72e4, 9.79e4, 9.85e4, 9.905e4, 9.95e4,
    9.99e4, 1.002e5, 1.0048e5, 1.0072e5, 1.0092e5, 1.0109e5, SEA,
])  # fmt: skip
"""Half-level pressures of the synthetic air over sea level [Pa], from above."""


@dataclass(frozen=True)
class Air:
    """The air.

    Parameters
    ----------
    name : str
    hours : int array, shape (t,)
        Seconds since 1970, UTC.
    lat, lon : float array
        [°], increasing.
    a_half, b_half : float array, shape (levels + 1,)
        Hybrid coefficients at half levels, from above [Pa], [1].
    east, north, temperature, humidity : float array, shape (t, levels, y, x)
        From above: [m/s], [m/s], [K], [kg/kg].
    motion : float array, shape (t, levels + 1, y, x)
        Vertical motion through half levels, eta-dot dp/deta [Pa/s]; 0 at the ground.
    ground : dict of float arrays, shape (t, y, x)
        ``sp`` [Pa], ``u10``, ``v10`` [m/s], ``t2m``, ``d2m`` [K], ``ishf`` [W/m2] downward, ``iews``, ``inss`` [N/m2],
        ``tprate`` [kg/(m2 s)], ``z`` [m2/s2].
    """

    name: str
    hours: Array
    lat: Array
    lon: Array
    a_half: Array
    b_half: Array
    east: Array
    north: Array
    temperature: Array
    humidity: Array
    motion: Array
    ground: dict[str, Array]

    @property
    def a(self) -> Array:
        """Of full levels [Pa]."""
        return 0.5 * (self.a_half[1:] + self.a_half[:-1])

    @property
    def b(self) -> Array:
        """Of full levels [1]."""
        return 0.5 * (self.b_half[1:] + self.b_half[:-1])


def motion_of(a_half: Array, b_half: Array, ps: Array, east: Array, north: Array, lat: Array, lon: Array) -> Array:
    """Motion through half levels that conserves mass, eta-dot dp/deta [Pa/s]; 0 at both ends.

    Notes
    -----
    ``W(k+1/2) = B(k+1/2) D(ground) - D(k)``, ``D(k)`` the divergence of the mass flux above [Pa/s] (Simmons and
    Burridge 1981).
    """
    thick = np.diff(a_half)[:, None, None] + np.diff(b_half)[:, None, None] * ps[:, None]
    metres = RADIUS * np.radians(1.0)
    cos = np.cos(np.radians(lat))[:, None]
    flux = np.gradient(east * thick, lon * metres, axis=-1) / cos
    flux += np.gradient(north * thick * cos, lat * metres, axis=-2) / cos
    above = np.concatenate([np.zeros_like(flux[:, :1]), np.cumsum(flux, axis=1)], axis=1)
    return np.asarray(b_half[:, None, None] * above[:, -1:] - above)


def waves(*, hours: int = 30, step: float = 0.5) -> Air:
    """A synthetic day over flat land: 12° x 24° around 50° N, 30° E from 2026-06-15 00 UTC."""
    lat, lon = np.arange(44.0, 56.0 + step / 2, step), np.arange(18.0, 42.0 + step / 2, step)
    a_half, b_half = hybrid_coefficients(HALF)
    a, b = 0.5 * (a_half[1:] + a_half[:-1]), 0.5 * (b_half[1:] + b_half[:-1])
    t = np.arange(hours, dtype=float)[:, None, None, None]
    pressure = (a + b * SEA)[None, :, None, None] + 0.0 * t
    height = 8300.0 * np.log(SEA / pressure)  # near enough to build profiles from
    day = np.maximum(0.0, np.sin(2.0 * np.pi * (t - 4.0) / 32.0)) * (np.mod(t, 24.0) > 4.0) * (np.mod(t, 24.0) < 20.0)
    theta = (
        290.0
        + 0.0045 * np.maximum(0.0, height - 1300.0)
        - 5.0 * (1.0 - np.minimum(1.0, 3 * day)) * np.exp(-height / 120.0)
    )
    temperature = theta * (pressure / 1e5) ** KAPPA
    y, x = np.radians(lat)[None, None, :, None], np.radians(lon)[None, None, None, :]
    phase = 9.0 * (x - np.radians(30.0)) - 2.0 * np.pi * t / 36.0
    speed = 9.0 + 2.5 * np.cos(phase) * np.cos(6.0 * (y - np.radians(50.0)))
    across = 5.0 * np.sin(phase) + 0.0 * y
    share = np.minimum(1.0, np.log(np.maximum(height, 5.0) / 0.1) / np.log(800.0 / 0.1)) + 0.00008 * height
    turn = np.radians(-20.0) * np.exp(-height / 500.0)
    east = share * (speed * np.cos(turn) + across * np.sin(turn))
    north = share * (across * np.cos(turn) - speed * np.sin(turn))
    full = np.broadcast_shapes(east.shape, north.shape)
    east, north, temperature = (np.array(np.broadcast_to(v, full)) for v in (east, north, temperature))
    flat = (hours, len(lat), len(lon))
    wind = np.hypot(east[:, -1], north[:, -1])
    stress = 1.2 * (0.4 * wind / np.log(20.0 / 0.1)) ** 2 * (0.4 + 0.6 * np.minimum(1.0, 3 * day[:, 0]))
    fall = np.log(10.0 / 0.1) / np.log(height[:, -1] / 0.1)
    ground = {
        "sp": np.full(flat, SEA), "u10": east[:, -1] * np.minimum(fall, 1.0), "v10": north[:, -1] * np.minimum(fall, 1),
        "t2m": np.broadcast_to(temperature[:, -1] + 1.5 * day[:, 0] - 0.5, flat), "d2m": np.full(flat, 278.0),
        "ishf": np.broadcast_to(np.where(day[:, 0] > 0, -220.0 * day[:, 0], 15.0), flat),
        "iews": stress * east[:, -1] / wind, "inss": stress * north[:, -1] / wind,
        "tprate": np.zeros(flat), "z": np.zeros(flat),
    }  # fmt: skip
    motion = motion_of(a_half, b_half, ground["sp"], east, north, lat, lon)
    start = int(np.datetime64("2026-06-15T00:00:00", "s").astype(np.int64))
    humidity = np.full(full, 3e-3) * (pressure / SEA) ** 3
    return Air(
        "waves", start + 3600 * np.arange(hours), lat, lon, a_half, b_half, east, north, temperature, humidity, motion,
        ground,
    )  # fmt: skip


def hybrid_coefficients(half: Array) -> tuple[Array, Array]:
    """Coefficients that are pressure above 200 hPa and follow the ground below."""
    b = np.clip((half / SEA - 0.2) / 0.8, 0.0, 1.0) ** 1.3
    return half - b * SEA, b


def write_netcdf(air: Air, path: Path) -> Path:
    """Write the air as CF netCDF on hybrid levels, as `oberih disperse` reads it."""
    import netCDF4

    with netCDF4.Dataset(path, "w") as file:
        file.Conventions, file.title = "CF-1.7", f"Air of the comparison of models: {air.name}"
        for dim, values, unit in (
            ("time", air.hours, "seconds since 1970-01-01 00:00:00"), ("hybrid", np.arange(len(air.a)) + 1.0, "1"),
            ("latitude", air.lat, "degrees_north"), ("longitude", air.lon, "degrees_east"),
        ):  # fmt: skip
            file.createDimension(dim, len(values))
            axis = file.createVariable(dim, "f8", (dim,))
            axis.units, axis[:] = unit, values
        file["hybrid"].standard_name = "atmosphere_hybrid_sigma_pressure_coordinate"
        for name, values, unit in (("hyam", air.a, "Pa"), ("hybm", air.b, "1")):
            variable = file.createVariable(name, "f8", ("hybrid",))
            variable.units, variable[:] = unit, values
        omega = 0.5 * (air.motion[:, 1:] + air.motion[:, :-1]) + _along_pressure(air)
        whole = ("time", "hybrid", "latitude", "longitude")
        for name, values, unit in (
            ("u", air.east, "m s-1"), ("v", air.north, "m s-1"), ("t", air.temperature, "K"),
            ("q", air.humidity, "kg kg-1"), ("w", omega, "Pa s-1"),
        ):  # fmt: skip
            variable = file.createVariable(name, "f4", whole)
            variable.units, variable[:] = unit, values
        units = {"sp": "Pa", "u10": "m s-1", "v10": "m s-1", "t2m": "K", "d2m": "K", "ishf": "W m-2", "iews": "N m-2",
                 "inss": "N m-2", "tprate": "kg m-2 s-1", "z": "m2 s-2", "blh": "m"}  # fmt: skip
        for name, values in air.ground.items():
            variable = file.createVariable(name, "f4", ("time", "latitude", "longitude"))
            variable.units, variable[:] = units[name], values
    return path


def _along_pressure(air: Air) -> Array:
    """What moves along sloping levels adds to omega [Pa/s]: b v · grad ps."""
    metres = RADIUS * np.radians(1.0)
    ps = air.ground["sp"]
    slope_x = np.gradient(ps, air.lon * metres, axis=-1) / np.cos(np.radians(air.lat))[:, None]
    slope_y = np.gradient(ps, air.lat * metres, axis=-2)
    return air.b[:, None, None] * (air.east * slope_x[:, None] + air.north * slope_y[:, None])
